//! A bare image in plain RAM: one core, Magic Lantern's print registers as console, no other device, no interrupts.
//!
//! For programs that test or time the processor alone. It is the engine of `darkroom run-image`.
//!
//! ```
//! use darkroom_emu_core::arm::Core;
//! use darkroom_emu_core::bare::{BareConfig, BareMachine};
//! use darkroom_emu_core::memory::GuestAddr;
//!
//! let mut machine = BareMachine::new(&BareConfig::new(Core::DIGIC4))?;
//! machine.load(GuestAddr(0x8000), &0xE12F_FF1E_u32.to_le_bytes())?; // bx lr
//! machine.start_at(GuestAddr(0x8000), false);
//! let mut console = Vec::new();
//! let end = machine.run(1, &mut |bytes| console.extend_from_slice(bytes));
//! println!("{end:?} after {} instructions", machine.instructions());
//! # Ok::<(), darkroom_emu_core::bare::BareError>(())
//! ```

mod board;
mod config;
mod console;
mod machine;
mod semihosting;
mod snapshot;

pub use config::{BareConfig, BareError, DEFAULT_RAM};
pub use machine::{BareMachine, End};
pub use semihosting::UnservedCalls;
pub use snapshot::BareSnapshot;

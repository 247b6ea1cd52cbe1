//! Puts a camera together from its data, and runs it.
//!
//! ```no_run
//! use darkroom_emu_core::clock::GuestTime;
//! use darkroom_emu_core::machine::{Machine, MachineConfig, Roms};
//!
//! let camera = darkroom_models::Catalog::builtin().get("60D")?;
//! let roms = Roms { rom0: Some(std::fs::read("ROM0.BIN")?), rom1: Some(std::fs::read("ROM1.BIN")?), serial_flash: None };
//! let mut machine = Machine::new(MachineConfig::new(camera, roms))?;
//! let stop = machine.run_until(GuestTime::from_millis(2_000), u64::MAX);
//! println!("{stop:?} at {}: {:?}", machine.now(), machine.report());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod cache_hack;
mod config;
mod console;
mod devices;
mod events;
mod helpers;
mod map;
mod placement;
mod report;
mod restart;
mod rom;
mod run;
mod snapshot;
mod system;

pub use config::{EngineChoice, MachineConfig, MachineError, Roms};
pub use console::Console;
pub use report::{InterruptCount, Report};
pub use rom::RomError;
pub use run::{Machine, Stop};
pub use snapshot::MachineSnapshot;

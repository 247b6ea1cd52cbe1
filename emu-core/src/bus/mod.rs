//! How devices stand in the machine: the [`Device`] trait, what a device may do to the rest of the machine
//! ([`DeviceContext`]), interrupt requests, and the record of accesses that no device understood.
//!
//! A device knows *offsets* inside its windows, never absolute addresses: the machine's window table places it.

mod context;
mod device;
mod interrupts;
mod journal;
#[cfg(test)]
pub(crate) mod testing;
mod unknown;
mod windows;

pub use context::{Board, Dma, DmaAddr, EventKey, MachineRequest};
pub use context::{DeviceContext, MIN_EVENT_DELAY};
pub use device::{Access, Device, DeviceId, EventToken, Port, Read, StateHasher, Width, Write};
pub use interrupts::{InterruptController, IrqId};
pub use journal::{Chunk, Journal, Source};
pub use unknown::{Direction, UnknownAccess, UnknownAccesses};
pub use windows::{Hit, Window, WindowTable};

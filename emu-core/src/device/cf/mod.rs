//! CompactFlash: an ATA drive in a slot ([`CfDrive`]), its windows on the bus, and the DMA engine that serves its data port
//! ([`CfController`]).
//!
//! Facts: reference storage.md §5; the drive's protocol follows the CF+ and CompactFlash Specification 4.1 and ATA-6.

mod commands;
mod controller;
mod drive;
mod identify;
mod transfer;

pub use controller::{CfController, CfInterrupts, CfState};
pub use drive::{CfDrive, CfDriveState};

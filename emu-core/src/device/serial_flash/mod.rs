//! The serial flash of 6D, 70D, 650D, 700D, EOS M, EOS M2 and 100D: a SPI chip with settings and fonts ([`FlashChip`]),
//! and the ways to it: a serial channel, byte by byte, and a bulk controller with DMA ([`SerialFlash`]).
//!
//! Facts: reference storage.md §6.

mod chip;
mod content;
mod controller;

pub use chip::{FlashChip, FlashChipState};
pub use content::{FlashSizeError, flash_content};
pub use controller::{SerialFlash, SerialFlashState};

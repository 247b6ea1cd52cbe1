//! SD: the card itself ([`SdCard`], its command protocol) and the camera's host controller with its DMA ([`SdHost`]).
//!
//! Facts: reference storage.md §2 (controller), §3 (DMA), §4 (card); the card's protocol follows the SD Physical Layer
//! Simplified Specification 2.00.

mod card;
mod commands;
mod data;
mod host;
mod identity;
mod status;
mod transfer;

pub use card::{Response, SdCard, SdCardState};
pub use host::{SdHost, SdInterrupts, SdState};

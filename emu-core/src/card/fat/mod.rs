//! Our own FAT reader: read only, and bounded whatever the guest left on the card.
//!
//! Writing goes through the `fatfs` crate (see `card::edit`), but only after this reader found the volume sound: `fatfs`
//! trusts cluster numbers and would follow a loop for ever.

mod chain;
mod dir;
mod geometry;
mod volume;

pub use dir::{DirEntry, FatTime};
pub use geometry::{FatKind, Geometry};
pub use volume::{FatVolume, Tree, TreeEntry};

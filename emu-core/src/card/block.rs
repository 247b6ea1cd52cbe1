//! Sectors: what every card image offers, whatever lies behind it.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::error::BlockError;

/// Bytes of a sector. SD and CF cards use no other size.
pub const SECTOR: usize = 512;

/// Number of a sector, counted from the start of the card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Lba(pub u64);

impl fmt::Display for Lba {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sector {}", self.0)
    }
}

/// Sectors that can be read. Reading takes `&self`, so that one base image serves many overlays.
pub trait BlockRead: Send + Sync {
    /// Size of the card in sectors.
    fn sector_count(&self) -> u64;

    /// Fill `buf`, a whole number of sectors, from sector `first` on.
    ///
    /// # Errors
    /// `PastEnd`, `Unaligned`, or what the image behind it says. Nothing in `buf` is promised then.
    fn read_sectors(&self, first: Lba, buf: &mut [u8]) -> Result<(), BlockError>;

    /// The first sector from `from` on that may hold something other than zeros. `None`: only zeros follow.
    /// Lets sparse images be hashed and saved without reading their holes.
    fn next_used(&self, from: Lba) -> Option<Lba> {
        (from.0 < self.sector_count()).then_some(from)
    }
}

/// Sectors that can be read and written.
pub trait BlockDevice: BlockRead {
    /// Store `data`, a whole number of sectors, from sector `first` on.
    ///
    /// # Errors
    /// `PastEnd`, `Unaligned`, `OverlayFull`, or what the image behind it says.
    fn write_sectors(&mut self, first: Lba, data: &[u8]) -> Result<(), BlockError>;
}

impl<T: BlockRead + ?Sized> BlockRead for Box<T> {
    fn sector_count(&self) -> u64 {
        (**self).sector_count()
    }

    fn read_sectors(&self, first: Lba, buf: &mut [u8]) -> Result<(), BlockError> {
        (**self).read_sectors(first, buf)
    }

    fn next_used(&self, from: Lba) -> Option<Lba> {
        (**self).next_used(from)
    }
}

impl<T: BlockRead + ?Sized> BlockRead for Arc<T> {
    fn sector_count(&self) -> u64 {
        (**self).sector_count()
    }

    fn read_sectors(&self, first: Lba, buf: &mut [u8]) -> Result<(), BlockError> {
        (**self).read_sectors(first, buf)
    }

    fn next_used(&self, from: Lba) -> Option<Lba> {
        (**self).next_used(from)
    }
}

/// Check that a transfer is whole sectors and lies on the card.
///
/// # Errors
/// `Unaligned` or `PastEnd`.
pub(crate) fn check_range(total: u64, first: Lba, bytes: usize) -> Result<(), BlockError> {
    if !bytes.is_multiple_of(SECTOR) {
        return Err(BlockError::Unaligned(bytes));
    }
    let count = (bytes / SECTOR) as u64;
    match first.0.checked_add(count) {
        Some(end) if end <= total => Ok(()),
        _ => Err(BlockError::PastEnd { first, count, total }),
    }
}

/// A card of zeros: the base under every image that we build ourselves.
#[derive(Debug, Clone, Copy)]
pub struct BlankCard {
    sectors: u64,
}

impl BlankCard {
    /// A blank card of `sectors` sectors. It takes no memory.
    #[must_use]
    pub fn new(sectors: u64) -> Self {
        Self { sectors }
    }
}

impl BlockRead for BlankCard {
    fn sector_count(&self) -> u64 {
        self.sectors
    }

    fn read_sectors(&self, first: Lba, buf: &mut [u8]) -> Result<(), BlockError> {
        check_range(self.sectors, first, buf.len())?;
        buf.fill(0);
        Ok(())
    }

    fn next_used(&self, _from: Lba) -> Option<Lba> {
        None
    }
}

//! Raw images: sector n stands at byte n × 512, as `dd` writes them.

use super::block::{BlockRead, Lba, SECTOR, check_range};
use super::error::{BlockError, CardError};
use super::source::ByteSource;

/// A raw card image over any source of bytes.
#[derive(Debug)]
pub struct RawImage<S> {
    source: S,
}

impl<S: ByteSource> RawImage<S> {
    /// Take the bytes of a whole card.
    ///
    /// # Errors
    /// `Image` when it is empty or not a whole number of sectors.
    pub fn new(source: S) -> Result<Self, CardError> {
        let len = source.len();
        if len == 0 || !len.is_multiple_of(SECTOR as u64) {
            let reason = format!("{len} bytes is not a whole number of 512-byte sectors");
            return Err(CardError::Image(reason));
        }
        Ok(Self { source })
    }
}

impl<S: ByteSource> BlockRead for RawImage<S> {
    fn sector_count(&self) -> u64 {
        self.source.len() / SECTOR as u64
    }

    fn read_sectors(&self, first: Lba, buf: &mut [u8]) -> Result<(), BlockError> {
        check_range(self.sector_count(), first, buf.len())?;
        Ok(self.source.read_at(first.0 * SECTOR as u64, buf)?)
    }
}

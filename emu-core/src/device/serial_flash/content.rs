//! What is in the chip: a dump, or nothing.

use std::sync::Arc;

use crate::card::{BlockError, BlockRead, Lba, Overlay, RawImage};

/// A dump of the wrong size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("SFDATA.BIN has {found} bytes, this camera's serial flash has {wanted}")]
pub struct FlashSizeError {
    /// Size of the dump.
    pub found: u64,
    /// Size of the chip.
    pub wanted: u32,
}

/// The content of a chip of `size` bytes: a dump, or all FF as a chip leaves the factory. Writes stay in the overlay.
///
/// # Errors
/// [`FlashSizeError`] when the dump is not as large as the chip. (The reference takes a short dump for all zeros.)
pub fn flash_content(dump: Option<Arc<[u8]>>, size: u32) -> Result<Overlay, FlashSizeError> {
    let Some(dump) = dump else {
        return Ok(Overlay::new(Arc::new(Erased { sectors: u64::from(size) / 512 })));
    };
    let found = dump.len() as u64;
    let error = FlashSizeError { found, wanted: size };
    if found != u64::from(size) {
        return Err(error);
    }
    Ok(Overlay::new(Arc::new(RawImage::new(dump).map_err(|_| error)?)))
}

/// Nothing but FF.
struct Erased {
    sectors: u64,
}

impl BlockRead for Erased {
    fn sector_count(&self) -> u64 {
        self.sectors
    }

    fn read_sectors(&self, first: Lba, buf: &mut [u8]) -> Result<(), BlockError> {
        crate::card::check_range(self.sectors, first, buf.len())?;
        buf.fill(0xFF);
        Ok(())
    }
}

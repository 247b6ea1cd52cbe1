//! Content hash and raw export of a card, skipping its holes.

use std::io::{self, Seek, SeekFrom, Write};

use super::block::{BlockRead, Lba, SECTOR};
use super::error::BlockError;

/// Sectors looked at together.
const RUN: u64 = 128;

/// BLAKE3 over the whole content: size, then every sector that is not all zeros with its number. Two cards with the same
/// content have the same hash, however their images are stored.
///
/// # Errors
/// A failed read.
pub fn content_hash(card: &dyn BlockRead) -> Result<blake3::Hash, BlockError> {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&card.sector_count().to_le_bytes());
    for_each_used(card, |lba, sector| {
        hasher.update(&lba.0.to_le_bytes());
        hasher.update(sector);
        Ok(())
    })?;
    Ok(hasher.finalize())
}

/// Write the card as a raw image; holes stay holes where the target is a new file. The last sector is always written, so
/// that such a file gets the card's whole length, which is returned in bytes.
///
/// # Errors
/// A failed read, or what the target says.
pub fn write_raw<W: Write + Seek>(card: &dyn BlockRead, target: &mut W) -> Result<u64, BlockError> {
    let total = card.sector_count();
    let mut put = |lba: Lba, sector: &[u8]| {
        target.seek(SeekFrom::Start(lba.0 * SECTOR as u64))?;
        target.write_all(sector)
    };
    if let Some(last) = total.checked_sub(1) {
        put(Lba(last), &[0; SECTOR])?;
    }
    for_each_used(card, put)?;
    target.flush()?;
    Ok(total * SECTOR as u64)
}

fn for_each_used(
    card: &dyn BlockRead,
    mut visit: impl FnMut(Lba, &[u8]) -> io::Result<()>,
) -> Result<(), BlockError> {
    let total = card.sector_count();
    let mut next = Lba(0);
    let mut run = vec![0; RUN as usize * SECTOR];
    while let Some(first) = card.next_used(next).filter(|lba| lba.0 < total) {
        let count = RUN.min(total - first.0);
        let part = &mut run[..count as usize * SECTOR];
        card.read_sectors(first, part)?;
        for (at, sector) in part.chunks_exact(SECTOR).enumerate() {
            if sector.iter().any(|&byte| byte != 0) {
                visit(Lba(first.0 + at as u64), sector)?;
            }
        }
        next = Lba(first.0 + count);
    }
    Ok(())
}

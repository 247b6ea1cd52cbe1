//! Copy-on-write: what a run changes on a card stays in memory, the base image is never touched.
//!
//! The map of changed chunks is canonical: a chunk written back to what the base holds leaves the map. So two runs that
//! end with the same card also end with the same overlay, whatever they wrote in between.

use std::collections::BTreeMap;
use std::io::{self, Seek, SeekFrom, Write};
use std::sync::Arc;

use super::block::{BlankCard, BlockDevice, BlockRead, Lba, SECTOR, check_range};
use super::error::BlockError;

/// Sectors that are copied together.
const CHUNK_SECTORS: u64 = 8;
const CHUNK: usize = CHUNK_SECTORS as usize * SECTOR;

/// What an overlay may hold when nobody says otherwise, in bytes.
pub const DEFAULT_OVERLAY_LIMIT: u64 = 1 << 30;

type Chunk = Arc<[u8; CHUNK]>;

/// A writable card over an immutable base. Cloning shares everything and costs a map of pointers.
#[derive(Clone)]
pub struct Overlay {
    base: Arc<dyn BlockRead>,
    chunks: BTreeMap<u64, Chunk>,
    limit: u64,
}

impl std::fmt::Debug for Overlay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sectors = self.sector_count();
        f.debug_struct("Overlay").field("sectors", &sectors).field("chunks", &self.chunks.len()).finish()
    }
}

impl Overlay {
    /// An unchanged card over `base`, which may grow by [`DEFAULT_OVERLAY_LIMIT`].
    #[must_use]
    pub fn new(base: Arc<dyn BlockRead>) -> Self {
        Self { base, chunks: BTreeMap::new(), limit: DEFAULT_OVERLAY_LIMIT }
    }

    /// A blank card of `sectors` sectors.
    #[must_use]
    pub fn blank(sectors: u64) -> Self {
        Self::new(Arc::new(BlankCard::new(sectors)))
    }

    /// Allow at most `bytes` of changes (rounded down to whole chunks of 4 KiB).
    #[must_use]
    pub fn with_limit(mut self, bytes: u64) -> Self {
        self.limit = bytes;
        self
    }

    /// Bytes of changes held.
    #[must_use]
    pub fn changed_bytes(&self) -> u64 {
        (self.chunks.len() * CHUNK) as u64
    }

    /// The base under the changes.
    #[must_use]
    pub fn base(&self) -> &Arc<dyn BlockRead> {
        &self.base
    }

    /// Turn this card into an immutable base for further overlays.
    #[must_use]
    pub fn freeze(self) -> Arc<dyn BlockRead> {
        Arc::new(self)
    }

    /// The changed parts in order: first sector and content (the last part may be cut at the card's end).
    pub fn changes(&self) -> impl Iterator<Item = (Lba, &[u8])> {
        self.chunks.iter().map(|(&index, data)| {
            let len = self.chunk_len(index);
            (Lba(index * CHUNK_SECTORS), &data[..len])
        })
    }

    /// Put back a part that [`Self::changes`] gave, to restore a saved machine.
    ///
    /// # Errors
    /// As for any write.
    pub fn restore(&mut self, first: Lba, data: &[u8]) -> Result<(), BlockError> {
        self.write_sectors(first, data)
    }

    /// Forget every change.
    pub fn reset(&mut self) {
        self.chunks.clear();
    }

    /// Write the changes into a raw image of the base, in place.
    ///
    /// # Errors
    /// What the host says.
    pub fn apply_to<W: Write + Seek>(&self, raw: &mut W) -> io::Result<()> {
        for (first, data) in self.changes() {
            raw.seek(SeekFrom::Start(first.0 * SECTOR as u64))?;
            raw.write_all(data)?;
        }
        raw.flush()
    }

    /// Feed the changes, in order, to a state hash.
    pub fn hash_into(&self, hasher: &mut blake3::Hasher) {
        hasher.update(&self.sector_count().to_le_bytes());
        hasher.update(&(self.chunks.len() as u64).to_le_bytes());
        for (index, data) in &self.chunks {
            hasher.update(&index.to_le_bytes());
            hasher.update(&data[..]);
        }
    }

    /// Set `count` sectors to zeros. Where the base holds zeros nothing is kept, and all zero chunks share one allocation.
    /// Gives the number of 4 KiB chunks that had to be looked at, a measure of the host's work.
    ///
    /// # Errors
    /// `PastEnd`; `OverlayFull`, also when more than the overlay's limit would have to be looked at (what was erased till
    /// then stays erased); or a failed read of the base.
    pub fn erase_sectors(&mut self, first: Lba, count: u64) -> Result<u64, BlockError> {
        let total = self.sector_count();
        let end = first.0.checked_add(count).filter(|&end| end <= total);
        let end = end.ok_or(BlockError::PastEnd { first, count, total })?;
        let zeros: Chunk = Arc::new([0; CHUNK]);
        let (mut at, mut work, most) = (first.0, 0, self.limit / CHUNK as u64);
        while let Some(used) = self.next_used(Lba(at)).filter(|used| used.0 < end) {
            if work >= most {
                return Err(BlockError::OverlayFull { limit: self.limit });
            }
            work += 1;
            let index = used.0 / CHUNK_SECTORS;
            let stop = ((index + 1) * CHUNK_SECTORS).min(end);
            let whole = used.0 == index * CHUNK_SECTORS && stop == (index + 1) * CHUNK_SECTORS;
            if whole {
                self.zero_chunk(index, &zeros)?;
            } else {
                self.write_sectors(used, &zeros[..(stop - used.0) as usize * SECTOR])?;
            }
            at = stop;
        }
        Ok(work)
    }

    fn zero_chunk(&mut self, index: u64, zeros: &Chunk) -> Result<(), BlockError> {
        if self.base_chunk(index)? == **zeros {
            self.chunks.remove(&index);
            return Ok(());
        }
        if !self.chunks.contains_key(&index) && self.changed_bytes() + CHUNK as u64 > self.limit {
            return Err(BlockError::OverlayFull { limit: self.limit });
        }
        self.chunks.insert(index, Arc::clone(zeros));
        Ok(())
    }

    /// Bytes of chunk `index` that lie on the card.
    fn chunk_len(&self, index: u64) -> usize {
        let left = self.sector_count().saturating_sub(index * CHUNK_SECTORS);
        left.min(CHUNK_SECTORS) as usize * SECTOR
    }

    fn base_chunk(&self, index: u64) -> Result<[u8; CHUNK], BlockError> {
        let mut data = [0; CHUNK];
        let len = self.chunk_len(index);
        self.base.read_sectors(Lba(index * CHUNK_SECTORS), &mut data[..len])?;
        Ok(data)
    }

    fn write_chunk(&mut self, index: u64, at: usize, part: &[u8]) -> Result<(), BlockError> {
        let base = self.base_chunk(index)?;
        let old = self.chunks.get(&index);
        let mut data = old.map_or(base, |old| **old);
        data[at..at + part.len()].copy_from_slice(part);
        if data == base {
            self.chunks.remove(&index);
            return Ok(());
        }
        if old.is_none() && self.changed_bytes() + CHUNK as u64 > self.limit {
            return Err(BlockError::OverlayFull { limit: self.limit });
        }
        self.chunks.insert(index, Arc::new(data));
        Ok(())
    }
}

/// Cut a transfer of `bytes` bytes at chunk borders: chunk, offset in the chunk, range in the buffer.
fn pieces(first: Lba, bytes: usize) -> impl Iterator<Item = (u64, usize, std::ops::Range<usize>)> {
    let mut done = 0;
    std::iter::from_fn(move || {
        if done >= bytes {
            return None;
        }
        let sector = first.0 + (done / SECTOR) as u64;
        let at = (sector % CHUNK_SECTORS) as usize * SECTOR;
        let len = (CHUNK - at).min(bytes - done);
        let range = done..done + len;
        done += len;
        Some((sector / CHUNK_SECTORS, at, range))
    })
}

impl BlockRead for Overlay {
    fn sector_count(&self) -> u64 {
        self.base.sector_count()
    }

    fn read_sectors(&self, first: Lba, buf: &mut [u8]) -> Result<(), BlockError> {
        check_range(self.sector_count(), first, buf.len())?;
        for (index, at, range) in pieces(first, buf.len()) {
            let start = Lba(first.0 + (range.start / SECTOR) as u64);
            let part = &mut buf[range];
            match self.chunks.get(&index) {
                Some(data) => part.copy_from_slice(&data[at..at + part.len()]),
                None => self.base.read_sectors(start, part)?,
            }
        }
        Ok(())
    }

    fn next_used(&self, from: Lba) -> Option<Lba> {
        let held = self.chunks.range(from.0 / CHUNK_SECTORS..).next();
        let held = held.map(|(index, _)| Lba((index * CHUNK_SECTORS).max(from.0)));
        [held, self.base.next_used(from)].into_iter().flatten().min()
    }
}

impl BlockDevice for Overlay {
    fn write_sectors(&mut self, first: Lba, data: &[u8]) -> Result<(), BlockError> {
        check_range(self.sector_count(), first, data.len())?;
        for (index, at, range) in pieces(first, data.len()) {
            self.write_chunk(index, at, &data[range])?;
        }
        Ok(())
    }
}

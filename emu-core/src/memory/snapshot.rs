//! States of memory to which one can go back, and forks of them.

use std::io;
use std::ops::Range;
use std::sync::Arc;

use rustix::io::Errno;

use super::addr::PAGE_SIZE;
use super::block::Block;
use super::coverage::{Coverage, Extent};
use super::layer::{Layer, LayerWriter};
use super::mapping::Part;
use super::plan::{Base, Plan};
use super::space::AddressSpace;
use super::table::PageTable;

const PAGE: u64 = PAGE_SIZE as u64;

/// A state of memory: storage and map. It never changes, is cheap to clone, and can be forked from any thread.
///
/// The pages lie in layers of the snapshots before it and one of its own, which holds what changed since. When layers or
/// parts become many, a layer of its own holds everything. Where the host refuses memory files (in a sandbox), a snapshot
/// is a plain copy, and so is a fork of it.
#[derive(Clone)]
pub struct MemorySnapshot(Arc<Saved>);

struct Saved {
    table: PageTable,
    code_epoch: u64,
    storage: Storage,
}

enum Storage {
    Layers { layers: Vec<Arc<Layer>>, blocks: Vec<SavedBlock> },
    Copy(Vec<Block>),
}

struct SavedBlock {
    /// State of each page after a fork.
    state: Vec<u8>,
    coverage: Coverage,
    /// Where the block begins in every layer.
    start: u64,
}

/// The host would not save or fork memory.
#[derive(Debug, thiserror::Error)]
#[error("{what}: {source}")]
pub struct SnapshotError {
    what: &'static str,
    source: io::Error,
}

impl SnapshotError {
    fn saving(errno: Errno) -> Self {
        Self { what: "saving guest memory to a memory file", source: errno.into() }
    }

    fn forking(errno: Errno) -> Self {
        Self { what: "mapping saved guest memory", source: errno.into() }
    }
}

impl AddressSpace {
    /// Saves the state of memory. The cost is that of the pages written since the last snapshot of this space, or since
    /// the one that it was forked from, and now and then of all that the guest has touched.
    ///
    /// # Errors
    /// [`SnapshotError`] when the host has no memory or no descriptors left.
    pub fn snapshot(&mut self) -> Result<MemorySnapshot, SnapshotError> {
        let storage = match self.save() {
            Ok(storage) => storage,
            Err(errno) if is_refusal(errno) => Storage::Copy(self.blocks.clone()),
            Err(errno) => return Err(SnapshotError::saving(errno)),
        };
        Ok(self.saved_in(storage))
    }

    /// The snapshot whose storage this is. Later ones build on it if it has layers.
    fn saved_in(&mut self, storage: Storage) -> MemorySnapshot {
        let is_base = matches!(storage, Storage::Layers { .. });
        let saved = Saved { table: self.table.clone(), code_epoch: self.code_epoch(), storage };
        let snapshot = MemorySnapshot(Arc::new(saved));
        self.base = is_base.then(|| snapshot.clone());
        snapshot
    }

    /// Writes a layer, and marks all pages clean.
    fn save(&mut self) -> Result<Storage, Errno> {
        let base = self.base.as_ref().and_then(MemorySnapshot::as_base);
        let plan = Plan::new(&self.blocks, base.as_ref());
        let mut layers = plan.layers;
        layers.extend(self.write_layer(&plan.pages)?);
        let starts = self.starts();
        let blocks = self.blocks.iter_mut().zip(plan.coverage).zip(starts);
        let saved = blocks.map(|((block, coverage), start)| SavedBlock {
            state: block.mark_clean(),
            coverage,
            start,
        });
        Ok(Storage::Layers { blocks: saved.collect(), layers })
    }

    /// Where each block begins in a layer: they follow each other.
    fn starts(&self) -> Vec<u64> {
        let ends = self.blocks.iter().scan(0, |end, block| {
            let start = *end;
            *end += block.bytes.len() as u64;
            Some(start)
        });
        ends.collect()
    }

    /// A layer with these pages of each block; none when there are none.
    fn write_layer(&self, pages: &[Vec<Range<u32>>]) -> Result<Option<Arc<Layer>>, Errno> {
        if pages.iter().all(Vec::is_empty) {
            return Ok(None);
        }
        let len = self.blocks.iter().map(|block| block.bytes.len() as u64).sum();
        let mut layer = LayerWriter::new(len)?;
        for ((block, start), ranges) in self.blocks.iter().zip(self.starts()).zip(pages) {
            for range in ranges.iter().flat_map(|range| block.touched_in(range.clone())) {
                let bytes = range.start as usize * PAGE as usize..range.end as usize * PAGE as usize;
                layer.write(start + bytes.start as u64, &block.bytes[bytes])?;
            }
        }
        layer.seal().map(|layer| Some(Arc::new(layer)))
    }
}

impl MemorySnapshot {
    /// Memory in the saved state, at the cost of mapping it: pages are copied when they are first written. Nothing is
    /// decoded from it, so a CPU that knew other memory has to forget what it decoded.
    ///
    /// # Errors
    /// [`SnapshotError`] when the host has no room for further mappings.
    pub fn fork(&self) -> Result<AddressSpace, SnapshotError> {
        let (table, epoch) = (self.0.table.clone(), self.0.code_epoch);
        match &self.0.storage {
            Storage::Copy(blocks) => Ok(AddressSpace::of(table, blocks.clone(), epoch)),
            Storage::Layers { layers, blocks } => {
                let blocks: Result<_, _> = blocks.iter().map(|block| block.fork(layers)).collect();
                let blocks = blocks.map_err(SnapshotError::forking)?;
                let mut space = AddressSpace::of(table, blocks, epoch);
                space.base = Some(self.clone());
                Ok(space)
            }
        }
    }

    /// Bytes of the host's memory that the files of this snapshot hold, some of them shared with other snapshots. 0 for
    /// a plain copy.
    #[must_use]
    pub fn stored_bytes(&self) -> u64 {
        self.as_base().map_or(0, |base| base.layers.iter().map(|layer| layer.bytes()).sum())
    }

    fn as_base(&self) -> Option<Base<'_>> {
        match &self.0.storage {
            Storage::Layers { layers, blocks } => {
                Some(Base { layers, coverage: blocks.iter().map(|block| &block.coverage).collect() })
            }
            Storage::Copy(_) => None,
        }
    }
}

impl SavedBlock {
    fn fork(&self, layers: &[Arc<Layer>]) -> Result<Block, Errno> {
        let part = |extent: &Extent| {
            let (to, len) = (u64::from(extent.pages.start) * PAGE, extent.pages.len() as u64 * PAGE);
            let layer: &Layer = &layers[extent.layer];
            Part { to: to as usize, len: len as usize, layer, from: self.start + to }
        };
        let mapped = self.coverage.mapped.iter().map(part);
        Block::from_layers(self.state.clone(), mapped, self.coverage.copied.iter().map(part))
    }
}

/// The host does not let this process have memory files at all.
fn is_refusal(errno: Errno) -> bool {
    matches!(errno, Errno::PERM | Errno::ACCESS | Errno::NOSYS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::{Access, GuestAddr};

    #[test]
    fn without_memory_files_a_snapshot_is_a_copy() {
        let mut space = AddressSpace::new();
        let ram = space.add_block(0x2000).expect("room");
        space.map(GuestAddr(0), 0x2000, ram, 0, Access::Ram).expect("aligned");
        space.write_u32(GuestAddr(4), 1).expect("RAM");
        space.snapshot().expect("a memory file");
        space.write_u32(GuestAddr(8), 2).expect("RAM");
        let copy = Storage::Copy(space.blocks.clone());
        let snapshot = space.saved_in(copy);
        space.write_u32(GuestAddr(4), 3).expect("RAM");
        let mut fork = snapshot.fork().expect("a copy");
        assert_eq!((fork.read_u32(GuestAddr(4)), fork.read_u32(GuestAddr(8))), (Ok(1), Ok(2)));
        fork.write_u32(GuestAddr(4), 4).expect("RAM");
        assert_eq!(
            fork.snapshot().expect("a memory file").fork().expect("room").read_u32(GuestAddr(4)),
            Ok(4)
        );
        assert_eq!(snapshot.fork().expect("a copy").read_u32(GuestAddr(4)), Ok(1));
        assert_eq!(
            space.snapshot().expect("a memory file").fork().expect("room").read_u32(GuestAddr(8)),
            Ok(2)
        );
    }
}

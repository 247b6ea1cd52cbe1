//! Building the map: which block or device window stands at which guest address.

use std::ops::Range;

use super::addr::{GuestAddr, PAGE_SIZE};
use super::block::{Block, BlockId};
use super::page::{Entry, PageRef};
use super::space::AddressSpace;

/// How the guest may use mapped storage.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Access {
    /// Reads and writes go straight to the storage.
    Ram,
    /// Reads go to the storage; a write is reported as [`Miss::Rom`](super::Miss::Rom) for the machine to judge.
    Rom,
}

/// Why a block or mapping was refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum MapError {
    /// Start, length or block offset is not a multiple of 4 KiB.
    #[error("mapping {len:#x} bytes at {start} (block offset {offset:#x}) is not in whole 4 KiB pages")]
    Unaligned {
        /// First guest address.
        start: GuestAddr,
        /// Length in bytes.
        len: u64,
        /// Offset in the block.
        offset: u64,
    },
    /// The range ends above 4 GiB.
    #[error("mapping {len:#x} bytes at {start} ends beyond the 4 GiB address space")]
    BeyondSpace {
        /// First guest address.
        start: GuestAddr,
        /// Length in bytes.
        len: u64,
    },
    /// The block has fewer bytes than the mapping shows.
    #[error("mapping at {start} needs {needed:#x} bytes of a block that has {size:#x}")]
    BeyondBlock {
        /// First guest address.
        start: GuestAddr,
        /// Bytes of the block that the mapping would need.
        needed: u64,
        /// Bytes the block has.
        size: u64,
    },
    /// More than 256 blocks, a block larger than 4 GiB, or no room in the host.
    #[error("no room for another block of {size:#x} bytes")]
    TooMuchStorage {
        /// Bytes asked for.
        size: u64,
    },
}

impl AddressSpace {
    /// Adds a block of `size` zero bytes (rounded up to whole pages). It shows nowhere until it is mapped.
    ///
    /// # Errors
    /// [`MapError::TooMuchStorage`] beyond 256 blocks, 4 GiB in one block, or what the host has.
    pub fn add_block(&mut self, size: u64) -> Result<BlockId, MapError> {
        let id = u8::try_from(self.blocks.len()).map_err(|_| MapError::TooMuchStorage { size })?;
        if size > 1 << 32 {
            return Err(MapError::TooMuchStorage { size });
        }
        let bytes = usize::try_from(size).map_err(|_| MapError::TooMuchStorage { size })?;
        self.blocks.push(Block::zeroed(bytes).map_err(|_| MapError::TooMuchStorage { size })?);
        Ok(BlockId(id))
    }

    /// Adds a block of `size` bytes that starts with `content`; a longer content is cut, a shorter one followed by
    /// zeros (reference: boot-and-memory.md §3).
    ///
    /// # Errors
    /// As [`add_block`](Self::add_block).
    pub fn add_block_with(&mut self, content: &[u8], size: u64) -> Result<BlockId, MapError> {
        let id = self.add_block(size)?;
        let block = &mut self.blocks[usize::from(id.0)];
        let len = content.len().min(block.bytes.len());
        block.store(0, &content[..len]);
        Ok(id)
    }

    /// Shows `len` bytes of `block`, from `offset` on, at `start`. It hides whatever was mapped there before.
    /// Mapping the same part of a block twice makes an alias.
    ///
    /// # Errors
    /// [`MapError`] when the range is not in whole pages or does not fit the space or the block.
    pub fn map(
        &mut self,
        start: GuestAddr,
        len: u64,
        block: BlockId,
        offset: u64,
        access: Access,
    ) -> Result<(), MapError> {
        let pages = page_range(start, len, offset)?;
        let size = self.block_size(block);
        if offset + len > size {
            return Err(MapError::BeyondBlock { start, needed: offset + len, size });
        }
        let first = (offset / u64::from(PAGE_SIZE)) as u32;
        self.table.show(pages, PageRef::new(block, first), access == Access::Ram);
        self.code_changed();
        Ok(())
    }

    /// Makes `len` bytes at `start` a device window: accesses report [`Miss::Device`](super::Miss::Device).
    ///
    /// # Errors
    /// [`MapError`] when the range is not in whole pages or leaves the space.
    pub fn map_device(&mut self, start: GuestAddr, len: u64) -> Result<(), MapError> {
        self.fill(start, len, Entry::DEVICE)
    }

    /// Takes away whatever is mapped in the range.
    ///
    /// # Errors
    /// [`MapError`] when the range is not in whole pages or leaves the space.
    pub fn unmap(&mut self, start: GuestAddr, len: u64) -> Result<(), MapError> {
        self.fill(start, len, Entry::UNMAPPED)
    }

    fn fill(&mut self, start: GuestAddr, len: u64, entry: Entry) -> Result<(), MapError> {
        self.table.fill(page_range(start, len, 0)?, entry);
        self.code_changed();
        Ok(())
    }
}

/// Numbers of the guest's pages in a range.
fn page_range(start: GuestAddr, len: u64, offset: u64) -> Result<Range<u32>, MapError> {
    let page = u64::from(PAGE_SIZE);
    if !start.is_aligned(PAGE_SIZE) || !len.is_multiple_of(page) || !offset.is_multiple_of(page) {
        return Err(MapError::Unaligned { start, len, offset });
    }
    if len > (1 << 32) - u64::from(start.0) {
        return Err(MapError::BeyondSpace { start, len });
    }
    let first = start.page_number();
    Ok(first..first + (len / page) as u32)
}

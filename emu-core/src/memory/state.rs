//! Storage as machine state: hashing, and access by block for snapshots and loaders.

use super::GuestAddr;
use super::addr::PAGE_SIZE;
use super::block::BlockId;
use super::map::MapError;
use super::page::PageRef;
use super::space::AddressSpace;

impl AddressSpace {
    /// Feeds all storage into `hasher`. Only touched pages are visited, and pages of zeros count as untouched, so
    /// the result depends on the content alone, not on how it came there.
    pub fn hash_into(&self, hasher: &mut blake3::Hasher) {
        for (id, block) in (0u32..).zip(&self.blocks) {
            for page in block.touched() {
                let bytes = block.page(page);
                if bytes.iter().any(|byte| *byte != 0) {
                    hasher.update(&id.to_le_bytes());
                    hasher.update(&(page as u32).to_le_bytes());
                    hasher.update(bytes);
                }
            }
        }
        hasher.update(b"end of storage");
    }

    /// Every block and its size in bytes.
    pub fn blocks(&self) -> impl Iterator<Item = (BlockId, u64)> + '_ {
        (0..).zip(&self.blocks).map(|(id, block)| (BlockId(id), block.bytes.len() as u64))
    }

    /// All bytes of a block, mapped or not.
    #[must_use]
    pub fn block_bytes(&self, block: BlockId) -> &[u8] {
        &self.blocks[usize::from(block.0)].bytes
    }

    /// Stores into a block by offset, mapped or not: for loaders and for restoring a snapshot.
    ///
    /// # Errors
    /// [`MapError::BeyondBlock`] when the data do not fit.
    pub fn write_block(&mut self, block: BlockId, offset: u64, data: &[u8]) -> Result<(), MapError> {
        let size = self.block_size(block);
        let needed = offset.saturating_add(data.len() as u64);
        if needed > size {
            return Err(MapError::BeyondBlock { start: GuestAddr(0), needed, size });
        }
        if self.blocks[usize::from(block.0)].store(offset as usize, data) {
            self.code_changed();
        }
        Ok(())
    }

    /// Pages of a block that were ever written or loaded, as byte offsets, ascending.
    pub fn touched_pages(&self, block: BlockId) -> impl Iterator<Item = u64> + '_ {
        self.blocks[usize::from(block.0)].touched().map(|page| page as u64 * u64::from(PAGE_SIZE))
    }

    /// The 4096 bytes of a page of storage.
    #[must_use]
    pub fn page(&self, page: PageRef) -> &[u8] {
        self.blocks[page.block()].page(page.page())
    }
}

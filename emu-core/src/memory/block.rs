//! Storage behind the address space: one block per RAM or ROM chip.

use super::addr::PAGE_SIZE;

const PAGE: usize = PAGE_SIZE as usize;

/// Names a block of storage inside one [`AddressSpace`](super::AddressSpace). At most 256 exist.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub struct BlockId(pub(super) u8);

/// The page was written or loaded since the block was made.
pub(super) const TOUCHED: u8 = 1;
/// The CPU holds decoded code from the page.
pub(super) const CODE: u8 = 2;

/// Bytes of a chip, with the state of each page.
pub(super) struct Block {
    pub(super) bytes: Vec<u8>,
    pub(super) state: Vec<u8>,
    /// Counts how often code on the page became stale.
    versions: Vec<u32>,
}

impl Block {
    /// A zeroed block; `size` is rounded up to whole pages. The host gives the zero pages when they are first used.
    pub(super) fn zeroed(size: usize) -> Self {
        let pages = size.div_ceil(PAGE);
        Self { bytes: vec![0; pages * PAGE], state: vec![0; pages], versions: vec![0; pages] }
    }

    /// Marks the page as written; gives true when decoded code on it became stale by that.
    pub(super) fn touch(&mut self, page: usize) -> bool {
        let had_code = self.state[page] & CODE != 0;
        self.state[page] = TOUCHED;
        if had_code {
            self.versions[page] = self.versions[page].wrapping_add(1);
        }
        had_code
    }

    pub(super) fn mark_code(&mut self, page: usize) {
        self.state[page] |= CODE;
    }

    pub(super) fn version(&self, page: usize) -> u32 {
        self.versions[page]
    }

    pub(super) fn page(&self, page: usize) -> &[u8] {
        &self.bytes[page * PAGE..(page + 1) * PAGE]
    }

    /// Numbers of the pages ever written or loaded, ascending.
    pub(super) fn touched(&self) -> impl Iterator<Item = usize> + '_ {
        self.state.iter().enumerate().filter(|(_, state)| **state & TOUCHED != 0).map(|(page, _)| page)
    }

    /// Stores `data` at `offset` (the caller has checked the range); gives true when code became stale.
    pub(super) fn store(&mut self, offset: usize, data: &[u8]) -> bool {
        if data.is_empty() {
            return false;
        }
        self.bytes[offset..offset + data.len()].copy_from_slice(data);
        let mut stale = false;
        for page in offset / PAGE..=(offset + data.len() - 1) / PAGE {
            stale |= self.touch(page);
        }
        stale
    }
}

/// Copies only the touched pages: the cost of a copy is what the guest used, not the size of its RAM.
impl Clone for Block {
    fn clone(&self) -> Self {
        let mut copy = Self::zeroed(self.bytes.len());
        for page in self.touched() {
            let range = page * PAGE..(page + 1) * PAGE;
            copy.bytes[range.clone()].copy_from_slice(&self.bytes[range]);
            copy.state[page] = TOUCHED;
        }
        copy
    }
}

//! One entry of the page table: what stands behind a 4 KiB page of the guest.

use super::addr::PAGE_SIZE;
use super::block::BlockId;

/// A page of storage: block and page number inside it. Two guest pages with the same `PageRef` are aliases.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub struct PageRef(u32);

impl PageRef {
    pub(super) fn new(block: BlockId, page: u32) -> Self {
        Self(page << 8 | u32::from(block.0))
    }

    /// The page `pages` behind this one in the same block; the caller knows that it exists.
    pub(super) fn plus(self, pages: u32) -> Self {
        Self(self.0 + (pages << 8))
    }

    /// Number of its block.
    #[inline]
    pub(crate) fn block(self) -> usize {
        (self.0 & 0xFF) as usize
    }

    /// Number of the page inside its block.
    #[inline]
    pub(crate) fn page(self) -> usize {
        (self.0 >> 8) as usize
    }

    #[inline]
    pub(super) fn byte_offset(self) -> usize {
        self.page() * PAGE_SIZE as usize
    }

    /// A number that differs for every page of storage; below 2^28.
    #[inline]
    #[must_use]
    pub fn index(self) -> u32 {
        self.0
    }
}

/// What an access to a page does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    Unmapped,
    Ram,
    Rom,
    Device,
}

const KIND_RAM: u32 = 1;
const KIND_ROM: u32 = 2;
const KIND_DEVICE: u32 = 3;

/// Packed page-table entry: kind in bits 0–3, block in bits 4–11, page of the block in bits 12–31.
/// All zero means unmapped, so that a fresh table comes zeroed from the host without being touched.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry(pub(super) u32);

impl Entry {
    pub(super) const UNMAPPED: Self = Self(0);
    pub(super) const DEVICE: Self = Self(KIND_DEVICE);

    pub(super) fn storage(page: PageRef, writable: bool) -> Self {
        Self(page.0 << 4 | if writable { KIND_RAM } else { KIND_ROM })
    }

    #[inline]
    pub(super) fn is_ram(self) -> bool {
        self.0 & 0xF == KIND_RAM
    }

    /// RAM or ROM: something that can be read and fetched without a device.
    #[inline]
    pub(super) fn is_storage(self) -> bool {
        matches!(self.0 & 0xF, KIND_RAM | KIND_ROM)
    }

    #[inline]
    pub(super) fn page_ref(self) -> PageRef {
        PageRef(self.0 >> 4)
    }

    pub(super) fn kind(self) -> Kind {
        match self.0 & 0xF {
            KIND_RAM => Kind::Ram,
            KIND_ROM => Kind::Rom,
            KIND_DEVICE => Kind::Device,
            _ => Kind::Unmapped,
        }
    }
}

//! Where storage lies in the host: the way of generated code to RAM.
//!
//! Generated code may load from anywhere in a page, and may store where the page's state is exactly "touched"
//! (or, more finely, where a touched and dirty page has no mark on the line): such a store changes nothing that the
//! address space keeps beside the bytes. All pointers stay good as long as the block, hence the address space, lives.
#![cfg_attr(not(target_arch = "x86_64"), allow(dead_code, reason = "the door of generated code"))]

use super::addr::{GuestAddr, PAGE_SIZE};
use super::page::PageRef;
use super::space::AddressSpace;

/// Plain RAM that the guest sees as one run of addresses: what generated code may reach without asking.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct LinearRam {
    /// First guest address; a multiple of the page size.
    pub(crate) start: u32,
    /// Length in bytes, in whole pages.
    pub(crate) len: u32,
    /// An address bit that may be ignored, because its other value shows the same bytes everywhere in the run; 0 if
    /// there is none.
    pub(crate) alias: u32,
    /// The byte at `start`.
    pub(crate) bytes: *mut u8,
    /// State of the page at `start`; those of the following pages follow.
    pub(crate) state: *const u8,
    /// Marked lines of the page at `start`; those of the following pages follow.
    pub(crate) lines: *const u64,
}

impl AddressSpace {
    /// The longest run of plain RAM in the map. It changes only when [`map_epoch`](Self::map_epoch) does.
    pub(crate) fn linear_ram(&self) -> Option<LinearRam> {
        let (run, alias) = self.table.longest_ram()?;
        let (block, page) = (&self.blocks[run.first.block()], run.first.page());
        Some(LinearRam {
            start: run.start * PAGE_SIZE,
            len: run.pages.saturating_mul(PAGE_SIZE) & !(PAGE_SIZE - 1),
            alias: alias * PAGE_SIZE,
            bytes: self.page_pointer(run.first),
            state: block.state.as_ptr().wrapping_add(page),
            lines: block.lines().as_ptr().wrapping_add(page),
        })
    }

    /// Where the bytes of a page of storage lie.
    pub(crate) fn page_pointer(&self, page: PageRef) -> *mut u8 {
        self.blocks[page.block()].bytes.as_ptr().wrapping_add(page.byte_offset())
    }

    /// The page of storage behind an address, where its bytes lie, and whether it is RAM there, so that the guest may
    /// store; `None` for devices and holes.
    pub(crate) fn plain_page(&self, addr: GuestAddr) -> Option<(PageRef, *mut u8, bool)> {
        let page = self.storage_page(addr)?;
        Some((page, self.page_pointer(page), self.entry(addr).is_ram()))
    }

    /// State of a page of storage: exactly 1 when a plain store to it is allowed.
    #[inline]
    pub(crate) fn store_state(&self, page: PageRef) -> u8 {
        self.blocks[page.block()].state[page.page()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::{Access, BlockId};

    const BIT: u32 = 0x4000_0000;

    /// A camera's map: RAM, its alias, and a page of other memory over the beginning of both.
    fn camera() -> (AddressSpace, BlockId) {
        let mut space = AddressSpace::new();
        let ram = space.add_block(0x10_0000).expect("room");
        let tcm = space.add_block(0x1000).expect("room");
        for start in [0, BIT] {
            space.map(GuestAddr(start), 0x10_0000, ram, 0, Access::Ram).expect("aligned");
            space.map(GuestAddr(start), 0x1000, tcm, 0, Access::Ram).expect("aligned");
        }
        (space, ram)
    }

    fn shape(space: &AddressSpace) -> (u32, u32, u32) {
        let ram = space.linear_ram().expect("there is RAM");
        (ram.start, ram.len, ram.alias)
    }

    #[test]
    fn main_memory_is_one_run_with_its_alias() {
        let (space, _) = camera();
        assert_eq!(shape(&space), (0x1000, 0xF_F000, BIT));
        let ram = space.linear_ram().expect("there is RAM");
        let (page, bytes, is_ram) = space.plain_page(GuestAddr(BIT | 0x1000)).expect("an alias");
        assert_eq!((bytes, is_ram), (ram.bytes, true));
        assert_eq!(page, space.storage_page(GuestAddr(0x1000)).expect("RAM"));
    }

    #[test]
    fn a_moved_tcm_breaks_the_alias_and_gives_it_back() {
        let (mut space, ram) = camera();
        let tcm = space.add_block(0x1000).expect("room");
        let place = GuestAddr(BIT | 0x3000);
        space.map(place, 0x1000, tcm, 0, Access::Ram).expect("aligned");
        assert_eq!(shape(&space), (0x1000, 0xF_F000, 0));
        space.map(place, 0x1000, ram, 0x3000, Access::Ram).expect("aligned");
        assert_eq!(shape(&space), (0x1000, 0xF_F000, BIT));
        space.unmap(GuestAddr(0x2000), 0x1000).expect("aligned");
        assert_eq!(shape(&space), (BIT | 0x1000, 0xF_F000, 0));
    }

    #[test]
    fn rom_is_no_run_and_a_run_may_not_cross_its_alias_bit() {
        let mut space = AddressSpace::new();
        let block = space.add_block(0x2000).expect("room");
        space.map(GuestAddr(0x8_0000), 0x2000, block, 0, Access::Rom).expect("aligned");
        assert_eq!(space.linear_ram(), None);
        // The second copy stands 0x4000 higher, but the bit of 0x4000 changes inside the first.
        for start in [0x3000, 0x7000] {
            space.map(GuestAddr(start), 0x2000, block, 0, Access::Ram).expect("aligned");
        }
        assert_eq!(shape(&space), (0x3000, 0x2000, 0));
    }

    #[test]
    fn the_state_tells_where_plain_stores_may_go() {
        let (mut space, _) = camera();
        let page = space.storage_page(GuestAddr(0x2000)).expect("RAM");
        let mut states = vec![space.store_state(page)];
        space.write_u8(GuestAddr(0x2000), 1).expect("RAM");
        states.push(space.store_state(page));
        space.mark_code(page, 0..4);
        states.push(space.store_state(page));
        space.write_u8(GuestAddr(0x2000), 2).expect("RAM");
        states.push(space.store_state(page));
        assert_eq!(states, [0, 1, 3, 1]);
    }
}

//! How often the interpreter meets code, counted by the place of storage that the code lies in.
//!
//! Every place has a counter of its own. Counters that many places share would make code look hot that is executed once,
//! and compiling it costs more than executing it a few times.

use crate::memory::{PAGE_SIZE, PageRef};

/// Counters of a page: instructions that begin in one word share theirs.
const COUNTERS: usize = PAGE_SIZE as usize / 4;
/// Pages that are counted at a time: code of 64 MiB, in 16 MiB of counters.
const MOST_PAGES: usize = 1 << 14;

/// What is known about a page of code.
struct Page {
    visits: [u8; COUNTERS],
    /// How often its code changed.
    unrest: u8,
    /// Code of it was compiled since it last changed.
    compiled: bool,
}

/// What is known about all pages, by block of storage and page of the block.
#[derive(Default)]
pub(super) struct Heat {
    blocks: Vec<Vec<Option<Box<Page>>>>,
    pages: usize,
}

impl Heat {
    /// Counts a visit; true when there were more than `threshold` of them. For code that changed before, as many times
    /// more are asked for.
    pub(super) fn visit(&mut self, page: PageRef, target: u32, threshold: u8) -> bool {
        let page = self.page(page);
        let threshold = threshold.saturating_mul(page.unrest.saturating_add(1));
        let visits = &mut page.visits[(target % PAGE_SIZE) as usize / 4];
        *visits = visits.saturating_add(1);
        *visits > threshold
    }

    /// There is nothing to compile at this place: counts from the beginning.
    pub(super) fn cool(&mut self, page: PageRef, target: u32) {
        self.page(page).visits[(target % PAGE_SIZE) as usize / 4] = 0;
    }

    /// False when no code of the page is compiled.
    pub(super) fn is_compiled(&self, page: PageRef) -> bool {
        let pages = self.blocks.get(page.block());
        let page = pages.and_then(|pages| pages.get(page.page())?.as_ref());
        page.is_some_and(|page| page.compiled)
    }

    /// Code of the page was compiled.
    pub(super) fn set_compiled(&mut self, page: PageRef) {
        self.page(page).compiled = true;
    }

    /// Compiled code of the page changed.
    pub(super) fn disturb(&mut self, page: PageRef) {
        let page = self.page(page);
        page.compiled = false;
        page.unrest = page.unrest.saturating_add(1);
    }

    /// Too many pages were visited: time to forget.
    pub(super) fn is_full(&self) -> bool {
        self.pages >= MOST_PAGES
    }

    /// Forgets everything.
    pub(super) fn clear(&mut self) {
        self.blocks.clear();
        self.pages = 0;
    }

    fn page(&mut self, page: PageRef) -> &mut Page {
        let (block, page) = (page.block(), page.page());
        if self.blocks.len() <= block {
            self.blocks.resize_with(block + 1, Vec::new);
        }
        let pages = &mut self.blocks[block];
        if pages.len() <= page {
            pages.resize_with(page + 1, || None);
        }
        let count = &mut self.pages;
        pages[page].get_or_insert_with(|| {
            *count += 1;
            Box::new(Page { visits: [0; COUNTERS], unrest: 0, compiled: false })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::{Access, AddressSpace, GuestAddr};

    fn pages() -> [PageRef; 2] {
        let mut space = AddressSpace::new();
        let block = space.add_block(0x10000).expect("there is room");
        space.map(GuestAddr(0), 0x10000, block, 0, Access::Ram).expect("it fits");
        [0x1000, 0x2000].map(|at| space.storage_page(GuestAddr(at)).expect("it is RAM"))
    }

    #[test]
    fn a_place_is_hot_after_more_visits_than_asked_for() {
        let (mut heat, [page, other]) = (Heat::default(), pages());
        let visits =
            |heat: &mut Heat, page, target| (0..5).map(|_| heat.visit(page, target, 3)).collect::<Vec<_>>();
        assert_eq!(visits(&mut heat, page, 0x1008), [false, false, false, true, true]);
        assert_eq!(visits(&mut heat, page, 0x100C), [false, false, false, true, true], "its neighbour");
        assert_eq!(visits(&mut heat, other, 0x2008), [false, false, false, true, true], "the other page");
    }

    #[test]
    fn a_page_that_changes_has_to_wait_longer_each_time() {
        let (mut heat, [page, other]) = (Heat::default(), pages());
        heat.set_compiled(page);
        assert!(heat.is_compiled(page) && !heat.is_compiled(other));
        heat.disturb(page);
        assert!(!heat.is_compiled(page));
        assert_eq!((0..9).filter(|_| heat.visit(page, 0, 3)).count(), 3);
        (0..300).for_each(|_| heat.disturb(page));
        assert_eq!((0..999).filter(|_| heat.visit(page, 4, 3)).count(), 0);
        heat.clear();
        assert_eq!((0..9).filter(|_| heat.visit(page, 4, 3)).count(), 6);
    }
}

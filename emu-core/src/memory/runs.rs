//! Runs of plain RAM in the map, kept as the map changes: the page table as a whole is too long to search at every
//! change, and a guest may move its tightly coupled memory as often as it likes.

use std::collections::BTreeMap;
use std::ops::Range;

use super::page::PageRef;

/// Guest pages that follow each other and show RAM of one block in the same order.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Run {
    /// Number of the first guest page.
    pub(super) start: u32,
    pub(super) pages: u32,
    /// What the first page shows.
    pub(super) first: PageRef,
}

impl Run {
    fn end(self) -> u32 {
        self.start + self.pages
    }

    /// True when a bit of the page number is the same in all guest pages of the run.
    pub(super) fn has_one_value_of(self, bit: u32) -> bool {
        self.start / bit == (self.end() - 1) / bit
    }

    /// What guest page `page` of the run shows.
    fn shown_at(self, page: u32) -> PageRef {
        self.first.plus(page - self.start)
    }

    /// The part inside `pages`, if there is any.
    fn part(self, pages: &Range<u32>) -> Option<Self> {
        let (start, end) = (self.start.max(pages.start), self.end().min(pages.end));
        (start < end).then(|| Self { start, pages: end - start, first: self.shown_at(start) })
    }
}

/// All runs, by their first page. They do not overlap, and none goes on where another ends.
#[derive(Clone, Default)]
pub(super) struct RamRuns(BTreeMap<u32, Run>);

impl RamRuns {
    /// Takes `pages` out of whatever run they are in.
    pub(super) fn cut(&mut self, pages: &Range<u32>) {
        while let Some(run) = self.last_before(pages.end).filter(|run| run.part(pages).is_some()) {
            self.0.remove(&run.start);
            let rest = [run.part(&(0..pages.start)), run.part(&(pages.end..u32::MAX))];
            self.0.extend(rest.into_iter().flatten().map(|run| (run.start, run)));
        }
    }

    /// Adds a run whose pages were cut out before, and joins it to what it continues.
    pub(super) fn insert(&mut self, pages: &Range<u32>, first: PageRef) {
        if pages.is_empty() {
            return;
        }
        let mut run = Run { start: pages.start, pages: pages.end - pages.start, first };
        if let Some(after) = self.0.get(&run.end()).copied().filter(|after| continues(run, *after)) {
            self.0.remove(&after.start);
            run.pages += after.pages;
        }
        if let Some(before) = self.last_before(run.start).filter(|before| continues(*before, run)) {
            self.0.remove(&before.start);
            run = Run { pages: before.pages + run.pages, ..before };
        }
        self.0.insert(run.start, run);
    }

    /// The longest run; of equal ones that at the lowest address.
    pub(super) fn longest(&self) -> Option<Run> {
        self.0.values().rev().copied().max_by_key(|run| run.pages)
    }

    /// True when a run shows at the guest page `page` and behind it all that `run` shows.
    pub(super) fn shows(&self, page: u32, run: Run) -> bool {
        let twin = self.last_before(page + 1).and_then(|twin| twin.part(&(page..page + run.pages)));
        twin.is_some_and(|twin| (twin.start, twin.pages, twin.first) == (page, run.pages, run.first))
    }

    fn last_before(&self, page: u32) -> Option<Run> {
        self.0.range(..page).next_back().map(|(_, run)| *run)
    }
}

fn continues(run: Run, next: Run) -> bool {
    let same_block = run.first.block() == next.first.block();
    same_block && run.end() == next.start && run.first.page() + run.pages as usize == next.first.page()
}

//! The page table: what stands at each page of the guest's address space.

use std::ops::Range;
use std::sync::Arc;

use super::addr::GuestAddr;
use super::mapping::{Entries, zeroed_entries};
use super::page::{Entry, PageRef};
use super::runs::{RamRuns, Run};

/// An entry per page of the guest, and what follows from them. Copies share the entries until one of them changes.
#[derive(Clone)]
pub(super) struct PageTable {
    entries: Arc<Entries>,
    runs: RamRuns,
    epoch: u64,
}

impl PageTable {
    /// Nothing is mapped.
    pub(super) fn new() -> Self {
        Self { entries: zeroed_entries(), runs: RamRuns::default(), epoch: 0 }
    }

    #[inline]
    pub(super) fn entry(&self, addr: GuestAddr) -> Entry {
        Entry(self.entries[addr.page_number() as usize])
    }

    /// Shows storage from `first` on at these guest pages.
    pub(super) fn show(&mut self, pages: Range<u32>, first: PageRef, writable: bool) {
        self.runs.cut(&pages);
        if writable {
            self.runs.insert(&pages, first);
        }
        for (index, entry) in (0..).zip(self.change(pages)) {
            *entry = Entry::storage(first.plus(index), writable).0;
        }
    }

    /// Gives all of these guest pages the same entry, which shows no storage.
    pub(super) fn fill(&mut self, pages: Range<u32>, entry: Entry) {
        self.runs.cut(&pages);
        self.change(pages).fill(entry.0);
    }

    fn change(&mut self, pages: Range<u32>) -> &mut [u32] {
        self.epoch += 1;
        &mut Arc::make_mut(&mut self.entries)[pages.start as usize..pages.end as usize]
    }

    /// The longest run of plain RAM, and the bit of the page number by which it shows a second time, or 0.
    pub(super) fn longest_ram(&self) -> Option<(Run, u32)> {
        let run = self.runs.longest()?;
        let twin = |bit: &u32| run.has_one_value_of(*bit) && self.runs.shows(run.start ^ bit, run);
        let mut bits = (0..20).rev().map(|bit| 1 << bit);
        Some((run, bits.find(twin).unwrap_or(0)))
    }

    /// Rises whenever an entry changes.
    #[inline]
    pub(super) fn epoch(&self) -> u64 {
        self.epoch
    }
}

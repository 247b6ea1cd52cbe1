//! Storage behind the address space: one block per RAM or ROM chip.

use std::alloc::{Layout, handle_alloc_error};
use std::ops::Range;

use rustix::io::Errno;

use super::addr::PAGE_SIZE;
use super::coverage::joined;
use super::mapping::{Mapping, Part};
use super::page_states::PageStates;

const PAGE: usize = PAGE_SIZE as usize;
/// Bytes that share one bit of a page's mask of code.
const LINE: usize = PAGE / u64::BITS as usize;

/// Names a block of storage inside one [`AddressSpace`](super::AddressSpace). At most 256 exist.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub struct BlockId(pub(super) u8);

/// The page was written or loaded since the block was made. A page whose state is exactly this takes plain stores.
pub(super) const TOUCHED: u8 = 1;
/// The CPU holds something decoded from the page; which lines of it, the page's mask tells.
pub(super) const CODE: u8 = 2;
/// The page is as the last snapshot has it. Only with [`TOUCHED`]: an untouched page is in no snapshot.
pub(super) const CLEAN: u8 = 4;

/// Bytes of a chip, with the state of each page.
pub(super) struct Block {
    pub(super) bytes: Mapping,
    pub(super) state: PageStates,
    /// Per page, the lines that hold decoded code: bit n for the bytes from 64 n on. Not zero exactly where the state
    /// has [`CODE`].
    lines: Vec<u64>,
    /// Counts how often code on the page became stale.
    versions: Vec<u32>,
}

impl Block {
    /// A zeroed block; `size` is rounded up to whole pages. The host gives the zero pages when they are first used.
    ///
    /// # Errors
    /// What the host says when it has no room for it.
    pub(super) fn zeroed(size: usize) -> Result<Self, Errno> {
        let pages = size.div_ceil(PAGE);
        Self::new(Mapping::zeroed(pages * PAGE)?, &vec![0; pages])
    }

    /// A block with the content of a snapshot: the state of each page, and bytes of its layers, some mapped and some
    /// copied over them.
    ///
    /// # Errors
    /// What the host says when it has no room for it.
    pub(super) fn from_layers<'a>(
        state: Vec<u8>,
        mapped: impl Iterator<Item = Part<'a>>,
        copied: impl Iterator<Item = Part<'a>>,
    ) -> Result<Self, Errno> {
        let mut bytes = Mapping::zeroed(state.len() * PAGE)?.with_parts(mapped)?;
        for part in copied {
            part.layer.read(part.from, &mut bytes[part.to..part.to + part.len])?;
        }
        Self::new(bytes, &state)
    }

    /// Nothing is decoded from it.
    fn new(bytes: Mapping, state: &[u8]) -> Result<Self, Errno> {
        let pages = state.len();
        Ok(Self { bytes, state: PageStates::new(state)?, lines: vec![0; pages], versions: vec![0; pages] })
    }

    /// Notes a store to these bytes of the page; gives true when decoded code became stale by it.
    fn touch(&mut self, page: usize, bytes: Range<usize>) -> bool {
        let stale = self.lines[page] & lines_of(bytes) != 0;
        if stale {
            self.lines[page] = 0;
            self.versions[page] = self.versions[page].wrapping_add(1);
        }
        let code = if stale { 0 } else { self.state[page] & CODE };
        self.state[page] = TOUCHED | code;
        stale
    }

    /// Notes that these bytes of the page are decoded; gives true when that was not known of all their lines.
    pub(super) fn mark_code(&mut self, page: usize, bytes: Range<usize>) -> bool {
        let lines = lines_of(bytes);
        let news = lines & !self.lines[page] != 0;
        if news {
            self.lines[page] |= lines;
            self.state[page] |= CODE;
        }
        news
    }

    #[inline]
    pub(super) fn version(&self, page: usize) -> u32 {
        self.versions[page]
    }

    pub(super) fn lines(&self) -> &[u64] {
        &self.lines
    }

    pub(super) fn page(&self, page: usize) -> &[u8] {
        &self.bytes[page * PAGE..(page + 1) * PAGE]
    }

    /// Numbers of the pages ever written or loaded, ascending.
    pub(super) fn touched(&self) -> impl Iterator<Item = usize> + '_ {
        self.state.iter().enumerate().filter(|(_, state)| **state & TOUCHED != 0).map(|(page, _)| page)
    }

    pub(super) fn touched_count(&self) -> usize {
        self.state.iter().filter(|state| **state & TOUCHED != 0).count()
    }

    /// The touched ones of these pages, as ranges.
    pub(super) fn touched_in(&self, pages: Range<u32>) -> Vec<Range<u32>> {
        let is_touched = |page: &usize| self.state[*page] & TOUCHED != 0;
        joined((pages.start as usize..pages.end as usize).filter(is_touched), 0)
    }

    /// Numbers of the pages that are not as the last snapshot has them, ascending.
    pub(super) fn dirty(&self) -> impl Iterator<Item = usize> + '_ {
        let is_dirty = |state: u8| state & (TOUCHED | CLEAN) == TOUCHED;
        self.state.iter().enumerate().filter(move |(_, state)| is_dirty(**state)).map(|(page, _)| page)
    }

    /// Ranges that hold all dirty pages and no clean ones. What else lies in them is untouched.
    pub(super) fn dirty_spans(&self) -> Vec<Range<u32>> {
        let mut spans: Vec<Range<u32>> = Vec::new();
        let mut open = false;
        for page in self.touched() {
            let is_dirty = self.state[page] & CLEAN == 0;
            match spans.last_mut().filter(|_| open && is_dirty) {
                Some(span) => span.end = page as u32 + 1,
                None if is_dirty => spans.push(page as u32..page as u32 + 1),
                None => {}
            }
            open = is_dirty;
        }
        spans
    }

    /// Notes that a snapshot has all pages as they are now; gives the states of pages that come from it.
    pub(super) fn mark_clean(&mut self) -> Vec<u8> {
        for state in self.state.iter_mut() {
            *state |= (*state & TOUCHED) * CLEAN;
        }
        self.state.iter().map(|state| state & (TOUCHED | CLEAN)).collect()
    }

    /// Stores `data` at `offset` (the caller has checked the range); gives true when code became stale.
    pub(super) fn store(&mut self, offset: usize, data: &[u8]) -> bool {
        if data.is_empty() {
            return false;
        }
        let end = offset + data.len();
        self.bytes[offset..end].copy_from_slice(data);
        let mut stale = false;
        for page in offset / PAGE..end.div_ceil(PAGE) {
            let start = page * PAGE;
            stale |= self.touch(page, offset.saturating_sub(start)..PAGE.min(end - start));
        }
        stale
    }

    /// Makes `page`, still untouched here, what it is in `from`.
    fn copy_page(&mut self, from: &Self, page: usize) {
        self.state[page] = from.state[page];
        self.lines[page] = from.lines[page];
        self.versions[page] = from.versions[page];
        if from.state[page] & TOUCHED != 0 {
            let range = page * PAGE..(page + 1) * PAGE;
            self.bytes[range.clone()].copy_from_slice(&from.bytes[range]);
        }
    }
}

/// Copies only the touched pages: the cost of a copy is what the guest used, not the size of its RAM. Code stays
/// marked, so that decoded code copied along with the storage stays right.
impl Clone for Block {
    fn clone(&self) -> Self {
        let mut copy = Self::zeroed(self.bytes.len()).unwrap_or_else(|_| out_of_memory(self.bytes.len()));
        for page in (0..self.state.len()).filter(|page| self.state[*page] != 0) {
            copy.copy_page(self, page);
        }
        copy
    }
}

/// Ends as an allocation does that the host cannot serve.
fn out_of_memory(bytes: usize) -> ! {
    handle_alloc_error(Layout::array::<u8>(bytes).unwrap_or(Layout::new::<u8>()))
}

/// The lines that hold these bytes of a page; none for an empty range. Bytes beyond the page do not count.
fn lines_of(bytes: Range<usize>) -> u64 {
    let end = bytes.end.min(PAGE);
    if bytes.start >= end {
        return 0;
    }
    let (first, last) = (bytes.start / LINE, (end - 1) / LINE);
    u64::MAX >> (63 - (last - first)) << first
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_cover_exactly_the_bytes_given() {
        assert_eq!(lines_of(0..0), 0);
        assert_eq!(lines_of(63..64), 1);
        assert_eq!(lines_of(63..65), 3);
        assert_eq!(lines_of(4092..4096), 1 << 63);
        assert_eq!(lines_of(0..4096), u64::MAX);
        assert_eq!(lines_of(128..5000), u64::MAX << 2);
        assert_eq!(lines_of(4096..5000), 0);
    }
}

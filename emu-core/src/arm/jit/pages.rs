//! Where the pages lie that generated code has used under translation or protection.
//!
//! A table gives for each page of virtual addresses what must be added to an address to get the host's. It is filled
//! when an access is made for the first time, with the rights of the mode; whatever may change the answer empties it.

use crate::memory::PAGE_SIZE;

/// Pages of the address space.
const PAGES: usize = 1 << 20;

/// One kind of access in one mode. The host gives the table's memory as it is used.
pub(super) struct PageTable {
    distances: Box<[u64]>,
    filled: Vec<u32>,
}

impl PageTable {
    fn new() -> Self {
        Self { distances: vec![0; PAGES].into_boxed_slice(), filled: Vec::new() }
    }

    /// Where generated code finds it: a 64-bit distance for each page, 0 when it is not known.
    pub(super) fn address(&self) -> *const u8 {
        self.distances.as_ptr().cast()
    }

    /// Enters a page whose bytes lie at `host`. Gives the distance.
    fn put(&mut self, va: u32, host: *mut u8) -> u64 {
        let page = va / PAGE_SIZE;
        let distance = (host as u64).wrapping_sub(u64::from(page * PAGE_SIZE));
        if self.distances[page as usize] == 0 {
            self.filled.push(page);
        }
        self.distances[page as usize] = distance;
        distance
    }

    fn clear(&mut self) {
        for page in self.filled.drain(..) {
            self.distances[page as usize] = 0;
        }
    }
}

/// The tables of user and privileged modes.
#[derive(Default)]
pub(super) struct PageTables {
    read: [Option<PageTable>; 2],
    write: [Option<PageTable>; 2],
    marks: u64,
}

impl PageTables {
    /// The table for reads or writes, made now if it was not needed before.
    pub(super) fn table(&mut self, privileged: bool, write: bool) -> &mut PageTable {
        let tables = if write { &mut self.write } else { &mut self.read };
        tables[usize::from(privileged)].get_or_insert_with(PageTable::new)
    }

    /// Enters a page whose bytes lie at `host`. Gives the distance.
    pub(super) fn put(&mut self, va: u32, privileged: bool, write: bool, host: *mut u8) -> u64 {
        self.table(privileged, write).put(va, host)
    }

    /// Forgets everything: addresses may lead elsewhere.
    pub(super) fn clear(&mut self) {
        self.read.iter_mut().flatten().for_each(PageTable::clear);
        self.write.iter_mut().flatten().for_each(PageTable::clear);
    }

    /// Forgets where may be stored when decoded code was marked since the last call: such pages must not be stored to
    /// unnoticed.
    pub(super) fn follow_marks(&mut self, marks: u64) {
        if self.marks != marks {
            self.marks = marks;
            self.write.iter_mut().flatten().for_each(PageTable::clear);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cleared_table_knows_nothing() {
        let mut tables = PageTables::default();
        let mut bytes = [0u8; 16];
        let host = bytes.as_mut_ptr();
        let distance = tables.put(0x1234_5678, true, true, host);
        assert_eq!(distance.wrapping_add(0x1234_5000), host as u64);
        assert_eq!(tables.table(true, true).distances[0x12345], distance);
        tables.follow_marks(1);
        assert_eq!(tables.table(true, true).distances[0x12345], 0);
        tables.put(0x1234_5678, false, false, host);
        tables.clear();
        assert_eq!(tables.table(false, false).distances[0x12345], 0);
    }
}

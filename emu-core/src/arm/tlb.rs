//! Recently used translations and access rights, by page.
//!
//! Entries never go stale against the tables they came from: the words a table walk reads are marked in memory like
//! code, and a change of them raises the memory's code epoch, at which everything here is forgotten. Guests thus see
//! no difference between this and a walk at every access, and snapshots need not hold it.

/// What may be done in a page.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Rights(pub(super) u8);

impl Rights {
    pub(super) const USER_READ: u8 = 1;
    pub(super) const USER_WRITE: u8 = 2;
    pub(super) const USER_FETCH: u8 = 4;
    /// Shift from a user right to the privileged one.
    pub(super) const PRIVILEGED_SHIFT: u32 = 3;
    pub(super) const ALL: Self = Self(0x3F);

    /// Privileged and user rights, each as a combination of the user bits.
    pub(super) fn new(privileged: u8, user: u8) -> Self {
        Self(privileged << Self::PRIVILEGED_SHIFT | user)
    }

    pub(super) fn allows(self, right: u8, privileged: bool) -> bool {
        let right = if privileged { right << Self::PRIVILEGED_SHIFT } else { right };
        self.0 & right != 0
    }

    pub(super) fn without_fetch(self, privileged: bool, user: bool) -> Self {
        let mut bits = self.0;
        if privileged {
            bits &= !(Self::USER_FETCH << Self::PRIVILEGED_SHIFT);
        }
        if user {
            bits &= !Self::USER_FETCH;
        }
        Self(bits)
    }
}

/// Where a virtual address leads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Mapping {
    pub(super) physical: u32,
    pub(super) rights: Rights,
    /// Rights and translation hold for the whole 4 KiB page.
    pub(super) whole_page: bool,
    /// Fault status when the rights do not suffice.
    pub(super) denied: u8,
    pub(super) domain: u8,
}

const ENTRIES: usize = 256;

#[derive(Clone, Copy)]
struct Entry {
    page: u32,
    physical: u32,
    rights: Rights,
    generation: u64,
}

/// A direct-mapped cache of page mappings.
#[derive(Clone)]
pub(super) struct Tlb {
    entries: Box<[Entry; ENTRIES]>,
    generation: u64,
    epoch: u64,
}

impl Default for Tlb {
    fn default() -> Self {
        let empty = Entry { page: 0, physical: 0, rights: Rights(0), generation: 0 };
        Self { entries: Box::new([empty; ENTRIES]), generation: 1, epoch: 0 }
    }
}

impl Tlb {
    /// Forgets everything.
    pub(super) fn flush(&mut self) {
        self.generation += 1;
    }

    /// Changes whenever a translation may have changed.
    pub(super) fn generation(&self) -> u64 {
        self.generation
    }

    /// Physical address of `va` when its page is known and has the right.
    #[inline]
    pub(super) fn get(&mut self, va: u32, right: u8, privileged: bool, epoch: u64) -> Option<u32> {
        if self.epoch != epoch {
            self.epoch = epoch;
            self.flush();
        }
        let entry = &self.entries[(va >> 12) as usize % ENTRIES];
        let known = entry.page == va >> 12 && entry.generation == self.generation;
        (known && entry.rights.allows(right, privileged)).then_some(entry.physical | va & 0xFFF)
    }

    pub(super) fn put(&mut self, va: u32, mapping: &Mapping) {
        self.entries[(va >> 12) as usize % ENTRIES] = Entry {
            page: va >> 12,
            physical: mapping.physical & !0xFFF,
            rights: mapping.rights,
            generation: self.generation,
        };
    }
}

//! The table in which generated code finds the target of an indirect branch.

/// Entries of a table.
const COUNT: usize = 4096;
/// Bits of a target that choose its entry. An entry takes 16 bytes and a target's lowest address bit is 1, so the
/// masked target times 8 is the entry's place.
pub(super) const INDEX_MASK: i32 = ((COUNT - 1) << 1) as i32;
/// Any number can turn up as a target, so an empty entry has one that belongs into another entry.
fn nobody(slot: usize) -> u32 {
    if slot == 1 { 0 } else { 2 }
}

#[repr(C)]
#[derive(Clone, Copy)]
struct Entry {
    /// Address, with Thumb state in bit 0.
    target: u32,
    code: *const u8,
}

/// A direct-mapped table from guest targets to code.
pub(super) struct Entries {
    slots: Box<[Entry]>,
    /// Slots that were ever filled since the table was cleared, some of them several times: clearing costs what was used.
    filled: Vec<u16>,
}

// SAFETY: the addresses are only handed out, never followed here.
#[expect(unsafe_code, reason = "the table holds code addresses")]
unsafe impl Send for Entries {}

impl Entries {
    pub(super) fn new() -> Self {
        let empty = |slot| Entry { target: nobody(slot), code: std::ptr::null() };
        Self { slots: (0..COUNT).map(empty).collect(), filled: Vec::new() }
    }

    fn slot(target: u32) -> usize {
        (target as usize >> 1) & (COUNT - 1)
    }

    /// Where generated code finds the table.
    pub(super) fn address(&self) -> *const u8 {
        self.slots.as_ptr().cast()
    }

    pub(super) fn put(&mut self, target: u32, code: *const u8) {
        let slot = Self::slot(target);
        if self.filled.len() < COUNT {
            self.filled.push(slot as u16);
        }
        self.slots[slot] = Entry { target, code };
    }

    pub(super) fn forget(&mut self, target: u32) {
        let slot = Self::slot(target);
        let entry = &mut self.slots[slot];
        if entry.target == target {
            entry.target = nobody(slot);
        }
    }

    pub(super) fn clear(&mut self) {
        if self.filled.len() < COUNT {
            self.filled.drain(..).for_each(|slot| self.slots[usize::from(slot)].target = nobody(slot.into()));
        } else {
            self.slots.iter_mut().enumerate().for_each(|(slot, entry)| entry.target = nobody(slot));
            self.filled.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_empty(entries: &Entries) -> bool {
        (0..0x80_0000).all(|target| entries.slots[Entries::slot(target)].target != target)
    }

    #[test]
    fn no_target_finds_an_empty_entry() {
        let mut entries = Entries::new();
        let target = 0x1002;
        entries.put(target, std::ptr::dangling());
        entries.forget(target);
        assert!(is_empty(&entries));
    }

    #[test]
    fn nothing_is_left_after_clearing() {
        for count in [1, 100, COUNT, 3 * COUNT] {
            let mut entries = Entries::new();
            (0..count as u32).for_each(|n| entries.put(n * 0x6A, std::ptr::dangling()));
            assert!(!is_empty(&entries));
            entries.clear();
            assert!(is_empty(&entries), "after {count}");
        }
    }
}

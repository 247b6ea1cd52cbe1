use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Read or write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Direction {
    /// The guest read.
    Read,
    /// The guest wrote.
    Write,
}

/// Accesses to a register that nobody knows, made from one place of the guest's code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct UnknownAccess {
    /// Address of the register.
    pub addr: u32,
    /// Address of the instruction.
    pub pc: u32,
    /// Read or write.
    pub direction: Direction,
    /// The value read, or written the last time.
    pub value: u32,
    /// How often.
    pub count: u64,
}

/// Most places kept apart.
const MAX_ENTRIES: usize = 4096;

/// The record of accesses that no device understood: an unknown register is never a silent zero.
#[derive(Clone, Debug, Default)]
pub struct UnknownAccesses {
    entries: BTreeMap<(u32, u32, Direction), (u32, u64)>,
    beyond: u64,
}

impl UnknownAccesses {
    /// Counts one access. Places beyond the cap are counted together.
    pub fn record(&mut self, addr: u32, pc: u32, direction: Direction, value: u32) {
        let key = (addr, pc, direction);
        if self.entries.len() >= MAX_ENTRIES && !self.entries.contains_key(&key) {
            self.beyond += 1;
            return;
        }
        let entry = self.entries.entry(key).or_default();
        *entry = (value, entry.1 + 1);
    }

    /// The places, in the order of their addresses.
    pub fn iter(&self) -> impl Iterator<Item = UnknownAccess> + '_ {
        self.entries.iter().map(|(&(addr, pc, direction), &(value, count))| UnknownAccess {
            addr,
            pc,
            direction,
            value,
            count,
        })
    }

    /// Accesses from places beyond the cap.
    pub const fn beyond(&self) -> u64 {
        self.beyond
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accesses_are_counted_per_place() {
        let mut unknown = UnknownAccesses::default();
        unknown.record(0xC000_0000, 4, Direction::Write, 1);
        unknown.record(0xC000_0000, 4, Direction::Write, 2);
        unknown.record(0xC000_0000, 8, Direction::Read, 0);
        let counts: Vec<_> = unknown.iter().map(|entry| (entry.pc, entry.value, entry.count)).collect();
        assert_eq!(counts, [(4, 2, 2), (8, 0, 1)]);
    }

    #[test]
    fn the_record_is_capped() {
        let mut unknown = UnknownAccesses::default();
        (0..5000).for_each(|addr| unknown.record(addr, 0, Direction::Read, 0));
        assert_eq!((unknown.iter().count(), unknown.beyond()), (4096, 904));
    }
}

//! Blocks of registers that need no behaviour of their own: constants and storage, given as a table.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::bus::{Access, Device, DeviceContext, Read, StateHasher, Write};

/// What one register of a block does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Reads this value; writes are ignored.
    Constant(u32),
    /// Reads the last value written; this value before.
    Latch(u32),
}

/// What the registers without a rule do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fallback {
    /// They are unknown: counted and reported.
    Unknown,
    /// They keep what is written; one that was never written is unknown when read.
    Storage,
    /// The block is known to read this value and to ignore writes.
    Constant(u32),
}

/// A table of registers.
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    /// The address repeats with this period (a power of two).
    pub period: u32,
    /// Rules by offset.
    pub rules: &'static [(u32, Rule)],
    /// The rest.
    pub fallback: Fallback,
}

/// A block of registers without side effects. It holds at most one value per register of its window.
#[derive(Clone, Debug)]
pub struct RegisterBlock {
    layout: Layout,
    values: Values,
}

#[derive(Clone, Debug, Default, Hash, Serialize, Deserialize)]
struct Values(BTreeMap<u32, u32>);

impl RegisterBlock {
    /// A block at power-on.
    pub const fn new(layout: Layout) -> Self {
        Self { layout, values: Values(BTreeMap::new()) }
    }

    fn rule(&self, offset: u32) -> Option<Rule> {
        self.layout.rules.iter().find(|(at, _)| *at == offset).map(|(_, rule)| *rule)
    }

    const fn offset(&self, access: Access) -> u32 {
        access.offset & (self.layout.period - 1)
    }
}

impl Device for RegisterBlock {
    fn read(&mut self, _ctx: &mut DeviceContext<'_>, access: Access) -> Read {
        self.peek(access).map_or(Read::Unknown, Read::Value)
    }

    fn write(&mut self, _ctx: &mut DeviceContext<'_>, access: Access, value: u32) -> Write {
        let offset = self.offset(access);
        match (self.rule(offset), self.layout.fallback) {
            (Some(Rule::Constant(_)), _) | (None, Fallback::Constant(_)) => {}
            (Some(Rule::Latch(_)), _) | (None, Fallback::Storage) => {
                self.values.0.insert(offset, value);
            }
            (None, Fallback::Unknown) => return Write::Unknown,
        }
        Write::Done
    }

    fn peek(&self, access: Access) -> Option<u32> {
        let offset = self.offset(access);
        match (self.rule(offset), self.layout.fallback) {
            (Some(Rule::Constant(value)), _) | (None, Fallback::Constant(value)) => Some(value),
            (Some(Rule::Latch(reset)), _) => Some(self.values.0.get(&offset).copied().unwrap_or(reset)),
            (None, Fallback::Storage) => self.values.0.get(&offset).copied(),
            (None, Fallback::Unknown) => None,
        }
    }

    fn hash_state(&self, hasher: &mut StateHasher) {
        std::hash::Hash::hash(&self.values, hasher);
    }
}

/// Flash interface: writing 0xD9C5 enables writes, 0 disables them (reference: boot-and-memory.md §8.1).
pub const FLASH_CONTROL: Layout =
    Layout { period: 0x200, rules: &[(0x10, Rule::Constant(1))], fallback: Fallback::Unknown };

/// Power save block at C0100000 (reference: boot-and-memory.md §8.2).
pub const BASIC_POWER: Layout = Layout {
    period: 0x1000,
    rules: &[(0x00C, Rule::Constant(2)), (0x01C, Rule::Constant(1)), (0x110, Rule::Constant(0x8000_0000))],
    fallback: Fallback::Unknown,
};

/// Clock enable block at C0400000 (reference: boot-and-memory.md §8.2).
pub const BASIC_CLOCK: Layout = Layout {
    period: 0x1000,
    rules: &[
        (0x008, Rule::Latch(0)),
        (0x0A4, Rule::Constant(3)),
        (0x204, Rule::Constant(2)),
        (0x244, Rule::Constant(1)),
        (0x284, Rule::Constant(1)),
    ],
    fallback: Fallback::Unknown,
};

/// Suspend block at C0720000 (reference: boot-and-memory.md §8.2).
pub const BASIC_SUSPEND: Layout =
    Layout { period: 0x1000, rules: &[(0x008, Rule::Constant(0x100))], fallback: Fallback::Unknown };

/// Analogue inputs of the EOS bodies (reference: boot-and-memory.md §8.7); offsets from C0900040.
pub const ADC: Layout =
    Layout { period: 0x100, rules: &[(0x94, Rule::Constant(0x0FFE_000A))], fallback: Fallback::Unknown };

/// Audio interface: no sound is modelled (reference: peripherals.md §7.5).
pub const ASIF: Layout = Layout { period: 0x1000, rules: &[], fallback: Fallback::Constant(0) };

/// Sensor cartridge (reference: engine.md §1).
pub const CARTRIDGE: Layout = Layout { period: 0x1000, rules: &[], fallback: Fallback::Constant(0) };

/// Mailbox to the helper processor, which is not there (reference: interrupts-timers-uart.md §5).
pub const HELPER_MAILBOX: Layout = Layout { period: 0x1000, rules: &[], fallback: Fallback::Constant(0) };

/// Image engine registers without a function here: storage, so that shadow copies read back.
pub const ENGINE: Layout = Layout { period: 1 << 20, rules: &[], fallback: Fallback::Storage };

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bus::testing::Rig;

    #[test]
    fn rules_come_before_the_fallback() {
        let mut rig = Rig::new(RegisterBlock::new(BASIC_CLOCK));
        rig.write(0, 0x008, 0x1234);
        rig.write(0, 0x204, 0x1234);
        assert_eq!((rig.value(0, 0x008), rig.value(0, 0x204)), (0x1234, 2));
        assert_eq!(rig.read(0, 0x500), Read::Unknown);
        assert_eq!(rig.write(0, 0x500, 1), Write::Unknown);
    }

    #[test]
    fn storage_keeps_what_was_written() {
        let mut rig = Rig::new(RegisterBlock::new(ENGINE));
        assert_eq!(rig.read(0, 0x6000), Read::Unknown);
        rig.write(0, 0x6000, 77);
        assert_eq!(rig.value(0, 0x6000), 77);
    }

    #[test]
    fn the_flash_interface_repeats() {
        let mut rig = Rig::new(RegisterBlock::new(FLASH_CONTROL));
        assert_eq!((rig.value(0, 0x10), rig.value(0, 0x1E10)), (1, 1));
    }
}

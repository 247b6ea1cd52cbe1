//! Which register does what in a random program, so that most of its accesses and loops come to something.

use super::super::insn::{Op, Reg, Shift};
use super::effects::Effects;

/// The parts that registers play. They are conventions: a small share of instructions break them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Roles {
    /// Registers that hold numbers: bits of those that instructions may write.
    pub(super) data: u16,
    /// Registers that hold addresses.
    pub(super) pointers: &'static [u8],
    /// Holds a small number, for register offsets.
    pub(super) index: u8,
    /// Loop counters, outermost first.
    pub(super) counters: &'static [u8],
}

/// Low registers serve everywhere, so that both states can share them.
pub(super) const WIDE: Roles =
    Roles { data: 0b0001_0011_0000_1111, pointers: &[4, 5, 10, 13], index: 6, counters: &[7, 11] };
/// T16 of ARMv5 counts and addresses with low registers only.
pub(super) const NARROW: Roles =
    Roles { data: 0b0001_0011_0000_1111, pointers: &[4, 5, 13], index: 6, counters: &[7] };

impl Roles {
    /// True when an instruction keeps to the parts.
    pub(super) fn suit(self, op: &Op) -> bool {
        let effects = Effects::of(op);
        effects.writes & !self.data == 0
            && effects.base.is_none_or(|base| self.pointers.contains(&base.0))
            && effects.index.is_none_or(|index| index == Reg(self.index))
            && is_near(op)
            && keeps_alignment(op)
    }
}

/// A written-back base stays a multiple of four: many accesses need that.
fn keeps_alignment(op: &Op) -> bool {
    match *op {
        Op::LoadImm { offset, index, .. } | Op::StoreImm { offset, index, .. } => {
            !index.writes_back() || offset % 4 == 0
        }
        Op::LoadReg { shift, index, .. } | Op::StoreReg { shift, index, .. } => {
            !index.writes_back() || shift == Shift::Lsl
        }
        _ => true,
    }
}

/// A register offset whose shift leaves a small number small.
fn is_near(op: &Op) -> bool {
    match *op {
        Op::LoadReg { shift, amount, .. } | Op::StoreReg { shift, amount, .. } => match shift {
            Shift::Lsl => amount <= 6,
            Shift::Lsr | Shift::Asr => true,
            Shift::Ror | Shift::Rrx => false,
        },
        _ => true,
    }
}

//! LDM and STM in all their forms.

use super::super::insn::{Reg, Walk};
use super::super::psr::Mode;
use super::super::system::System;
use super::{Engine, Flow, Step};

/// A block transfer: which registers, where, and in whose bank.
#[derive(Clone, Copy)]
pub(super) struct Transfer {
    pub(super) rn: Reg,
    pub(super) list: u16,
    pub(super) walk: Walk,
    pub(super) wback: bool,
    /// The `^` form.
    pub(super) user: bool,
}

/// Lowest address and the base after the transfer of `count` words.
pub(super) fn span(base: u32, count: u32, walk: Walk) -> (u32, u32) {
    let bytes = 4 * count;
    match walk {
        Walk::Ia => (base, base.wrapping_add(bytes)),
        Walk::Ib => (base.wrapping_add(4), base.wrapping_add(bytes)),
        Walk::Da => (base.wrapping_sub(bytes).wrapping_add(4), base.wrapping_sub(bytes)),
        Walk::Db => (base.wrapping_sub(bytes), base.wrapping_sub(bytes)),
    }
}

fn registers(list: u16) -> impl Iterator<Item = Reg> {
    (0..16).filter(move |n| list >> n & 1 != 0).map(Reg)
}

impl<S: System> Engine<'_, S> {
    /// All words are read before any register changes, so an abort leaves the registers as they were. An empty list
    /// (UNPREDICTABLE) transfers nothing and leaves the base.
    pub(super) fn load_multiple(&mut self, transfer: Transfer) -> Step {
        let Transfer { rn, list, walk, wback, user } = transfer;
        let (low, moved) = span(self.get(rn), list.count_ones(), walk);
        let low = self.word_aligned(low, false)?;
        let mut words = [0u32; 16];
        let privileged = self.is_privileged();
        for (i, reg) in (0u32..).zip(registers(list)) {
            words[reg.index()] = self.read_word(low.wrapping_add(4 * i), privileged)?;
        }
        if wback && (list >> rn.0 & 1 == 0 || self.base_wins(rn, list)) {
            self.set(rn, moved);
        }
        let to_user_bank = user && list >> 15 == 0;
        for reg in registers(list & 0x7FFF) {
            if reg == rn && wback && self.base_wins(rn, list) {
                continue;
            }
            self.set_in_bank(reg, words[reg.index()], to_user_bank);
        }
        match (list >> 15 != 0, user) {
            (false, _) => Ok(Flow::Next),
            (true, false) => self.load_to_pc(words[15]),
            (true, true) => self.exception_return(self.saved_status(), words[15]),
        }
    }

    /// LDM with writeback and its base in the list: ARMv5 keeps the written-back base when it is the only register
    /// or not the last one (ARM DDI 0100, A4.1.20); ARMv7 leaves it UNPREDICTABLE and the loaded value wins here.
    fn base_wins(&self, rn: Reg, list: u16) -> bool {
        let is_last = list >> rn.0 == 1;
        self.st.core.is_v5() && list >> rn.0 & 1 != 0 && (!is_last || list.count_ones() == 1)
    }

    fn set_in_bank(&mut self, reg: Reg, value: u32, user_bank: bool) {
        if user_bank {
            self.st.regs.set_banked(Mode::User, reg.0, value);
        } else {
            self.set(reg, value);
        }
    }

    /// The base register in the list is stored with its old value.
    pub(super) fn store_multiple(&mut self, transfer: Transfer) -> Step {
        let Transfer { rn, list, walk, wback, user } = transfer;
        let (low, moved) = span(self.get(rn), list.count_ones(), walk);
        let low = self.word_aligned(low, true)?;
        let privileged = self.is_privileged();
        for (i, reg) in (0u32..).zip(registers(list)) {
            let value =
                if user && !reg.is_pc() { self.st.regs.banked(Mode::User, reg.0) } else { self.stored(reg) };
            self.write_word(low.wrapping_add(4 * i), value, privileged)?;
        }
        if wback {
            self.set(rn, moved);
        }
        Ok(Flow::Next)
    }
}

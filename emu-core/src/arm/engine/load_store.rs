//! Single and double loads and stores.

use super::super::insn::{Access, Index, Reg, Shift};
use super::super::system::System;
use super::alu::shift_with_carry;
use super::{Engine, Flow, Step, Trap};

/// Base, offset and how they combine.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) rn: Reg,
    pub(super) offset: u32,
    pub(super) index: Index,
    /// With the rights of user mode.
    pub(super) user: bool,
}

impl<S: System> Engine<'_, S> {
    /// An index register, shifted and signed.
    #[inline(always)]
    pub(super) fn scaled(&self, rm: Reg, add: bool, shift: Shift, amount: u8) -> u32 {
        let (value, _) = shift_with_carry(self.get(rm), shift, amount.into(), self.st.regs.psr.c);
        if add { value } else { value.wrapping_neg() }
    }

    /// The address of the access and the new value of the base.
    #[inline(always)]
    fn address(&self, place: Place) -> (u32, u32) {
        let base = self.base(place.rn);
        let moved = base.wrapping_add(place.offset);
        (if place.index == Index::Post { base } else { moved }, moved)
    }

    #[inline]
    fn write_back(&mut self, place: Place, moved: u32) {
        if place.index != Index::Offset {
            self.set(place.rn, moved);
        }
    }

    #[inline]
    fn rights(&self, place: Place) -> bool {
        !place.user && self.is_privileged()
    }

    #[inline(always)]
    pub(super) fn load(&mut self, access: Access, rt: Reg, place: Place) -> Step {
        let (address, moved) = self.address(place);
        let value = self.load_value(access, address, self.rights(place))?;
        // The loaded value wins when base and destination are the same (UNPREDICTABLE).
        self.write_back(place, moved);
        if rt.is_pc() {
            return self.load_to_pc(value);
        }
        self.set(rt, value);
        Ok(Flow::Next)
    }

    #[inline(always)]
    fn load_value(&mut self, access: Access, address: u32, privileged: bool) -> Result<u32, Trap> {
        Ok(match access {
            Access::Word => self.read_word(address, privileged)?,
            Access::Byte => self.read_byte(address, privileged)?,
            Access::Half => self.read_half(address, privileged)?,
            Access::SignedByte => self.read_byte(address, privileged)? as i8 as u32,
            Access::SignedHalf => self.read_half(address, privileged)? as i16 as u32,
        })
    }

    #[inline(always)]
    pub(super) fn store(&mut self, access: Access, rt: Reg, place: Place) -> Step {
        let (address, moved) = self.address(place);
        let privileged = self.rights(place);
        let value = self.stored(rt);
        match access {
            Access::Word => self.write_word(address, value, privileged)?,
            Access::Byte | Access::SignedByte => self.write_byte(address, value, privileged)?,
            Access::Half | Access::SignedHalf => self.write_half(address, value, privileged)?,
        }
        self.write_back(place, moved);
        Ok(Flow::Next)
    }

    /// What a store of this register writes: the ARM946E-S stores r15 as the instruction's address plus 12, later
    /// cores as plus 8.
    #[inline]
    pub(super) fn stored(&self, rt: Reg) -> u32 {
        let extra = if rt.is_pc() && self.st.core.is_v5() && !self.is_thumb() { 4 } else { 0 };
        self.get(rt).wrapping_add(extra)
    }

    pub(super) fn load_double(&mut self, rt: Reg, rt2: Reg, place: Place) -> Step {
        let (address, moved) = self.address(place);
        let privileged = self.rights(place);
        let address = self.word_aligned(address, false)?;
        let low = self.read_word(address, privileged)?;
        let high = self.read_word(address.wrapping_add(4), privileged)?;
        self.write_back(place, moved);
        self.set(rt, low);
        self.set(rt2, high);
        Ok(Flow::Next)
    }

    pub(super) fn store_double(&mut self, rt: Reg, rt2: Reg, place: Place) -> Step {
        let (address, moved) = self.address(place);
        let privileged = self.rights(place);
        let (low, high) = (self.stored(rt), self.stored(rt2));
        let address = self.word_aligned(address, true)?;
        self.write_word(address, low, privileged)?;
        self.write_word(address.wrapping_add(4), high, privileged)?;
        self.write_back(place, moved);
        Ok(Flow::Next)
    }
}

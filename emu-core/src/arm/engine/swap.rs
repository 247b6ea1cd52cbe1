//! SWP and SWPB.

use super::super::insn::Reg;
use super::super::system::System;
use super::{Engine, Flow, Step};

impl<S: System> Engine<'_, S> {
    pub(super) fn swap(&mut self, byte: bool, rt: Reg, rt2: Reg, rn: Reg) -> Step {
        let (address, privileged) = (self.get(rn), self.is_privileged());
        let stored = self.get(rt2);
        let old = if byte {
            let old = self.read_byte(address, privileged)?;
            self.write_byte(address, stored, privileged)?;
            old
        } else {
            let old = self.read_word(address, privileged)?;
            self.write_word(address, stored, privileged)?;
            old
        };
        self.set(rt, old);
        Ok(Flow::Next)
    }
}

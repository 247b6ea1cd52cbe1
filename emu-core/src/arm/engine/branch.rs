//! Branches and the ways to write the program counter.

use super::super::cpu::Exit;
use super::super::insn::Reg;
use super::super::system::System;
use super::{Engine, Flow, Step};

impl<S: System> Engine<'_, S> {
    /// Goes to `target` in the current state. Low bits that the state does not allow are dropped.
    pub(super) fn branch_to(&mut self, target: u32) -> Step {
        let align = if self.is_thumb() { !1 } else { !3 };
        self.st.regs.pc = target & align;
        self.psr().it = 0;
        Ok(Flow::Jump)
    }

    /// Goes to `target`; its bit 0 chooses Thumb state.
    pub(super) fn branch_exchange(&mut self, target: u32) -> Step {
        self.psr().t = target & 1 != 0;
        self.branch_to(target)
    }

    /// A load into r15. The ARM946E-S can switch off the change of state (control register bit 15).
    pub(super) fn load_to_pc(&mut self, target: u32) -> Step {
        if self.st.cp15.loads_keep_state() { self.branch_to(target) } else { self.branch_exchange(target) }
    }

    pub(super) fn branch(&mut self, offset: i32) -> Step {
        let target = self.get(Reg::PC).wrapping_add_signed(offset);
        if target == self.current().0 {
            self.notes.exit = Some(Exit::SelfBranch);
        }
        self.branch_to(target)
    }

    /// Address of the instruction after a four-byte one, with the state bit for a return.
    fn return_address(&self) -> u32 {
        let next = self.current().0.wrapping_add(4);
        next | u32::from(self.is_thumb())
    }

    pub(super) fn branch_link(&mut self, offset: i32) -> Step {
        let target = self.get(Reg::PC).wrapping_add_signed(offset);
        self.set(Reg::LR, self.return_address());
        self.branch_to(target)
    }

    /// BLX to a label: always changes the state.
    pub(super) fn branch_link_exchange(&mut self, offset: i32) -> Step {
        let target = self.base(Reg::PC).wrapping_add_signed(offset);
        self.set(Reg::LR, self.return_address());
        let to_thumb = !self.is_thumb();
        self.psr().t = to_thumb;
        self.branch_to(target)
    }

    pub(super) fn branch_link_register(&mut self, rm: Reg) -> Step {
        let target = self.get(rm);
        let size = if self.is_thumb() { 2 } else { 4 };
        let next = self.current().0.wrapping_add(size) | u32::from(self.is_thumb());
        self.set(Reg::LR, next);
        self.branch_exchange(target)
    }

    pub(super) fn bl_prefix(&mut self, offset: i32) -> Step {
        self.set(Reg::LR, self.get(Reg::PC).wrapping_add_signed(offset));
        Ok(Flow::Next)
    }

    pub(super) fn bl_suffix(&mut self, offset: u16, exchange: bool) -> Step {
        let target = self.get(Reg::LR).wrapping_add(offset.into());
        self.set(Reg::LR, self.current().0.wrapping_add(2) | 1);
        if exchange {
            self.psr().t = false;
        }
        self.branch_to(target)
    }

    pub(super) fn compare_branch(&mut self, nonzero: bool, rn: Reg, offset: u8) -> Step {
        if (self.get(rn) != 0) != nonzero {
            return Ok(Flow::Next);
        }
        self.branch_to(self.get(Reg::PC).wrapping_add(offset.into()))
    }

    pub(super) fn table_branch(&mut self, half: bool, rn: Reg, rm: Reg) -> Step {
        let privileged = self.is_privileged();
        let (base, index) = (self.get(rn), self.get(rm));
        let entry = if half {
            self.read_half(base.wrapping_add(index << 1), privileged)?
        } else {
            self.read_byte(base.wrapping_add(index), privileged)?
        };
        self.branch_to(self.get(Reg::PC).wrapping_add(entry * 2))
    }
}

//! Status registers: MRS, MSR, CPS, SETEND, SRS, RFE; and the instructions that call for help.

use super::super::cpu::Exit;
use super::super::insn::{HintOp, Reg, Walk};
use super::super::psr::{Mode, Psr};
use super::super::system::System;
use super::access::status::DEBUG;
use super::block_transfer::span;
use super::{Abort, Engine, Flow, Step, Trap};

const FLAGS: u32 = 0xF800_0000;
const GE: u32 = 0x000F_0000;
const ENDIAN: u32 = 1 << 9;
const MASKS: u32 = 0x1C0;
const MODE: u32 = 0x1F;

/// The bytes that the four field bits of MSR name.
fn field_mask(fields: u8) -> u32 {
    (0..4).filter(|n| fields >> n & 1 != 0).map(|n| 0xFF << (8 * n)).sum()
}

impl<S: System> Engine<'_, S> {
    /// Thumb and If-Then bits read as zero on ARMv7. User and System mode have no saved status register: the current
    /// one is read (UNPREDICTABLE).
    pub(super) fn mrs(&mut self, rd: Reg, spsr: bool) -> Step {
        let mode = self.st.regs.psr.mode;
        let value = if spsr && mode.has_spsr() {
            self.st.regs.spsr(mode)
        } else {
            self.st.regs.psr.bits() & (FLAGS | GE | ENDIAN | MASKS | MODE)
        };
        self.set(rd, value);
        Ok(Flow::Next)
    }

    pub(super) fn msr(&mut self, spsr: bool, fields: u8, value: u32) -> Step {
        let named = field_mask(fields) & self.st.core.psr_mask();
        if spsr {
            let mode = self.st.regs.psr.mode;
            let old = self.st.regs.spsr(mode);
            self.st.regs.set_spsr(mode, old & !named | value & named);
            return Ok(Flow::Next);
        }
        let allowed =
            if self.is_privileged() { FLAGS | GE | ENDIAN | MASKS | MODE } else { FLAGS | GE | ENDIAN };
        let changed = named & allowed;
        let old = self.st.regs.psr;
        let new = Psr::from_bits(old.bits() & !changed | value & changed, old.mode);
        self.st.regs.set_psr(new);
        self.notes.leave = true;
        Ok(Flow::Next)
    }

    /// In User mode it does nothing.
    pub(super) fn change_state(&mut self, enable: Option<bool>, flags: u8, mode: u8) -> Step {
        if !self.is_privileged() {
            return Ok(Flow::Next);
        }
        if let Some(enable) = enable {
            let psr = self.psr();
            psr.a = if flags & 4 != 0 { !enable } else { psr.a };
            psr.i = if flags & 2 != 0 { !enable } else { psr.i };
            psr.f = if flags & 1 != 0 { !enable } else { psr.f };
        }
        if let Some(mode) = Mode::from_bits(mode.into()) {
            self.st.regs.switch_mode(mode);
        }
        self.notes.leave = true;
        Ok(Flow::Next)
    }

    pub(super) fn set_endian(&mut self, big: bool) -> Step {
        self.psr().e = big;
        Ok(Flow::Next)
    }

    /// Stores LR and SPSR of this mode on the stack of another. UNPREDICTABLE in User and System mode, and for a mode
    /// that does not exist: undefined here.
    pub(super) fn store_return_state(&mut self, mode: u8, walk: Walk, wback: bool) -> Step {
        let current = self.st.regs.psr.mode;
        let (true, Some(mode)) = (current.has_spsr(), Mode::from_bits(mode.into())) else {
            return Err(Trap::Undefined);
        };
        let (low, moved) = span(self.st.regs.banked(mode, 13), 2, walk);
        let low = self.word_aligned(low, true)?;
        self.write_word(low, self.get(Reg::LR), true)?;
        self.write_word(low.wrapping_add(4), self.st.regs.spsr(current), true)?;
        if wback {
            self.st.regs.set_banked(mode, 13, moved);
        }
        Ok(Flow::Next)
    }

    /// Undefined in User mode (UNPREDICTABLE).
    pub(super) fn return_from_exception(&mut self, rn: Reg, walk: Walk, wback: bool) -> Step {
        if !self.is_privileged() {
            return Err(Trap::Undefined);
        }
        let (low, moved) = span(self.get(rn), 2, walk);
        let low = self.word_aligned(low, false)?;
        let target = self.read_word(low, true)?;
        let psr = self.read_word(low.wrapping_add(4), true)?;
        if wback {
            self.set(rn, moved);
        }
        self.exception_return(psr, target)
    }

    pub(super) fn supervisor_call(&mut self, imm: u32) -> Step {
        let semihosting = if self.is_thumb() { 0xAB } else { 0x12_3456 };
        if self.notes.stop_at_semihosting && imm == semihosting {
            return self.stop(Exit::Semihosting);
        }
        Err(Trap::Supervisor)
    }

    pub(super) fn breakpoint(&mut self) -> Step {
        if self.notes.stop_at_bkpt {
            return self.stop(Exit::BkptInstruction);
        }
        self.notes.abort = Abort { address: self.current().0, status: DEBUG, domain: 0, write: false };
        Err(Trap::PrefetchAbort)
    }

    fn stop(&mut self, exit: Exit) -> Step {
        self.notes.exit = Some(exit);
        Err(Trap::Stop)
    }

    /// WFE, SEV and YIELD do nothing: a core may always be woken at once. Barriers do nothing: memory is in order.
    pub(super) fn hint(&mut self, hint: HintOp) -> Step {
        if hint == HintOp::Wfi {
            self.wait_for_interrupt();
        }
        Ok(Flow::Next)
    }

    pub(super) fn wait_for_interrupt(&mut self) {
        self.st.waiting = true;
        self.notes.leave = true;
    }
}

//! The run loop: exact instruction counts, interrupts at every boundary, decoded blocks.

use super::blocks::{Place, Ready, next_it};
use super::cpu::{Cpu, Exit};
use super::decode::Decoder;
use super::engine::{Abort, Engine, Flow, Intent, Trap};
use super::insn::Insn;
use super::jit::Entered;
use super::system::System;
use crate::memory::{GuestAddr, PageRef};

/// Fault status of a fetch that nothing answered.
const EXTERNAL: u8 = 0b01000;

impl Cpu {
    /// Executes at most `max_instructions`; never one more. An instruction whose condition fails or that causes an
    /// exception counts as one; taking an interrupt counts as none.
    pub fn run<S: System>(&mut self, sys: &mut S, max_instructions: u64) -> Exit {
        // Only a setter can have left it unaligned.
        self.state.regs.pc &= if self.state.regs.psr.t { !1 } else { !3 };
        let start = self.state.instructions;
        let end = start.saturating_add(max_instructions);
        let mut generated = self.jit.is_on();
        while self.state.instructions < end {
            if self.is_asleep() {
                return Exit::WaitForInterrupt;
            }
            self.interpreter(sys).take_interrupt();
            if self.state.instructions != start && self.breakpoints.contains(&self.state.regs.pc) {
                return Exit::Breakpoint;
            }
            match if generated { self.run_generated(sys, end) } else { Entered::Cold } {
                Entered::Ran => {}
                Entered::Cold => self.run_block(sys, end),
                Entered::Tail => generated = false,
            }
            if let Some(exit) = self.notes.exit.take() {
                return exit;
            }
            if std::mem::take(&mut self.notes.called) && sys.attention() {
                return Exit::Attention;
            }
        }
        Exit::Limit
    }

    pub(super) fn interpreter<'a, S: System>(&'a mut self, sys: &'a mut S) -> Engine<'a, S> {
        Engine { st: &mut self.state, notes: &mut self.notes, sys }
    }

    /// True while in WFI with both interrupt lines down; a line that is up ends the wait even when it is masked.
    fn is_asleep(&mut self) -> bool {
        self.state.waiting &= !self.state.irq && !self.state.fiq;
        self.state.waiting
    }

    /// Executes the block at the program counter, up to the instruction count `end`.
    fn run_block<S: System>(&mut self, sys: &mut S, end: u64) {
        let mut engine = Engine { st: &mut self.state, notes: &mut self.notes, sys };
        let (page, whole) = match engine.fetch_page(engine.st.regs.pc) {
            Ok(page) => page,
            Err(trap) => {
                engine.st.instructions += 1;
                return engine.take(trap);
            }
        };
        if !whole {
            return engine.run_alone(&self.decoder);
        }
        let psr = engine.st.regs.psr;
        let place = Place { page, offset: engine.st.regs.pc & 0xFFF, thumb: psr.t, it: psr.it };
        let memory = engine.sys.memory_mut();
        let breakpoints = &self.breakpoints;
        let stops = |offset| breakpoints.iter().any(|address| address & 0xFFF == offset);
        let insns = self.blocks.get(place, &self.decoder, memory, stops);
        engine.notes.epoch = memory.code_epoch();
        if insns.is_empty() {
            return engine.run_alone(&self.decoder);
        }
        let room = usize::try_from(end - engine.st.instructions).unwrap_or(usize::MAX);
        engine.run_insns(&insns[..insns.len().min(room)]);
    }
}

impl<S: System> Engine<'_, S> {
    /// The page of storage that holds an instruction's first byte, and whether all of it may be fetched like that byte.
    fn fetch_page(&mut self, pc: u32) -> Result<(PageRef, bool), Trap> {
        let privileged = self.st.regs.psr.mode.is_privileged();
        let (at, whole) = self.place(pc, Intent::Fetch, privileged)?;
        let page = self.sys.memory().storage_page(at).ok_or_else(|| self.fetch_abort(pc))?;
        Ok((page, whole))
    }

    fn fetch_abort(&mut self, pc: u32) -> Trap {
        self.notes.abort = Abort { address: pc, status: EXTERNAL, domain: 0, write: false };
        Trap::PrefetchAbort
    }

    /// Executes instructions that follow each other, until one leaves the path. Gives false when one went elsewhere, be it
    /// to the very next instruction.
    pub(super) fn run_insns(&mut self, insns: &[Ready]) -> bool {
        self.notes.leave = false;
        let ahead = if self.st.regs.psr.t { 4 } else { 8 };
        let mut pc = self.st.regs.pc;
        let mut it = self.st.regs.psr.it;
        for Ready { insn, way } in insns {
            self.st.regs.r[15] = pc.wrapping_add(ahead);
            self.st.instructions += 1;
            if self.passes(insn) {
                match self.execute_by(*way, insn) {
                    Ok(Flow::Next) => {}
                    Ok(Flow::Jump) => return false,
                    Err(trap) => {
                        self.trapped(trap, pc, insn.it);
                        return false;
                    }
                }
            }
            pc = pc.wrapping_add(insn.size.into());
            it = next_it(insn);
            if self.notes.leave {
                break;
            }
        }
        self.st.regs.pc = pc;
        self.st.regs.psr.it = it;
        true
    }

    #[cold]
    fn trapped(&mut self, trap: Trap, pc: u32, it: u8) {
        self.st.regs.pc = pc;
        self.st.regs.psr.it = it;
        if trap == Trap::Stop {
            self.st.instructions -= 1;
        }
        self.take(trap);
    }

    /// One instruction that is fetched part by part and decoded anew each time: its halves lie in two pages, of which
    /// either may change or be mapped elsewhere, or rights differ inside its page.
    #[cold]
    fn run_alone(&mut self, decoder: &Decoder) {
        match self.fetch_insn(decoder) {
            Ok(insn) => {
                self.run_insns(&[Ready::new(insn)]);
            }
            Err(trap) => {
                self.st.instructions += 1;
                self.take(trap);
            }
        }
    }

    fn fetch_insn(&mut self, decoder: &Decoder) -> Result<Insn, Trap> {
        let (pc, psr) = (self.st.regs.pc, self.st.regs.psr);
        let first = self.fetch_half(pc)?;
        if psr.t && decoder.thumb_size(first) == 2 {
            return Ok(decoder.t16(first, psr.it));
        }
        let second = self.fetch_half(pc.wrapping_add(2))?;
        let joined = |high: u16, low: u16| u32::from(high) << 16 | u32::from(low);
        Ok(if psr.t {
            decoder.t32(joined(first, second), psr.it)
        } else {
            decoder.a32(joined(second, first))
        })
    }

    fn fetch_half(&mut self, pc: u32) -> Result<u16, Trap> {
        let privileged = self.st.regs.psr.mode.is_privileged();
        let at: GuestAddr = self.physical(pc, Intent::Fetch, privileged)?;
        self.sys.memory().read_u16(at).map_err(|_| self.fetch_abort(pc))
    }
}

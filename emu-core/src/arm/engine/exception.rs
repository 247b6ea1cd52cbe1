//! Taking exceptions and returning from them.

use super::super::fault::{FaultKind, FaultRecord};
use super::super::insn::Reg;
use super::super::psr::{Mode, Psr};
use super::super::system::System;
use super::{Abort, Engine, Flow, Step, Trap};
use crate::memory::GuestAddr;

/// Where an exception goes and what it masks.
struct Entry {
    mode: Mode,
    vector: u32,
    /// Added to the instruction's address for the link register, in ARM and in Thumb state.
    link: (u32, u32),
    mask_fiq: bool,
    /// Masks asynchronous aborts too, where the core has that mask.
    mask_abort: bool,
}

const UNDEFINED: Entry =
    Entry { mode: Mode::Undefined, vector: 0x04, link: (4, 2), mask_fiq: false, mask_abort: false };
const SUPERVISOR: Entry =
    Entry { mode: Mode::Supervisor, vector: 0x08, link: (4, 2), mask_fiq: false, mask_abort: false };
const MONITOR: Entry =
    Entry { mode: Mode::Monitor, vector: 0x08, link: (4, 4), mask_fiq: true, mask_abort: true };
const PREFETCH: Entry =
    Entry { mode: Mode::Abort, vector: 0x0C, link: (4, 4), mask_fiq: false, mask_abort: true };
const DATA: Entry =
    Entry { mode: Mode::Abort, vector: 0x10, link: (8, 8), mask_fiq: false, mask_abort: true };
const IRQ: Entry = Entry { mode: Mode::Irq, vector: 0x18, link: (4, 4), mask_fiq: false, mask_abort: true };
const FIQ: Entry = Entry { mode: Mode::Fiq, vector: 0x1C, link: (4, 4), mask_fiq: true, mask_abort: true };

impl<S: System> Engine<'_, S> {
    /// Takes the exception of an instruction; the program counter still stands at that instruction.
    #[cold]
    pub(in super::super) fn take(&mut self, trap: Trap) {
        match trap {
            Trap::Undefined => {
                self.notes.abort = Abort::default();
                self.record(FaultKind::Undefined, self.st.regs.pc);
                self.enter(&UNDEFINED);
            }
            Trap::Supervisor => self.enter(&SUPERVISOR),
            Trap::SecureMonitor => self.enter(&MONITOR),
            Trap::PrefetchAbort => {
                self.st.cp15.set_fetch_fault(&self.notes.abort);
                self.record(FaultKind::PrefetchAbort, self.notes.abort.address);
                self.enter(&PREFETCH);
            }
            Trap::DataAbort => {
                let abort = self.notes.abort;
                self.st.cp15.set_data_fault(&abort);
                let kind = if abort.write { FaultKind::DataAbortWrite } else { FaultKind::DataAbortRead };
                self.record(kind, abort.address);
                self.enter(&DATA);
            }
            Trap::Stop => {}
        }
    }

    /// Takes an interrupt if one is up and not masked.
    #[inline]
    pub(in super::super) fn take_interrupt(&mut self) -> bool {
        let psr = &self.st.regs.psr;
        let entry = if self.st.fiq && !psr.f {
            &FIQ
        } else if self.st.irq && !psr.i {
            &IRQ
        } else {
            return false;
        };
        self.enter(entry);
        true
    }

    fn enter(&mut self, entry: &Entry) {
        let old = self.st.regs.psr;
        let link = self.st.regs.pc.wrapping_add(if old.t { entry.link.1 } else { entry.link.0 });
        let base = self.st.cp15.vector_base(entry.mode);
        self.st.regs.switch_mode(entry.mode);
        self.st.regs.set_spsr(entry.mode, old.bits());
        self.set(Reg::LR, link);
        let (thumb, big_endian) = self.st.cp15.exception_state();
        let has_abort_mask = !self.st.core.is_v5();
        let psr = self.psr();
        psr.it = 0;
        psr.j = false;
        psr.t = thumb;
        psr.e = big_endian;
        psr.i = true;
        psr.f |= entry.mask_fiq;
        psr.a |= entry.mask_abort && has_abort_mask;
        self.st.regs.pc = base.wrapping_add(entry.vector);
    }

    fn record(&mut self, kind: FaultKind, address: u32) {
        let regs = &self.st.regs;
        let mut r = regs.r;
        r[15] = regs.pc;
        self.notes.faults.push(FaultRecord {
            kind,
            pc: GuestAddr(regs.pc),
            address: GuestAddr(address),
            status: self.notes.abort.status.into(),
            instruction: self.st.instructions.saturating_sub(1),
            regs: r,
            cpsr: regs.psr.bits(),
        });
    }

    /// The status to return to from this mode. Without a saved one (User, System) it stays, but for the If-Then state:
    /// the choice for an UNPREDICTABLE case.
    pub(super) fn saved_status(&self) -> u32 {
        let psr = self.st.regs.psr;
        if psr.mode.has_spsr() { self.st.regs.spsr(psr.mode) } else { Psr { it: 0, ..psr }.bits() }
    }

    /// Goes back to where and how an exception was taken.
    pub(super) fn exception_return(&mut self, psr: u32, target: u32) -> Step {
        let psr = Psr::from_bits(psr & self.st.core.psr_mask(), self.st.regs.psr.mode);
        self.st.regs.set_psr(psr);
        self.st.regs.pc = target & if psr.t { !1 } else { !3 };
        Ok(Flow::Jump)
    }
}

//! The interpreter: one function per family of instructions, over the decoded [`Insn`].
//!
//! This is the readable reference. It works on [`CpuState`], reaches memory and devices through [`System`], and
//! leaves notes for the run loop in [`Notes`].

mod access;
mod alu;
mod block_transfer;
mod branch;
mod coprocessor;
mod exception;
mod exclusive;
mod execute;
mod load_store;
mod media;
mod multiply;
mod neon;
mod status;
mod swap;
mod vfp;
mod ways;

pub(super) use access::Intent;
pub(super) use exclusive::Monitor;
pub(super) use ways::Way;

use super::cpu::{CpuState, Exit};
use super::fault::FaultLog;
use super::insn::{Cond, Insn, Reg};
use super::psr::Psr;
use super::system::System;
use super::tlb::Tlb;
use crate::memory::GuestAddr;

/// What follows an executed instruction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Flow {
    /// The instruction after it.
    Next,
    /// The program counter was set.
    Jump,
}

/// An instruction ended in an exception.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Trap {
    Undefined,
    Supervisor,
    SecureMonitor,
    /// Details are in [`Notes::abort`].
    PrefetchAbort,
    /// Details are in [`Notes::abort`].
    DataAbort,
    /// Not an exception: give control back before this instruction; the reason is in [`Notes::exit`].
    Stop,
}

pub(super) type Step = Result<Flow, Trap>;

/// Details of the abort being raised.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Abort {
    pub(super) address: u32,
    /// Five-bit short-descriptor fault status.
    pub(super) status: u8,
    pub(super) domain: u8,
    pub(super) write: bool,
}

/// What the run loop keeps besides the architectural state.
#[derive(Clone, Default)]
pub(super) struct Notes {
    pub(super) abort: Abort,
    /// The decoded block must be left after the current instruction: its code may have changed, or the machine may
    /// want control.
    pub(super) leave: bool,
    /// The machine was called: ask whether it wants control.
    pub(super) called: bool,
    /// The memory's code epoch when the block was entered.
    pub(super) epoch: u64,
    pub(super) exit: Option<Exit>,
    pub(super) faults: FaultLog,
    pub(super) tlb: Tlb,
    pub(super) stop_at_bkpt: bool,
    pub(super) stop_at_semihosting: bool,
}

/// The interpreter at work: borrowed parts of a CPU and the machine around it.
pub(super) struct Engine<'a, S> {
    pub(super) st: &'a mut CpuState,
    pub(super) notes: &'a mut Notes,
    pub(super) sys: &'a mut S,
}

impl<S: System> Engine<'_, S> {
    #[inline]
    fn get(&self, reg: Reg) -> u32 {
        self.st.regs.r[reg.index()]
    }

    #[inline]
    fn set(&mut self, reg: Reg, value: u32) {
        self.st.regs.r[reg.index()] = value;
    }

    /// A base register: r15 counts as aligned to a word.
    #[inline]
    fn base(&self, reg: Reg) -> u32 {
        if reg.is_pc() { self.get(reg) & !3 } else { self.get(reg) }
    }

    #[inline]
    fn psr(&mut self) -> &mut Psr {
        &mut self.st.regs.psr
    }

    #[inline]
    fn is_thumb(&self) -> bool {
        self.st.regs.psr.t
    }

    fn is_privileged(&self) -> bool {
        self.st.regs.psr.mode.is_privileged()
    }

    /// Address of the instruction being executed.
    fn current(&self) -> GuestAddr {
        GuestAddr(self.st.regs.r[15].wrapping_sub(if self.is_thumb() { 4 } else { 8 }))
    }

    #[inline]
    pub(super) fn passes(&self, insn: &Insn) -> bool {
        // Nearly all do: they must not pay for the choice among conditions.
        insn.cond == Cond::Always || holds(insn.cond, &self.st.regs.psr)
    }
}

#[inline(never)]
fn holds(cond: Cond, psr: &Psr) -> bool {
    match cond {
        Cond::Eq => psr.z,
        Cond::Ne => !psr.z,
        Cond::Cs => psr.c,
        Cond::Cc => !psr.c,
        Cond::Mi => psr.n,
        Cond::Pl => !psr.n,
        Cond::Vs => psr.v,
        Cond::Vc => !psr.v,
        Cond::Hi => psr.c && !psr.z,
        Cond::Ls => !psr.c || psr.z,
        Cond::Ge => psr.n == psr.v,
        Cond::Lt => psr.n != psr.v,
        Cond::Gt => !psr.z && psr.n == psr.v,
        Cond::Le => psr.z || psr.n != psr.v,
        Cond::Always => true,
    }
}

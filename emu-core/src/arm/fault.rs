//! Record of the exceptions that tell of trouble in the guest, for a run's report.

use std::collections::VecDeque;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::memory::GuestAddr;

/// What kind of exception was taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum FaultKind {
    /// Undefined instruction.
    Undefined,
    /// Instruction fetch failed, or a breakpoint instruction outside a debugger.
    PrefetchAbort,
    /// A load failed.
    DataAbortRead,
    /// A store failed.
    DataAbortWrite,
}

/// One exception, with the registers as they were before it was taken.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct FaultRecord {
    /// What happened.
    pub kind: FaultKind,
    /// The instruction that caused it.
    pub pc: GuestAddr,
    /// The address that could not be accessed; for an undefined instruction its own.
    pub address: GuestAddr,
    /// Short-descriptor fault status (ARM ARM B3.13); 8 is an external abort.
    pub status: u32,
    /// Instructions executed before this one.
    pub instruction: u64,
    /// r0–r15; r15 is the instruction's address.
    pub regs: [u32; 16],
    /// Status register.
    pub cpsr: u32,
}

impl fmt::Display for FaultRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            FaultKind::Undefined => write!(f, "undefined instruction at {}", self.pc),
            FaultKind::PrefetchAbort => write!(f, "prefetch abort at {}", self.pc),
            FaultKind::DataAbortRead => write!(f, "data abort at {} reading {}", self.pc, self.address),
            FaultKind::DataAbortWrite => write!(f, "data abort at {} writing {}", self.pc, self.address),
        }
    }
}

/// The first faults of a run; further ones are only counted, so a guest that faults forever costs nothing.
#[derive(Clone, PartialEq, Eq, Default)]
pub(super) struct FaultLog {
    kept: VecDeque<FaultRecord>,
    count: u64,
}

const KEPT: usize = 16;

impl FaultLog {
    pub(super) fn push(&mut self, record: FaultRecord) {
        self.count += 1;
        if self.kept.len() < KEPT {
            self.kept.push_back(record);
        }
    }

    pub(super) fn take(&mut self) -> Vec<FaultRecord> {
        self.kept.drain(..).collect()
    }

    pub(super) fn count(&self) -> u64 {
        self.count
    }
}

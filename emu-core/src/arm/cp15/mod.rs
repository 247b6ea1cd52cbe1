//! The system control coprocessor: identity, control, protection, translation.

mod v5;

use serde::{Deserialize, Serialize};

use super::engine::Abort;
use super::insn::CpReg;
use super::model::{Core, Fidelity};
use super::psr::Mode;
use super::system::Cp15Event;
use super::tlb::Mapping;
use crate::memory::AddressSpace;

/// What a write to a control register causes outside of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Effects {
    /// For the machine, in this order.
    pub(super) events: [Option<Cp15Event>; 2],
    /// Translation or rights may have changed.
    pub(super) flush: bool,
    /// Wait for an interrupt.
    pub(super) wait: bool,
}

impl Effects {
    const NONE: Self = Self { events: [None; 2], flush: false, wait: false };
    const FLUSH: Self = Self { events: [None; 2], flush: true, wait: false };
    const WAIT: Self = Self { events: [None; 2], flush: false, wait: true };

    fn event(event: Cp15Event) -> Self {
        Self { events: [Some(event), None], flush: false, wait: false }
    }
}

/// No translation, or no region, for an address.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct MapFault {
    pub(super) status: u8,
    pub(super) domain: u8,
}

/// The coprocessor of one core.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) enum Cp15 {
    V5(v5::Control),
}

impl Cp15 {
    pub(super) fn new(core: Core) -> Self {
        match core {
            Core::Arm946es { cache_type } => Self::V5(v5::Control::new(cache_type)),
            _ => Self::V5(v5::Control::new(0)),
        }
    }

    pub(super) fn set_high_vectors(&mut self, high: bool) {
        match self {
            Self::V5(control) => control.set_high_vectors(high),
        }
    }

    pub(super) fn set_fidelity(&mut self, fidelity: Fidelity) {
        match self {
            Self::V5(control) => control.set_fidelity(fidelity),
        }
    }

    pub(super) fn loads_keep_state(&self) -> bool {
        match self {
            Self::V5(control) => control.loads_keep_state(),
        }
    }

    pub(super) fn checks_alignment(&self) -> bool {
        match self {
            Self::V5(_) => false,
        }
    }

    #[inline]
    pub(super) fn is_translating(&self) -> bool {
        match self {
            Self::V5(control) => control.is_protecting(),
        }
    }

    pub(super) fn map(&self, va: u32, _memory: &mut AddressSpace) -> Result<Mapping, MapFault> {
        match self {
            Self::V5(control) => control.map(va),
        }
    }

    pub(super) fn set_fetch_fault(&mut self, _abort: &Abort) {}

    pub(super) fn set_data_fault(&mut self, _abort: &Abort) {}

    pub(super) fn vector_base(&self, _mode: Mode) -> u32 {
        match self {
            Self::V5(control) => control.vector_base(),
        }
    }

    /// Thumb state and big-endian data on exception entry.
    pub(super) fn exception_state(&self) -> (bool, bool) {
        match self {
            Self::V5(_) => (false, false),
        }
    }

    /// Reads a register; `None` is an undefined instruction.
    pub(super) fn read(&self, reg: CpReg, privileged: bool) -> Option<u32> {
        match self {
            Self::V5(control) => control.read(reg, privileged),
        }
    }

    /// Writes a register; `None` is an undefined instruction.
    pub(super) fn write(&mut self, reg: CpReg, value: u32, privileged: bool) -> Option<Effects> {
        match self {
            Self::V5(control) => control.write(reg, value, privileged),
        }
    }

    pub(super) fn hash_into(&self, hasher: &mut blake3::Hasher) {
        match self {
            Self::V5(control) => control.hash_into(hasher),
        }
    }
}

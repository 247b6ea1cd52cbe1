//! The system control coprocessor: identity, control, protection, translation.

mod pmsa;
mod v5;
mod v7;
mod vmsa;

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
    /// Translate an address for the guest.
    pub(super) probe: Option<Probe>,
}

/// An address translation operation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Probe {
    pub(super) va: u32,
    pub(super) write: bool,
    pub(super) privileged: bool,
}

impl Effects {
    const NONE: Self = Self { events: [None; 2], flush: false, wait: false, probe: None };
    const FLUSH: Self = Self { flush: true, ..Self::NONE };
    const WAIT: Self = Self { wait: true, ..Self::NONE };

    fn event(event: Cp15Event) -> Self {
        Self { events: [Some(event), None], ..Self::NONE }
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
    /// ARM946E-S.
    V5(v5::Control),
    /// Cortex-R4.
    R4(pmsa::Control),
    /// Cortex-A9.
    A9(vmsa::Control),
}

impl Cp15 {
    pub(super) fn new(core: Core) -> Self {
        match core {
            Core::Arm946es { cache_type } => Self::V5(v5::Control::new(cache_type)),
            Core::CortexR4 => Self::R4(pmsa::Control::new()),
            Core::CortexA9 { index } => Self::A9(vmsa::Control::new(index)),
        }
    }

    fn common(&self) -> Option<&v7::Common> {
        match self {
            Self::V5(_) => None,
            Self::R4(control) => Some(&control.common),
            Self::A9(control) => Some(&control.common),
        }
    }

    fn common_mut(&mut self) -> Option<&mut v7::Common> {
        match self {
            Self::V5(_) => None,
            Self::R4(control) => Some(&mut control.common),
            Self::A9(control) => Some(&mut control.common),
        }
    }

    pub(super) fn set_high_vectors(&mut self, high: bool) {
        match self {
            Self::V5(control) => control.set_high_vectors(high),
            Self::R4(control) => control.common.set_high_vectors(high),
            Self::A9(control) => control.common.set_high_vectors(high),
        }
    }

    pub(super) fn set_fidelity(&mut self, fidelity: Fidelity) {
        if let Self::V5(control) = self {
            control.set_fidelity(fidelity);
        }
    }

    pub(super) fn loads_keep_state(&self) -> bool {
        matches!(self, Self::V5(control) if control.loads_keep_state())
    }

    pub(super) fn checks_alignment(&self) -> bool {
        self.common().is_some_and(v7::Common::checks_alignment)
    }

    #[inline]
    pub(super) fn is_translating(&self) -> bool {
        match self {
            Self::V5(control) => control.is_protecting(),
            Self::R4(control) => control.is_protecting(),
            Self::A9(control) => control.is_translating(),
        }
    }

    /// Where an address leads and what may be done there.
    pub(super) fn map(&self, va: u32, memory: &mut AddressSpace) -> Result<Mapping, MapFault> {
        match self {
            Self::V5(control) => control.map(va),
            Self::R4(control) => control.map(va),
            Self::A9(control) => control.map(va, memory),
        }
    }

    pub(super) fn set_fetch_fault(&mut self, abort: &Abort) {
        if let Some(common) = self.common_mut() {
            common.set_fetch_fault(abort);
        }
    }

    pub(super) fn set_data_fault(&mut self, abort: &Abort) {
        if let Some(common) = self.common_mut() {
            common.set_data_fault(abort);
        }
    }

    /// Stores the result of an address translation operation: the page, or the fault.
    pub(super) fn set_translated(&mut self, result: Result<u32, u8>) {
        if let Self::A9(control) = self {
            control.translated = match result {
                Ok(physical) => physical & !0xFFF,
                Err(status) => u32::from(status) << 1 | 1,
            };
        }
    }

    pub(super) fn vector_base(&self, mode: Mode) -> u32 {
        match self {
            Self::V5(control) => control.vector_base(),
            Self::R4(control) => control.vector_base(),
            Self::A9(control) => control.vector_base(mode),
        }
    }

    /// Thumb state and big-endian data on exception entry.
    pub(super) fn exception_state(&self) -> (bool, bool) {
        self.common().map_or((false, false), v7::Common::exception_state)
    }

    /// Whether the floating point unit may be used.
    pub(super) fn allows_float(&self, privileged: bool) -> bool {
        match self.common().map(v7::Common::float_access) {
            Some(3) => true,
            Some(1) => privileged,
            _ => false,
        }
    }

    /// Gives full access to the floating point unit, for test benches.
    pub(super) fn open_float(&mut self) {
        if let Some(common) = self.common_mut() {
            common.set_float_access(3);
        }
    }

    /// Reads a register; `None` is an undefined instruction.
    pub(super) fn read(&self, reg: CpReg, privileged: bool) -> Option<u32> {
        match self {
            Self::V5(control) => control.read(reg, privileged),
            Self::R4(control) => control.read(reg, privileged),
            Self::A9(control) => control.read(reg, privileged),
        }
    }

    /// Writes a register; `None` is an undefined instruction.
    pub(super) fn write(&mut self, reg: CpReg, value: u32, privileged: bool) -> Option<Effects> {
        match self {
            Self::V5(control) => control.write(reg, value, privileged),
            Self::R4(control) => control.write(reg, value, privileged),
            Self::A9(control) => control.write(reg, value, privileged),
        }
    }
}

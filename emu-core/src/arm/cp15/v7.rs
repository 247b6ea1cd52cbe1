//! What the coprocessors of Cortex-R4 and Cortex-A9 share (ARM DDI 0406, B3.17 and B5.8).

use serde::{Deserialize, Serialize};

use super::super::engine::Abort;
use super::super::insn::CpReg;
use super::super::model::Fidelity;
use super::super::system::Cp15Event;
use super::Effects;

const ALIGNMENT: u32 = 1 << 1;
const HIGH_VECTORS: u32 = 1 << 13;
const EXCEPTION_ENDIAN: u32 = 1 << 25;
const THUMB_EXCEPTIONS: u32 = 1 << 30;

/// Values that cannot be written (reference: boot-and-memory.md §1.1).
pub(super) struct Identity {
    pub(super) main: u32,
    pub(super) cache_type: u32,
    pub(super) tcm_type: u32,
    pub(super) aux_control: u32,
    /// c0,c1,0–7: processor, debug, auxiliary and memory model features.
    pub(super) features: [u32; 8],
    /// c0,c2,0–5: instruction set attributes.
    pub(super) attributes: [u32; 6],
    pub(super) cache_level: u32,
    pub(super) cache_size: [u32; 2],
}

/// Registers that both cores have.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct Common {
    pub(super) control: u32,
    pub(super) fidelity: Fidelity,
    coprocessor_access: u32,
    cache_select: u32,
    data_fault: u32,
    fetch_fault: u32,
    aux_fault: [u32; 2],
    data_address: u32,
    fetch_address: u32,
    fcse: u32,
    context: u32,
    /// User read-write, user read-only, privileged.
    thread: [u32; 3],
    performance_control: u32,
}

impl Common {
    pub(super) fn new(control: u32) -> Self {
        Self {
            control,
            fidelity: Fidelity::default(),
            coprocessor_access: 0,
            cache_select: 0,
            data_fault: 0,
            fetch_fault: 0,
            aux_fault: [0; 2],
            data_address: 0,
            fetch_address: 0,
            fcse: 0,
            context: 0,
            thread: [0; 3],
            performance_control: 0,
        }
    }

    pub(super) fn set_high_vectors(&mut self, high: bool) {
        self.control = if high { self.control | HIGH_VECTORS } else { self.control & !HIGH_VECTORS };
    }

    pub(super) fn has_high_vectors(&self) -> bool {
        self.control & HIGH_VECTORS != 0
    }

    pub(super) fn checks_alignment(&self) -> bool {
        self.control & ALIGNMENT != 0
    }

    pub(super) fn exception_state(&self) -> (bool, bool) {
        (self.control & THUMB_EXCEPTIONS != 0, self.control & EXCEPTION_ENDIAN != 0)
    }

    /// Two access bits of coprocessor 10 (and 11, which must agree): 0 none, 1 privileged only, 3 full.
    pub(super) fn float_access(&self) -> u32 {
        self.coprocessor_access >> 20 & 3
    }

    pub(super) fn set_float_access(&mut self, access: u32) {
        self.coprocessor_access = self.coprocessor_access & !0x00F0_0000 | access << 20 | access << 22;
    }

    pub(super) fn set_data_fault(&mut self, abort: &Abort) {
        self.data_fault = status(abort) | u32::from(abort.write) << 11 | u32::from(abort.domain) << 4;
        self.data_address = abort.address;
    }

    pub(super) fn set_fetch_fault(&mut self, abort: &Abort) {
        self.fetch_fault = status(abort);
        self.fetch_address = abort.address;
    }

    /// Registers that user mode may use: the thread registers and the barrier operations.
    pub(super) fn is_for_user(reg: CpReg, write: bool) -> bool {
        match (reg.opc1, reg.crn, reg.crm, reg.opc2) {
            (0, 13, 0, 2) => true,
            (0, 13, 0, 3) => !write,
            (0, 7, 5, 4) | (0, 7, 10, 4 | 5) => write,
            _ => false,
        }
    }

    pub(super) fn read(&self, reg: CpReg, identity: &Identity) -> Option<u32> {
        let CpReg { opc1, crn, crm, opc2, .. } = reg;
        Some(match (opc1, crn, crm, opc2) {
            (0, 0, 0, 1) => identity.cache_type,
            (0, 0, 0, 2) => identity.tcm_type,
            (0, 0, 0, _) => identity.main,
            (0, 0, 1, _) => identity.features[usize::from(opc2)],
            (0, 0, 2, 0..=5) => identity.attributes[usize::from(opc2)],
            (0, 0, _, _) => 0,
            (1, 0, 0, 0) => identity.cache_size[self.cache_select as usize & 1],
            (1, 0, 0, 1) => identity.cache_level,
            (1, 0, 0, 7) => 0,
            (2, 0, 0, 0) => self.cache_select,
            (0, 1, 0, 0) => self.control,
            (0, 1, 0, 1) => identity.aux_control,
            (0, 1, 0, 2) => self.coprocessor_access,
            (0, 5, 0, 0) => self.data_fault,
            (0, 5, 0, 1) => self.fetch_fault,
            (0, 5, 1, 0 | 1) => self.aux_fault[usize::from(opc2)],
            (0, 6, 0, 0) => self.data_address,
            (0, 6, 0, 2) => self.fetch_address,
            (0, 7, _, _) => 0,
            (0, 9, 12, 0) => self.performance_control,
            (0, 13, 0, 0) => self.fcse,
            (0, 13, 0, 1) => self.context,
            (0, 13, 0, 2..=4) => self.thread[usize::from(opc2) - 2],
            (_, 9 | 11 | 15, _, _) => 0,
            _ => return None,
        })
    }

    pub(super) fn write(&mut self, reg: CpReg, value: u32) -> Option<Effects> {
        let CpReg { opc1, crn, crm, opc2, .. } = reg;
        match (opc1, crn, crm, opc2) {
            (2, 0, 0, 0) => self.cache_select = value & 0xF,
            (0, 1, 0, 0) => {
                self.control = value;
                return Some(Effects::FLUSH);
            }
            (0, 1, 0, 1) | (0, 7, _, _) => return Some(cache_operation(crn, crm, opc2)),
            (0, 1, 0, 2) => self.coprocessor_access = value,
            (0, 5, 0, 0) => self.data_fault = value,
            (0, 5, 0, 1) => self.fetch_fault = value,
            (0, 5, 1, 0 | 1) => self.aux_fault[usize::from(opc2)] = value,
            (0, 6, 0, 0) => self.data_address = value,
            (0, 6, 0, 2) => self.fetch_address = value,
            (0, 9, 12, 0) => self.performance_control = value,
            (0, 13, 0, 0) => self.fcse = value,
            (0, 13, 0, 1) => {
                self.context = value;
                return Some(Effects::FLUSH);
            }
            (0, 13, 0, 2..=4) => self.thread[usize::from(opc2) - 2] = value,
            (_, 9 | 11 | 15, _, _) => {}
            _ => return None,
        }
        Some(Effects::NONE)
    }
}

/// Caches are not modelled: memory is always coherent. The machine hears of a whole flush of the instruction cache.
fn cache_operation(crn: u8, crm: u8, opc2: u8) -> Effects {
    match (crn, crm, opc2) {
        (7, 1 | 5, 0) => Effects::event(Cp15Event::InstructionCacheFlush),
        _ => Effects::NONE,
    }
}

/// The five status bits in their places.
fn status(abort: &Abort) -> u32 {
    let status = u32::from(abort.status);
    status & 0xF | (status & 0x10) << 6
}

//! The ARM946E-S coprocessor (ARM DDI 0201; reference: boot-and-memory.md §1.2, §1.3).

use serde::{Deserialize, Serialize};

use super::super::insn::CpReg;
use super::super::model::Fidelity;
use super::super::system::{Cp15Event, Tcm};
use super::super::tlb::{Mapping, Rights};
use super::{Effects, MapFault};

const MAIN_ID: u32 = 0x4105_9461;
const TCM_SIZE: u32 = 0x000C_00C0;
const CONTROL_RESET: u32 = 0x2078;
const CONTROL_SHOULD_BE_ONE: u32 = 0x78;

const PROTECTION: u32 = 1 << 0;
const HIGH_VECTORS: u32 = 1 << 13;
const LOADS_KEEP_STATE: u32 = 1 << 15;
const DATA_TCM: u32 = 1 << 16;
const INSTRUCTION_TCM: u32 = 1 << 18;

/// Fault status of a denied access: the core has no status register, the value serves reports only.
const PERMISSION_FAULT: u8 = 0b01101;
const BACKGROUND_FAULT: u8 = 0b00000;

/// One of each for data and for instructions.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
struct Pair {
    data: u32,
    instruction: u32,
}

impl Pair {
    fn get(self, opc2: u8) -> u32 {
        if opc2 & 1 == 0 { self.data } else { self.instruction }
    }

    fn set(&mut self, opc2: u8, value: u32) {
        *if opc2 & 1 == 0 { &mut self.data } else { &mut self.instruction } = value;
    }
}

/// Registers of the coprocessor.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(in super::super) struct Control {
    cache_type: u32,
    fidelity: Fidelity,
    control: u32,
    cacheable: Pair,
    bufferable: u32,
    /// Access permissions, four bits for each region.
    permission: Pair,
    regions: [u32; 8],
    lockdown: Pair,
    tcm: Pair,
    process: [u32; 2],
    /// Cache debug: index, instruction tag, data tag.
    debug_index: u32,
    debug_tag: Pair,
}

impl Control {
    pub(super) fn new(cache_type: u32) -> Self {
        Self {
            cache_type,
            fidelity: Fidelity::default(),
            control: CONTROL_RESET,
            cacheable: Pair::default(),
            bufferable: 0,
            permission: Pair::default(),
            regions: [0; 8],
            lockdown: Pair::default(),
            tcm: Pair { data: 0x4000_0006, instruction: 0x0000_0006 },
            process: [0; 2],
            debug_index: 0,
            debug_tag: Pair::default(),
        }
    }

    pub(super) fn set_fidelity(&mut self, fidelity: Fidelity) {
        self.fidelity = fidelity;
    }

    pub(super) fn set_high_vectors(&mut self, high: bool) {
        self.control = if high { self.control | HIGH_VECTORS } else { self.control & !HIGH_VECTORS };
    }

    pub(super) fn loads_keep_state(&self) -> bool {
        self.control & LOADS_KEEP_STATE != 0
    }

    pub(super) fn vector_base(&self) -> u32 {
        if self.control & HIGH_VECTORS != 0 { 0xFFFF_0000 } else { 0 }
    }

    #[inline]
    pub(super) fn is_protecting(&self) -> bool {
        self.control & PROTECTION != 0
    }

    /// The region of an address and its rights; the highest numbered region wins.
    pub(super) fn map(&self, va: u32) -> Result<Mapping, MapFault> {
        let region = (0..8)
            .rev()
            .find(|n| covers(self.regions[*n], va))
            .ok_or(MapFault { status: BACKGROUND_FAULT, domain: 0 })?;
        let permission = |all: u32| all >> (4 * region) & 0xF;
        let (data, fetch) = (permission(self.permission.data), permission(self.permission.instruction));
        let rights = Rights::new(
            rights_of(data, true) | fetch_right(fetch, true),
            rights_of(data, false) | fetch_right(fetch, false),
        );
        Ok(Mapping { physical: va, rights, whole_page: true, denied: PERMISSION_FAULT, domain: 0 })
    }

    /// User mode may not use the coprocessor.
    pub(super) fn read(&self, reg: CpReg, privileged: bool) -> Option<u32> {
        let CpReg { opc1, crn, crm, opc2, .. } = reg;
        if !privileged {
            return None;
        }
        Some(match (opc1, crn, crm, opc2) {
            (0, 0, 0, 1) => self.cache_type,
            (0, 0, 0, 2) => TCM_SIZE,
            (0, 0, 0, _) => MAIN_ID,
            (0, 1, 0, _) => self.control,
            (0, 2, 0, _) => self.cacheable.get(opc2),
            (0, 3, _, _) => self.bufferable,
            (0, 5, 0, 0 | 1) => narrow(self.permission.get(opc2)),
            (0, 5, 0, 2 | 3) => self.permission.get(opc2),
            (0, 6, 0..=7, _) => self.regions[usize::from(crm)],
            (0, 9, 0, _) => self.lockdown.get(opc2),
            (0, 9, 1, _) => self.tcm.get(opc2),
            (0, 13, 0..=1, _) => self.process[usize::from(crm)],
            _ => 0,
        })
    }

    pub(super) fn write(&mut self, reg: CpReg, value: u32, privileged: bool) -> Option<Effects> {
        let CpReg { opc1, crn, crm, opc2, .. } = reg;
        if !privileged {
            return None;
        }
        Some(match (opc1, crn, crm, opc2) {
            (0, 1, 0, _) => self.write_control(value),
            (0, 2, 0, _) => {
                self.cacheable.set(opc2, value);
                Effects::NONE
            }
            (0, 3, _, _) => {
                self.bufferable = value;
                Effects::NONE
            }
            (0, 5, 0, 0..=3) => {
                self.permission.set(opc2, if opc2 < 2 { widen(value) } else { value });
                Effects::FLUSH
            }
            (0, 6, 0..=7, _) => {
                self.regions[usize::from(crm)] = value;
                Effects::FLUSH
            }
            (0, 7, 5, 0) => Effects::event(Cp15Event::InstructionCacheFlush),
            (0, 7, 0, 4) | (0, 7, 8, 2) | (0, 15, 8, 2) => Effects::WAIT,
            (0, 9, 0, _) => self.write_lockdown(opc2, value),
            (0, 9, 1, _) => self.write_tcm(opc2, value),
            (0, 13, 0..=1, _) => {
                self.process[usize::from(crm)] = value;
                Effects::NONE
            }
            (3, 15, 0..=4, 0) => self.write_cache_debug(crm, value),
            _ => Effects::NONE,
        })
    }

    /// The reference emulator cannot switch protection on: the bit does not stick there.
    fn write_control(&mut self, value: u32) -> Effects {
        let drop = if self.fidelity == Fidelity::Reference { PROTECTION } else { 0 };
        let old = self.control;
        self.control = value & !drop | CONTROL_SHOULD_BE_ONE;
        let changed = old ^ self.control;
        let event = |bit, tcm| (changed & bit != 0).then(|| self.tcm_event(tcm));
        let events = [event(DATA_TCM, Tcm::Data), event(INSTRUCTION_TCM, Tcm::Instruction)];
        Effects { events, ..Effects::FLUSH }
    }

    fn tcm_event(&self, tcm: Tcm) -> Cp15Event {
        let (value, bit) = match tcm {
            Tcm::Data => (self.tcm.data, DATA_TCM),
            Tcm::Instruction => (self.tcm.instruction, INSTRUCTION_TCM),
        };
        Cp15Event::TcmRegion { tcm, value, enabled: self.control & bit != 0 }
    }

    fn write_tcm(&mut self, opc2: u8, value: u32) -> Effects {
        self.tcm.set(opc2, value);
        Effects::event(self.tcm_event(if opc2 & 1 == 0 { Tcm::Data } else { Tcm::Instruction }))
    }

    fn write_lockdown(&mut self, opc2: u8, value: u32) -> Effects {
        self.lockdown.set(opc2, value);
        Effects::event(Cp15Event::CacheLockdown { instruction: opc2 & 1 != 0, value })
    }

    /// Index, instruction tag, data tag, instruction word, data word; a word goes to the line that the tag and the
    /// index name, whatever way and set they choose.
    fn write_cache_debug(&mut self, crm: u8, value: u32) -> Effects {
        match crm {
            0 => self.debug_index = value,
            1 => self.debug_tag.instruction = value,
            2 => self.debug_tag.data = value,
            _ => {
                let instruction = crm == 3;
                let tag = if instruction { self.debug_tag.instruction } else { self.debug_tag.data };
                let addr = (tag & !0x1F | self.debug_index & 0x1C).into();
                return Effects::event(Cp15Event::CacheDebugWrite { instruction, addr, value });
            }
        }
        Effects::NONE
    }
}

/// True when an enabled region register covers the address. Regions have 4 KiB to 4 GiB; smaller size codes are
/// UNPREDICTABLE and count as 4 KiB.
fn covers(region: u32, va: u32) -> bool {
    let log2 = ((region >> 1 & 0x1F) + 1).max(12);
    region & 1 != 0 && (log2 == 32 || (va ^ region) >> log2 == 0)
}

/// Data rights of a four-bit permission; reserved ones give none.
fn rights_of(permission: u32, privileged: bool) -> u8 {
    const RW: u8 = Rights::USER_READ | Rights::USER_WRITE;
    match (permission, privileged) {
        (1..=3, true) | (3, false) => RW,
        (5 | 6, true) | (2 | 6, false) => Rights::USER_READ,
        _ => 0,
    }
}

/// Instructions may be fetched wherever the instruction permission lets them be read.
fn fetch_right(permission: u32, privileged: bool) -> u8 {
    if rights_of(permission, privileged) != 0 { Rights::USER_FETCH } else { 0 }
}

/// The two-bit view of the four-bit permissions.
fn narrow(permission: u32) -> u32 {
    (0..8).map(|n| (permission >> (4 * n) & 3) << (2 * n)).sum()
}

fn widen(permission: u32) -> u32 {
    (0..8).map(|n| (permission >> (2 * n) & 3) << (4 * n)).sum()
}

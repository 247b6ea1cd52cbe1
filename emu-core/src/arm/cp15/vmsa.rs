//! Cortex-A9: virtual memory with short descriptors (ARM DDI 0406 B3, ARM DDI 0388).
//!
//! The core starts in and is expected to stay in Secure state: the Security Extensions' second copy of the banked
//! registers is not modelled, SCR is stored only.

use serde::{Deserialize, Serialize};

use super::super::insn::CpReg;
use super::super::psr::Mode;
use super::super::tlb::{Mapping, Rights};
use super::v7::{Common, Identity};
use super::{Effects, MapFault, Probe};
use crate::memory::{AddressSpace, GuestAddr};

const IDENTITY: Identity = Identity {
    main: 0x414F_C091,
    cache_type: 0x8333_8003,
    tcm_type: 0,
    aux_control: 0x45,
    features: [0x1231, 0x11, 0x1_0444, 0, 0x10_0103, 0x2000_0000, 0x0123_0000, 0x10_2111],
    attributes: [0x10_1111, 0x1311_2111, 0x2123_2041, 0x1111_2131, 0x1_1142, 0],
    cache_level: 0x0920_0003,
    cache_size: [0x700F_E019, 0x200F_E019],
};
const CONTROL_RESET: u32 = 0x08C5_0078;
const TRANSLATION: u32 = 1 << 0;
const ACCESS_FLAG: u32 = 1 << 29;

/// Fault status: of the first and of the second level.
const TRANSLATION_FAULT: [u8; 2] = [0b00101, 0b00111];
const ACCESS_FLAG_FAULT: [u8; 2] = [0b00011, 0b00110];
const DOMAIN_FAULT: [u8; 2] = [0b01001, 0b01011];
const PERMISSION_FAULT: [u8; 2] = [0b01101, 0b01111];
const WALK_FAULT: [u8; 2] = [0b01100, 0b01110];

/// Registers of the coprocessor.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(in super::super) struct Control {
    pub(super) common: Common,
    index: u8,
    table: [u32; 2],
    table_control: u32,
    domains: u32,
    /// Result of the last address translation operation.
    pub(super) translated: u32,
    remap: [u32; 2],
    vectors: u32,
    monitor_vectors: u32,
    /// SCR, SDER, NSACR.
    security: [u32; 3],
    /// Power control and diagnostics.
    power: [u32; 3],
    peripheral_base: u32,
}

/// A leaf of the tables.
struct Leaf {
    physical: u32,
    /// AP bits 2–0.
    permission: u32,
    never_execute: bool,
    domain: u8,
    /// 0 for sections, 1 for pages.
    level: usize,
}

impl Control {
    pub(super) fn new(index: u8) -> Self {
        Self {
            common: Common::new(CONTROL_RESET),
            index,
            table: [0; 2],
            table_control: 0,
            domains: 0,
            translated: 0,
            remap: [0; 2],
            vectors: 0,
            monitor_vectors: 0,
            security: [0; 3],
            power: [0; 3],
            peripheral_base: 0,
        }
    }

    pub(super) fn vector_base(&self, mode: Mode) -> u32 {
        if mode == Mode::Monitor {
            self.monitor_vectors
        } else if self.common.has_high_vectors() {
            0xFFFF_0000
        } else {
            self.vectors
        }
    }

    #[inline]
    pub(super) fn is_translating(&self) -> bool {
        self.common.control & TRANSLATION != 0
    }

    /// Walks the tables.
    pub(super) fn map(&self, va: u32, memory: &mut AddressSpace) -> Result<Mapping, MapFault> {
        if !self.is_translating() {
            return Ok(Mapping { physical: va, rights: Rights::ALL, whole_page: true, denied: 0, domain: 0 });
        }
        let leaf = self.leaf(va, memory)?;
        let fault = |status: [u8; 2]| MapFault { status: status[leaf.level], domain: leaf.domain };
        let has_access_flag = self.common.control & ACCESS_FLAG != 0;
        let rights = match self.domains >> (2 * leaf.domain) & 3 {
            1 if has_access_flag && leaf.permission & 1 == 0 => return Err(fault(ACCESS_FLAG_FAULT)),
            1 => permitted(
                if has_access_flag { leaf.permission | 1 } else { leaf.permission },
                has_access_flag,
            )
            .without_fetch(leaf.never_execute, leaf.never_execute),
            3 => Rights::ALL,
            _ => return Err(fault(DOMAIN_FAULT)),
        };
        let denied = PERMISSION_FAULT[leaf.level];
        Ok(Mapping { physical: leaf.physical, rights, whole_page: true, denied, domain: leaf.domain })
    }

    /// Base of the first-level table for an address, or a fault where walks are switched off.
    fn first_level(&self, va: u32) -> Result<u32, MapFault> {
        let n = self.table_control & 7;
        let upper = n != 0 && va >> (32 - n) != 0;
        let disabled = self.table_control >> (4 + u32::from(upper)) & 1 != 0;
        if disabled {
            return Err(MapFault { status: TRANSLATION_FAULT[0], domain: 0 });
        }
        let n = if upper { 0 } else { n };
        let mask = u32::MAX << (14 - n);
        let index = (va << n >> n) >> 20 << 2;
        Ok(self.table[usize::from(upper)] & mask | index)
    }

    fn leaf(&self, va: u32, memory: &mut AddressSpace) -> Result<Leaf, MapFault> {
        let entry = read_entry(memory, self.first_level(va)?, WALK_FAULT[0], 0)?;
        let domain = (entry >> 5 & 0xF) as u8;
        match entry & 3 {
            1 => second_level(entry, va, domain, memory),
            2 => Ok(section(entry, va, domain)),
            _ => Err(MapFault { status: TRANSLATION_FAULT[0], domain }),
        }
    }

    pub(super) fn read(&self, reg: CpReg, privileged: bool) -> Option<u32> {
        if !privileged && !Common::is_for_user(reg, false) {
            return None;
        }
        let CpReg { opc1, crn, crm, opc2, .. } = reg;
        Some(match (opc1, crn, crm, opc2) {
            (0, 0, 0, 3) => 0,
            (0, 0, 0, 5) => 0x8000_0000 | u32::from(self.index),
            (0, 1, 1, 0..=2) => self.security[usize::from(opc2)],
            (0, 2, 0, 0 | 1) => self.table[usize::from(opc2)],
            (0, 2, 0, 2) => self.table_control,
            (0, 3, 0, 0) => self.domains,
            (0, 7, 4, 0) => self.translated,
            (0, 10, 2, 0 | 1) => self.remap[usize::from(opc2)],
            (0, 10, _, _) => 0,
            (0, 12, 0, 0) => self.vectors,
            (0, 12, 0, 1) => self.monitor_vectors,
            (0, 15, 0, 0..=2) => self.power[usize::from(opc2)],
            (4, 15, 0, 0) => self.peripheral_base,
            _ => return self.common.read(reg, &IDENTITY),
        })
    }

    pub(super) fn write(&mut self, reg: CpReg, value: u32, privileged: bool) -> Option<Effects> {
        if !privileged && !Common::is_for_user(reg, true) {
            return None;
        }
        let CpReg { opc1, crn, crm, opc2, .. } = reg;
        match (opc1, crn, crm, opc2) {
            (0, 1, 1, 0..=2) => self.security[usize::from(opc2)] = value,
            (0, 2, 0, 0 | 1) => self.table[usize::from(opc2)] = value,
            (0, 2, 0, 2) => self.table_control = value & 0x37,
            (0, 3, 0, 0) => self.domains = value,
            (0, 7, 4, 0) => self.translated = value,
            (0, 7, 8, 0..=7) => {
                let probe = Probe { va: value, write: opc2 & 1 != 0, privileged: opc2 & 2 == 0 };
                return Some(Effects { probe: Some(probe), ..Effects::NONE });
            }
            (0, 8, _, _) => {}
            (0, 10, 2, 0 | 1) => self.remap[usize::from(opc2)] = value,
            (0, 10, _, _) => {}
            (0, 12, 0, 0) => self.vectors = value & !0x1F,
            (0, 12, 0, 1) => self.monitor_vectors = value & !0x1F,
            (0, 15, 0, 0..=2) => self.power[usize::from(opc2)] = value,
            (4, 15, 0, 0) => self.peripheral_base = value,
            _ => return self.common.write(reg, value),
        }
        Some(Effects::FLUSH)
    }
}

/// Reads a descriptor; it is marked so that a change of it drops the cached translations.
fn read_entry(memory: &mut AddressSpace, at: u32, status: u8, domain: u8) -> Result<u32, MapFault> {
    let at = GuestAddr(at);
    let word = memory.read_u32(at).map_err(|_| MapFault { status, domain })?;
    if let Some(page) = memory.storage_page(at) {
        memory.mark_code(page, at.page_offset()..at.page_offset() + 4);
    }
    Ok(word)
}

/// A section, or with bit 18 a supersection of 16 MiB, which belongs to domain 0.
fn section(entry: u32, va: u32, domain: u8) -> Leaf {
    let (log2, domain) = if entry >> 18 & 1 != 0 { (24, 0) } else { (20, domain) };
    let mask = u32::MAX << log2;
    Leaf {
        physical: entry & mask | va & !mask,
        permission: entry >> 13 & 4 | entry >> 10 & 3,
        never_execute: entry >> 4 & 1 != 0,
        domain,
        level: 0,
    }
}

fn second_level(entry: u32, va: u32, domain: u8, memory: &mut AddressSpace) -> Result<Leaf, MapFault> {
    let at = entry & !0x3FF | va >> 10 & 0x3FC;
    let page = read_entry(memory, at, WALK_FAULT[1], domain)?;
    let (log2, never_execute) = match page & 3 {
        0 => return Err(MapFault { status: TRANSLATION_FAULT[1], domain }),
        1 => (16, page >> 15 & 1 != 0),
        _ => (12, page & 1 != 0),
    };
    let mask = u32::MAX << log2;
    let permission = page >> 7 & 4 | page >> 4 & 3;
    Ok(Leaf { physical: page & mask | va & !mask, permission, never_execute, domain, level: 1 })
}

/// Rights of the three permission bits; with the access flag in use only the upper two count.
fn permitted(permission: u32, simplified: bool) -> Rights {
    const R: u8 = Rights::USER_READ | Rights::USER_FETCH;
    const RW: u8 = R | Rights::USER_WRITE;
    match (permission, simplified) {
        (1, _) => Rights::new(RW, 0),
        (2, false) => Rights::new(RW, R),
        (3, _) => Rights::new(RW, RW),
        (5, _) => Rights::new(R, 0),
        (6 | 7, _) => Rights::new(R, R),
        _ => Rights::new(0, 0),
    }
}

//! Cortex-R4: the protected memory system (ARM DDI 0406 B5, ARM DDI 0363).

use serde::{Deserialize, Serialize};

use super::super::insn::CpReg;
use super::super::system::{Cp15Event, Tcm};
use super::super::tlb::{Mapping, Rights};
use super::v7::{Common, Identity};
use super::{Effects, MapFault};

const IDENTITY: Identity = Identity {
    main: 0x411F_C143,
    cache_type: 0x8003_C003,
    tcm_type: 0x0001_0001,
    aux_control: 0x20,
    features: [0x131, 1, 0x1_0400, 0, 0x21_0030, 0, 0x0120_0000, 0x11],
    attributes: [0x0110_1111, 0x1311_2111, 0x2123_2131, 0x0111_2131, 0x1_0142, 0],
    cache_level: 0x0900_0003,
    cache_size: [0xF00F_E019, 0xF00F_E019],
};
const CONTROL_RESET: u32 = 0x08E5_2878;
const PROTECTION: u32 = 1 << 0;
const BACKGROUND: u32 = 1 << 17;
const BUILD_OPTIONS: [u32; 2] = [0x0001_0000, 0x00CF_C010];
const REGIONS: usize = 16;

const BACKGROUND_FAULT: u8 = 0b00000;
const PERMISSION_FAULT: u8 = 0b01101;

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
struct Region {
    base: u32,
    /// Size code in bits 5–1, enable in bit 0, disabled eighths in bits 15–8.
    size: u32,
    /// Permission in bits 10–8, never execute in bit 12.
    access: u32,
}

impl Region {
    fn log2(self) -> u32 {
        (self.size >> 1 & 0x1F) + 1
    }

    fn is_enabled(self) -> bool {
        self.size & 1 != 0 && self.log2() >= 5
    }

    fn overlaps(self, va: u32, log2: u32) -> bool {
        let log2 = self.log2().max(log2);
        log2 >= 32 || (va ^ self.base) >> log2 == 0
    }

    /// Regions of 256 bytes and more are divided into eighths that can be left out.
    fn covers(self, va: u32) -> bool {
        let log2 = self.log2();
        let eighth = if log2 >= 8 { va >> (log2 - 3) & 7 } else { 0 };
        self.is_enabled() && self.overlaps(va, 0) && self.size >> (8 + eighth) & 1 == 0
    }

    /// True when rights may differ inside the 4 KiB page of `va`.
    fn divides_page(self, va: u32) -> bool {
        let log2 = self.log2();
        let has_holes = log2 >= 8 && self.size & 0xFF00 != 0;
        let granule = if has_holes { log2 - 3 } else { log2 };
        self.is_enabled() && granule < 12 && self.overlaps(va, 12)
    }

    fn rights(self) -> Rights {
        const R: u8 = Rights::USER_READ | Rights::USER_FETCH;
        const RW: u8 = R | Rights::USER_WRITE;
        let never_execute = self.access >> 12 & 1 != 0;
        let rights = match self.access >> 8 & 7 {
            1 => Rights::new(RW, 0),
            2 => Rights::new(RW, R),
            3 => Rights::new(RW, RW),
            5 => Rights::new(R, 0),
            6 | 7 => Rights::new(R, R),
            _ => Rights::new(0, 0),
        };
        rights.without_fetch(never_execute, never_execute)
    }
}

/// Registers of the coprocessor.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(in super::super) struct Control {
    pub(super) common: Common,
    regions: [Region; REGIONS],
    selected: u32,
    /// BTCM, ATCM.
    tcm: [u32; 2],
}

impl Control {
    pub(super) fn new() -> Self {
        Self {
            common: Common::new(CONTROL_RESET),
            regions: [Region::default(); REGIONS],
            selected: 0,
            tcm: [0x8000_001D, 0x0000_0015],
        }
    }

    pub(super) fn vector_base(&self) -> u32 {
        if self.common.has_high_vectors() { 0xFFFF_0000 } else { 0 }
    }

    #[inline]
    pub(super) fn is_protecting(&self) -> bool {
        self.common.control & PROTECTION != 0
    }

    /// The highest numbered region that covers the address decides; where none does, the background map serves
    /// privileged accesses if it is switched on.
    pub(super) fn map(&self, va: u32) -> Result<Mapping, MapFault> {
        let region = self.regions.iter().rev().find(|region| region.covers(va));
        let background = self.common.control & BACKGROUND != 0;
        let (rights, denied) = match region {
            Some(region) => (region.rights(), PERMISSION_FAULT),
            None if background => (self.background_rights(va), BACKGROUND_FAULT),
            None => return Err(MapFault { status: BACKGROUND_FAULT, domain: 0 }),
        };
        let whole_page = !self.regions.iter().any(|region| region.divides_page(va));
        Ok(Mapping { physical: va, rights, whole_page, denied, domain: 0 })
    }

    /// The upper half is never executed, but for the top 256 MiB when the vectors lie there.
    fn background_rights(&self, va: u32) -> Rights {
        let fetch = va < 0x8000_0000 || (va >= 0xF000_0000 && self.common.has_high_vectors());
        Rights::new(Rights::ALL.0 & 7, 0).without_fetch(!fetch, false)
    }

    pub(super) fn read(&self, reg: CpReg, privileged: bool) -> Option<u32> {
        if !privileged && !Common::is_for_user(reg, false) {
            return None;
        }
        let CpReg { opc1, crn, crm, opc2, .. } = reg;
        let region = self.regions[self.selected as usize % REGIONS];
        Some(match (opc1, crn, crm, opc2) {
            (0, 0, 0, 4) => (REGIONS as u32) << 8,
            (0, 0, 0, 5) => 0,
            (0, 6, 1, 0) => region.base,
            (0, 6, 1, 2) => region.size,
            (0, 6, 1, 4) => region.access,
            (0, 6, 2, 0) => self.selected,
            (0, 9, 1, 0 | 1) => self.tcm[usize::from(opc2)],
            (0, 15, 2, 0 | 1) => BUILD_OPTIONS[usize::from(opc2)],
            _ => return self.common.read(reg, &IDENTITY),
        })
    }

    pub(super) fn write(&mut self, reg: CpReg, value: u32, privileged: bool) -> Option<Effects> {
        if !privileged && !Common::is_for_user(reg, true) {
            return None;
        }
        let CpReg { opc1, crn, crm, opc2, .. } = reg;
        let region = &mut self.regions[self.selected as usize % REGIONS];
        match (opc1, crn, crm, opc2) {
            (0, 6, 1, 0) => region.base = value & !0x1F,
            (0, 6, 1, 2) => region.size = value & 0xFF3F,
            (0, 6, 1, 4) => region.access = value & 0x173F,
            (0, 6, 2, 0) => self.selected = value & 0xF,
            (0, 9, 1, 0 | 1) => return Some(self.write_tcm(opc2, value)),
            _ => return self.common.write(reg, value),
        }
        Some(Effects::FLUSH)
    }

    fn write_tcm(&mut self, opc2: u8, value: u32) -> Effects {
        self.tcm[usize::from(opc2)] = value;
        let tcm = if opc2 == 0 { Tcm::Data } else { Tcm::Instruction };
        Effects::event(Cp15Event::TcmRegion { tcm, value, enabled: value & 1 != 0 })
    }
}

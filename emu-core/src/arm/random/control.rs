//! Protection and translation for some of the programs: system control registers and tables.

use super::super::insn::CpReg;
use super::asm::{Asm, Piece};
use super::isa::Isa;
use super::layout::{FIRST_LEVEL, SECOND_LEVEL, TABLE_ROM, TABLE_ROM_SIZE};
use super::rng::Rng;

/// Control register after reset, low vectors.
const V5_CONTROL: u32 = 0x78;
const R4_CONTROL: u32 = 0x08E5_0878;
const A9_CONTROL: u32 = 0x08C5_0078;
const MAPPING: u32 = 1 << 0;
const ALIGNMENT: u32 = 1 << 1;
const HIGH_VECTORS: u32 = 1 << 13;
const LOADS_KEEP_STATE: u32 = 1 << 15;
const BACKGROUND: u32 = 1 << 17;
const BIG_EXCEPTIONS: u32 = 1 << 25;
const TEX_REMAP: u32 = 1 << 28;
const ACCESS_FLAG: u32 = 1 << 29;
const THUMB_EXCEPTIONS: u32 = 1 << 30;

/// How the system control coprocessor stands when a program starts.
#[derive(Clone, Debug, Default)]
pub(super) struct Control {
    /// Written in this order.
    pub(super) registers: Vec<(CpReg, u32)>,
    /// Translation tables.
    pub(super) tables: Vec<Piece>,
    /// Exceptions are taken in Thumb state.
    pub(super) thumb_exceptions: bool,
    /// There are virtual pages at 0x8000 to 0x1FFFF.
    pub(super) translates: bool,
}

pub(super) fn register(opc1: u8, crn: u8, crm: u8, opc2: u8) -> CpReg {
    CpReg { cp: 15, opc1, crn, crm, opc2 }
}

impl Control {
    /// Draws one; three programs of five leave the memory system alone.
    pub(super) fn draw(isa: Isa, rng: &mut Rng) -> Self {
        let mut control = Self::default();
        let mapping = rng.chance(40);
        let bits = match (isa.is_v5(), isa.is_a9()) {
            (true, _) => control.v5(mapping, rng),
            (_, false) => control.r4(mapping, rng),
            _ => control.a9(mapping, rng),
        };
        let bits = bits | flag(HIGH_VECTORS, 10, rng) | if mapping { MAPPING } else { 0 };
        control.set(register(0, 1, 0, 0), bits);
        control
    }

    fn set(&mut self, register: CpReg, value: u32) {
        self.registers.push((register, value));
    }

    fn v5(&mut self, mapping: bool, rng: &mut Rng) -> u32 {
        if mapping {
            self.set(register(0, 6, 0, 0), 0x3F);
            for region in 1..8 {
                // 4 KiB to 64 KiB in low memory.
                let value = rng.below(8) << 12 | rng.between(11, 15) << 1 | u32::from(rng.chance(50));
                self.set(register(0, 6, region, 0), value);
            }
            for opc2 in [2, 3] {
                let permissions =
                    (1..8).fold(3, |all, n| all | rng.pick(&[3, 3, 3, 1, 2, 5, 6, 0]) << (4 * n));
                self.set(register(0, 5, 0, opc2), permissions);
            }
        }
        V5_CONTROL | flag(LOADS_KEEP_STATE, 5, rng)
    }

    fn v7(&mut self, rng: &mut Rng) -> u32 {
        self.thumb_exceptions = rng.chance(20);
        let thumb = if self.thumb_exceptions { THUMB_EXCEPTIONS } else { 0 };
        thumb | flag(ALIGNMENT, 5, rng) | flag(BIG_EXCEPTIONS, 2, rng)
    }

    fn r4(&mut self, mapping: bool, rng: &mut Rng) -> u32 {
        if mapping {
            self.region(0, [0, 0x3F, 0x300]);
            for n in 1..rng.between(2, 12) {
                let log2 = rng.between(5, 15);
                let base = rng.below(0x8000) >> log2 << log2;
                let holes = if rng.chance(30) { rng.word() & 0xFF00 } else { 0 };
                let permission = rng.pick(&[3, 3, 3, 1, 2, 5, 6, 0]);
                let never = u32::from(rng.chance(10)) << 12;
                let size = holes | (log2 - 1) << 1 | u32::from(rng.chance(70));
                self.region(n, [base, size, permission << 8 | never]);
            }
        }
        R4_CONTROL | self.v7(rng) | flag(BACKGROUND, 70, rng)
    }

    /// Base, size and access of a region.
    fn region(&mut self, number: u32, values: [u32; 3]) {
        self.set(register(0, 6, 2, 0), number);
        for (opc2, value) in [0, 2, 4].into_iter().zip(values) {
            self.set(register(0, 6, 1, opc2), value);
        }
    }

    fn a9(&mut self, mapping: bool, rng: &mut Rng) -> u32 {
        if mapping {
            self.translates = true;
            self.tables = tables(rng);
            // Seven bits of split: 32 MiB below, or the table in ROM for everything.
            let split = rng.pick(&[7, 7, 0]);
            let walks = flag(0x20, 5, rng);
            self.set(register(0, 2, 0, 0), if split == 7 { FIRST_LEVEL } else { TABLE_ROM });
            self.set(register(0, 2, 0, 1), TABLE_ROM);
            self.set(register(0, 2, 0, 2), split | walks);
            self.set(register(0, 3, 0, 0), rng.pick(&[0x5555_5555, 0x5555_5555, u32::MAX, 0x5555_5501]));
        }
        A9_CONTROL | self.v7(rng) | flag(TEX_REMAP, 20, rng) | flag(ACCESS_FLAG, 15, rng)
    }
}

fn flag(bit: u32, percent: u32, rng: &mut Rng) -> u32 {
    if rng.chance(percent) { bit } else { 0 }
}

/// First level: the low megabyte by pages, the others mostly as sections that show it again. Second level: RAM as it
/// is, then virtual pages of all kinds.
fn tables(rng: &mut Rng) -> Vec<Piece> {
    let mut first = Asm::new(FIRST_LEVEL, false, true);
    first.data(SECOND_LEVEL | 1);
    (1..32).for_each(|_| first.data(section(rng)));
    let mut second = Asm::new(SECOND_LEVEL, false, true);
    (0..8).for_each(|page| second.data(own_page(page, rng)));
    (8..32).for_each(|page| second.data(small_page(page, rng)));
    (32..64).for_each(|_| second.data(0));
    [first, second].into_iter().flat_map(Asm::finish).collect()
}

fn section(rng: &mut Rng) -> u32 {
    match rng.below(8) {
        0 => 0,
        1 => SECOND_LEVEL | 1 | rng.below(2) << 5,
        // Access bits, domain, never execute.
        _ => {
            2 | rng.pick(&[0xC00, 0xC00, 0x400, 0x800, 0x8C00])
                | rng.below(2) << 5
                | u32::from(rng.chance(5)) << 4
        }
    }
}

/// A page of RAM at its own address, nearly always with all rights.
fn own_page(page: u32, rng: &mut Rng) -> u32 {
    let rights = if page >= 3 && rng.chance(10) { rng.pick(&[0x10, 0x20, 0x210, 0x230, 0]) } else { 0x30 };
    page << 12 | rights | 2
}

/// A virtual page: some page of RAM with some rights, a large page, or nothing.
pub(super) fn small_page(page: u32, rng: &mut Rng) -> u32 {
    let rights = rng.pick(&[0x30, 0x30, 0x30, 0x10, 0x20, 0x210, 0x230]);
    match rng.below(10) {
        0 => 0,
        1 => rights | 1 | page << 20 & 0x10_0000,
        2 => rng.below(8) << 12 | rights | 3,
        _ => rng.below(8) << 12 | rights | 2,
    }
}

/// The first-level table in ROM: everything at its own address, the low megabyte by the tables in RAM.
pub(super) fn rom_table() -> Vec<u8> {
    let entry = |index: u32| if index == 0 { SECOND_LEVEL | 1 } else { index << 20 | 0xC02 };
    (0..TABLE_ROM_SIZE / 4).flat_map(|index| entry(index).to_le_bytes()).collect()
}

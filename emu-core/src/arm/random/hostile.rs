//! Programs that mean harm: memory full of anything, every control register written, tables that point at themselves.

use std::sync::Arc;

use super::super::decode::{Decoder, Pattern};
use super::super::model::{Core, Fidelity};
use super::asm::{Piece, PieceKind};
use super::control::{self, Control};
use super::isa::Isa;
use super::layout::{ALIAS, CODE, DEVICE, RAM_SIZE, TABLE_ROM, VECTOR_ROM, WINDOW};
use super::program::{Incident, IncidentKind, Name, Program, Start};
use super::rng::Rng;
use super::start;

/// Addresses near which trouble begins.
const PLACES: [u32; 12] = [
    0,
    CODE,
    RAM_SIZE - 0x20,
    ALIAS,
    ALIAS + RAM_SIZE - 0x20,
    WINDOW,
    WINDOW + 0x2000 - 0x20,
    DEVICE + 0x400,
    TABLE_ROM,
    VECTOR_ROM,
    0xFFFF_FFE0,
    0x8000_0000,
];
/// A first-level table of its full size in RAM.
const TABLE: u32 = 0x4000;
/// Words of code that a search for the least program may take out.
const CODE_WORDS: u32 = 256;

/// Words of memory that look like code of a core: any encoding it has, any fields.
pub struct Words {
    arm: Vec<Pattern>,
    short: Vec<Pattern>,
    wide: Vec<Pattern>,
}

impl Words {
    /// For a core.
    #[must_use]
    pub fn of(core: Core) -> Self {
        let decoder = Decoder::new(core);
        Self { arm: decoder.a32_patterns(), short: decoder.t16_patterns(), wide: decoder.t32_patterns() }
    }

    /// So many words, as bytes.
    pub fn bytes(&self, words: u32, rng: &mut Rng) -> Vec<u8> {
        (0..words).flat_map(|_| self.word(rng).to_le_bytes()).collect()
    }

    /// A word of memory as ARM code, Thumb code, or nothing in particular.
    pub(super) fn word(&self, rng: &mut Rng) -> u32 {
        match rng.below(8) {
            0 => rng.word(),
            1..5 => drawn(&self.arm, rng),
            5 | 6 if !self.wide.is_empty() => drawn(&self.wide, rng).rotate_left(16),
            _ => drawn(&self.short, rng) & 0xFFFF | drawn(&self.short, rng) << 16,
        }
    }
}

fn drawn(rows: &[Pattern], rng: &mut Rng) -> u32 {
    let row = rng.pick(rows);
    row.value | rng.word() & !row.mask
}

/// Draws a program of that name.
pub(super) fn write(name: Name, words: &Words, noise: &[u8], rng: &mut Rng) -> Program {
    let mut ram = noise.to_vec();
    let mut put = |at: u32, word: u32| {
        let at = at as usize;
        ram[at..at + 4].copy_from_slice(&word.to_le_bytes());
    };
    for at in (0..0x40).step_by(4) {
        put(at, words.word(rng));
    }
    let control = control(name.isa, rng);
    if name.isa.is_a9() && rng.chance(70) {
        (0..0x1000).step_by(4).for_each(|offset| put(TABLE + offset, descriptor(rng)));
    }
    let limit = rng.between(100, 2000).into();
    Program {
        name,
        pieces: code(words, rng),
        incidents: incidents(limit, rng),
        limit,
        start: start(name.isa, control, rng),
        noise: Arc::from(ram),
    }
}

fn code(words: &Words, rng: &mut Rng) -> Vec<Piece> {
    let piece = |n: u32, rng: &mut Rng| Piece {
        at: CODE + 4 * n,
        bits: words.word(rng),
        size: 4,
        kind: PieceKind::Data,
    };
    (0..CODE_WORDS).map(|n| piece(n, rng)).collect()
}

/// An entry of a table of either level: very often it points into the tables.
fn descriptor(rng: &mut Rng) -> u32 {
    match rng.below(6) {
        0 => rng.word(),
        1 | 2 => TABLE | rng.below(16) << 10 | rng.word() & 0x1E0 | 1,
        3 => rng.word() & 0xC00 | 2,
        _ => rng.below(8) << 12 | rng.word() & 0xFFF | 2,
    }
}

/// Sensible settings, then some that are not.
fn control(isa: Isa, rng: &mut Rng) -> Control {
    let mut control = Control::draw(isa, rng);
    for _ in 0..rng.below(10) {
        let [opc1, crn, crm, opc2] =
            [rng.pick(&[0, 0, 0, 0, 1, 3, 4]), rng.below(16), rng.below(8), rng.below(8)];
        let register = control::register(opc1 as u8, crn as u8, crm as u8, opc2 as u8);
        control.registers.push((register, start::number(rng)));
    }
    if isa.is_a9() && rng.chance(50) {
        let registers =
            [(2, 0, TABLE), (2, 2, 0), (3, 0, rng.pick(&[u32::MAX, 0x5555_5555])), (1, 0, 0x00C5_0079)];
        let set = registers.map(|(crn, opc2, value)| (control::register(0, crn, 0, opc2), value));
        control.registers.extend(set);
    }
    control
}

fn address(rng: &mut Rng) -> u32 {
    match rng.below(4) {
        0 => rng.word(),
        1 => CODE + rng.below(4 * CODE_WORDS),
        2 => rng.below(RAM_SIZE),
        _ => rng.pick(&PLACES).wrapping_add(rng.below(0x40)),
    }
}

fn start(isa: Isa, control: Control, rng: &mut Rng) -> Start {
    let mut regs = [0; 15];
    regs.iter_mut().for_each(|reg| *reg = if rng.chance(60) { address(rng) } else { start::number(rng) });
    let mode = rng.pick(&[0x10, 0x11, 0x12, 0x13, 0x13, 0x17, 0x1B, 0x1F]);
    let mut doubles = [0; 32];
    doubles.iter_mut().for_each(|double| *double = rng.long());
    Start {
        fidelity: if rng.chance(50) { Fidelity::Hardware } else { Fidelity::Reference },
        pc: if rng.chance(80) { CODE + rng.below(4 * CODE_WORDS) } else { address(rng) },
        cpsr: rng.word() & if isa.is_v5() { 0xF800_00E0 } else { 0xF80F_02E0 } | mode,
        regs,
        fiq_regs: [(); 5].map(|()| address(rng)),
        stacks: [(); 6].map(|()| [address(rng), address(rng)]),
        doubles,
        fpscr: rng.word(),
        float: rng.chance(80),
        control: control.registers,
    }
}

fn incidents(limit: u64, rng: &mut Rng) -> Vec<Incident> {
    let mut all: Vec<Incident> = (0..rng.below(12))
        .map(|_| {
            let kind = match rng.below(3) {
                0 => IncidentKind::Irq(rng.chance(50)),
                1 => IncidentKind::Fiq(rng.chance(50)),
                _ => IncidentKind::Dma { at: address(rng), value: rng.word() },
            };
            Incident { at: rng.below(limit as u32).into(), kind }
        })
        .collect();
    all.sort_by_key(|incident| incident.at);
    all
}

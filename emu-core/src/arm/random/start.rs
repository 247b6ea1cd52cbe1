//! The state that programs start in.

use super::super::model::Fidelity;
use super::super::psr::Mode;
use super::control::Control;
use super::isa::Isa;
use super::layout::{ALIAS, DATA_MIDDLE, DEVICE, RAM_SIZE, STACK_SIZE, STACKS, WINDOW};
use super::program::Start;
use super::rng::Rng;
use super::roles::Roles;

/// Numbers at which arithmetic turns over.
const EDGES: [u32; 12] =
    [0, 1, 2, 31, 32, 33, 0x7F, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFE, 0xFFFF_FFFF];
/// The same for doubles and pairs of floats.
const FLOAT_EDGES: [u64; 12] = [
    0,
    0x8000_0000_0000_0000,
    0x3FF0_0000_0000_0000,
    0x7FF0_0000_0000_0000,
    0x7FF8_0000_0000_0001,
    0x7FF0_0000_0000_0001,
    0x0000_0000_0000_0001,
    0x3F80_0000_BF80_0000,
    0x7F80_0000_FF80_0000,
    0x7FA0_0000_7FC0_0001,
    0x0000_0001_807F_FFFF,
    0x7F7F_FFFF_7FEF_FFFF,
];

/// The modes whose stacks a start sets.
pub(super) const MODES: [Mode; 6] =
    [Mode::User, Mode::Fiq, Mode::Irq, Mode::Supervisor, Mode::Abort, Mode::Undefined];

/// A number with a liking for edges.
pub(super) fn number(rng: &mut Rng) -> u32 {
    match rng.below(4) {
        0 => rng.pick(&EDGES),
        1 => rng.below(256),
        _ => rng.word(),
    }
}

/// An address that most accesses can use.
pub(super) fn pointer(translates: bool, code: u32, rng: &mut Rng) -> u32 {
    let near = |middle: u32, rng: &mut Rng| middle.wrapping_add(4 * rng.below(0x80)).wrapping_sub(0x100);
    let place = match rng.below(100) {
        0..60 => near(DATA_MIDDLE, rng),
        60..68 => near(code + 0x800, rng),
        68..73 => near(ALIAS + DATA_MIDDLE, rng),
        73..78 => WINDOW + 4 * rng.below(0x800),
        78..88 if translates => 0x8000 + 4 * rng.below(0x6000),
        // Where pages meet.
        78..90 => (rng.between(3, 6) << 12) - 4 * rng.below(4),
        90..92 => RAM_SIZE - 4 * rng.below(8),
        92..94 => DEVICE + 0x400 + 4 * rng.below(8),
        94..96 => 4 * rng.below(0x1C00),
        _ => near(DATA_MIDDLE, rng),
    };
    if rng.chance(5) { place + rng.below(4) } else { place }
}

/// A small register offset, mostly in words.
pub(super) fn index(rng: &mut Rng) -> u32 {
    if rng.chance(90) { 4 * rng.below(16) } else { rng.below(64) }
}

fn cpsr(isa: Isa, rng: &mut Rng) -> u32 {
    let mode = rng.pick(&[0x13, 0x13, 0x13, 0x1F, 0x1F, 0x10, 0x10, 0x11, 0x12, 0x17, 0x1B]);
    let masks = rng.pick(&[0, 0, 0, 0x40, 0x80, 0xC0]);
    let ge = if isa.is_v5() { 0 } else { rng.below(16) << 16 };
    rng.below(32) << 27 | ge | masks | u32::from(isa.is_thumb()) << 5 | mode
}

/// Draws a start for code at `pc`.
pub(super) fn draw(isa: Isa, roles: Roles, pc: u32, control: &Control, rng: &mut Rng) -> Start {
    let entry = pc | u32::from(isa.is_thumb());
    let mut regs = [0; 15];
    regs.iter_mut().for_each(|reg| *reg = number(rng));
    roles.pointers.iter().for_each(|n| regs[usize::from(*n)] = pointer(control.translates, pc, rng));
    roles.counters.iter().for_each(|n| regs[usize::from(*n)] = rng.below(8));
    regs[usize::from(roles.index)] = index(rng);
    let stack = |n: u32| STACKS - n * STACK_SIZE - 0x80;
    regs[13] = stack(6);
    regs[14] = entry;
    let mut doubles = [0; 32];
    doubles.iter_mut().for_each(|double| {
        *double = if rng.chance(50) { rng.pick(&FLOAT_EDGES) } else { rng.long() };
    });
    Start {
        fidelity: if rng.chance(70) { Fidelity::Hardware } else { Fidelity::Reference },
        pc,
        cpsr: cpsr(isa, rng),
        regs,
        fiq_regs: [(); 5].map(|()| pointer(control.translates, pc, rng)),
        stacks: [0, 1, 2, 3, 4, 5].map(|n| [stack(n), entry]),
        fpscr: fpscr(rng) | inexact(&doubles),
        doubles,
        float: rng.chance(95),
        control: control.registers.clone(),
    }
}

/// Whether something was inexact before, which is when generated code computes on the host: every other time.
fn inexact(doubles: &[u64]) -> u32 {
    (doubles[0] as u32 & 1) << 4
}

/// Rounding, flushing and default NaNs, all ways.
fn fpscr(rng: &mut Rng) -> u32 {
    if rng.chance(50) { 0 } else { rng.below(32) << 22 | rng.below(16) << 28 }
}

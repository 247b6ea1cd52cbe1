//! Advanced SIMD: one-vector operations, tables, and loads and stores of structures, in their A32 form.

use super::super::insn::Op;
use super::super::neon::{FloatMisc, Limit, Misc, NeonOp, Permute, Structure};
use super::neon::{d, m, n};
use super::pattern::Need::Neon;
use super::pattern::{Row, bit, bits, reg, row};

/// Words with bits 24, 23, 21 and 20 set; to be tried before the rows of three registers.
pub(super) const MISC: &[Row] = &[
    row("1111 0011 1x11 nnnn dddd 10ll xox0 mmmm", Neon, |w| {
        let count = bits(w, 9, 8) as u8 + 1;
        let fits = u32::from(n(w)) + u32::from(count) <= 32;
        fits.then_some(Op::Neon(NeonOp::Table { keep: bit(w, 6), count, d: d(w), n: n(w), m: m(w) }))
    }),
    row("1111 0011 1x11 iiii dddd 1100 0qx0 mmmm", Neon, |w| {
        let place = bits(w, 19, 16);
        let (size, index) = match place.trailing_zeros() {
            0 => (8, place >> 1),
            1 => (16, place >> 2),
            2 => (32, place >> 3),
            _ => return None,
        };
        neon(NeonOp::Dup { size, quad: bit(w, 6), d: d(w), m: m(w), index: index as u8 })
    }),
    row("1111 0011 1x11 ss00 dddd 0ooo oqx0 mmmm", Neon, group_0),
    row("1111 0011 1x11 ss01 dddd 0fcc cqx0 mmmm", Neon, group_1),
    row("1111 0011 1x11 ss10 dddd 0ooo oqx0 mmmm", Neon, group_2),
    row("1111 0011 1x11 1011 dddd 0ooo oqx0 mmmm", Neon, group_3),
];

/// Loads and stores of structures.
pub(super) const MEMORY: &[Row] = &[
    row("1111 0100 0xl0 nnnn dddd tttt ssaa mmmm", Neon, structures),
    row("1111 0100 1x10 nnnn dddd 11cc ssta mmmm", Neon, structure_all),
    row("1111 0100 1xl0 nnnn dddd sscc iiii mmmm", Neon, structure_lane),
];

fn neon(op: NeonOp) -> Option<Op> {
    Some(Op::Neon(op))
}

fn size(w: u32) -> u32 {
    bits(w, 19, 18)
}

fn misc(w: u32, op: Misc, allowed: bool) -> Option<Op> {
    let op = NeonOp::Misc { op, size: 8 << size(w), quad: bit(w, 6), d: d(w), m: m(w) };
    allowed.then_some(Op::Neon(op))
}

fn group_0(w: u32) -> Option<Op> {
    let size = size(w);
    let pair_long = |add| {
        let op =
            NeonOp::PairLong { add, signed: !bit(w, 7), size: 8 << size, quad: bit(w, 6), d: d(w), m: m(w) };
        (size < 3).then_some(Op::Neon(op))
    };
    match bits(w, 10, 7) {
        0 => misc(w, Misc::Rev64, size < 3),
        1 => misc(w, Misc::Rev32, size < 2),
        2 => misc(w, Misc::Rev16, size < 1),
        4 | 5 => pair_long(false),
        8 => misc(w, Misc::Cls, size < 3),
        9 => misc(w, Misc::Clz, size < 3),
        10 => misc(w, Misc::Cnt, size == 0),
        11 => misc(w, Misc::Mvn, size == 0),
        12 | 13 => pair_long(true),
        14 => misc(w, Misc::Qabs, size < 3),
        15 => misc(w, Misc::Qneg, size < 3),
        _ => None,
    }
}

/// Comparisons with zero, absolute value, negation; bit 10 makes them single precision.
fn group_1(w: u32) -> Option<Op> {
    let (op, float) = match bits(w, 9, 7) {
        0 => (Misc::Cgt0, FloatMisc::Cgt0),
        1 => (Misc::Cge0, FloatMisc::Cge0),
        2 => (Misc::Ceq0, FloatMisc::Ceq0),
        3 => (Misc::Cle0, FloatMisc::Cle0),
        4 => (Misc::Clt0, FloatMisc::Clt0),
        6 => (Misc::Abs, FloatMisc::Abs),
        7 => (Misc::Neg, FloatMisc::Neg),
        _ => return None,
    };
    match (bit(w, 10), size(w)) {
        (true, 2) => neon(NeonOp::FloatMisc { op: float, quad: bit(w, 6), d: d(w), m: m(w) }),
        (false, 0..=2) => misc(w, op, true),
        _ => None,
    }
}

fn group_2(w: u32) -> Option<Op> {
    let (size, quad, d, m) = (size(w), bit(w, 6), d(w), m(w));
    let permute =
        |op, allowed: bool| allowed.then_some(Op::Neon(NeonOp::Permute { op, size: 8 << size, quad, d, m }));
    let narrow = |limit, signed| {
        let op = NeonOp::ShiftNarrow { limit, round: false, signed, size: 8 << size, d, m, amount: 0 };
        (size < 3).then_some(Op::Neon(op))
    };
    match (bits(w, 10, 7), quad) {
        (0, _) => permute(Permute::Swp, size == 0),
        (1, _) => permute(Permute::Trn, size < 3),
        (2, _) => permute(Permute::Uzp, size < 2 || (quad && size == 2)),
        (3, _) => permute(Permute::Zip, size < 2 || (quad && size == 2)),
        (4, false) => narrow(Limit::None, false),
        (4, true) => narrow(Limit::Unsigned, true),
        (5, false) => narrow(Limit::Signed, true),
        (5, true) => narrow(Limit::Unsigned, false),
        (6, false) if size < 3 => {
            neon(NeonOp::ShiftLong { signed: false, size: 8 << size, d, m, amount: 8 << size })
        }
        (12, false) if size == 1 => neon(NeonOp::CvtHalf { to_half: true, d, m }),
        (14, false) if size == 1 => neon(NeonOp::CvtHalf { to_half: false, d, m }),
        _ => None,
    }
}

fn group_3(w: u32) -> Option<Op> {
    let (quad, d, m) = (bit(w, 6), d(w), m(w));
    let float = |op| neon(NeonOp::FloatMisc { op, quad, d, m });
    match bits(w, 10, 7) {
        8 => neon(NeonOp::EstimateInt { root: false, quad, d, m }),
        9 => neon(NeonOp::EstimateInt { root: true, quad, d, m }),
        10 => float(FloatMisc::Recpe),
        11 => float(FloatMisc::Rsqrte),
        12 => float(FloatMisc::FromSigned),
        13 => float(FloatMisc::FromUnsigned),
        14 => float(FloatMisc::ToSigned),
        15 => float(FloatMisc::ToUnsigned),
        _ => None,
    }
}

/// Structures whose registers would run past the last one are UNPREDICTABLE and refused.
fn checked(of: Structure, registers: u8) -> Option<Structure> {
    (u32::from(of.d) + u32::from(registers) <= 32).then_some(of)
}

fn structures(w: u32) -> Option<Op> {
    let (count, step, repeat) = match bits(w, 11, 8) {
        0 => (4, 1, 1),
        1 => (4, 2, 1),
        2 => (1, 1, 4),
        3 => (2, 2, 2),
        4 => (3, 1, 1),
        5 => (3, 2, 1),
        6 => (1, 1, 3),
        7 => (1, 1, 1),
        8 => (2, 1, 1),
        9 => (2, 2, 1),
        10 => (1, 1, 2),
        _ => return None,
    };
    let (size, align) = (bits(w, 7, 6), bits(w, 5, 4));
    // No structure is aligned to more than it has.
    let most = match (count, repeat) {
        (3, _) | (1, 1 | 3) => 1,
        (1, 2) | (2, 1) => 2,
        _ => 3,
    };
    if size == 3 && count != 1 || align > most {
        return None;
    }
    let align = if align == 0 { 1 } else { 4 << align };
    let (bytes, rn, rm) = (1 << size, reg(w, 16), reg(w, 0));
    let of = Structure { load: bit(w, 21), d: d(w), count, step, bytes, align, rn, rm };
    neon(NeonOp::Structures { of: checked(of, (count - 1) * step + repeat)?, repeat })
}

fn structure_lane(w: u32) -> Option<Op> {
    let (size, count, place) = (bits(w, 11, 10), bits(w, 9, 8) as u8 + 1, bits(w, 7, 4));
    if size == 3 {
        return None;
    }
    let index = (place >> (size + 1)) as u8;
    let spaced = size > 0 && place >> size & 1 != 0;
    if spaced && count == 1 {
        return None;
    }
    let step = if spaced { 2 } else { 1 };
    let low = place & ((1 << size) - 1).max(1);
    let bytes = 1u8 << size;
    let align = match (count, size, low) {
        (_, _, 0) => 1,
        (1, 1, _) | (1, 2, 3) => bytes,
        (2, 0 | 1, _) | (2, 2, 1) => 2 * bytes,
        (4, 2, 1) => 8,
        (4, 2, 2) => 16,
        (4, 0 | 1, _) => 4 * bytes,
        _ => return None,
    };
    let (rn, rm) = (reg(w, 16), reg(w, 0));
    let of = Structure { load: bit(w, 21), d: d(w), count, step, bytes, align, rn, rm };
    neon(NeonOp::StructureLane { of: checked(of, (count - 1) * step + 1)?, index })
}

fn structure_all(w: u32) -> Option<Op> {
    let (count, size, wide, aligned) = (bits(w, 9, 8) as u8 + 1, bits(w, 7, 6), bit(w, 5), bit(w, 4));
    let (size, align) = match (count, size) {
        (4, 3) if aligned => (2, 16),
        (_, 3) => return None,
        (3, _) if aligned => return None,
        (4, 2) if aligned => (2, 8),
        (_, size) if aligned => (size, count << size),
        (_, size) => (size, 1),
    };
    let (bytes, rn, rm) = (1 << size, reg(w, 16), reg(w, 0));
    let step = if wide && count > 1 { 2 } else { 1 };
    let pair = wide && count == 1;
    let of = Structure { load: true, d: d(w), count, step, bytes, align, rn, rm };
    neon(NeonOp::StructureAll { of: checked(of, (count - 1) * step + 1 + u8::from(pair))?, pair })
}

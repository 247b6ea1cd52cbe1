//! Advanced SIMD data processing, in its A32 form. T32 words are brought into that form first.

use super::super::insn::Op;
use super::super::neon::{FloatThree, ImmOp, LaneThree, Limit, Logic, LongOp, NeonOp, Pairwise, ShiftImm};
use super::super::simd::FloatReg;
use super::pattern::Need::Neon;
use super::pattern::{Row, bit, bits, row};
use super::vfp::double;

/// Three registers, shifts, constants; the first row that fits decides.
pub(super) const DATA: &[Row] = &[
    row("1111 001u 0xss nnnn dddd oooo xqxo mmmm", Neon, three),
    row("1111 001i 1x00 0iii dddd cccc 0qo1 iiii", Neon, constant),
    row("1111 001u 1xii iiii dddd 0ooo lqx1 mmmm", Neon, shift),
    row("1111 001u 1xii iiii dddd 100o 0qx1 mmmm", Neon, shift_narrow),
    row("1111 001u 1xii iiii dddd 1010 00x1 mmmm", Neon, shift_long),
    row("1111 001u 1x1i iiii dddd 111o 0qx1 mmmm", Neon, convert_fixed),
    row("1111 0010 1x11 nnnn dddd iiii xqx0 mmmm", Neon, |w| {
        let (quad, bytes) = (bit(w, 6), bits(w, 11, 8) as u8);
        (quad || bytes < 8).then_some(Op::Neon(NeonOp::Ext { quad, d: d(w), n: n(w), m: m(w), bytes }))
    }),
    row("1111 001u 1xss nnnn dddd oooo x0x0 mmmm", Neon, different),
    row("1111 001q 1xss nnnn dddd oooo x1x0 mmmm", Neon, scalar),
];

fn neon(op: NeonOp) -> Option<Op> {
    Some(Op::Neon(op))
}

pub(super) fn d(w: u32) -> FloatReg {
    double(w, 12, 22)
}

pub(super) fn n(w: u32) -> FloatReg {
    double(w, 16, 7)
}

pub(super) fn m(w: u32) -> FloatReg {
    double(w, 0, 5)
}

/// What bits 11–8 and 4 choose, with U clear and set; `None` where another family stands.
const LANE_OPS: [Option<(LaneThree, LaneThree)>; 24] = {
    use LaneThree as L;
    const fn both(op: L) -> Option<(L, L)> {
        Some((op, op))
    }
    [
        both(L::Hadd),
        both(L::Qadd),
        both(L::Rhadd),
        None,
        both(L::Hsub),
        both(L::Qsub),
        both(L::Cgt),
        both(L::Cge),
        both(L::Shl),
        both(L::Qshl),
        both(L::Rshl),
        both(L::Qrshl),
        both(L::Max),
        both(L::Min),
        both(L::Abd),
        both(L::Aba),
        Some((L::Add, L::Sub)),
        Some((L::Tst, L::Ceq)),
        Some((L::Mla, L::Mls)),
        Some((L::Mul, L::MulPoly)),
        None,
        None,
        Some((L::Qdmulh, L::Qrdmulh)),
        None,
    ]
};

fn three(w: u32) -> Option<Op> {
    if bit(w, 6) && (bits(w, 12, 12) | bits(w, 16, 16) | bits(w, 0, 0)) != 0 {
        return None;
    }
    match (bits(w, 11, 8), bit(w, 4)) {
        (1, true) => logic(w),
        (10, min) => pair(w, if min { Pairwise::Min } else { Pairwise::Max }),
        (11, true) if !bit(w, 24) => pair(w, Pairwise::Add),
        (13..=15, _) => float(w),
        (0..=11, _) => lanes(w),
        _ => None,
    }
}

fn lanes(w: u32) -> Option<Op> {
    use LaneThree as L;
    let (u, size) = (bit(w, 24), bits(w, 21, 20));
    let (plain, other) = LANE_OPS[(bits(w, 11, 8) << 1 | bits(w, 4, 4)) as usize]?;
    let op = if u { other } else { plain };
    let allowed = match op {
        L::Qadd | L::Qsub | L::Shl | L::Qshl | L::Rshl | L::Qrshl | L::Add | L::Sub => true,
        L::MulPoly => size == 0,
        L::Qdmulh | L::Qrdmulh => size == 1 || size == 2,
        _ => size < 3,
    };
    // Doubling multiplications are always signed; their U bit chooses rounding.
    let signed = !u || matches!(op, L::Qdmulh | L::Qrdmulh);
    let op = NeonOp::Three { op, signed, size: 8 << size, quad: bit(w, 6), d: d(w), n: n(w), m: m(w) };
    allowed.then_some(Op::Neon(op))
}

fn logic(w: u32) -> Option<Op> {
    use Logic::{And, Bic, Bif, Bit, Bsl, Eor, Orn, Orr};
    let op = [And, Bic, Orr, Orn, Eor, Bsl, Bit, Bif][(bits(w, 24, 24) << 2 | bits(w, 21, 20)) as usize];
    neon(NeonOp::Logic { op, quad: bit(w, 6), d: d(w), n: n(w), m: m(w) })
}

fn pair(w: u32, op: Pairwise) -> Option<Op> {
    let size = bits(w, 21, 20);
    if bit(w, 6) || size == 3 {
        return None;
    }
    neon(NeonOp::Pair { op, signed: !bit(w, 24), size: 8 << size, d: d(w), n: n(w), m: m(w) })
}

fn float(w: u32) -> Option<Op> {
    use FloatThree as F;
    let (d, n, m, quad) = (d(w), n(w), m(w), bit(w, 6));
    if bit(w, 20) {
        return None;
    }
    let pair = |op| if quad { None } else { neon(NeonOp::FloatPair { op, d, n, m }) };
    let op = match (bits(w, 11, 8), bit(w, 4), bit(w, 24), bit(w, 21)) {
        (13, false, false, false) => F::Add,
        (13, false, false, true) => F::Sub,
        (13, false, true, false) => return pair(Pairwise::Add),
        (13, false, true, true) => F::Abd,
        (13, true, false, false) => F::Mla,
        (13, true, false, true) => F::Mls,
        (13, true, true, false) => F::Mul,
        (14, false, false, false) => F::Ceq,
        (14, false, true, false) => F::Cge,
        (14, false, true, true) => F::Cgt,
        (14, true, true, false) => F::Acge,
        (14, true, true, true) => F::Acgt,
        (15, false, false, false) => F::Max,
        (15, false, false, true) => F::Min,
        (15, false, true, false) => return pair(Pairwise::Max),
        (15, false, true, true) => return pair(Pairwise::Min),
        (15, true, false, false) => F::Recps,
        (15, true, false, true) => F::Rsqrts,
        _ => return None,
    };
    neon(NeonOp::Float { op, quad, d, n, m })
}

/// The modified constant: a byte, its place, or one of three special forms.
fn constant(w: u32) -> Option<Op> {
    let byte = u64::from(bits(w, 24, 24) << 7 | bits(w, 18, 16) << 4 | bits(w, 3, 0));
    let (cmode, inverted, quad, d) = (bits(w, 11, 8), bit(w, 5), bit(w, 6), d(w));
    let words = |value: u64| value << 32 | value;
    let value = match cmode {
        0..=7 => words(byte << (8 * (cmode >> 1))),
        8..=11 => words((byte << (8 * (cmode >> 1 & 1))) * 0x1_0001),
        12 => words(byte << 8 | 0xFF),
        13 => words(byte << 16 | 0xFFFF),
        14 if inverted => (0..8).filter(|n| byte >> n & 1 != 0).map(|n| 0xFF << (8 * n)).sum(),
        14 => byte * 0x0101_0101_0101_0101,
        _ if inverted => return None,
        _ => words(super::super::float::F32.expand_immediate(byte as u8)),
    };
    let op = match (cmode, inverted) {
        (14 | 15, _) => ImmOp::Mov,
        (0..=11, false) if cmode & 1 != 0 => ImmOp::Orr,
        (0..=11, true) if cmode & 1 != 0 => ImmOp::Bic,
        (_, false) => ImmOp::Mov,
        (_, true) => ImmOp::Mvn,
    };
    neon(NeonOp::Imm { op, quad, d, value })
}

/// Lane width and the number in the low bits of the seven-bit field `L:imm6`, whose highest set bit tells the width.
fn shift_field(w: u32) -> Option<(u8, u8)> {
    let field = bits(w, 7, 7) << 6 | bits(w, 21, 16);
    let size = match field {
        64.. => 64,
        32.. => 32,
        16.. => 16,
        8.. => 8,
        _ => return None,
    };
    Some((size, (field - if size == 64 { 64 } else { u32::from(size) }) as u8))
}

fn shift(w: u32) -> Option<Op> {
    use ShiftImm as S;
    let (u, (size, low)) = (bit(w, 24), shift_field(w)?);
    let (op, right) = match bits(w, 10, 8) {
        0 => (S::Shr, true),
        1 => (S::Sra, true),
        2 => (S::Rshr, true),
        3 => (S::Rsra, true),
        4 if u => (S::Sri, true),
        5 if u => (S::Sli, false),
        5 => (S::Shl, false),
        6 if u => (S::Qshlu, false),
        7 => (S::Qshl, false),
        _ => return None,
    };
    let amount = if right { size - low } else { low };
    neon(NeonOp::Shift { op, signed: !u, size, quad: bit(w, 6), d: d(w), m: m(w), amount })
}

fn shift_narrow(w: u32) -> Option<Op> {
    let (u, (size, low)) = (bit(w, 24), shift_field(w)?);
    let (limit, signed) = match (bit(w, 8), u) {
        (false, false) => (Limit::None, false),
        (false, true) => (Limit::Unsigned, true),
        (true, false) => (Limit::Signed, true),
        (true, true) => (Limit::Unsigned, false),
    };
    neon(NeonOp::ShiftNarrow { limit, round: bit(w, 6), signed, size, d: d(w), m: m(w), amount: size - low })
}

fn shift_long(w: u32) -> Option<Op> {
    let (size, amount) = shift_field(w)?;
    neon(NeonOp::ShiftLong { signed: !bit(w, 24), size, d: d(w), m: m(w), amount })
}

fn convert_fixed(w: u32) -> Option<Op> {
    let fraction = 64 - bits(w, 21, 16) as u8;
    let (to_fixed, signed) = (bit(w, 8), !bit(w, 24));
    neon(NeonOp::CvtFixed { to_fixed, signed, quad: bit(w, 6), d: d(w), m: m(w), fraction })
}

fn different(w: u32) -> Option<Op> {
    let (u, width) = (bit(w, 24), bits(w, 21, 20));
    if width == 3 {
        return None;
    }
    let (d, n, m, size) = (d(w), n(w), m(w), 8 << width);
    let op = match bits(w, 11, 8) {
        code @ (1 | 3) => return neon(NeonOp::Wide { subtract: code == 3, signed: !u, size, d, n, m }),
        code @ (4 | 6) => return neon(NeonOp::Narrow { subtract: code == 6, round: u, size, d, n, m }),
        0 => LongOp::Add,
        2 => LongOp::Sub,
        5 => LongOp::Aba,
        7 => LongOp::Abd,
        8 => LongOp::Mla,
        10 => LongOp::Mls,
        12 => LongOp::Mul,
        14 if !u && width == 0 => LongOp::MulPoly,
        9 if !u && width != 0 => LongOp::Qdmla,
        11 if !u && width != 0 => LongOp::Qdmls,
        13 if !u && width != 0 => LongOp::Qdmul,
        _ => return None,
    };
    neon(NeonOp::Long { op, signed: !u, size, d, n, m })
}

fn scalar(w: u32) -> Option<Op> {
    let (u, width) = (bit(w, 24), bits(w, 21, 20));
    let (size, m, index) = match width {
        1 => (16, bits(w, 2, 0) as u8, (bits(w, 5, 5) << 1 | bits(w, 3, 3)) as u8),
        2 => (32, bits(w, 3, 0) as u8, bits(w, 5, 5) as u8),
        _ => return None,
    };
    let (d, n, quad) = (d(w), n(w), u);
    let same = |op| neon(NeonOp::Scalar { op, size, quad, d, n, m, index });
    let float = |op| if size == 32 { neon(NeonOp::FloatScalar { op, quad, d, n, m, index }) } else { None };
    let long = |op| neon(NeonOp::LongScalar { op, signed: !u, size, d, n, m, index });
    match bits(w, 11, 8) {
        0 => same(LaneThree::Mla),
        1 => float(FloatThree::Mla),
        2 => long(LongOp::Mla),
        3 if !u => long(LongOp::Qdmla),
        4 => same(LaneThree::Mls),
        5 => float(FloatThree::Mls),
        6 => long(LongOp::Mls),
        7 if !u => long(LongOp::Qdmls),
        8 => same(LaneThree::Mul),
        9 => float(FloatThree::Mul),
        10 => long(LongOp::Mul),
        11 if !u => long(LongOp::Qdmul),
        12 => same(LaneThree::Qdmulh),
        13 => same(LaneThree::Qrdmulh),
        _ => None,
    }
}

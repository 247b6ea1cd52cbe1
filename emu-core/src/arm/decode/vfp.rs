//! VFP encodings. A32 and T32 share them: the condition field of the one is 1110 in the other.

use super::super::insn::{Op, Reg};
use super::super::simd::{FloatReg, VfpArith, VfpOp, VfpUnary};
use super::pattern::Need::Vfp;
use super::pattern::{Row, bit, bits, reg, row};

/// All VFP rows, to be tried before the coprocessor ones.
pub(super) const VFP: &[Row] = &[
    row("xxxx 1110 1x11 iiii dddd 101z x0x0 iiii", Vfp, |w| {
        let imm = (bits(w, 19, 16) << 4 | bits(w, 3, 0)) as u8;
        vfp(VfpOp::MovImm { double: bit(w, 8), d: d_reg(w), imm })
    }),
    row("xxxx 1110 1x11 0000 dddd 101z 01x0 mmmm", Vfp, |w| unary(w, VfpUnary::Mov)),
    row("xxxx 1110 1x11 0000 dddd 101z 11x0 mmmm", Vfp, |w| unary(w, VfpUnary::Abs)),
    row("xxxx 1110 1x11 0001 dddd 101z 01x0 mmmm", Vfp, |w| unary(w, VfpUnary::Neg)),
    row("xxxx 1110 1x11 0001 dddd 101z 11x0 mmmm", Vfp, |w| unary(w, VfpUnary::Sqrt)),
    row("xxxx 1110 1x11 001o dddd 1010 t1x0 mmmm", Vfp, |w| {
        vfp(VfpOp::CvtHalf { to_half: bit(w, 16), top: bit(w, 7), d: single(w, 12, 22), m: single(w, 0, 5) })
    }),
    row("xxxx 1110 1x11 0100 dddd 101z e1x0 mmmm", Vfp, |w| {
        vfp(VfpOp::Compare { double: bit(w, 8), d: d_reg(w), m: m_reg(w), signalling: bit(w, 7) })
    }),
    row("xxxx 1110 1x11 0101 dddd 101z e1x0 xxxx", Vfp, |w| {
        vfp(VfpOp::CompareZero { double: bit(w, 8), d: d_reg(w), signalling: bit(w, 7) })
    }),
    row("xxxx 1110 1x11 0111 dddd 1010 11x0 mmmm", Vfp, |w| {
        vfp(VfpOp::CvtSize { to_double: true, d: double(w, 12, 22), m: single(w, 0, 5) })
    }),
    row("xxxx 1110 1x11 0111 dddd 1011 11x0 mmmm", Vfp, |w| {
        vfp(VfpOp::CvtSize { to_double: false, d: single(w, 12, 22), m: double(w, 0, 5) })
    }),
    row("xxxx 1110 1x11 1000 dddd 101z s1x0 mmmm", Vfp, |w| {
        vfp(VfpOp::CvtFromInt { double: bit(w, 8), signed: bit(w, 7), d: d_reg(w), m: single(w, 0, 5) })
    }),
    row("xxxx 1110 1x11 110s dddd 101z r1x0 mmmm", Vfp, |w| {
        let (double, signed, round) = (bit(w, 8), bit(w, 16), !bit(w, 7));
        vfp(VfpOp::CvtToInt { double, signed, round, d: single(w, 12, 22), m: m_reg(w) })
    }),
    row("xxxx 1110 1x11 1t1u dddd 101z s1x0 iiii", Vfp, fixed),
    row("xxxx 1110 1x00 nnnn dddd 101z x0x0 mmmm", Vfp, |w| arith(w, VfpArith::Div)),
    row("xxxx 1110 0x00 nnnn dddd 101z xsx0 mmmm", Vfp, |w| either(w, VfpArith::Mla, VfpArith::Mls)),
    row("xxxx 1110 0x01 nnnn dddd 101z xsx0 mmmm", Vfp, |w| either(w, VfpArith::Nmls, VfpArith::Nmla)),
    row("xxxx 1110 0x10 nnnn dddd 101z xsx0 mmmm", Vfp, |w| either(w, VfpArith::Mul, VfpArith::Nmul)),
    row("xxxx 1110 0x11 nnnn dddd 101z xsx0 mmmm", Vfp, |w| either(w, VfpArith::Add, VfpArith::Sub)),
    row("xxxx 1110 000o nnnn tttt 1010 xxx1 xxxx", Vfp, |w| {
        vfp(VfpOp::MovCore { to_core: bit(w, 20), s: single(w, 16, 7), rt: reg(w, 12) })
    }),
    row("xxxx 1110 1110 rrrr tttt 1010 xxx1 xxxx", Vfp, |w| {
        vfp(VfpOp::Msr { reg: bits(w, 19, 16) as u8, rt: reg(w, 12) })
    }),
    row("xxxx 1110 1111 rrrr tttt 1010 xxx1 xxxx", Vfp, |w| {
        vfp(VfpOp::Mrs { reg: bits(w, 19, 16) as u8, rt: reg(w, 12) })
    }),
    row("xxxx 1110 1bq0 dddd tttt 1011 xex1 xxxx", Vfp, duplicate),
    row("xxxx 1110 uoo1 nnnn tttt 1011 xoo1 xxxx", Vfp, |w| scalar(w, true)),
    row("xxxx 1110 0oo0 nnnn tttt 1011 xoo1 xxxx", Vfp, |w| scalar(w, false)),
    row("xxxx 1100 010o 2222 tttt 1010 00x1 mmmm", Vfp, |w| {
        vfp(VfpOp::MovCorePair { to_core: bit(w, 20), s: single(w, 0, 5), rt: reg(w, 12), rt2: reg(w, 16) })
    }),
    row("xxxx 1100 010o 2222 tttt 1011 00x1 mmmm", Vfp, |w| {
        vfp(VfpOp::MovCoreDouble { to_core: bit(w, 20), d: double(w, 0, 5), rt: reg(w, 12), rt2: reg(w, 16) })
    }),
    row("xxxx 1101 ux0l nnnn dddd 101z iiii iiii", Vfp, |w| {
        let magnitude = 4 * bits(w, 7, 0) as i16;
        let offset = if bit(w, 23) { magnitude } else { -magnitude };
        vfp(VfpOp::LoadStore { load: bit(w, 20), double: bit(w, 8), d: d_reg(w), rn: reg(w, 16), offset })
    }),
    row("xxxx 1100 1xwl nnnn dddd 101z iiii iiii", Vfp, |w| multiple(w, false, bit(w, 21))),
    row("xxxx 1101 0x1l nnnn dddd 101z iiii iiii", Vfp, |w| multiple(w, true, true)),
];

fn vfp(op: VfpOp) -> Option<Op> {
    Some(Op::Vfp(op))
}

/// S register: four bits at `lo`, the lowest bit apart.
fn single(w: u32, lo: u32, low_bit: u32) -> FloatReg {
    (bits(w, lo + 3, lo) << 1 | bits(w, low_bit, low_bit)) as u8
}

/// D register: four bits at `lo`, the highest bit apart.
pub(super) fn double(w: u32, lo: u32, high_bit: u32) -> FloatReg {
    (bits(w, high_bit, high_bit) << 4 | bits(w, lo + 3, lo)) as u8
}

fn by_size(w: u32, lo: u32, extra: u32) -> FloatReg {
    if bit(w, 8) { double(w, lo, extra) } else { single(w, lo, extra) }
}

fn d_reg(w: u32) -> FloatReg {
    by_size(w, 12, 22)
}

fn m_reg(w: u32) -> FloatReg {
    by_size(w, 0, 5)
}

fn arith(w: u32, op: VfpArith) -> Option<Op> {
    vfp(VfpOp::Arith { op, double: bit(w, 8), d: d_reg(w), n: by_size(w, 16, 7), m: m_reg(w) })
}

fn either(w: u32, clear: VfpArith, set: VfpArith) -> Option<Op> {
    arith(w, if bit(w, 6) { set } else { clear })
}

fn unary(w: u32, op: VfpUnary) -> Option<Op> {
    vfp(VfpOp::Unary { op, double: bit(w, 8), d: d_reg(w), m: m_reg(w) })
}

/// More fraction bits than a halfword has are UNPREDICTABLE; the point then simply stands behind the number.
fn fixed(w: u32) -> Option<Op> {
    let size = if bit(w, 7) { 32 } else { 16 };
    let fraction = size - (bits(w, 3, 0) << 1 | bits(w, 5, 5)) as i8;
    let (to_fixed, signed) = (bit(w, 18), !bit(w, 16));
    vfp(VfpOp::CvtFixed { double: bit(w, 8), to_fixed, signed, bits: size as u8, fraction, d: d_reg(w) })
}

fn duplicate(w: u32) -> Option<Op> {
    let size = match (bit(w, 22), bit(w, 5)) {
        (false, false) => 32,
        (false, true) => 16,
        (true, false) => 8,
        (true, true) => return None,
    };
    vfp(VfpOp::Dup { size, quad: bit(w, 21), d: double(w, 16, 7), rt: reg(w, 12) })
}

fn scalar(w: u32, to_core: bool) -> Option<Op> {
    let (high, low) = (bits(w, 22, 21), bits(w, 6, 5));
    let (size, index) = match (high >> 1, low & 1, low >> 1) {
        (1, _, _) => (8, (high & 1) << 2 | low),
        (0, 1, _) => (16, (high & 1) << 1 | low >> 1),
        // A word has no sign to extend: bit 23 is undefined for it.
        (0, 0, 0) if !bit(w, 23) => (32, high & 1),
        _ => return None,
    };
    let signed = to_core && !bit(w, 23);
    vfp(VfpOp::MovScalar { to_core, signed, size, d: double(w, 16, 7), index: index as u8, rt: reg(w, 12) })
}

/// An empty or overlong list is UNPREDICTABLE; the empty one is refused, registers beyond the last are not touched.
fn multiple(w: u32, down: bool, wback: bool) -> Option<Op> {
    let (is_double, words) = (bit(w, 8), bits(w, 7, 0) as u8);
    let count = if is_double { words / 2 } else { words };
    let first = d_reg(w);
    if count == 0 || u32::from(first) + u32::from(count) > 32 {
        return None;
    }
    let (rn, extra): (Reg, bool) = (reg(w, 16), is_double && words & 1 != 0);
    vfp(VfpOp::Multiple { load: bit(w, 20), double: is_double, first, count, extra, rn, down, wback })
}

//! T32: extensions, parallel arithmetic, multiplication and division.

use super::super::insn::{
    DualMulOp, ExtendOp, HalfMulOp, LaneMode, LaneOp, LongMulOp, MulOp, Op, Reg, TopMulOp,
};
use super::pattern::Need::{ThumbDiv, V7};
use super::pattern::{Row, bit, bits, reg, row};

/// Extensions and parallel arithmetic.
pub(super) const MEDIA: &[Row] = &[
    row("1111 1010 0ooo nnnn xxxx dddd 1xrr mmmm", V7, extend),
    row("1111 1010 1ooo nnnn xxxx dddd 0mmm mmmm", V7, parallel),
];

/// Multiplication and division.
pub(super) const MULTIPLY: &[Row] = &[
    row("1111 1011 0000 nnnn aaaa dddd 0000 mmmm", V7, |w| {
        Some(multiply(w, if reg(w, 12).is_pc() { MulOp::Mul } else { MulOp::Mla }))
    }),
    row("1111 1011 0000 nnnn aaaa dddd 0001 mmmm", V7, |w| Some(multiply(w, MulOp::Mls))),
    row("1111 1011 0001 nnnn aaaa dddd 00yx mmmm", V7, |w| {
        Some(half_multiply(w, if reg(w, 12).is_pc() { HalfMulOp::Smul } else { HalfMulOp::Smla }))
    }),
    row("1111 1011 0011 nnnn aaaa dddd 000x mmmm", V7, |w| {
        Some(half_multiply(w, if reg(w, 12).is_pc() { HalfMulOp::Smulw } else { HalfMulOp::Smlaw }))
    }),
    row("1111 1011 0010 nnnn aaaa dddd 000s mmmm", V7, |w| Some(dual(w, DualMulOp::Add))),
    row("1111 1011 0100 nnnn aaaa dddd 000s mmmm", V7, |w| Some(dual(w, DualMulOp::Sub))),
    row("1111 1011 0101 nnnn aaaa dddd 000r mmmm", V7, |w| Some(top(w, TopMulOp::Add))),
    row("1111 1011 0110 nnnn aaaa dddd 000r mmmm", V7, |w| Some(top(w, TopMulOp::Sub))),
    row("1111 1011 0111 nnnn aaaa dddd 0000 mmmm", V7, |w| {
        let (rd, ra, rm, rn) = operands(w);
        Some(Op::Usad8 { rd, ra, rm, rn })
    }),
    row("1111 1011 1000 nnnn llll hhhh 0000 mmmm", V7, |w| Some(long(w, LongMulOp::Smull))),
    row("1111 1011 1010 nnnn llll hhhh 0000 mmmm", V7, |w| Some(long(w, LongMulOp::Umull))),
    row("1111 1011 1100 nnnn llll hhhh 0000 mmmm", V7, |w| Some(long(w, LongMulOp::Smlal))),
    row("1111 1011 1110 nnnn llll hhhh 0000 mmmm", V7, |w| Some(long(w, LongMulOp::Umlal))),
    row("1111 1011 1110 nnnn llll hhhh 0110 mmmm", V7, |w| Some(long(w, LongMulOp::Umaal))),
    row("1111 1011 10u1 nnnn xxxx dddd 1111 mmmm", ThumbDiv, |w| {
        Some(Op::Div { signed: !bit(w, 21), rd: reg(w, 8), rn: reg(w, 16), rm: reg(w, 0) })
    }),
    row("1111 1011 1100 nnnn llll hhhh 10yx mmmm", V7, |w| {
        let (hi, lo, rm, rn) = operands(w);
        Some(Op::MulHalfLong { lo, hi, rm, rn, rm_top: bit(w, 4), rn_top: bit(w, 5) })
    }),
    row("1111 1011 1100 nnnn llll hhhh 110s mmmm", V7, |w| Some(dual_long(w, DualMulOp::Add))),
    row("1111 1011 1101 nnnn llll hhhh 110s mmmm", V7, |w| Some(dual_long(w, DualMulOp::Sub))),
];

/// Registers in bits 11–8, 15–12, 3–0 and 19–16: destination, addend (or high and low word), and the factors.
fn operands(w: u32) -> (Reg, Reg, Reg, Reg) {
    (reg(w, 8), reg(w, 12), reg(w, 0), reg(w, 16))
}

fn extend(w: u32) -> Option<Op> {
    use ExtendOp::{Sxtb, Sxtb16, Sxth, Uxtb, Uxtb16, Uxth};
    let op = *[Sxth, Uxth, Sxtb16, Uxtb16, Sxtb, Uxtb].get(bits(w, 22, 20) as usize)?;
    Some(Op::Extend { op, rd: reg(w, 8), rn: reg(w, 16), rm: reg(w, 0), rotate: 8 * bits(w, 5, 4) as u8 })
}

fn parallel(w: u32) -> Option<Op> {
    use LaneMode::{Signed, SignedHalf, SignedSat, Unsigned, UnsignedHalf, UnsignedSat};
    use LaneOp::{Add8, Add16, Asx, Sax, Sub8, Sub16};
    let op = [Some(Add8), Some(Add16), Some(Asx), None, Some(Sub8), Some(Sub16), Some(Sax), None];
    let mode = [Signed, SignedSat, SignedHalf, Signed, Unsigned, UnsignedSat, UnsignedHalf, Unsigned];
    if bits(w, 5, 4) == 3 {
        return None;
    }
    let (op, mode) = (op[bits(w, 22, 20) as usize]?, mode[bits(w, 6, 4) as usize]);
    Some(Op::Parallel { mode, op, rd: reg(w, 8), rn: reg(w, 16), rm: reg(w, 0) })
}

fn multiply(w: u32, op: MulOp) -> Op {
    let (rd, ra, rm, rn) = operands(w);
    Op::Mul { op, s: false, rd, ra, rm, rn }
}

fn half_multiply(w: u32, op: HalfMulOp) -> Op {
    let (rd, ra, rm, rn) = operands(w);
    Op::MulHalf { op, rd, ra, rm, rn, rm_top: bit(w, 4), rn_top: bit(w, 5) }
}

fn dual(w: u32, op: DualMulOp) -> Op {
    let (rd, ra, rm, rn) = operands(w);
    Op::MulDual { op, swap: bit(w, 4), rd, ra, rm, rn }
}

fn dual_long(w: u32, op: DualMulOp) -> Op {
    let (hi, lo, rm, rn) = operands(w);
    Op::MulDualLong { op, swap: bit(w, 4), lo, hi, rm, rn }
}

fn top(w: u32, op: TopMulOp) -> Op {
    let (rd, ra, rm, rn) = operands(w);
    Op::MulTop { op, round: bit(w, 4), rd, ra, rm, rn }
}

fn long(w: u32, op: LongMulOp) -> Op {
    let (hi, lo, rm, rn) = operands(w);
    Op::MulLong { op, s: false, lo, hi, rm, rn }
}

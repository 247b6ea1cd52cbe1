//! A32 media instructions (ARMv6 and later): parallel, saturating, packing, bit fields.

use super::super::insn::{ExtendOp, LaneMode, LaneOp, Op, Reg, TopMulOp, UnaryOp};
use super::a32::{dual_op, immediate_shift};
use super::pattern::Need::V7;
use super::pattern::{Row, bit, bits, reg, row};

/// Words with bits 27–25 = 011 and bit 4 set.
pub(super) const MEDIA: &[Row] = &[
    row("xxxx 0110 0mmm nnnn dddd xxxx ooo1 mmmm", V7, parallel),
    row("xxxx 0110 1000 nnnn dddd aaaa at01 mmmm", V7, |w| {
        let (_, amount) =
            if bit(w, 6) { immediate_shift(2, bits(w, 11, 7)) } else { immediate_shift(0, bits(w, 11, 7)) };
        Some(Op::Pkh { tb: bit(w, 6), rd: reg(w, 12), rn: reg(w, 16), rm: reg(w, 0), amount })
    }),
    row("xxxx 0110 1u1s ssss dddd aaaa at01 nnnn", V7, saturate),
    row("xxxx 0110 1u10 ssss dddd xxxx 0011 nnnn", V7, |w| {
        let bits = bits(w, 19, 16) as u8 + u8::from(!bit(w, 22));
        Some(Op::SatTo16 { signed: !bit(w, 22), bits, rd: reg(w, 12), rn: reg(w, 0) })
    }),
    row("xxxx 0110 1ooo nnnn dddd rrxx 0111 mmmm", V7, extend),
    row("xxxx 0110 1000 nnnn dddd xxxx 1011 mmmm", V7, |w| {
        Some(Op::Sel { rd: reg(w, 12), rn: reg(w, 16), rm: reg(w, 0) })
    }),
    row("xxxx 0110 1011 xxxx dddd xxxx 0011 mmmm", V7, |w| unary(w, UnaryOp::Rev)),
    row("xxxx 0110 1011 xxxx dddd xxxx 1011 mmmm", V7, |w| unary(w, UnaryOp::Rev16)),
    row("xxxx 0110 1111 xxxx dddd xxxx 0011 mmmm", V7, |w| unary(w, UnaryOp::Rbit)),
    row("xxxx 0110 1111 xxxx dddd xxxx 1011 mmmm", V7, |w| unary(w, UnaryOp::Revsh)),
    row("xxxx 0111 0000 dddd aaaa mmmm 0sx1 nnnn", V7, |w| {
        Some(Op::MulDual {
            op: dual_op(w),
            swap: bit(w, 5),
            rd: reg(w, 16),
            ra: reg(w, 12),
            rm: reg(w, 8),
            rn: reg(w, 0),
        })
    }),
    row("xxxx 0111 0100 hhhh llll mmmm 0sx1 nnnn", V7, |w| {
        let (lo, hi) = (reg(w, 12), reg(w, 16));
        Some(Op::MulDualLong { op: dual_op(w), swap: bit(w, 5), lo, hi, rm: reg(w, 8), rn: reg(w, 0) })
    }),
    row("xxxx 0111 0101 dddd aaaa mmmm 00r1 nnnn", V7, |w| Some(top_multiply(w, TopMulOp::Add))),
    row("xxxx 0111 0101 dddd aaaa mmmm 11r1 nnnn", V7, |w| Some(top_multiply(w, TopMulOp::Sub))),
    row("xxxx 0111 1000 dddd aaaa mmmm 0001 nnnn", V7, |w| {
        Some(Op::Usad8 { rd: reg(w, 16), ra: reg(w, 12), rm: reg(w, 8), rn: reg(w, 0) })
    }),
    row("xxxx 0111 1u1w wwww dddd llll l101 nnnn", V7, |w| {
        let (lsb, width) = (bits(w, 11, 7) as u8, bits(w, 20, 16) as u8 + 1);
        extract(!bit(w, 22), reg(w, 12), reg(w, 0), lsb, width)
    }),
    row("xxxx 0111 110m mmmm dddd llll l001 nnnn", V7, |w| {
        insert(reg(w, 12), reg(w, 0), bits(w, 11, 7) as u8, bits(w, 20, 16) as u8)
    }),
];

fn unary(w: u32, op: UnaryOp) -> Option<Op> {
    Some(Op::Unary { op, rd: reg(w, 12), rm: reg(w, 0) })
}

/// Lane mode of a parallel instruction from its A32 bits 22–20; `None` where nothing is defined.
fn lane_mode(code: u32) -> Option<LaneMode> {
    use LaneMode::{Signed, SignedHalf, SignedSat, Unsigned, UnsignedHalf, UnsignedSat};
    [
        None,
        Some(Signed),
        Some(SignedSat),
        Some(SignedHalf),
        None,
        Some(Unsigned),
        Some(UnsignedSat),
        Some(UnsignedHalf),
    ][code as usize & 7]
}

fn parallel(w: u32) -> Option<Op> {
    use LaneOp::{Add8, Add16, Asx, Sax, Sub8, Sub16};
    let op = [Some(Add16), Some(Asx), Some(Sax), Some(Sub16), Some(Add8), None, None, Some(Sub8)];
    let (mode, op) = (lane_mode(bits(w, 22, 20))?, op[bits(w, 7, 5) as usize]?);
    Some(Op::Parallel { mode, op, rd: reg(w, 12), rn: reg(w, 16), rm: reg(w, 0) })
}

fn saturate(w: u32) -> Option<Op> {
    let signed = !bit(w, 22);
    let (shift, amount) = immediate_shift(2 * u32::from(bit(w, 6)), bits(w, 11, 7));
    let bits = bits(w, 20, 16) as u8 + u8::from(signed);
    Some(Op::SatTo { signed, bits, rd: reg(w, 12), rn: reg(w, 0), shift, amount })
}

fn extend(w: u32) -> Option<Op> {
    use ExtendOp::{Sxtb, Sxtb16, Sxth, Uxtb, Uxtb16, Uxth};
    let op = [Some(Sxtb16), None, Some(Sxtb), Some(Sxth), Some(Uxtb16), None, Some(Uxtb), Some(Uxth)];
    let (op, rotate) = (op[bits(w, 22, 20) as usize]?, 8 * bits(w, 11, 10) as u8);
    Some(Op::Extend { op, rd: reg(w, 12), rn: reg(w, 16), rm: reg(w, 0), rotate })
}

fn top_multiply(w: u32, op: TopMulOp) -> Op {
    Op::MulTop { op, round: bit(w, 5), rd: reg(w, 16), ra: reg(w, 12), rm: reg(w, 8), rn: reg(w, 0) }
}

/// SBFX or UBFX; a field that leaves the word is UNPREDICTABLE and taken as undefined.
pub(super) fn extract(signed: bool, rd: Reg, rn: Reg, lsb: u8, width: u8) -> Option<Op> {
    (lsb + width <= 32).then_some(Op::Bfx { signed, rd, rn, lsb, width })
}

/// BFI, or BFC when `rn` is r15; a field whose end lies below its start is UNPREDICTABLE and taken as undefined.
pub(super) fn insert(rd: Reg, rn: Reg, lsb: u8, msb: u8) -> Option<Op> {
    let width = (msb + 1).checked_sub(lsb).filter(|width| *width > 0)?;
    Some(if rn.is_pc() { Op::Bfc { rd, lsb, width } } else { Op::Bfi { rd, rn, lsb, width } })
}

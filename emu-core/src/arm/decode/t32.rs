//! T32: data processing, branches and control. The first halfword is the high half of the word.

use super::super::insn::{AluOp, HintOp, ImmCarry, Op, Reg, SatOp, Shift, UnaryOp};
use super::a32::{cps, hint, immediate_shift};
use super::a32_media::{extract, insert};
use super::pattern::Need::{V7, V7A};
use super::pattern::{Row, bit, bits, reg, row, sign_extend};

/// Data processing with a shifted register or an immediate.
pub(super) const DATA: &[Row] = &[
    row("1110 1010 1100 nnnn xiii dddd iit0 mmmm", V7, |w| {
        let (_, amount) = immediate_shift(2 * u32::from(bit(w, 5)), shift_amount(w));
        Some(Op::Pkh { tb: bit(w, 5), rd: reg(w, 8), rn: reg(w, 16), rm: reg(w, 0), amount })
    }),
    row("1110 101o ooos nnnn xiii dddd iitt mmmm", V7, shifted_register),
    row("1111 0x0o ooos nnnn 0iii dddd iiii iiii", V7, modified_immediate),
    row("1111 0x10 0000 nnnn 0iii dddd iiii iiii", V7, |w| Some(plain_add(w, AluOp::Add))),
    row("1111 0x10 1010 nnnn 0iii dddd iiii iiii", V7, |w| Some(plain_add(w, AluOp::Sub))),
    row("1111 0x10 0100 iiii 0iii dddd iiii iiii", V7, |w| Some(Op::Movw { rd: reg(w, 8), imm: imm16(w) })),
    row("1111 0x10 1100 iiii 0iii dddd iiii iiii", V7, |w| Some(Op::Movt { rd: reg(w, 8), imm: imm16(w) })),
    row("1111 0x11 u010 nnnn 0000 dddd 00xs ssss", V7, |w| {
        let bits = bits(w, 3, 0) as u8 + u8::from(!bit(w, 23));
        Some(Op::SatTo16 { signed: !bit(w, 23), bits, rd: reg(w, 8), rn: reg(w, 16) })
    }),
    row("1111 0x11 u0t0 nnnn 0iii dddd iixs ssss", V7, saturate),
    row("1111 0x11 u100 nnnn 0iii dddd iixw wwww", V7, |w| {
        extract(!bit(w, 23), reg(w, 8), reg(w, 16), shift_amount(w) as u8, bits(w, 4, 0) as u8 + 1)
    }),
    row("1111 0x11 0110 nnnn 0iii dddd iixm mmmm", V7, |w| {
        insert(reg(w, 8), reg(w, 16), shift_amount(w) as u8, bits(w, 4, 0) as u8)
    }),
];

/// Branches and control.
pub(super) const CONTROL: &[Row] = &[
    row("1111 0011 100r nnnn 10x0 ffff xx0x xxxx", V7, |w| {
        Some(Op::MsrReg { spsr: bit(w, 20), fields: bits(w, 11, 8) as u8, rn: reg(w, 16) })
    }),
    row("1111 0011 111r xxxx 10x0 dddd xx0x xxxx", V7, |w| Some(Op::Mrs { rd: reg(w, 8), spsr: bit(w, 20) })),
    row("1111 0011 1010 xxxx 10x0 x000 hhhh hhhh", V7, |w| Some(Op::Hint(hint(w)))),
    row("1111 0011 1010 xxxx 10x0 xccm aifm mmmm", V7, |w| {
        cps(bits(w, 10, 9), bit(w, 8), bits(w, 7, 5), bits(w, 4, 0))
    }),
    row("1111 0011 1011 xxxx 10x0 xxxx 0010 xxxx", V7, |_| Some(Op::Clrex)),
    row("1111 0011 1011 xxxx 10x0 xxxx 0100 xxxx", V7, |_| Some(Op::Hint(HintOp::Dsb))),
    row("1111 0011 1011 xxxx 10x0 xxxx 0101 xxxx", V7, |_| Some(Op::Hint(HintOp::Dmb))),
    row("1111 0011 1011 xxxx 10x0 xxxx 0110 xxxx", V7, |_| Some(Op::Hint(HintOp::Isb))),
    row("1111 0011 1100 mmmm 10x0 xxxx xxxx xxxx", V7, |w| Some(Op::Bx { rm: reg(w, 16) })),
    row("1111 0011 1101 nnnn 10x0 xxxx iiii iiii", V7, |w| {
        let (op, rd, imm) = (AluOp::Sub, Reg::PC, bits(w, 7, 0));
        Some(Op::AluImm { op, s: true, rd, rn: reg(w, 16), imm, carry: ImmCarry::Keep })
    }),
    row("1111 0111 1111 xxxx 1000 xxxx xxxx xxxx", V7A, |_| Some(Op::Smc)),
    // Its condition is set by the caller; 111x belongs to the rows above or to nobody.
    row("1111 0scc ccii iiii 10j0 jiii iiii iiii", V7, |w| {
        let offset =
            sign_extend(joined(&[(w, 26, 26), (w, 11, 11), (w, 13, 13), (w, 21, 16), (w, 10, 0)]), 20);
        is_conditional_branch(w).then_some(Op::Branch { offset: offset * 2 })
    }),
    row("1111 0sii iiii iiii 10j1 jiii iiii iiii", V7, |w| Some(Op::Branch { offset: far(w) })),
    row("1111 0sii iiii iiii 11j1 jiii iiii iiii", V7, |w| Some(Op::BranchLink { offset: far(w) })),
    row("1111 0sii iiii iiii 11j0 jiii iiii iii0", V7, |w| Some(Op::BranchLinkExchange { offset: far(w) })),
];

/// Data processing with registers.
pub(super) const REGISTER: &[Row] = &[
    row("1111 1010 0tts nnnn xxxx dddd 0000 mmmm", V7, |w| {
        let shift = [Shift::Lsl, Shift::Lsr, Shift::Asr, Shift::Ror][bits(w, 22, 21) as usize];
        let (op, s, rd) = (AluOp::Mov, bit(w, 20), reg(w, 8));
        Some(Op::AluRegShift { op, s, rd, rn: Reg(0), rm: reg(w, 16), shift, rs: reg(w, 0) })
    }),
    row("1111 1010 1000 nnnn xxxx dddd 10oo mmmm", V7, |w| {
        let op = [SatOp::Qadd, SatOp::Qdadd, SatOp::Qsub, SatOp::Qdsub][bits(w, 5, 4) as usize];
        Some(Op::Sat { op, rd: reg(w, 8), rm: reg(w, 0), rn: reg(w, 16) })
    }),
    row("1111 1010 1001 xxxx xxxx dddd 10oo mmmm", V7, |w| {
        let op = [UnaryOp::Rev, UnaryOp::Rev16, UnaryOp::Rbit, UnaryOp::Revsh][bits(w, 5, 4) as usize];
        Some(Op::Unary { op, rd: reg(w, 8), rm: reg(w, 0) })
    }),
    row("1111 1010 1010 nnnn xxxx dddd 1000 mmmm", V7, |w| {
        Some(Op::Sel { rd: reg(w, 8), rn: reg(w, 16), rm: reg(w, 0) })
    }),
    row("1111 1010 1011 xxxx xxxx dddd 1000 mmmm", V7, |w| {
        Some(Op::Unary { op: UnaryOp::Clz, rd: reg(w, 8), rm: reg(w, 0) })
    }),
];

/// True for the encoding of a branch with a condition of its own.
pub(super) fn is_conditional_branch(w: u32) -> bool {
    w & 0xF800_D000 == 0xF000_8000 && bits(w, 25, 23) != 7
}

/// Fields put side by side, the first one highest.
fn joined(fields: &[(u32, u32, u32)]) -> u32 {
    fields.iter().fold(0, |value, &(w, hi, lo)| value << (hi - lo + 1) | bits(w, hi, lo))
}

/// The 25-bit branch offset whose bits 23 and 22 are stored inverted against the sign.
fn far(w: u32) -> i32 {
    let sign = bits(w, 26, 26);
    let (i1, i2) = (!(bits(w, 13, 13) ^ sign) & 1, !(bits(w, 11, 11) ^ sign) & 1);
    let value = sign << 23 | i1 << 22 | i2 << 21 | bits(w, 25, 16) << 11 | bits(w, 10, 0);
    sign_extend(value, 24) * 2
}

fn shift_amount(w: u32) -> u32 {
    joined(&[(w, 14, 12), (w, 7, 6)])
}

fn imm12(w: u32) -> u32 {
    joined(&[(w, 26, 26), (w, 14, 12), (w, 7, 0)])
}

fn imm16(w: u32) -> u16 {
    joined(&[(w, 19, 16), (w, 26, 26), (w, 14, 12), (w, 7, 0)]) as u16
}

/// The operation in bits 24–21. A destination of r15 with S makes a compare, a first operand of r15 a move.
fn alu_op(w: u32) -> Option<AluOp> {
    let compares = bit(w, 20) && bits(w, 11, 8) == 15;
    let moves = bits(w, 19, 16) == 15;
    Some(match bits(w, 24, 21) {
        0 if compares => AluOp::Tst,
        0 => AluOp::And,
        1 => AluOp::Bic,
        2 if moves => AluOp::Mov,
        2 => AluOp::Orr,
        3 if moves => AluOp::Mvn,
        3 => AluOp::Orn,
        4 if compares => AluOp::Teq,
        4 => AluOp::Eor,
        8 if compares => AluOp::Cmn,
        8 => AluOp::Add,
        10 => AluOp::Adc,
        11 => AluOp::Sbc,
        13 if compares => AluOp::Cmp,
        13 => AluOp::Sub,
        14 => AluOp::Rsb,
        _ => return None,
    })
}

fn shifted_register(w: u32) -> Option<Op> {
    let (shift, amount) = immediate_shift(bits(w, 5, 4), shift_amount(w));
    let (op, s) = (alu_op(w)?, bit(w, 20));
    Some(Op::AluReg { op, s, rd: reg(w, 8), rn: reg(w, 16), rm: reg(w, 0), shift, amount })
}

/// The twelve-bit constant of Thumb-2: a byte repeated in one of three ways, or an eight-bit value with its top bit
/// set, rotated.
fn expand(imm: u32) -> (u32, ImmCarry) {
    let byte = imm & 0xFF;
    let value = match imm >> 8 {
        0 => byte,
        1 => byte << 16 | byte,
        2 => byte << 24 | byte << 8,
        3 => byte << 24 | byte << 16 | byte << 8 | byte,
        _ => {
            let value = (0x80 | imm & 0x7F).rotate_right(imm >> 7);
            return (value, ImmCarry::Set(bit(value, 31)));
        }
    };
    (value, ImmCarry::Keep)
}

fn modified_immediate(w: u32) -> Option<Op> {
    let (imm, carry) = expand(imm12(w));
    Some(Op::AluImm { op: alu_op(w)?, s: bit(w, 20), rd: reg(w, 8), rn: reg(w, 16), imm, carry })
}

fn plain_add(w: u32, op: AluOp) -> Op {
    Op::AluImm { op, s: false, rd: reg(w, 8), rn: reg(w, 16), imm: imm12(w), carry: ImmCarry::Keep }
}

fn saturate(w: u32) -> Option<Op> {
    let signed = !bit(w, 23);
    let (shift, amount) = immediate_shift(2 * u32::from(bit(w, 21)), shift_amount(w));
    let bits = bits(w, 4, 0) as u8 + u8::from(signed);
    Some(Op::SatTo { signed, bits, rd: reg(w, 8), rn: reg(w, 16), shift, amount })
}

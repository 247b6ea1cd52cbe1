//! T16: the 16-bit Thumb encodings. The word given here holds the halfword in its low 16 bits.

use super::super::insn::{
    Access, AluOp, ExtendOp, HintOp, ImmCarry, Index, MulOp, Op, Reg, Shift, UnaryOp, Walk,
};
use super::a32::{cps, immediate_shift};
use super::pattern::Need::{OnlyV5, V5, V7};
use super::pattern::{Row, bit, bits, row, sign_extend};

/// All T16 rows. Flag setting is written as outside of an IT block; see [`without_flags`].
pub(super) const T16: &[Row] = &[
    row("000t taaa aamm mddd", V5, shift_immediate),
    row("0001 1ioo oooo oooo", V5, add_subtract),
    row("001o oddd iiii iiii", V5, immediate8),
    row("0100 00oo oomm mddd", V5, alu),
    row("0100 01oo dmmm mddd", V5, high_register),
    row("0100 0111 lmmm mxxx", V5, |h| {
        let rm = Reg(bits(h, 6, 3) as u8);
        Some(if bit(h, 7) { Op::Blx { rm } } else { Op::Bx { rm } })
    }),
    row("0100 1ttt iiii iiii", V5, |h| Some(load(Access::Word, high(h), Reg::PC, bits(h, 7, 0) * 4))),
    row("0101 ooom mmnn nttt", V5, load_store_register),
    row("0110 liii iinn nttt", V5, |h| Some(load_store(h, Access::Word, bits(h, 10, 6) * 4))),
    row("0111 liii iinn nttt", V5, |h| Some(load_store(h, Access::Byte, bits(h, 10, 6)))),
    row("1000 liii iinn nttt", V5, |h| Some(load_store(h, Access::Half, bits(h, 10, 6) * 2))),
    row("1001 lttt iiii iiii", V5, |h| {
        let (rt, offset) = (high(h), bits(h, 7, 0) * 4);
        Some(if bit(h, 11) {
            load(Access::Word, rt, Reg::SP, offset)
        } else {
            store(Access::Word, rt, Reg::SP, offset)
        })
    }),
    row("1010 sddd iiii iiii", V5, |h| {
        let rn = if bit(h, 11) { Reg::SP } else { Reg::PC };
        Some(alu_immediate(AluOp::Add, false, high(h), rn, bits(h, 7, 0) * 4))
    }),
    row("1011 0000 oiii iiii", V5, |h| {
        let op = if bit(h, 7) { AluOp::Sub } else { AluOp::Add };
        Some(alu_immediate(op, false, Reg::SP, Reg::SP, bits(h, 6, 0) * 4))
    }),
    row("1011 n0i1 iiii innn", V7, |h| {
        let offset = (u32::from(bit(h, 9)) << 6 | bits(h, 7, 3) << 1) as u8;
        Some(Op::Cbz { nonzero: bit(h, 11), rn: low(h, 0), offset })
    }),
    row("1011 0010 oomm mddd", V7, |h| {
        let op = [ExtendOp::Sxth, ExtendOp::Sxtb, ExtendOp::Uxth, ExtendOp::Uxtb][bits(h, 7, 6) as usize];
        Some(Op::Extend { op, rd: low(h, 0), rn: Reg::PC, rm: low(h, 3), rotate: 0 })
    }),
    row("1011 010m llll llll", V5, |h| {
        let list = (bits(h, 7, 0) | u32::from(bit(h, 8)) << 14) as u16;
        Some(Op::Stm { rn: Reg::SP, list, walk: Walk::Db, wback: true, user: false })
    }),
    row("1011 110p llll llll", V5, |h| {
        let list = (bits(h, 7, 0) | u32::from(bit(h, 8)) << 15) as u16;
        Some(Op::Ldm { rn: Reg::SP, list, walk: Walk::Ia, wback: true, user: false })
    }),
    row("1011 0110 0101 exxx", V7, |h| Some(Op::Setend { big: bit(h, 3) })),
    row("1011 0110 011d xaif", V7, |h| cps(2 | bits(h, 4, 4), false, bits(h, 2, 0), 0)),
    row("1011 1010 oomm mddd", V7, |h| {
        let op =
            [Some(UnaryOp::Rev), Some(UnaryOp::Rev16), None, Some(UnaryOp::Revsh)][bits(h, 7, 6) as usize]?;
        Some(Op::Unary { op, rd: low(h, 0), rm: low(h, 3) })
    }),
    row("1011 1110 iiii iiii", V5, |h| Some(Op::Bkpt { imm: bits(h, 7, 0) as u16 })),
    row("1011 1111 hhhh 0000", V7, |h| {
        let hints = [HintOp::Nop, HintOp::Yield, HintOp::Wfe, HintOp::Wfi, HintOp::Sev];
        Some(Op::Hint(hints.get(bits(h, 7, 4) as usize).copied().unwrap_or(HintOp::Nop)))
    }),
    row("1011 1111 cccc mmmm", V7, |h| Some(Op::It { state: bits(h, 7, 0) as u8 })),
    row("1100 lnnn llll llll", V5, block_transfer),
    row("1101 1110 iiii iiii", V5, |word| Some(Op::Undefined { word })),
    row("1101 1111 iiii iiii", V5, |h| Some(Op::Svc { imm: bits(h, 7, 0) })),
    // The condition of this one is set by the caller.
    row("1101 cccc iiii iiii", V5, |h| Some(Op::Branch { offset: sign_extend(bits(h, 7, 0), 8) * 2 })),
    row("1110 0iii iiii iiii", V5, |h| Some(Op::Branch { offset: sign_extend(bits(h, 10, 0), 11) * 2 })),
    row("1110 1iii iiii iii0", OnlyV5, |h| Some(bl_suffix(h, true))),
    row("1111 0iii iiii iiii", OnlyV5, |h| {
        Some(Op::BlPrefix { offset: sign_extend(bits(h, 10, 0), 11) * 4096 })
    }),
    row("1111 1iii iiii iiii", OnlyV5, |h| Some(bl_suffix(h, false))),
];

/// Inside an IT block the 16-bit data instructions leave the flags alone, compares excepted.
pub(super) fn without_flags(op: Op) -> Op {
    match op {
        Op::AluImm { op, rd, rn, imm, carry, .. } if !op.is_compare() => {
            Op::AluImm { op, s: false, rd, rn, imm, carry }
        }
        Op::AluReg { op, rd, rn, rm, shift, amount, .. } if !op.is_compare() => {
            Op::AluReg { op, s: false, rd, rn, rm, shift, amount }
        }
        Op::AluRegShift { op, rd, rn, rm, shift, rs, .. } => {
            Op::AluRegShift { op, s: false, rd, rn, rm, shift, rs }
        }
        Op::Mul { op, rd, ra, rm, rn, .. } => Op::Mul { op, s: false, rd, ra, rm, rn },
        other => other,
    }
}

fn low(h: u32, lo: u32) -> Reg {
    Reg((h >> lo & 7) as u8)
}

/// Register in bits 10–8.
fn high(h: u32) -> Reg {
    low(h, 8)
}

fn alu_immediate(op: AluOp, s: bool, rd: Reg, rn: Reg, imm: u32) -> Op {
    Op::AluImm { op, s, rd, rn, imm, carry: ImmCarry::Keep }
}

fn plain(op: AluOp, s: bool, rd: Reg, rn: Reg, rm: Reg) -> Op {
    Op::AluReg { op, s, rd, rn, rm, shift: Shift::Lsl, amount: 0 }
}

fn load(access: Access, rt: Reg, rn: Reg, offset: u32) -> Op {
    Op::LoadImm { access, rt, rn, offset: offset as i32, index: Index::Offset, user: false }
}

fn store(access: Access, rt: Reg, rn: Reg, offset: u32) -> Op {
    Op::StoreImm { access, rt, rn, offset: offset as i32, index: Index::Offset, user: false }
}

fn load_store(h: u32, access: Access, offset: u32) -> Op {
    let (rt, rn) = (low(h, 0), low(h, 3));
    if bit(h, 11) { load(access, rt, rn, offset) } else { store(access, rt, rn, offset) }
}

fn shift_immediate(h: u32) -> Option<Op> {
    let kind = bits(h, 12, 11);
    if kind == 3 {
        return None;
    }
    let (shift, amount) = immediate_shift(kind, bits(h, 10, 6));
    Some(Op::AluReg { op: AluOp::Mov, s: true, rd: low(h, 0), rn: Reg(0), rm: low(h, 3), shift, amount })
}

fn add_subtract(h: u32) -> Option<Op> {
    let op = if bit(h, 9) { AluOp::Sub } else { AluOp::Add };
    let (rd, rn) = (low(h, 0), low(h, 3));
    Some(if bit(h, 10) {
        alu_immediate(op, true, rd, rn, bits(h, 8, 6))
    } else {
        plain(op, true, rd, rn, low(h, 6))
    })
}

fn immediate8(h: u32) -> Option<Op> {
    let op = [AluOp::Mov, AluOp::Cmp, AluOp::Add, AluOp::Sub][bits(h, 12, 11) as usize];
    Some(alu_immediate(op, true, high(h), high(h), bits(h, 7, 0)))
}

fn alu(h: u32) -> Option<Op> {
    let (rd, rm) = (low(h, 0), low(h, 3));
    let by_register =
        |shift| Op::AluRegShift { op: AluOp::Mov, s: true, rd, rn: Reg(0), rm: rd, shift, rs: rm };
    Some(match bits(h, 9, 6) {
        0 => plain(AluOp::And, true, rd, rd, rm),
        1 => plain(AluOp::Eor, true, rd, rd, rm),
        2 => by_register(Shift::Lsl),
        3 => by_register(Shift::Lsr),
        4 => by_register(Shift::Asr),
        5 => plain(AluOp::Adc, true, rd, rd, rm),
        6 => plain(AluOp::Sbc, true, rd, rd, rm),
        7 => by_register(Shift::Ror),
        8 => plain(AluOp::Tst, true, rd, rd, rm),
        9 => alu_immediate(AluOp::Rsb, true, rd, rm, 0),
        10 => plain(AluOp::Cmp, true, rd, rd, rm),
        11 => plain(AluOp::Cmn, true, rd, rd, rm),
        12 => plain(AluOp::Orr, true, rd, rd, rm),
        13 => Op::Mul { op: MulOp::Mul, s: true, rd, ra: Reg(0), rm: rd, rn: rm },
        14 => plain(AluOp::Bic, true, rd, rd, rm),
        _ => plain(AluOp::Mvn, true, rd, Reg(0), rm),
    })
}

/// ADD, CMP and MOV that reach all sixteen registers.
fn high_register(h: u32) -> Option<Op> {
    let (rd, rm) = (Reg((bits(h, 2, 0) | bits(h, 7, 7) << 3) as u8), Reg(bits(h, 6, 3) as u8));
    match bits(h, 9, 8) {
        0 => Some(plain(AluOp::Add, false, rd, rd, rm)),
        1 => Some(plain(AluOp::Cmp, true, rd, rd, rm)),
        2 => Some(plain(AluOp::Mov, false, rd, Reg(0), rm)),
        _ => None,
    }
}

fn load_store_register(h: u32) -> Option<Op> {
    use Access::{Byte, Half, SignedByte, SignedHalf, Word};
    let access = [Word, Half, Byte, SignedByte, Word, Half, Byte, SignedHalf][bits(h, 11, 9) as usize];
    let (rt, rn, rm) = (low(h, 0), low(h, 3), low(h, 6));
    let (add, shift, amount, index, user) = (true, Shift::Lsl, 0, Index::Offset, false);
    Some(if bits(h, 11, 9) < 3 {
        Op::StoreReg { access, rt, rn, rm, add, shift, amount, index, user }
    } else {
        Op::LoadReg { access, rt, rn, rm, add, shift, amount, index, user }
    })
}

fn block_transfer(h: u32) -> Option<Op> {
    let (rn, list) = (high(h), bits(h, 7, 0) as u16);
    Some(if bit(h, 11) {
        Op::Ldm { rn, list, walk: Walk::Ia, wback: !bit(h, rn.0.into()), user: false }
    } else {
        Op::Stm { rn, list, walk: Walk::Ia, wback: true, user: false }
    })
}

fn bl_suffix(h: u32, exchange: bool) -> Op {
    Op::BlSuffix { offset: (bits(h, 10, 0) * 2) as u16, exchange }
}

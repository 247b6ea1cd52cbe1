//! A32: the 32-bit ARM encodings that carry a condition, without media and floating point.

use super::super::insn::{
    Access, AluOp, DualMulOp, HalfMulOp, HintOp, ImmCarry, Index, LongMulOp, MulOp, Op, Reg,
};
use super::super::insn::{CpReg, ExclusiveSize, SatOp, Shift, UnaryOp, Walk};
use super::pattern::Need::{OnlyV5, V5, V7, V7A};
use super::pattern::{Row, bit, bits, reg, row, sign_extend};

/// Status, branches by register, DSP: the corner of the map that compares without S would take.
pub(super) const MISC: &[Row] = &[
    row("xxxx 0001 0r00 xxxx dddd xx0x 0000 xxxx", V5, |w| {
        Some(Op::Mrs { rd: reg(w, 12), spsr: bit(w, 22) })
    }),
    row("xxxx 0001 0r10 ffff xxxx xx0x 0000 nnnn", V5, msr_register),
    row("xxxx 0011 0010 0000 xxxx 0000 hhhh hhhh", V7, |w| Some(Op::Hint(hint(w)))),
    row("xxxx 0011 0r10 ffff xxxx rrrr iiii iiii", V5, msr_immediate),
    row("xxxx 0001 0010 xxxx xxxx xxxx 0001 mmmm", V5, |w| Some(Op::Bx { rm: reg(w, 0) })),
    row("xxxx 0001 0010 xxxx xxxx xxxx 0010 mmmm", V7, |w| Some(Op::Bx { rm: reg(w, 0) })),
    row("xxxx 0001 0010 xxxx xxxx xxxx 0011 mmmm", V5, |w| Some(Op::Blx { rm: reg(w, 0) })),
    row("xxxx 0001 0110 xxxx dddd xxxx 0001 mmmm", V5, |w| {
        Some(Op::Unary { op: UnaryOp::Clz, rd: reg(w, 12), rm: reg(w, 0) })
    }),
    row("xxxx 0001 0oo0 nnnn dddd xxxx 0101 mmmm", V5, saturating),
    row("xxxx 0001 0010 iiii iiii iiii 0111 iiii", V5, |w| {
        Some(Op::Bkpt { imm: (bits(w, 19, 8) << 4 | bits(w, 3, 0)) as u16 })
    }),
    row("xxxx 0001 0110 xxxx xxxx xxxx 0111 xxxx", V7A, |_| Some(Op::Smc)),
    row("xxxx 0001 0000 dddd aaaa mmmm 1yx0 nnnn", V5, |w| Some(half_multiply(w, HalfMulOp::Smla))),
    row("xxxx 0001 0010 dddd aaaa mmmm 1y00 nnnn", V5, |w| Some(half_multiply(w, HalfMulOp::Smlaw))),
    row("xxxx 0001 0010 dddd xxxx mmmm 1y10 nnnn", V5, |w| Some(half_multiply(w, HalfMulOp::Smulw))),
    row("xxxx 0001 0110 dddd xxxx mmmm 1yx0 nnnn", V5, |w| Some(half_multiply(w, HalfMulOp::Smul))),
    row("xxxx 0001 0100 hhhh llll mmmm 1yx0 nnnn", V5, |w| {
        Some(Op::MulHalfLong {
            lo: reg(w, 12),
            hi: reg(w, 16),
            rm: reg(w, 8),
            rn: reg(w, 0),
            rm_top: bit(w, 6),
            rn_top: bit(w, 5),
        })
    }),
    row("xxxx 0011 0000 iiii dddd iiii iiii iiii", V7, |w| Some(Op::Movw { rd: reg(w, 12), imm: imm16(w) })),
    row("xxxx 0011 0100 iiii dddd iiii iiii iiii", V7, |w| Some(Op::Movt { rd: reg(w, 12), imm: imm16(w) })),
];

/// Multiplications, SWP, exclusives: bits 7–4 are 1001.
pub(super) const MULTIPLY: &[Row] = &[
    row("xxxx 0000 000s dddd xxxx mmmm 1001 nnnn", V5, |w| Some(multiply(w, MulOp::Mul))),
    row("xxxx 0000 001s dddd aaaa mmmm 1001 nnnn", V5, |w| Some(multiply(w, MulOp::Mla))),
    row("xxxx 0000 0110 dddd aaaa mmmm 1001 nnnn", V7, |w| Some(multiply(w, MulOp::Mls))),
    row("xxxx 0000 0100 hhhh llll mmmm 1001 nnnn", V7, |w| Some(long_multiply(w, LongMulOp::Umaal))),
    row("xxxx 0000 100s hhhh llll mmmm 1001 nnnn", V5, |w| Some(long_multiply(w, LongMulOp::Umull))),
    row("xxxx 0000 101s hhhh llll mmmm 1001 nnnn", V5, |w| Some(long_multiply(w, LongMulOp::Umlal))),
    row("xxxx 0000 110s hhhh llll mmmm 1001 nnnn", V5, |w| Some(long_multiply(w, LongMulOp::Smull))),
    row("xxxx 0000 111s hhhh llll mmmm 1001 nnnn", V5, |w| Some(long_multiply(w, LongMulOp::Smlal))),
    row("xxxx 0001 0b00 nnnn tttt xxxx 1001 mmmm", V5, |w| {
        Some(Op::Swp { byte: bit(w, 22), rt: reg(w, 12), rt2: reg(w, 0), rn: reg(w, 16) })
    }),
    row("xxxx 0001 1ss0 nnnn dddd xxxx 1001 tttt", V7, store_exclusive),
    row("xxxx 0001 1ss1 nnnn tttt xxxx 1001 xxxx", V7, load_exclusive),
];

/// Loads and stores of halfwords, signed bytes and doublewords.
pub(super) const EXTRA_LOAD_STORE: &[Row] = &[
    row("xxxx 000p u0wl nnnn tttt xxxx 1sh1 mmmm", V5, extra_register),
    row("xxxx 000p u1wl nnnn tttt iiii 1sh1 iiii", V5, extra_immediate),
];

/// Data processing.
pub(super) const ALU: &[Row] = &[
    row("xxxx 000o ooos nnnn dddd aaaa att0 mmmm", V5, alu_register),
    row("xxxx 000o ooos nnnn dddd ssss 0tt1 mmmm", V5, alu_register_shift),
    row("xxxx 001o ooos nnnn dddd rrrr iiii iiii", V5, alu_immediate),
];

/// Loads, stores, block transfers, branches, coprocessors.
pub(super) const MEMORY_AND_BRANCH: &[Row] = &[
    row("xxxx 010p ubwl nnnn tttt iiii iiii iiii", V5, single_immediate),
    row("xxxx 011p ubwl nnnn tttt aaaa att0 mmmm", V5, single_register),
    row("xxxx 100p uswl nnnn llll llll llll llll", V5, block_transfer),
    row("xxxx 1010 iiii iiii iiii iiii iiii iiii", V5, |w| Some(Op::Branch { offset: branch_offset(w) })),
    row("xxxx 1011 iiii iiii iiii iiii iiii iiii", V5, |w| Some(Op::BranchLink { offset: branch_offset(w) })),
    row("xxxx 1111 iiii iiii iiii iiii iiii iiii", V5, |w| Some(Op::Svc { imm: bits(w, 23, 0) })),
];

/// Coprocessor transfers; the floating point unit's rows come before these.
pub(super) const COPROCESSOR: &[Row] = &[
    row("xxxx 1110 ooo0 nnnn tttt pppp ooo1 mmmm", V5, |w| Some(Op::Mcr { reg: cp_reg(w), rt: reg(w, 12) })),
    row("xxxx 1110 ooo1 nnnn tttt pppp ooo1 mmmm", V5, |w| Some(Op::Mrc { reg: cp_reg(w), rt: reg(w, 12) })),
    row("xxxx 1100 0100 tttt tttt pppp oooo mmmm", V5, |w| {
        let (cp, opc1, crm) = cp_pair(w);
        Some(Op::Mcrr { cp, opc1, crm, rt: reg(w, 12), rt2: reg(w, 16) })
    }),
    row("xxxx 1100 0101 tttt tttt pppp oooo mmmm", V5, |w| {
        let (cp, opc1, crm) = cp_pair(w);
        Some(Op::Mrrc { cp, opc1, crm, rt: reg(w, 12), rt2: reg(w, 16) })
    }),
    row("xxxx 1110 xxxx xxxx xxxx xxxx xxx0 xxxx", V5, |word| Some(Op::Coprocessor { word })),
    row("xxxx 110x xxxx xxxx xxxx xxxx xxxx xxxx", V5, |word| Some(Op::Coprocessor { word })),
];

/// The same transfers in T32, whose high half is that of an unconditional or an always-executed A32 word.
pub(super) const T32_COPROCESSOR: &[Row] = &[
    row("1110 1110 ooo0 nnnn tttt pppp ooo1 mmmm", V7, |w| Some(Op::Mcr { reg: cp_reg(w), rt: reg(w, 12) })),
    row("1110 1110 ooo1 nnnn tttt pppp ooo1 mmmm", V7, |w| Some(Op::Mrc { reg: cp_reg(w), rt: reg(w, 12) })),
    row("111x 11xx xxxx xxxx xxxx xxxx xxxx xxxx", V7, |word| Some(Op::Coprocessor { word })),
];

/// The space whose condition field is 1111.
pub(super) const UNCONDITIONAL: &[Row] = &[
    row("1111 01x1 x101 xxxx xxxx xxxx xxxx xxxx", OnlyV5, |_| Some(Op::Hint(HintOp::Preload))),
    row("1111 0101 xx01 xxxx xxxx xxxx xxxx xxxx", V7, |_| Some(Op::Hint(HintOp::Preload))),
    row("1111 0100 x101 xxxx xxxx xxxx xxxx xxxx", V7, |_| Some(Op::Hint(HintOp::Preload))),
    row("1111 0111 xx01 xxxx xxxx xxxx xxx0 xxxx", V7, |_| Some(Op::Hint(HintOp::Preload))),
    row("1111 0110 x101 xxxx xxxx xxxx xxx0 xxxx", V7, |_| Some(Op::Hint(HintOp::Preload))),
    row("1111 101h iiii iiii iiii iiii iiii iiii", V5, |w| {
        Some(Op::BranchLinkExchange { offset: branch_offset(w) + 2 * i32::from(bit(w, 24)) })
    }),
    row("1111 0001 0000 ccm0 xxxx xxxa if0m mmmm", V7, |w| {
        cps(bits(w, 19, 18), bit(w, 17), bits(w, 8, 6), bits(w, 4, 0))
    }),
    row("1111 0001 0000 xxx1 xxxx xxe0 0000 xxxx", V7, |w| Some(Op::Setend { big: bit(w, 9) })),
    row("1111 100p u1w0 xxxx xxxx xxxx xxxm mmmm", V7, |w| {
        Some(Op::Srs { mode: bits(w, 4, 0) as u8, walk: walk(w), wback: bit(w, 21) })
    }),
    row("1111 100p u0w1 nnnn xxxx xxxx xxxx xxxx", V7, |w| {
        Some(Op::Rfe { rn: reg(w, 16), walk: walk(w), wback: bit(w, 21) })
    }),
    row("1111 0101 0111 xxxx xxxx xxxx 0001 xxxx", V7, |_| Some(Op::Clrex)),
    row("1111 0101 0111 xxxx xxxx xxxx 0100 xxxx", V7, |_| Some(Op::Hint(HintOp::Dsb))),
    row("1111 0101 0111 xxxx xxxx xxxx 0101 xxxx", V7, |_| Some(Op::Hint(HintOp::Dmb))),
    row("1111 0101 0111 xxxx xxxx xxxx 0110 xxxx", V7, |_| Some(Op::Hint(HintOp::Isb))),
    row("1111 1110 xxxx xxxx xxxx xxxx xxxx xxxx", V5, |word| Some(Op::Coprocessor { word })),
    row("1111 110x xxxx xxxx xxxx xxxx xxxx xxxx", V5, |word| Some(Op::Coprocessor { word })),
];

fn imm16(w: u32) -> u16 {
    (bits(w, 19, 16) << 12 | bits(w, 11, 0)) as u16
}

pub(super) fn hint(w: u32) -> HintOp {
    match bits(w, 7, 0) {
        1 => HintOp::Yield,
        2 => HintOp::Wfe,
        3 => HintOp::Wfi,
        4 => HintOp::Sev,
        0xF0.. => HintOp::Dbg,
        _ => HintOp::Nop,
    }
}

fn msr_register(w: u32) -> Option<Op> {
    Some(Op::MsrReg { spsr: bit(w, 22), fields: bits(w, 19, 16) as u8, rn: reg(w, 0) })
}

fn msr_immediate(w: u32) -> Option<Op> {
    Some(Op::MsrImm { spsr: bit(w, 22), fields: bits(w, 19, 16) as u8, imm: rotated(w).0 })
}

fn saturating(w: u32) -> Option<Op> {
    let op = [SatOp::Qadd, SatOp::Qsub, SatOp::Qdadd, SatOp::Qdsub][bits(w, 22, 21) as usize];
    Some(Op::Sat { op, rd: reg(w, 12), rm: reg(w, 0), rn: reg(w, 16) })
}

fn half_multiply(w: u32, op: HalfMulOp) -> Op {
    Op::MulHalf {
        op,
        rd: reg(w, 16),
        ra: reg(w, 12),
        rm: reg(w, 8),
        rn: reg(w, 0),
        rm_top: bit(w, 6),
        rn_top: bit(w, 5),
    }
}

fn multiply(w: u32, op: MulOp) -> Op {
    let s = op != MulOp::Mls && bit(w, 20);
    Op::Mul { op, s, rd: reg(w, 16), ra: reg(w, 12), rm: reg(w, 8), rn: reg(w, 0) }
}

fn long_multiply(w: u32, op: LongMulOp) -> Op {
    let s = op != LongMulOp::Umaal && bit(w, 20);
    Op::MulLong { op, s, lo: reg(w, 12), hi: reg(w, 16), rm: reg(w, 8), rn: reg(w, 0) }
}

fn exclusive_size(w: u32) -> ExclusiveSize {
    use ExclusiveSize::{Byte, Double, Half, Word};
    [Word, Double, Byte, Half][bits(w, 22, 21) as usize]
}

fn store_exclusive(w: u32) -> Option<Op> {
    let (size, rt) = (exclusive_size(w), reg(w, 0));
    let rt2 = pair_of(size, rt)?;
    Some(Op::Strex { size, rd: reg(w, 12), rt, rt2, rn: reg(w, 16), offset: 0 })
}

fn load_exclusive(w: u32) -> Option<Op> {
    let (size, rt) = (exclusive_size(w), reg(w, 12));
    let rt2 = pair_of(size, rt)?;
    Some(Op::Ldrex { size, rt, rt2, rn: reg(w, 16), offset: 0 })
}

/// The second register of a doubleword; an odd first one is refused (UNPREDICTABLE, taken as undefined).
fn pair_of(size: ExclusiveSize, rt: Reg) -> Option<Reg> {
    match size {
        ExclusiveSize::Double => even(rt).map(|rt| Reg(rt.0 | 1)),
        _ => Some(rt),
    }
}

fn even(rt: Reg) -> Option<Reg> {
    (rt.0 & 1 == 0).then_some(rt)
}

fn index(w: u32) -> Index {
    match (bit(w, 24), bit(w, 21)) {
        (true, false) => Index::Offset,
        (true, true) => Index::Pre,
        (false, _) => Index::Post,
    }
}

/// Post-indexed with the W bit: an access with user rights.
fn as_user(w: u32) -> bool {
    !bit(w, 24) && bit(w, 21)
}

fn signed_offset(w: u32, magnitude: u32) -> i32 {
    if bit(w, 23) { magnitude as i32 } else { -(magnitude as i32) }
}

/// What bits 6–5 and L of an extra load or store move; `None` for the doubleword forms.
fn extra_access(w: u32) -> Option<Access> {
    match (bit(w, 20), bits(w, 6, 5)) {
        (_, 1) => Some(Access::Half),
        (true, 2) => Some(Access::SignedByte),
        (true, 3) => Some(Access::SignedHalf),
        _ => None,
    }
}

fn extra_register(w: u32) -> Option<Op> {
    if bits(w, 6, 5) == 0 {
        return None;
    }
    let (rt, rn, rm, add, index) = (reg(w, 12), reg(w, 16), reg(w, 0), bit(w, 23), index(w));
    let (shift, amount, user) = (Shift::Lsl, 0, as_user(w));
    Some(match extra_access(w) {
        Some(access) if bit(w, 20) => Op::LoadReg { access, rt, rn, rm, add, shift, amount, index, user },
        Some(access) => Op::StoreReg { access, rt, rn, rm, add, shift, amount, index, user },
        None => {
            let rt = even(rt)?;
            Op::DualReg { load: !bit(w, 5), rt, rt2: Reg(rt.0 | 1), rn, rm, add, index }
        }
    })
}

fn extra_immediate(w: u32) -> Option<Op> {
    if bits(w, 6, 5) == 0 {
        return None;
    }
    let (rt, rn, index, user) = (reg(w, 12), reg(w, 16), index(w), as_user(w));
    let offset = signed_offset(w, bits(w, 11, 8) << 4 | bits(w, 3, 0));
    Some(match extra_access(w) {
        Some(access) if bit(w, 20) => Op::LoadImm { access, rt, rn, offset, index, user },
        Some(access) => Op::StoreImm { access, rt, rn, offset, index, user },
        None => {
            let rt = even(rt)?;
            Op::DualImm { load: !bit(w, 5), rt, rt2: Reg(rt.0 | 1), rn, offset, index }
        }
    })
}

fn alu_op(w: u32) -> AluOp {
    use AluOp::{Adc, Add, And, Bic, Cmn, Cmp, Eor, Mov, Mvn, Orr, Rsb, Rsc, Sbc, Sub, Teq, Tst};
    [And, Eor, Sub, Rsb, Add, Adc, Sbc, Rsc, Tst, Teq, Cmp, Cmn, Orr, Mov, Bic, Mvn][bits(w, 24, 21) as usize]
}

/// Operation and S bit; a compare without S is another instruction or undefined.
fn alu_head(w: u32) -> Option<(AluOp, bool)> {
    let (op, s) = (alu_op(w), bit(w, 20));
    (s || !op.is_compare()).then_some((op, s))
}

/// Shift kind and amount from a five-bit field: zero means 32 for LSR and ASR, and RRX for ROR.
pub(super) fn immediate_shift(kind: u32, amount: u32) -> (Shift, u8) {
    match (kind & 3, amount as u8) {
        (0, amount) => (Shift::Lsl, amount),
        (1, 0) => (Shift::Lsr, 32),
        (1, amount) => (Shift::Lsr, amount),
        (2, 0) => (Shift::Asr, 32),
        (2, amount) => (Shift::Asr, amount),
        (_, 0) => (Shift::Rrx, 1),
        (_, amount) => (Shift::Ror, amount),
    }
}

fn alu_register(w: u32) -> Option<Op> {
    let (op, s) = alu_head(w)?;
    let (shift, amount) = immediate_shift(bits(w, 6, 5), bits(w, 11, 7));
    Some(Op::AluReg { op, s, rd: reg(w, 12), rn: reg(w, 16), rm: reg(w, 0), shift, amount })
}

fn alu_register_shift(w: u32) -> Option<Op> {
    let (op, s) = alu_head(w)?;
    let shift = [Shift::Lsl, Shift::Lsr, Shift::Asr, Shift::Ror][bits(w, 6, 5) as usize];
    Some(Op::AluRegShift { op, s, rd: reg(w, 12), rn: reg(w, 16), rm: reg(w, 0), shift, rs: reg(w, 8) })
}

/// An eight-bit value rotated by an even amount, with its carry.
fn rotated(w: u32) -> (u32, ImmCarry) {
    let by = 2 * bits(w, 11, 8);
    let value = bits(w, 7, 0).rotate_right(by);
    (value, if by == 0 { ImmCarry::Keep } else { ImmCarry::Set(bit(value, 31)) })
}

fn alu_immediate(w: u32) -> Option<Op> {
    let (op, s) = alu_head(w)?;
    let (imm, carry) = rotated(w);
    Some(Op::AluImm { op, s, rd: reg(w, 12), rn: reg(w, 16), imm, carry })
}

fn word_or_byte(w: u32) -> Access {
    if bit(w, 22) { Access::Byte } else { Access::Word }
}

fn single_immediate(w: u32) -> Option<Op> {
    let (access, rt, rn, index, user) = (word_or_byte(w), reg(w, 12), reg(w, 16), index(w), as_user(w));
    let offset = signed_offset(w, bits(w, 11, 0));
    Some(if bit(w, 20) {
        Op::LoadImm { access, rt, rn, offset, index, user }
    } else {
        Op::StoreImm { access, rt, rn, offset, index, user }
    })
}

fn single_register(w: u32) -> Option<Op> {
    let (access, rt, rn, rm) = (word_or_byte(w), reg(w, 12), reg(w, 16), reg(w, 0));
    let (add, index, user) = (bit(w, 23), index(w), as_user(w));
    let (shift, amount) = immediate_shift(bits(w, 6, 5), bits(w, 11, 7));
    Some(if bit(w, 20) {
        Op::LoadReg { access, rt, rn, rm, add, shift, amount, index, user }
    } else {
        Op::StoreReg { access, rt, rn, rm, add, shift, amount, index, user }
    })
}

/// Bits 24 (before) and 23 (up) of a block transfer.
pub(super) fn walk(w: u32) -> Walk {
    [Walk::Da, Walk::Ia, Walk::Db, Walk::Ib][bits(w, 24, 23) as usize]
}

fn block_transfer(w: u32) -> Option<Op> {
    let (rn, list, walk, wback, user) = (reg(w, 16), bits(w, 15, 0) as u16, walk(w), bit(w, 21), bit(w, 22));
    Some(if bit(w, 20) {
        Op::Ldm { rn, list, walk, wback, user }
    } else {
        Op::Stm { rn, list, walk, wback, user }
    })
}

fn branch_offset(w: u32) -> i32 {
    sign_extend(bits(w, 23, 0), 24) * 4
}

fn cp_reg(w: u32) -> CpReg {
    CpReg {
        cp: bits(w, 11, 8) as u8,
        opc1: bits(w, 23, 21) as u8,
        crn: bits(w, 19, 16) as u8,
        crm: bits(w, 3, 0) as u8,
        opc2: bits(w, 7, 5) as u8,
    }
}

fn cp_pair(w: u32) -> (u8, u8, u8) {
    (bits(w, 11, 8) as u8, bits(w, 7, 4) as u8, bits(w, 3, 0) as u8)
}

/// CPS from its fields: `imod` 2 enables, 3 disables, 0 leaves the masks.
pub(super) fn cps(imod: u32, has_mode: bool, flags: u32, mode: u32) -> Option<Op> {
    let enable = match imod {
        0 => None,
        2 => Some(true),
        3 => Some(false),
        _ => return None,
    };
    Some(Op::Cps { enable, flags: flags as u8, mode: if has_mode { mode as u8 } else { 0 } })
}

/// Which of the two sums a media multiplication makes: bit 6.
pub(super) fn dual_op(w: u32) -> DualMulOp {
    if bit(w, 6) { DualMulOp::Sub } else { DualMulOp::Add }
}

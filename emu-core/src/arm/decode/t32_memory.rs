//! T32: loads and stores.

use super::super::insn::{Access, ExclusiveSize, HintOp, Index, Op, Reg, Shift, Walk};
use super::pattern::Need::V7;
use super::pattern::{Row, bit, bits, reg, row};

/// Multiple, double, exclusive, table branch.
pub(super) const MULTIPLE: &[Row] = &[
    row("1110 1000 00w0 xxxx xxxx xxxx xxxm mmmm", V7, |w| Some(srs(w, Walk::Db))),
    row("1110 1001 10w0 xxxx xxxx xxxx xxxm mmmm", V7, |w| Some(srs(w, Walk::Ia))),
    row("1110 1000 00w1 nnnn xxxx xxxx xxxx xxxx", V7, |w| Some(rfe(w, Walk::Db))),
    row("1110 1001 10w1 nnnn xxxx xxxx xxxx xxxx", V7, |w| Some(rfe(w, Walk::Ia))),
    row("1110 1000 10wl nnnn llll llll llll llll", V7, |w| Some(multiple(w, Walk::Ia))),
    row("1110 1001 00wl nnnn llll llll llll llll", V7, |w| Some(multiple(w, Walk::Db))),
    row("1110 1000 0100 nnnn tttt dddd iiii iiii", V7, |w| {
        let (rt, offset) = (reg(w, 12), 4 * bits(w, 7, 0) as u16);
        Some(Op::Strex { size: ExclusiveSize::Word, rd: reg(w, 8), rt, rt2: rt, rn: reg(w, 16), offset })
    }),
    row("1110 1000 0101 nnnn tttt xxxx iiii iiii", V7, |w| {
        let (rt, offset) = (reg(w, 12), 4 * bits(w, 7, 0) as u16);
        Some(Op::Ldrex { size: ExclusiveSize::Word, rt, rt2: rt, rn: reg(w, 16), offset })
    }),
    row("1110 1000 1100 nnnn tttt 2222 01ss dddd", V7, |w| {
        let (size, rt, rt2) = (exclusive_size(w)?, reg(w, 12), reg(w, 8));
        Some(Op::Strex { size, rd: reg(w, 0), rt, rt2, rn: reg(w, 16), offset: 0 })
    }),
    row("1110 1000 1101 nnnn tttt 2222 01ss xxxx", V7, |w| {
        let (size, rt, rt2) = (exclusive_size(w)?, reg(w, 12), reg(w, 8));
        Some(Op::Ldrex { size, rt, rt2, rn: reg(w, 16), offset: 0 })
    }),
    row("1110 1000 1101 nnnn xxxx xxxx 000h mmmm", V7, |w| {
        Some(Op::TableBranch { half: bit(w, 4), rn: reg(w, 16), rm: reg(w, 0) })
    }),
    row("1110 100p u1wl nnnn tttt 2222 iiii iiii", V7, double),
];

/// Single loads and stores.
pub(super) const SINGLE: &[Row] = &[
    row("1111 1000 1ss0 nnnn tttt iiii iiii iiii", V7, |w| {
        let (access, rt, rn) = (size(w)?, reg(w, 12), reg(w, 16));
        Some(Op::StoreImm {
            access,
            rt,
            rn,
            offset: bits(w, 11, 0) as i32,
            index: Index::Offset,
            user: false,
        })
    }),
    row("1111 1000 0ss0 nnnn tttt 1puw iiii iiii", V7, |w| {
        let (access, rt, rn, (offset, index, user)) = (size(w)?, reg(w, 12), reg(w, 16), imm8(w)?);
        Some(Op::StoreImm { access, rt, rn, offset, index, user })
    }),
    row("1111 1000 0ss0 nnnn tttt 0000 00ii mmmm", V7, |w| {
        let (access, rt, rn, rm, amount) = (size(w)?, reg(w, 12), reg(w, 16), reg(w, 0), bits(w, 5, 4) as u8);
        let (add, shift, index, user) = (true, Shift::Lsl, Index::Offset, false);
        Some(Op::StoreReg { access, rt, rn, rm, add, shift, amount, index, user })
    }),
    row("1111 100s uss1 1111 tttt iiii iiii iiii", V7, |w| {
        let magnitude = bits(w, 11, 0) as i32;
        load(w, Reg::PC, if bit(w, 23) { magnitude } else { -magnitude }, Index::Offset, false)
    }),
    row("1111 100s 1ss1 nnnn tttt iiii iiii iiii", V7, |w| {
        load(w, reg(w, 16), bits(w, 11, 0) as i32, Index::Offset, false)
    }),
    row("1111 100s 0ss1 nnnn tttt 1puw iiii iiii", V7, |w| {
        let (offset, index, user) = imm8(w)?;
        load(w, reg(w, 16), offset, index, user)
    }),
    row("1111 100s 0ss1 nnnn tttt 0000 00ii mmmm", V7, |w| {
        let (access, rt, rn, rm, amount) =
            (load_access(w)?, reg(w, 12), reg(w, 16), reg(w, 0), bits(w, 5, 4) as u8);
        if is_memory_hint(access, rt) {
            return Some(Op::Hint(HintOp::Preload));
        }
        let (add, shift, index, user) = (true, Shift::Lsl, Index::Offset, false);
        Some(Op::LoadReg { access, rt, rn, rm, add, shift, amount, index, user })
    }),
];

fn srs(w: u32, walk: Walk) -> Op {
    Op::Srs { mode: bits(w, 4, 0) as u8, walk, wback: bit(w, 21) }
}

fn rfe(w: u32, walk: Walk) -> Op {
    Op::Rfe { rn: reg(w, 16), walk, wback: bit(w, 21) }
}

fn multiple(w: u32, walk: Walk) -> Op {
    let (rn, list, wback) = (reg(w, 16), bits(w, 15, 0) as u16, bit(w, 21));
    if bit(w, 20) {
        Op::Ldm { rn, list, walk, wback, user: false }
    } else {
        Op::Stm { rn, list, walk, wback, user: false }
    }
}

fn exclusive_size(w: u32) -> Option<ExclusiveSize> {
    [Some(ExclusiveSize::Byte), Some(ExclusiveSize::Half), None, Some(ExclusiveSize::Double)]
        [bits(w, 5, 4) as usize]
}

fn double(w: u32) -> Option<Op> {
    let index = match (bit(w, 24), bit(w, 21)) {
        (true, false) => Index::Offset,
        (true, true) => Index::Pre,
        (false, true) => Index::Post,
        (false, false) => return None,
    };
    let magnitude = 4 * bits(w, 7, 0) as i32;
    let offset = if bit(w, 23) { magnitude } else { -magnitude };
    Some(Op::DualImm { load: bit(w, 20), rt: reg(w, 12), rt2: reg(w, 8), rn: reg(w, 16), offset, index })
}

fn size(w: u32) -> Option<Access> {
    [Some(Access::Byte), Some(Access::Half), Some(Access::Word), None][bits(w, 22, 21) as usize]
}

fn load_access(w: u32) -> Option<Access> {
    match (size(w)?, bit(w, 24)) {
        (Access::Byte, true) => Some(Access::SignedByte),
        (Access::Half, true) => Some(Access::SignedHalf),
        (Access::Word, true) => None,
        (access, _) => Some(access),
    }
}

/// Loads of bytes and halfwords into r15 are preloads and reserved hints.
fn is_memory_hint(access: Access, rt: Reg) -> bool {
    rt.is_pc() && access != Access::Word
}

fn load(w: u32, rn: Reg, offset: i32, index: Index, user: bool) -> Option<Op> {
    let (access, rt) = (load_access(w)?, reg(w, 12));
    if is_memory_hint(access, rt) {
        return Some(Op::Hint(HintOp::Preload));
    }
    Some(Op::LoadImm { access, rt, rn, offset, index, user })
}

/// The eight-bit offset with its P, U and W bits; `None` where they say nothing.
fn imm8(w: u32) -> Option<(i32, Index, bool)> {
    let magnitude = bits(w, 7, 0) as i32;
    let offset = if bit(w, 9) { magnitude } else { -magnitude };
    match (bit(w, 10), bit(w, 9), bit(w, 8)) {
        (true, true, false) => Some((offset, Index::Offset, true)),
        (true, false, false) => Some((offset, Index::Offset, false)),
        (true, _, true) => Some((offset, Index::Pre, false)),
        (false, _, true) => Some((offset, Index::Post, false)),
        (false, _, false) => None,
    }
}

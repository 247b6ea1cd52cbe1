//! Text of loads and stores.

use super::super::insn::{Access, ExclusiveSize, Index, Op, Reg, Shift, Walk};
use super::Context;
use super::words::{imm, list, reg, shifted};

/// The text, or `None` for instructions of another family.
pub(super) fn text(op: &Op, at: &Context) -> Option<String> {
    let cond = at.cond;
    Some(match *op {
        Op::LoadImm { access, rt, rn, offset, index, user } => {
            single("ldr", access, user, cond, rt, &place(rn, &offset_text(offset, index), index))
        }
        Op::StoreImm { access, rt, rn, offset, index, user } => {
            single("str", access, user, cond, rt, &place(rn, &offset_text(offset, index), index))
        }
        Op::LoadReg { access, rt, rn, rm, add, shift, amount, index, user } => {
            single("ldr", access, user, cond, rt, &place(rn, &register(rm, add, shift, amount), index))
        }
        Op::StoreReg { access, rt, rn, rm, add, shift, amount, index, user } => {
            single("str", access, user, cond, rt, &place(rn, &register(rm, add, shift, amount), index))
        }
        Op::DualImm { load, rt, rt2, rn, offset, index } => {
            let name = if load { "ldrd" } else { "strd" };
            format!(
                "{name}{cond} {}, {}, {}",
                reg(rt),
                reg(rt2),
                place(rn, &offset_text(offset, index), index)
            )
        }
        Op::DualReg { load, rt, rt2, rn, rm, add, index } => {
            let (name, offset) = (if load { "ldrd" } else { "strd" }, register(rm, add, Shift::Lsl, 0));
            format!("{name}{cond} {}, {}, {}", reg(rt), reg(rt2), place(rn, &offset, index))
        }
        Op::Ldm { rn, list, walk, wback, user } => multiple(true, rn, list, walk, wback, user, cond),
        Op::Stm { rn, list, walk, wback, user } => multiple(false, rn, list, walk, wback, user, cond),
        Op::Swp { byte, rt, rt2, rn } => {
            format!("swp{}{cond} {}, {}, [{}]", if byte { "b" } else { "" }, reg(rt), reg(rt2), reg(rn))
        }
        Op::Ldrex { size, rt, rt2, rn, offset } => {
            format!("ldrex{}{cond} {}, {}", size_name(size), pair(size, rt, rt2), exclusive_place(rn, offset))
        }
        Op::Strex { size, rd, rt, rt2, rn, offset } => {
            let (pair, place) = (pair(size, rt, rt2), exclusive_place(rn, offset));
            format!("strex{}{cond} {}, {pair}, {place}", size_name(size), reg(rd))
        }
        Op::Clrex => "clrex".into(),
        _ => return None,
    })
}

fn single(name: &str, access: Access, user: bool, cond: &str, rt: Reg, place: &str) -> String {
    let size = match access {
        Access::Word => "",
        Access::Byte => "b",
        Access::Half => "h",
        Access::SignedByte => "sb",
        Access::SignedHalf => "sh",
    };
    format!("{name}{size}{}{cond} {}, {place}", if user { "t" } else { "" }, reg(rt))
}

fn place(rn: Reg, offset: &str, index: Index) -> String {
    let base = reg(rn);
    match (index, offset) {
        (Index::Offset, "") => format!("[{base}]"),
        (Index::Offset, _) => format!("[{base}, {offset}]"),
        (Index::Pre, _) => format!("[{base}, {offset}]!"),
        (Index::Post, _) => format!("[{base}], {offset}"),
    }
}

/// A zero offset is left out where the base does not change.
fn offset_text(offset: i32, index: Index) -> String {
    if offset == 0 && index == Index::Offset { String::new() } else { imm(offset) }
}

fn register(rm: Reg, add: bool, shift: Shift, amount: u8) -> String {
    format!("{}{}{}", if add { "" } else { "-" }, reg(rm), shifted(shift, amount))
}

fn multiple(load: bool, rn: Reg, regs: u16, walk: Walk, wback: bool, user: bool, cond: &str) -> String {
    let tail = if user { " ^" } else { "" };
    match (load, rn, walk, wback) {
        (true, Reg::SP, Walk::Ia, true) if !user => return format!("pop{cond} {}", list(regs)),
        (false, Reg::SP, Walk::Db, true) if !user => return format!("push{cond} {}", list(regs)),
        _ => {}
    }
    let name = if load { "ldm" } else { "stm" };
    format!(
        "{name}{}{cond} {}{}, {}{tail}",
        walk_name(walk),
        reg(rn),
        if wback { "!" } else { "" },
        list(regs)
    )
}

/// Suffix of a block transfer; increment-after is the default.
pub(super) fn walk_name(walk: Walk) -> &'static str {
    match walk {
        Walk::Ia => "",
        Walk::Ib => "ib",
        Walk::Da => "da",
        Walk::Db => "db",
    }
}

fn size_name(size: ExclusiveSize) -> &'static str {
    match size {
        ExclusiveSize::Byte => "b",
        ExclusiveSize::Half => "h",
        ExclusiveSize::Word => "",
        ExclusiveSize::Double => "d",
    }
}

fn pair(size: ExclusiveSize, rt: Reg, rt2: Reg) -> String {
    if size == ExclusiveSize::Double { format!("{}, {}", reg(rt), reg(rt2)) } else { reg(rt).into() }
}

fn exclusive_place(rn: Reg, offset: u16) -> String {
    if offset == 0 { format!("[{}]", reg(rn)) } else { format!("[{}, {}]", reg(rn), imm(offset)) }
}

//! Names of registers, conditions and operands.

use super::super::insn::{Cond, Reg, Shift};

const REGISTERS: [&str; 16] =
    ["r0", "r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8", "sb", "sl", "fp", "ip", "sp", "lr", "pc"];

/// The register's name; r9 to r12 have those of the procedure call standard.
pub(super) fn reg(reg: Reg) -> &'static str {
    REGISTERS[reg.index()]
}

/// The condition's suffix; nothing for `Always`.
pub(super) fn cond(cond: Cond) -> &'static str {
    match cond {
        Cond::Eq => "eq",
        Cond::Ne => "ne",
        Cond::Cs => "hs",
        Cond::Cc => "lo",
        Cond::Mi => "mi",
        Cond::Pl => "pl",
        Cond::Vs => "vs",
        Cond::Vc => "vc",
        Cond::Hi => "hi",
        Cond::Ls => "ls",
        Cond::Ge => "ge",
        Cond::Lt => "lt",
        Cond::Gt => "gt",
        Cond::Le => "le",
        Cond::Always => "",
    }
}

/// `#` and a number: decimal up to nine, hexadecimal above.
pub(super) fn number(value: i64) -> String {
    let sign = if value < 0 { "-" } else { "" };
    match value.unsigned_abs() {
        small @ 0..=9 => format!("#{sign}{small}"),
        large => format!("#{sign}{large:#x}"),
    }
}

pub(super) fn imm(value: impl Into<i64>) -> String {
    number(value.into())
}

pub(super) fn shift_name(shift: Shift) -> &'static str {
    match shift {
        Shift::Lsl => "lsl",
        Shift::Lsr => "lsr",
        Shift::Asr => "asr",
        Shift::Ror => "ror",
        Shift::Rrx => "rrx",
    }
}

/// `, lsl #3` after a register; nothing when it is not shifted.
pub(super) fn shifted(shift: Shift, amount: u8) -> String {
    match (shift, amount) {
        (Shift::Lsl, 0) => String::new(),
        (Shift::Rrx, _) => ", rrx".into(),
        _ => format!(", {} #{amount}", shift_name(shift)),
    }
}

/// `{r0, r1, pc}`.
pub(super) fn list(list: u16) -> String {
    let names: Vec<_> = (0..16).filter(|n| list >> n & 1 != 0).map(|n| reg(Reg(n))).collect();
    format!("{{{}}}", names.join(", "))
}

/// `s` when flags are set.
pub(super) fn flags(s: bool) -> &'static str {
    if s { "s" } else { "" }
}

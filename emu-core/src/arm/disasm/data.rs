//! Text of arithmetic, logic, multiplication and media instructions.

use super::super::insn::{
    AluOp, DualMulOp, ExtendOp, HalfMulOp, LaneMode, LaneOp, LongMulOp, MulOp, Op, Reg, SatOp, Shift,
    TopMulOp, UnaryOp,
};
use super::Context;
use super::words::{flags, imm, reg, shift_name, shifted};

/// The text, or `None` for instructions of another family.
pub(super) fn text(op: &Op, at: &Context) -> Option<String> {
    let cond = at.cond;
    Some(match *op {
        Op::AluImm { op, s, rd, rn, imm: value, .. } => three(op, s, rd, rn, &imm(value), at),
        Op::AluReg { op: AluOp::Mov, s, rd, rm, shift, amount, .. } => moved(s, rd, rm, shift, amount, cond),
        Op::AluReg { op, s, rd, rn, rm, shift, amount } => {
            three(op, s, rd, rn, &format!("{}{}", reg(rm), shifted(shift, amount)), at)
        }
        Op::AluRegShift { op: AluOp::Mov, s, rd, rm, shift, rs, .. } => {
            format!("{}{}{cond} {}, {}, {}", shift_name(shift), flags(s), reg(rd), reg(rm), reg(rs))
        }
        Op::AluRegShift { op, s, rd, rn, rm, shift, rs } => {
            three(op, s, rd, rn, &format!("{}, {} {}", reg(rm), shift_name(shift), reg(rs)), at)
        }
        Op::Movw { rd, imm: value } => format!("movw{cond} {}, {}", reg(rd), imm(value)),
        Op::Movt { rd, imm: value } => format!("movt{cond} {}, {}", reg(rd), imm(value)),
        Op::Unary { op, rd, rm } => format!("{}{cond} {}, {}", unary(op), reg(rd), reg(rm)),
        Op::Bfc { rd, lsb, width } => format!("bfc{cond} {}, {}, {}", reg(rd), imm(lsb), imm(width)),
        Op::Bfi { rd, rn, lsb, width } => {
            format!("bfi{cond} {}, {}, {}, {}", reg(rd), reg(rn), imm(lsb), imm(width))
        }
        Op::Bfx { signed, rd, rn, lsb, width } => {
            let name = if signed { "sbfx" } else { "ubfx" };
            format!("{name}{cond} {}, {}, {}, {}", reg(rd), reg(rn), imm(lsb), imm(width))
        }
        Op::Extend { op, rd, rn, rm, rotate } => extend(op, rd, rn, rm, rotate, cond),
        Op::Pkh { tb, rd, rn, rm, amount } => {
            let (name, shift) = if tb { ("pkhtb", Shift::Asr) } else { ("pkhbt", Shift::Lsl) };
            format!("{name}{cond} {}, {}, {}{}", reg(rd), reg(rn), reg(rm), shifted(shift, amount))
        }
        Op::Sel { rd, rn, rm } => format!("sel{cond} {}, {}, {}", reg(rd), reg(rn), reg(rm)),
        _ => return multiplication(op, cond).or_else(|| saturating(op, cond)),
    })
}

fn alu(op: AluOp) -> &'static str {
    match op {
        AluOp::And => "and",
        AluOp::Eor => "eor",
        AluOp::Sub => "sub",
        AluOp::Rsb => "rsb",
        AluOp::Add => "add",
        AluOp::Adc => "adc",
        AluOp::Sbc => "sbc",
        AluOp::Rsc => "rsc",
        AluOp::Tst => "tst",
        AluOp::Teq => "teq",
        AluOp::Cmp => "cmp",
        AluOp::Cmn => "cmn",
        AluOp::Orr => "orr",
        AluOp::Mov => "mov",
        AluOp::Bic => "bic",
        AluOp::Mvn => "mvn",
        AluOp::Orn => "orn",
    }
}

fn three(op: AluOp, s: bool, rd: Reg, rn: Reg, operand: &str, at: &Context) -> String {
    let (name, cond) = (alu(op), at.cond);
    if op.is_compare() {
        format!("{name}{cond} {}, {operand}", reg(rn))
    } else if op.is_move() {
        format!("{name}{}{cond} {}, {operand}", flags(s), reg(rd))
    } else {
        format!("{name}{}{cond} {}, {}, {operand}", flags(s), reg(rd), reg(rn))
    }
}

fn moved(s: bool, rd: Reg, rm: Reg, shift: Shift, amount: u8, cond: &str) -> String {
    match (shift, amount) {
        (Shift::Lsl, 0) => format!("mov{}{cond} {}, {}", flags(s), reg(rd), reg(rm)),
        (Shift::Rrx, _) => format!("rrx{}{cond} {}, {}", flags(s), reg(rd), reg(rm)),
        _ => format!("{}{}{cond} {}, {}, {}", shift_name(shift), flags(s), reg(rd), reg(rm), imm(amount)),
    }
}

fn unary(op: UnaryOp) -> &'static str {
    match op {
        UnaryOp::Clz => "clz",
        UnaryOp::Rev => "rev",
        UnaryOp::Rev16 => "rev16",
        UnaryOp::Revsh => "revsh",
        UnaryOp::Rbit => "rbit",
    }
}

fn extend(op: ExtendOp, rd: Reg, rn: Reg, rm: Reg, rotate: u8, cond: &str) -> String {
    let (sign, size) = match op {
        ExtendOp::Sxtb => ("sxt", "b"),
        ExtendOp::Sxth => ("sxt", "h"),
        ExtendOp::Sxtb16 => ("sxt", "b16"),
        ExtendOp::Uxtb => ("uxt", "b"),
        ExtendOp::Uxth => ("uxt", "h"),
        ExtendOp::Uxtb16 => ("uxt", "b16"),
    };
    let rotate = shifted(if rotate == 0 { Shift::Lsl } else { Shift::Ror }, rotate);
    if rn.is_pc() {
        format!("{sign}{size}{cond} {}, {}{rotate}", reg(rd), reg(rm))
    } else {
        format!("{}a{size}{cond} {}, {}, {}{rotate}", sign, reg(rd), reg(rn), reg(rm))
    }
}

fn half(top: bool) -> &'static str {
    if top { "t" } else { "b" }
}

fn multiplication(op: &Op, cond: &str) -> Option<String> {
    Some(match *op {
        Op::Mul { op, s, rd, ra, rm, rn } => {
            let name = [(MulOp::Mul, "mul"), (MulOp::Mla, "mla"), (MulOp::Mls, "mls")];
            let name = name.iter().find(|(of, _)| *of == op).map_or("", |(_, name)| name);
            let added = if op == MulOp::Mul { String::new() } else { format!(", {}", reg(ra)) };
            format!("{name}{}{cond} {}, {}, {}{added}", flags(s), reg(rd), reg(rn), reg(rm))
        }
        Op::MulLong { op, s, lo, hi, rm, rn } => {
            let name = match op {
                LongMulOp::Umull => "umull",
                LongMulOp::Umlal => "umlal",
                LongMulOp::Smull => "smull",
                LongMulOp::Smlal => "smlal",
                LongMulOp::Umaal => "umaal",
            };
            format!("{name}{}{cond} {}, {}, {}, {}", flags(s), reg(lo), reg(hi), reg(rn), reg(rm))
        }
        Op::MulHalf { op, rd, ra, rm, rn, rm_top, rn_top } => {
            let both = format!("{}{}", half(rn_top), half(rm_top));
            let (name, halves, adds) = match op {
                HalfMulOp::Smla => ("smla", both.as_str(), true),
                HalfMulOp::Smul => ("smul", both.as_str(), false),
                HalfMulOp::Smlaw => ("smlaw", half(rm_top), true),
                HalfMulOp::Smulw => ("smulw", half(rm_top), false),
            };
            let added = if adds { format!(", {}", reg(ra)) } else { String::new() };
            format!("{name}{halves}{cond} {}, {}, {}{added}", reg(rd), reg(rn), reg(rm))
        }
        Op::MulHalfLong { lo, hi, rm, rn, rm_top, rn_top } => {
            let halves = format!("{}{}", half(rn_top), half(rm_top));
            format!("smlal{halves}{cond} {}, {}, {}, {}", reg(lo), reg(hi), reg(rn), reg(rm))
        }
        Op::MulDual { op, swap, rd, ra, rm, rn } => {
            let sign = if op == DualMulOp::Add { "a" } else { "s" };
            let swap = if swap { "x" } else { "" };
            accumulating(&format!("smu{sign}d{swap}"), &format!("sml{sign}d{swap}"), cond, (rd, ra), rn, rm)
        }
        Op::MulDualLong { op, swap, lo, hi, rm, rn } => {
            let name = if op == DualMulOp::Add { "smlald" } else { "smlsld" };
            let swap = if swap { "x" } else { "" };
            format!("{name}{swap}{cond} {}, {}, {}, {}", reg(lo), reg(hi), reg(rn), reg(rm))
        }
        Op::MulTop { op, round, rd, ra, rm, rn } => {
            let round = if round { "r" } else { "" };
            let name = if op == TopMulOp::Add { "smmla" } else { "smmls" };
            accumulating(&format!("smmul{round}"), &format!("{name}{round}"), cond, (rd, ra), rn, rm)
        }
        Op::Usad8 { rd, ra, rm, rn } => accumulating("usad8", "usada8", cond, (rd, ra), rn, rm),
        Op::Div { signed, rd, rn, rm } => {
            format!("{}{cond} {}, {}, {}", if signed { "sdiv" } else { "udiv" }, reg(rd), reg(rn), reg(rm))
        }
        _ => return None,
    })
}

/// Without an addend (r15) the short name, else the long one with the addend last.
fn accumulating(short: &str, long: &str, cond: &str, (rd, ra): (Reg, Reg), rn: Reg, rm: Reg) -> String {
    if ra.is_pc() {
        format!("{short}{cond} {}, {}, {}", reg(rd), reg(rn), reg(rm))
    } else {
        format!("{long}{cond} {}, {}, {}, {}", reg(rd), reg(rn), reg(rm), reg(ra))
    }
}

fn saturating(op: &Op, cond: &str) -> Option<String> {
    Some(match *op {
        Op::Sat { op, rd, rm, rn } => {
            let name = match op {
                SatOp::Qadd => "qadd",
                SatOp::Qsub => "qsub",
                SatOp::Qdadd => "qdadd",
                SatOp::Qdsub => "qdsub",
            };
            format!("{name}{cond} {}, {}, {}", reg(rd), reg(rm), reg(rn))
        }
        Op::SatTo { signed, bits, rd, rn, shift, amount } => {
            let name = if signed { "ssat" } else { "usat" };
            format!("{name}{cond} {}, {}, {}{}", reg(rd), imm(bits), reg(rn), shifted(shift, amount))
        }
        Op::SatTo16 { signed, bits, rd, rn } => {
            format!(
                "{}{cond} {}, {}, {}",
                if signed { "ssat16" } else { "usat16" },
                reg(rd),
                imm(bits),
                reg(rn)
            )
        }
        Op::Parallel { mode, op, rd, rn, rm } => {
            format!("{}{}{cond} {}, {}, {}", lane_mode(mode), lane_op(op), reg(rd), reg(rn), reg(rm))
        }
        _ => return None,
    })
}

fn lane_mode(mode: LaneMode) -> &'static str {
    match mode {
        LaneMode::Signed => "s",
        LaneMode::SignedSat => "q",
        LaneMode::SignedHalf => "sh",
        LaneMode::Unsigned => "u",
        LaneMode::UnsignedSat => "uq",
        LaneMode::UnsignedHalf => "uh",
    }
}

fn lane_op(op: LaneOp) -> &'static str {
    match op {
        LaneOp::Add16 => "add16",
        LaneOp::Asx => "asx",
        LaneOp::Sax => "sax",
        LaneOp::Sub16 => "sub16",
        LaneOp::Add8 => "add8",
        LaneOp::Sub8 => "sub8",
    }
}

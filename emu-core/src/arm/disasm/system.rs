//! Text of branches, status, exception and coprocessor instructions.

use super::super::insn::{Cond, HintOp, Op, Walk};
use super::Context;
use super::memory::walk_name;
use super::words::{cond, imm, reg};

/// The text, or `None` for instructions of another family.
pub(super) fn text(op: &Op, at: &Context) -> Option<String> {
    let cond = at.cond;
    Some(match *op {
        Op::Branch { offset } => format!("b{cond} {}", target(at, offset)),
        Op::BranchLink { offset } => format!("bl{cond} {}", target(at, offset)),
        Op::BranchLinkExchange { offset } => {
            let at = Context { addr: at.addr & !3, ..*at };
            format!("blx{cond} {}", target(&at, offset))
        }
        Op::Bx { rm } => format!("bx{cond} {}", reg(rm)),
        Op::Blx { rm } => format!("blx{cond} {}", reg(rm)),
        Op::BlPrefix { offset } => format!("bl.high {}", target(at, offset)),
        Op::BlSuffix { offset, exchange } => {
            format!("{} lr + {}", if exchange { "blx.low" } else { "bl.low" }, imm(offset))
        }
        Op::Cbz { nonzero, rn, offset } => {
            format!("{} {}, {}", if nonzero { "cbnz" } else { "cbz" }, reg(rn), target(at, offset.into()))
        }
        Op::TableBranch { half: false, rn, rm } => format!("tbb{cond} [{}, {}]", reg(rn), reg(rm)),
        Op::TableBranch { half: true, rn, rm } => format!("tbh{cond} [{}, {}, lsl #1]", reg(rn), reg(rm)),
        Op::It { state } => if_then(state),
        Op::Hint(hint) => format!("{}{cond}", hint_name(hint)),
        Op::Svc { imm: number } => format!("svc{cond} {}", imm(number)),
        Op::Bkpt { imm: number } => format!("bkpt {}", imm(number)),
        Op::Smc => format!("smc{cond} #0"),
        _ => return status(op, cond).or_else(|| coprocessor(op, cond)),
    })
}

/// Thumb targets count from the address plus 4, A32 ones from plus 8.
fn target(at: &Context, offset: i32) -> String {
    let ahead = if at.is_thumb { 4 } else { 8 };
    let base = at.addr.wrapping_add(ahead) & if at.is_thumb { !1 } else { !3 };
    imm(base.wrapping_add_signed(offset))
}

fn if_then(state: u8) -> String {
    let (first, mask) = (state >> 4, state & 15);
    let count = 3 - mask.trailing_zeros().min(3);
    let others: String =
        (0..count).map(|n| if mask >> (3 - n) & 1 == first & 1 { 't' } else { 'e' }).collect();
    let name = match Cond::from_bits(first.into()) {
        Cond::Always => "al",
        other => cond(other),
    };
    format!("it{others} {name}")
}

fn hint_name(hint: HintOp) -> &'static str {
    match hint {
        HintOp::Nop => "nop",
        HintOp::Yield => "yield",
        HintOp::Wfe => "wfe",
        HintOp::Wfi => "wfi",
        HintOp::Sev => "sev",
        HintOp::Dbg => "dbg",
        HintOp::Preload => "pld",
        HintOp::Dsb => "dsb",
        HintOp::Dmb => "dmb",
        HintOp::Isb => "isb",
    }
}

/// `cpsr_fc` and the like.
fn fields(spsr: bool, fields: u8) -> String {
    let names = [(8, 'f'), (4, 's'), (2, 'x'), (1, 'c')];
    let set: String = names.into_iter().filter(|(bit, _)| fields & bit != 0).map(|(_, name)| name).collect();
    format!("{}_{set}", if spsr { "spsr" } else { "cpsr" })
}

fn status(op: &Op, cond: &str) -> Option<String> {
    Some(match *op {
        Op::Mrs { rd, spsr } => format!("mrs{cond} {}, {}", reg(rd), if spsr { "spsr" } else { "apsr" }),
        Op::MsrImm { spsr, fields: set, imm: value } => {
            format!("msr{cond} {}, {}", fields(spsr, set), imm(value))
        }
        Op::MsrReg { spsr, fields: set, rn } => format!("msr{cond} {}, {}", fields(spsr, set), reg(rn)),
        Op::Cps { enable, flags, mode } => cps(enable, flags, mode),
        Op::Setend { big } => format!("setend {}", if big { "be" } else { "le" }),
        Op::Srs { mode, walk, wback } => {
            format!("srs{} sp{}, {}", full_walk(walk), if wback { "!" } else { "" }, imm(mode))
        }
        Op::Rfe { rn, walk, wback } => {
            format!("rfe{} {}{}", full_walk(walk), reg(rn), if wback { "!" } else { "" })
        }
        _ => return None,
    })
}

/// These instructions name increment-after too.
fn full_walk(walk: Walk) -> &'static str {
    if walk == Walk::Ia { "ia" } else { walk_name(walk) }
}

fn cps(enable: Option<bool>, flags: u8, mode: u8) -> String {
    let names = [(4, 'a'), (2, 'i'), (1, 'f')];
    let set: String = names.into_iter().filter(|(bit, _)| flags & bit != 0).map(|(_, name)| name).collect();
    let mode_text = if mode == 0 { String::new() } else { format!(", {}", imm(mode)) };
    match enable {
        None => format!("cps {}", imm(mode)),
        Some(true) => format!("cpsie {set}{mode_text}"),
        Some(false) => format!("cpsid {set}{mode_text}"),
    }
}

fn coprocessor(op: &Op, cond: &str) -> Option<String> {
    let (name, r, rt) = match op {
        Op::Mcr { reg, rt } => ("mcr", reg, rt),
        Op::Mrc { reg, rt } => ("mrc", reg, rt),
        Op::Mcrr { cp, opc1, crm, rt, rt2 } => {
            return Some(format!("mcrr{cond} p{cp}, {}, {}, {}, c{crm}", imm(*opc1), reg(*rt), reg(*rt2)));
        }
        Op::Mrrc { cp, opc1, crm, rt, rt2 } => {
            return Some(format!("mrrc{cond} p{cp}, {}, {}, {}, c{crm}", imm(*opc1), reg(*rt), reg(*rt2)));
        }
        _ => return None,
    };
    let (opc1, opc2) = (imm(r.opc1), imm(r.opc2));
    Some(format!("{name}{cond} p{}, {opc1}, {}, c{}, c{}, {opc2}", r.cp, reg(*rt), r.crn, r.crm))
}

//! Text for an instruction, in the assembler's unified syntax.
//!
//! Numbers above nine are hexadecimal. Branch targets are absolute addresses. Width marks (`.w`) are left out.

mod data;
mod memory;
mod system;
mod words;

use super::insn::{Insn, Op};
use crate::memory::GuestAddr;

/// What an instruction at `addr` says; `thumb` is the state it was decoded in.
#[must_use]
pub fn disassemble(insn: &Insn, addr: GuestAddr, thumb: bool) -> String {
    let at = Context { cond: words::cond(insn.cond), addr: addr.0, is_thumb: thumb };
    data::text(&insn.op, &at)
        .or_else(|| memory::text(&insn.op, &at))
        .or_else(|| system::text(&insn.op, &at))
        .unwrap_or_else(|| undefined(&insn.op))
}

/// What the text depends on besides the operation.
struct Context {
    cond: &'static str,
    addr: u32,
    is_thumb: bool,
}

fn undefined(op: &Op) -> String {
    match op {
        Op::Undefined { word } | Op::Coprocessor { word } => format!("undefined {word:#010x}"),
        other => format!("{other:?}"),
    }
}

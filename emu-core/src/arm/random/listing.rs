//! A program as text.

use std::fmt::Write as _;

use super::super::decode::Decoder;
use super::super::disasm::disassemble;
use super::asm::{Piece, PieceKind};
use super::program::Program;
use crate::memory::GuestAddr;

/// The instruction of a piece, or the word it holds.
fn text(decoder: &Decoder, piece: &Piece) -> String {
    let thumb = piece.kind == PieceKind::Thumb;
    let insn = match (piece.kind, piece.size) {
        (PieceKind::Data, _) => return format!(".word {:#010x}", piece.bits),
        (PieceKind::Arm, _) => decoder.a32(piece.bits),
        (PieceKind::Thumb, 2) => decoder.t16(piece.bits as u16, 0),
        (PieceKind::Thumb, _) => decoder.t32(piece.bits, 0),
    };
    disassemble(&insn, GuestAddr(piece.at), thumb)
}

impl Program {
    /// Instructions and data by address, without what does nothing; then the state at the start and what happens
    /// from outside.
    #[must_use]
    pub fn listing(&self) -> String {
        let decoder = Decoder::new(self.name.isa.core());
        let mut pieces: Vec<&Piece> = self.pieces.iter().filter(|piece| **piece != piece.blanked()).collect();
        pieces.sort_by_key(|piece| piece.at);
        let mut out = String::new();
        for piece in pieces {
            let state = match piece.kind {
                PieceKind::Arm => 'A',
                PieceKind::Thumb => 'T',
                PieceKind::Data => ' ',
            };
            let digits = 2 * usize::from(piece.size);
            let _ = writeln!(
                out,
                "  {:08x} {state} {:<8}  {}",
                piece.at,
                format!("{:0digits$x}", piece.bits),
                text(&decoder, piece)
            );
        }
        self.list_start(&mut out);
        out
    }

    fn list_start(&self, out: &mut String) {
        let start = &self.start;
        let _ = writeln!(out, "  start at {:08x}, cpsr {:08x}, {:?}", start.pc, start.cpsr, start.fidelity);
        for (n, value) in start.regs.iter().enumerate() {
            let _ = write!(out, "{}r{n} {value:08x}", if n % 5 == 0 { "\n    " } else { "  " });
        }
        let _ = writeln!(out);
        for (register, value) in &start.control {
            let _ = writeln!(
                out,
                "  p15, {}, c{}, c{}, {} = {value:08x}",
                register.opc1, register.crn, register.crm, register.opc2
            );
        }
        for incident in &self.incidents {
            let _ = writeln!(out, "  after {} instructions: {:?}", incident.at, incident.kind);
        }
        let _ = writeln!(out, "  at most {} instructions", self.limit);
    }
}

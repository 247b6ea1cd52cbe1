//! A small assembler: pieces of code at addresses, labels, and words that are loaded relative to the program counter.

use super::pool::Word;

/// Something that was put at an address.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Piece {
    /// Where it lies.
    pub at: u32,
    /// Its bits; a T32 instruction has its first halfword in the high half.
    pub bits: u32,
    /// Bytes: 2 or 4.
    pub size: u8,
    /// What it is.
    pub kind: PieceKind,
}

/// What a piece is meant as.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PieceKind {
    /// An instruction in ARM state.
    Arm,
    /// An instruction in Thumb state.
    Thumb,
    /// A word of data.
    Data,
}

impl Piece {
    /// Its bytes in memory; `size` of them count.
    pub(super) fn bytes(&self) -> [u8; 4] {
        let [b0, b1, b2, b3] = self.bits.to_le_bytes();
        if self.kind == PieceKind::Thumb && self.size == 4 { [b2, b3, b0, b1] } else { [b0, b1, b2, b3] }
    }

    /// The same place doing nothing. Data becomes zero.
    pub(super) fn blanked(self) -> Self {
        let bits = match (self.kind, self.size) {
            (PieceKind::Arm, _) => 0xE1A0_0000,
            (PieceKind::Thumb, 2) => 0x46C0,
            (PieceKind::Thumb, _) => 0x46C0_46C0,
            (PieceKind::Data, _) => 0,
        };
        Self { bits, ..self }
    }
}

/// A place in the code, perhaps one that is not known yet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Label(usize);

#[derive(Clone, Copy, Debug)]
enum Target {
    /// Branch or call to a label; the piece's bits hold everything but the distance.
    Jump(Label, Reach),
    /// Load of a word kept behind the code.
    Literal(Value, Literal),
    /// The address of a label, with bit 0 for Thumb state.
    Address(Label),
}

/// A word behind the code.
#[derive(Clone, Copy, Debug)]
pub(super) enum Value {
    Number(u32),
    /// The address of a label, as for a store.
    Place(Label),
    /// The same with bit 0 for Thumb state, as for a jump.
    Entry(Label),
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self::Number(number)
    }
}

/// How a branch holds its distance.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Reach {
    A32,
    A32Exchange,
    T16Conditional,
    T16,
    /// CBZ and CBNZ.
    T16Compare,
    T32,
    T32Conditional,
    /// Two halfwords that ARMv5 executes one after the other.
    Pair,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Literal {
    A32,
    T16,
    T32,
}

/// Code in the making.
#[derive(Debug, Default)]
pub(super) struct Asm {
    pub(super) thumb: bool,
    /// T32 exists.
    pub(super) wide: bool,
    at: u32,
    pieces: Vec<Piece>,
    labels: Vec<Option<(u32, bool)>>,
    fixups: Vec<(usize, Target)>,
}

impl Asm {
    /// Starts at an address.
    pub(super) fn new(at: u32, thumb: bool, wide: bool) -> Self {
        Self { thumb, wide, at, ..Self::default() }
    }

    /// Goes on in ARM or Thumb state, at a place where both can start.
    pub(super) fn switch(&mut self, thumb: bool) {
        self.thumb = thumb;
        self.at = self.at.next_multiple_of(4);
    }

    pub(super) fn label(&mut self) -> Label {
        self.labels.push(None);
        Label(self.labels.len() - 1)
    }

    pub(super) fn bind(&mut self, label: Label) {
        self.labels[label.0] = Some((self.at, self.thumb));
    }

    fn push(&mut self, bits: u32, size: u8, kind: PieceKind) -> usize {
        self.pieces.push(Piece { at: self.at, bits, size, kind });
        self.at += u32::from(size);
        self.pieces.len() - 1
    }

    fn code(&self) -> PieceKind {
        if self.thumb { PieceKind::Thumb } else { PieceKind::Arm }
    }

    pub(super) fn word(&mut self, word: Word) {
        self.push(word.bits, word.size, self.code());
    }

    pub(super) fn a32(&mut self, bits: u32) {
        self.push(bits, 4, PieceKind::Arm);
    }

    pub(super) fn t16(&mut self, bits: u32) {
        self.push(bits, 2, PieceKind::Thumb);
    }

    pub(super) fn t32(&mut self, bits: u32) {
        self.push(bits, 4, PieceKind::Thumb);
    }

    /// The same instruction in the state at hand, where T32 exists.
    pub(super) fn either(&mut self, a32: u32, t32: u32) {
        if self.thumb { self.t32(t32) } else { self.a32(a32) }
    }

    pub(super) fn data(&mut self, bits: u32) {
        self.push(bits, 4, PieceKind::Data);
    }

    /// The address of a label as data.
    pub(super) fn data_address(&mut self, label: Label) {
        let piece = self.push(0, 4, PieceKind::Data);
        self.fixups.push((piece, Target::Address(label)));
    }

    fn jump(&mut self, bits: u32, size: u8, label: Label, reach: Reach) {
        let piece = self.push(bits, size, self.code());
        self.fixups.push((piece, Target::Jump(label, reach)));
    }

    /// Branches under a condition, 14 for always.
    pub(super) fn branch(&mut self, cond: u32, label: Label) {
        match (self.thumb, self.wide, cond) {
            (false, ..) => self.jump(cond << 28 | 0x0A00_0000, 4, label, Reach::A32),
            (true, true, 14) => self.jump(0xF000_9000, 4, label, Reach::T32),
            (true, true, _) => self.jump(0xF000_8000 | cond << 22, 4, label, Reach::T32Conditional),
            (true, false, 14) => self.jump(0xE000, 2, label, Reach::T16),
            (true, false, _) => self.jump(0xD000 | cond << 8, 2, label, Reach::T16Conditional),
        }
    }

    /// Branches with the short form that T16 has, whatever else there is.
    pub(super) fn branch_short(&mut self, cond: u32, label: Label) {
        match (self.thumb, cond) {
            (false, _) => self.branch(cond, label),
            (true, 14) => self.jump(0xE000, 2, label, Reach::T16),
            (true, _) => self.jump(0xD000 | cond << 8, 2, label, Reach::T16Conditional),
        }
    }

    /// CBZ, or CBNZ, on a low register, forward.
    pub(super) fn compare_branch(&mut self, nonzero: bool, reg: u8, label: Label) {
        let bits = 0xB100 | u32::from(nonzero) << 11 | u32::from(reg & 7);
        self.jump(bits, 2, label, Reach::T16Compare);
    }

    /// Calls a function in the same state.
    pub(super) fn call(&mut self, label: Label) {
        match (self.thumb, self.wide) {
            (false, _) => self.jump(0xEB00_0000, 4, label, Reach::A32),
            (true, true) => self.jump(0xF000_D000, 4, label, Reach::T32),
            (true, false) => self.call_in_halves(0xF800, label),
        }
    }

    /// Calls a function in the other state.
    pub(super) fn call_exchange(&mut self, label: Label) {
        match (self.thumb, self.wide) {
            (false, _) => self.jump(0xFA00_0000, 4, label, Reach::A32Exchange),
            (true, true) => self.jump(0xF000_C000, 4, label, Reach::T32),
            (true, false) => self.call_in_halves(0xE800, label),
        }
    }

    fn call_in_halves(&mut self, suffix: u32, label: Label) {
        self.jump(0xF000, 2, label, Reach::Pair);
        self.t16(suffix);
    }

    /// Loads a number, from behind the code; T16 can do so for r0 to r7 only.
    pub(super) fn load_literal(&mut self, reg: u8, value: impl Into<Value>) {
        let reg = u32::from(reg);
        let (bits, size, form) = match (self.thumb, self.wide && (reg > 7 || self.at & 4 != 0)) {
            (false, _) => (0xE59F_0000 | reg << 12, 4, Literal::A32),
            (true, true) => (0xF8DF_0000 | reg << 12, 4, Literal::T32),
            (true, false) => (0x4800 | (reg & 7) << 8, 2, Literal::T16),
        };
        let piece = self.push(bits, size, self.code());
        self.fixups.push((piece, Target::Literal(value.into(), form)));
    }

    fn value(&self, value: Value) -> u32 {
        let place = |label: Label| self.labels[label.0].unwrap_or_default();
        match value {
            Value::Number(number) => number,
            Value::Place(label) => place(label).0,
            Value::Entry(label) => place(label).0 | u32::from(place(label).1),
        }
    }

    /// Puts the literals behind the code and resolves the labels. A distance that an encoding cannot hold makes the
    /// instruction do nothing.
    pub(super) fn finish(mut self) -> Vec<Piece> {
        let fixups = std::mem::take(&mut self.fixups);
        self.at = self.at.next_multiple_of(4);
        for (piece, target) in fixups {
            match target {
                Target::Jump(label, reach) => self.resolve_jump(piece, label, reach),
                Target::Address(label) => {
                    self.pieces[piece].bits = self.value(Value::Entry(label));
                }
                Target::Literal(value, form) => self.place_literal(piece, value, form),
            }
        }
        self.pieces
    }

    fn resolve_jump(&mut self, index: usize, label: Label, reach: Reach) {
        let piece = self.pieces[index];
        let target = self.labels[label.0].map_or(piece.at, |(at, _)| at);
        let Some(bits) = reach.encode(piece, target) else {
            self.pieces[index] = piece.blanked();
            return;
        };
        self.pieces[index].bits = bits;
        if reach == Reach::Pair {
            let exchange = self.pieces[index + 1].bits == 0xE800;
            let (prefix, suffix) = halves(piece.at, target, exchange);
            self.pieces[index].bits |= prefix;
            self.pieces[index + 1].bits |= suffix;
        }
    }

    fn place_literal(&mut self, index: usize, value: Value, form: Literal) {
        let base = (self.pieces[index].at + if form == Literal::A32 { 8 } else { 4 }) & !3;
        // A literal may lie before what an instruction at the very end reads as its place.
        let distance = self.at.wrapping_sub(base);
        let (most, field) = match form {
            Literal::A32 => (4095, distance | 1 << 23),
            Literal::T32 => (4095, distance),
            Literal::T16 => (1020, distance / 4),
        };
        if distance > most {
            self.pieces[index] = self.pieces[index].blanked();
            return;
        }
        self.pieces[index].bits |= field;
        let value = self.value(value);
        self.push(value, 4, PieceKind::Data);
    }
}

/// The fields of the two halves of a call on ARMv5. A call to ARM state drops the low bits of its target.
fn halves(at: u32, target: u32, exchange: bool) -> (u32, u32) {
    let base = at + 4;
    let offset = target.wrapping_sub(base).wrapping_add(if exchange { base & 2 } else { 0 });
    (offset >> 12 & 0x7FF, (offset & 0xFFE) >> 1)
}

impl Reach {
    /// The piece's bits with the distance to `target`, or `None` when that is too far.
    fn encode(self, piece: Piece, target: u32) -> Option<u32> {
        let bits = piece.bits;
        let offset = target.wrapping_sub(piece.at + if piece.kind == PieceKind::Arm { 8 } else { 4 }) as i32;
        let fits = |width: u32| (offset << (32 - width) >> (32 - width)) == offset;
        let word = offset as u32;
        match self {
            Self::A32 => Some(bits | word >> 2 & 0x00FF_FFFF),
            Self::A32Exchange => Some(bits | word >> 2 & 0x00FF_FFFF | (word >> 1 & 1) << 24),
            Self::T16Conditional => fits(9).then_some(bits | word >> 1 & 0xFF),
            Self::T16Compare => {
                (0..=126).contains(&offset).then_some(bits | (word >> 6 & 1) << 9 | (word >> 1 & 0x1F) << 3)
            }
            Self::T16 => fits(12).then_some(bits | word >> 1 & 0x7FF),
            Self::Pair => Some(bits),
            Self::T32Conditional => fits(21).then(|| bits | conditional_fields(word)),
            Self::T32 => Some(bits | far_fields(exchange_base(bits, word, piece.at))),
        }
    }
}

/// BLX counts from the word that holds the address.
fn exchange_base(bits: u32, offset: u32, at: u32) -> u32 {
    if bits & 0xD000 == 0xC000 { offset.wrapping_add(at & 2) } else { offset }
}

/// Offset bits 20, 19, 18, 17–12, 11–1 as S, J2, J1, imm6, imm11.
fn conditional_fields(offset: u32) -> u32 {
    (offset >> 20 & 1) << 26
        | (offset >> 19 & 1) << 11
        | (offset >> 18 & 1) << 13
        | (offset >> 12 & 0x3F) << 16
        | offset >> 1 & 0x7FF
}

/// Offset bits 24, 23, 22, 21–12, 11–1 as S, I1, I2, imm10, imm11, with J = not(I xor S).
fn far_fields(offset: u32) -> u32 {
    let s = offset >> 24 & 1;
    let j = |n: u32| !(offset >> n ^ s) & 1;
    s << 26 | j(23) << 13 | j(22) << 11 | (offset >> 12 & 0x3FF) << 16 | offset >> 1 & 0x7FF
}

#[cfg(test)]
mod tests {
    use super::super::super::decode::Decoder;
    use super::super::super::disasm::disassemble;
    use super::super::super::model::Core;
    use super::{Asm, Piece, PieceKind};
    use crate::memory::GuestAddr;

    fn text(core: Core, piece: Piece) -> String {
        let decoder = Decoder::new(core);
        let thumb = piece.kind == PieceKind::Thumb;
        let insn = match (thumb, piece.size) {
            (false, _) => decoder.a32(piece.bits),
            (true, 2) => decoder.t16(piece.bits as u16, 0),
            _ => decoder.t32(piece.bits, 0),
        };
        disassemble(&insn, GuestAddr(piece.at), thumb)
    }

    /// Branches and calls to a place behind and to one ahead.
    fn jumps(core: Core, thumb: bool, wide: bool) -> Vec<String> {
        let mut asm = Asm::new(0x1000, thumb, wide);
        let (back, ahead) = (asm.label(), asm.label());
        asm.bind(back);
        asm.branch(0, ahead);
        asm.branch(14, back);
        asm.call(ahead);
        asm.load_literal(1, 0x1234);
        asm.switch(thumb);
        asm.bind(ahead);
        asm.a32(0);
        asm.finish().into_iter().map(|piece| text(core, piece)).collect()
    }

    #[test]
    fn branches_reach_their_labels() {
        let r4 = Core::CortexR4;
        let arm = jumps(r4, false, true);
        assert_eq!(arm[..4], ["beq #0x1010", "b #0x1000", "bl #0x1010", "ldr r1, [pc]"], "{arm:?}");
        let wide = jumps(r4, true, true);
        assert_eq!(wide[..4], ["beq #0x1010", "b #0x1000", "bl #0x1010", "ldr r1, [pc, #4]"], "{wide:?}");
        let narrow = jumps(Core::DIGIC4, true, false);
        assert_eq!(narrow[..2], ["beq #0x100c", "b #0x1000"], "{narrow:?}");
    }
}

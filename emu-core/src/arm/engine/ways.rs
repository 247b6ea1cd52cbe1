//! Functions for single forms of the frequent operations.
//!
//! A processor predicts badly where one place in the code leads to many. So the frequent operations are not told apart
//! each time they execute (which operation, which arithmetic, which shift, with flags or without), but once, when they
//! are decoded: [`Way`] is the number of a function made for that form. The functions are those of this engine with
//! the form as a constant, so there is one meaning of each operation.

use super::super::insn::{Access, AluOp, Insn, Op, Shift};
use super::super::system::System;
use super::load_store::Place;
use super::{Engine, Step};

/// How an instruction is executed: a number that [`Engine::execute_by`] knows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in super::super) struct Way(u8);

/// Second operands that have functions of their own.
const IMMEDIATE: u8 = 0;
const REGISTER: u8 = 1;
const LSL: u8 = 2;
const LSR: u8 = 3;
const ASR: u8 = 4;
/// Forms of an arithmetic operation: each second operand without and with flags.
const ALU_FORMS: u8 = 10;

const ANY: u8 = 0;
const BRANCH: u8 = 1;
const FIRST_LOAD: u8 = 2;
const FIRST_STORE: u8 = 12;
const FIRST_ALU: u8 = 22;

impl Way {
    /// The way of an operation.
    pub(in super::super) fn of(op: &Op) -> Self {
        Self(match *op {
            Op::AluImm { op, s, .. } => alu(op, IMMEDIATE, s),
            Op::AluReg { op, s, amount: 0, .. } => alu(op, REGISTER, s),
            Op::AluReg { op, s, shift: Shift::Lsl, .. } => alu(op, LSL, s),
            Op::AluReg { op, s, shift: Shift::Lsr, .. } => alu(op, LSR, s),
            Op::AluReg { op, s, shift: Shift::Asr, .. } => alu(op, ASR, s),
            Op::LoadImm { access, .. } => FIRST_LOAD + access as u8,
            Op::LoadReg { access, shift: Shift::Lsl, .. } => FIRST_LOAD + 5 + access as u8,
            Op::StoreImm { access, .. } => FIRST_STORE + access as u8,
            Op::StoreReg { access, shift: Shift::Lsl, .. } => FIRST_STORE + 5 + access as u8,
            Op::Branch { .. } => BRANCH,
            _ => ANY,
        })
    }
}

fn alu(op: AluOp, operand: u8, s: bool) -> u8 {
    FIRST_ALU + op as u8 * ALU_FORMS + operand * 2 + u8::from(s)
}

const OPERATIONS: [AluOp; 17] = [
    AluOp::And,
    AluOp::Eor,
    AluOp::Sub,
    AluOp::Rsb,
    AluOp::Add,
    AluOp::Adc,
    AluOp::Sbc,
    AluOp::Rsc,
    AluOp::Tst,
    AluOp::Teq,
    AluOp::Cmp,
    AluOp::Cmn,
    AluOp::Orr,
    AluOp::Mov,
    AluOp::Bic,
    AluOp::Mvn,
    AluOp::Orn,
];
const ACCESSES: [Access; 5] =
    [Access::Word, Access::Byte, Access::Half, Access::SignedByte, Access::SignedHalf];

/// The tables' order is that of the types.
const _: () = {
    let mut n = 0;
    while n < OPERATIONS.len() {
        assert!(OPERATIONS[n] as usize == n);
        n += 1;
    }
    let mut n = 0;
    while n < ACCESSES.len() {
        assert!(ACCESSES[n] as usize == n);
        n += 1;
    }
};

macro_rules! table {
    (loads: $($access:literal)*; operations: $($op:literal)*) => {
        [
            &[Self::execute, Self::only_branch] as &[_],
            &[$(Self::only_load::<$access>),*],
            &[$(Self::only_load_indexed::<$access>),*],
            &[$(Self::only_store::<$access>),*],
            &[$(Self::only_store_indexed::<$access>),*],
            $(
                &[
                    Self::only_immediate::<$op, false>,
                    Self::only_immediate::<$op, true>,
                    Self::only_register::<$op, REGISTER, false>,
                    Self::only_register::<$op, REGISTER, true>,
                    Self::only_register::<$op, LSL, false>,
                    Self::only_register::<$op, LSL, true>,
                    Self::only_register::<$op, LSR, false>,
                    Self::only_register::<$op, LSR, true>,
                    Self::only_register::<$op, ASR, false>,
                    Self::only_register::<$op, ASR, true>,
                ],
            )*
        ]
    };
}

/// A function for a form.
type Execute<E> = fn(&mut E, &Insn) -> Step;

impl<S: System> Engine<'_, S> {
    /// By the number of a way.
    const WAYS: [Execute<Self>; 256] = {
        let parts: [&[Execute<Self>]; 22] =
            table!(loads: 0 1 2 3 4; operations: 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16);
        let mut ways: [Execute<Self>; 256] = [Self::execute; 256];
        let (mut way, mut part) = (0, 0);
        while part < parts.len() {
            let mut n = 0;
            while n < parts[part].len() {
                ways[way] = parts[part][n];
                way += 1;
                n += 1;
            }
            part += 1;
        }
        ways
    };

    /// Carries out an instruction whose condition has passed, in the way of its operation.
    #[inline]
    pub(in super::super) fn execute_by(&mut self, way: Way, insn: &Insn) -> Step {
        Self::WAYS[usize::from(way.0)](self, insn)
    }

    fn only_branch(&mut self, insn: &Insn) -> Step {
        let Op::Branch { offset } = insn.op else { return self.execute(insn) };
        self.branch(offset)
    }

    fn only_immediate<const OP: usize, const FLAGS: bool>(&mut self, insn: &Insn) -> Step {
        let Op::AluImm { rd, rn, imm, carry, .. } = insn.op else { return self.execute(insn) };
        self.alu_imm(OPERATIONS[OP], FLAGS, rd, rn, imm, carry)
    }

    fn only_register<const OP: usize, const OPERAND: u8, const FLAGS: bool>(&mut self, insn: &Insn) -> Step {
        let Op::AluReg { rd, rn, rm, amount, .. } = insn.op else { return self.execute(insn) };
        let operands = (OPERATIONS[OP], FLAGS, rd, rn);
        match OPERAND {
            REGISTER => self.alu_reg(operands, rm, Shift::Lsl, 0),
            LSL => self.alu_reg(operands, rm, Shift::Lsl, amount),
            LSR => self.alu_reg(operands, rm, Shift::Lsr, amount),
            _ => self.alu_reg(operands, rm, Shift::Asr, amount),
        }
    }

    fn only_load<const ACCESS: usize>(&mut self, insn: &Insn) -> Step {
        let Op::LoadImm { rt, rn, offset, index, user, .. } = insn.op else { return self.execute(insn) };
        self.load(ACCESSES[ACCESS], rt, Place { rn, offset: offset as u32, index, user })
    }

    fn only_load_indexed<const ACCESS: usize>(&mut self, insn: &Insn) -> Step {
        let Op::LoadReg { rt, rn, rm, add, amount, index, user, .. } = insn.op else {
            return self.execute(insn);
        };
        let offset = self.scaled(rm, add, Shift::Lsl, amount);
        self.load(ACCESSES[ACCESS], rt, Place { rn, offset, index, user })
    }

    fn only_store<const ACCESS: usize>(&mut self, insn: &Insn) -> Step {
        let Op::StoreImm { rt, rn, offset, index, user, .. } = insn.op else { return self.execute(insn) };
        self.store(ACCESSES[ACCESS], rt, Place { rn, offset: offset as u32, index, user })
    }

    fn only_store_indexed<const ACCESS: usize>(&mut self, insn: &Insn) -> Step {
        let Op::StoreReg { rt, rn, rm, add, amount, index, user, .. } = insn.op else {
            return self.execute(insn);
        };
        let offset = self.scaled(rm, add, Shift::Lsl, amount);
        self.store(ACCESSES[ACCESS], rt, Place { rn, offset, index, user })
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::decode::Decoder;
    use super::super::super::model::Core;
    use super::*;

    #[test]
    fn each_way_has_its_own_number() {
        let last = alu(AluOp::Orn, ASR, true);
        assert_eq!(last, FIRST_ALU + 17 * ALU_FORMS - 1);
        assert_eq!(FIRST_STORE, FIRST_LOAD + 10);
        assert_eq!(FIRST_ALU, FIRST_STORE + 10);
        let decoder = Decoder::new(Core::DIGIC4);
        let way = |word| Way::of(&decoder.a32(word).op);
        assert_eq!(way(0xE080_0001), Way(alu(AluOp::Add, REGISTER, false)));
        assert_eq!(way(0xE090_0101), Way(alu(AluOp::Add, LSL, true)));
        assert_eq!(way(0xE080_0061), Way(ANY), "RRX has no way of its own");
        assert_eq!(way(0xE5D1_0004), Way(FIRST_LOAD + 1));
    }
}

//! Data processing: arithmetic, logic, shifts, flags.

use super::super::insn::{AluOp, ImmCarry, Reg, Shift};
use super::super::system::System;
use super::{Engine, Flow, Step};

/// Sum with carry in; gives carry and overflow (the architecture's AddWithCarry).
#[inline(always)]
pub(in super::super) fn add_with_carry(x: u32, y: u32, carry: bool) -> (u32, bool, bool) {
    let wide = u64::from(x) + u64::from(y) + u64::from(carry);
    let sum = wide as u32;
    (sum, wide >> 32 != 0, (x ^ sum) & (y ^ sum) & 0x8000_0000 != 0)
}

/// Shifts by 0–255 and gives the last bit shifted out (the architecture's Shift_C). An amount of zero changes
/// neither value nor carry.
#[inline(always)]
pub(in super::super) fn shift_with_carry(value: u32, shift: Shift, amount: u32, carry: bool) -> (u32, bool) {
    if amount == 0 {
        return (value, carry);
    }
    match shift {
        Shift::Lsl => {
            let wide = if amount <= 32 { u64::from(value) << amount } else { 0 };
            (wide as u32, wide >> 32 & 1 != 0)
        }
        Shift::Lsr => {
            let wide = if amount <= 32 { (u64::from(value) << 1) >> amount } else { 0 };
            ((wide >> 1) as u32, wide & 1 != 0)
        }
        Shift::Asr => {
            let wide = (i64::from(value as i32) << 1) >> amount.min(32);
            ((wide >> 1) as u32, wide & 1 != 0)
        }
        Shift::Ror => {
            let result = value.rotate_right(amount & 31);
            (result, result >> 31 != 0)
        }
        Shift::Rrx => (u32::from(carry) << 31 | value >> 1, value & 1 != 0),
    }
}

impl<S: System> Engine<'_, S> {
    #[inline(always)]
    pub(super) fn alu_imm(
        &mut self,
        op: AluOp,
        s: bool,
        rd: Reg,
        rn: Reg,
        imm: u32,
        carry: ImmCarry,
    ) -> Step {
        let carry = match carry {
            ImmCarry::Keep => self.st.regs.psr.c,
            ImmCarry::Set(carry) => carry,
        };
        self.alu(op, s, rd, self.base(rn), imm, carry)
    }

    #[inline(always)]
    pub(super) fn alu_reg(
        &mut self,
        (op, s, rd, rn): (AluOp, bool, Reg, Reg),
        rm: Reg,
        shift: Shift,
        amount: u8,
    ) -> Step {
        // RRX has amount 1, so an amount of zero is a plain register.
        let (value, carry) = shift_with_carry(self.get(rm), shift, amount.into(), self.st.regs.psr.c);
        self.alu(op, s, rd, self.get(rn), value, carry)
    }

    /// In this form r15 reads as the instruction's address plus 12 on real cores; using it is UNPREDICTABLE and it
    /// reads as plus 8 here.
    pub(super) fn alu_reg_shift(
        &mut self,
        (op, s, rd, rn): (AluOp, bool, Reg, Reg),
        rm: Reg,
        shift: Shift,
        rs: Reg,
    ) -> Step {
        let amount = self.get(rs) & 0xFF;
        let (value, carry) = shift_with_carry(self.get(rm), shift, amount, self.st.regs.psr.c);
        self.alu(op, s, rd, self.get(rn), value, carry)
    }

    #[inline(always)]
    fn alu(&mut self, op: AluOp, s: bool, rd: Reg, x: u32, y: u32, carry: bool) -> Step {
        let c = self.st.regs.psr.c;
        let (result, carry, overflow) = match op {
            AluOp::And | AluOp::Tst => (x & y, carry, self.st.regs.psr.v),
            AluOp::Eor | AluOp::Teq => (x ^ y, carry, self.st.regs.psr.v),
            AluOp::Orr => (x | y, carry, self.st.regs.psr.v),
            AluOp::Orn => (x | !y, carry, self.st.regs.psr.v),
            AluOp::Mov => (y, carry, self.st.regs.psr.v),
            AluOp::Bic => (x & !y, carry, self.st.regs.psr.v),
            AluOp::Mvn => (!y, carry, self.st.regs.psr.v),
            AluOp::Add | AluOp::Cmn => add_with_carry(x, y, false),
            AluOp::Sub | AluOp::Cmp => add_with_carry(x, !y, true),
            AluOp::Rsb => add_with_carry(!x, y, true),
            AluOp::Adc => add_with_carry(x, y, c),
            AluOp::Sbc => add_with_carry(x, !y, c),
            AluOp::Rsc => add_with_carry(!x, y, c),
        };
        if op.is_compare() {
            self.set_flags(result, carry, overflow);
            return Ok(Flow::Next);
        }
        if rd.is_pc() {
            return self.alu_to_pc(result, s);
        }
        if s {
            self.set_flags(result, carry, overflow);
        }
        self.set(rd, result);
        Ok(Flow::Next)
    }

    #[inline]
    fn set_flags(&mut self, result: u32, carry: bool, overflow: bool) {
        let psr = self.psr();
        psr.n = result >> 31 != 0;
        psr.z = result == 0;
        psr.c = carry;
        psr.v = overflow;
    }

    /// A data instruction that writes r15: a branch, or with S the return from an exception.
    fn alu_to_pc(&mut self, target: u32, s: bool) -> Step {
        if s {
            return self.exception_return(self.saved_status(), target);
        }
        if self.st.core.is_v5() || self.is_thumb() {
            self.branch_to(target)
        } else {
            self.branch_exchange(target)
        }
    }
}

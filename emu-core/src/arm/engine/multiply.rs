//! Multiplication and division.

use super::super::insn::{DualMulOp, HalfMulOp, LongMulOp, MulOp, Reg, SatOp, TopMulOp};
use super::super::system::System;
use super::{Engine, Flow, Step};

/// The top or bottom halfword, sign extended.
fn half(value: u32, top: bool) -> i64 {
    let half = if top { value >> 16 } else { value };
    i64::from(half as i16)
}

fn saturate(value: i64) -> (u32, bool) {
    let limited = value.clamp(i64::from(i32::MIN), i64::from(i32::MAX));
    (limited as u32, limited != value)
}

fn signed(value: u32) -> i64 {
    i64::from(value as i32)
}

impl<S: System> Engine<'_, S> {
    fn wide(&self, lo: Reg, hi: Reg) -> u64 {
        u64::from(self.get(hi)) << 32 | u64::from(self.get(lo))
    }

    fn set_wide(&mut self, lo: Reg, hi: Reg, value: u64) {
        self.set(lo, value as u32);
        self.set(hi, (value >> 32) as u32);
    }

    /// Writes a result that does not fit 32 bits signed as its low word, and then sets Q.
    fn set_sticky(&mut self, rd: Reg, value: i64) -> Step {
        if value != signed(value as u32) {
            self.psr().q = true;
        }
        self.set(rd, value as u32);
        Ok(Flow::Next)
    }

    pub(super) fn multiply(&mut self, op: MulOp, s: bool, rd: Reg, (ra, rm, rn): (Reg, Reg, Reg)) -> Step {
        let product = self.get(rm).wrapping_mul(self.get(rn));
        let result = match op {
            MulOp::Mul => product,
            MulOp::Mla => self.get(ra).wrapping_add(product),
            MulOp::Mls => self.get(ra).wrapping_sub(product),
        };
        self.set(rd, result);
        if s {
            self.psr().n = result >> 31 != 0;
            self.psr().z = result == 0;
        }
        Ok(Flow::Next)
    }

    pub(super) fn multiply_long(
        &mut self,
        op: LongMulOp,
        s: bool,
        (lo, hi): (Reg, Reg),
        rm: Reg,
        rn: Reg,
    ) -> Step {
        let (x, y) = (self.get(rm), self.get(rn));
        let unsigned = u64::from(x) * u64::from(y);
        let product = (signed(x) * signed(y)) as u64;
        let result = match op {
            LongMulOp::Umull => unsigned,
            LongMulOp::Smull => product,
            LongMulOp::Umlal => self.wide(lo, hi).wrapping_add(unsigned),
            LongMulOp::Smlal => self.wide(lo, hi).wrapping_add(product),
            LongMulOp::Umaal => unsigned + u64::from(self.get(lo)) + u64::from(self.get(hi)),
        };
        self.set_wide(lo, hi, result);
        if s {
            self.psr().n = result >> 63 != 0;
            self.psr().z = result == 0;
        }
        Ok(Flow::Next)
    }

    pub(super) fn multiply_half(
        &mut self,
        op: HalfMulOp,
        (rd, ra): (Reg, Reg),
        (rm, rm_top): (Reg, bool),
        (rn, rn_top): (Reg, bool),
    ) -> Step {
        let (x, y) = (self.get(rn), half(self.get(rm), rm_top));
        let added = signed(self.get(ra));
        match op {
            HalfMulOp::Smul => self.set_sticky(rd, half(x, rn_top) * y),
            HalfMulOp::Smla => self.set_sticky(rd, half(x, rn_top) * y + added),
            HalfMulOp::Smulw => self.set_sticky(rd, (signed(x) * y) >> 16),
            HalfMulOp::Smlaw => self.set_sticky(rd, ((signed(x) * y) >> 16) + added),
        }
    }

    pub(super) fn multiply_half_long(
        &mut self,
        (lo, hi): (Reg, Reg),
        (rm, rm_top): (Reg, bool),
        (rn, rn_top): (Reg, bool),
    ) -> Step {
        let product = half(self.get(rn), rn_top) * half(self.get(rm), rm_top);
        let sum = self.wide(lo, hi).wrapping_add(product as u64);
        self.set_wide(lo, hi, sum);
        Ok(Flow::Next)
    }

    fn dual_product(&self, op: DualMulOp, swap: bool, rm: Reg, rn: Reg) -> i64 {
        let (x, y) = (self.get(rn), self.get(rm));
        let (low, high) = (half(x, false) * half(y, swap), half(x, true) * half(y, !swap));
        match op {
            DualMulOp::Add => low + high,
            DualMulOp::Sub => low - high,
        }
    }

    pub(super) fn multiply_dual(
        &mut self,
        op: DualMulOp,
        swap: bool,
        (rd, ra): (Reg, Reg),
        rm: Reg,
        rn: Reg,
    ) -> Step {
        let added = if ra.is_pc() { 0 } else { signed(self.get(ra)) };
        self.set_sticky(rd, self.dual_product(op, swap, rm, rn) + added)
    }

    pub(super) fn multiply_dual_long(
        &mut self,
        op: DualMulOp,
        swap: bool,
        (lo, hi): (Reg, Reg),
        rm: Reg,
        rn: Reg,
    ) -> Step {
        let sum = self.wide(lo, hi).wrapping_add(self.dual_product(op, swap, rm, rn) as u64);
        self.set_wide(lo, hi, sum);
        Ok(Flow::Next)
    }

    pub(super) fn multiply_top(
        &mut self,
        op: TopMulOp,
        round: bool,
        (rd, ra): (Reg, Reg),
        rm: Reg,
        rn: Reg,
    ) -> Step {
        let product = signed(self.get(rm)).wrapping_mul(signed(self.get(rn)));
        let added = if ra.is_pc() { 0 } else { i64::from(self.get(ra)) << 32 };
        let result = match op {
            TopMulOp::Add => added.wrapping_add(product),
            TopMulOp::Sub => added.wrapping_sub(product),
        };
        let rounding = if round { 0x8000_0000 } else { 0 };
        self.set(rd, (result.wrapping_add(rounding) >> 32) as u32);
        Ok(Flow::Next)
    }

    /// Division by zero gives zero; the most negative number divided by −1 gives itself.
    pub(super) fn divide(&mut self, is_signed: bool, rd: Reg, rn: Reg, rm: Reg) -> Step {
        let (x, y) = (self.get(rn), self.get(rm));
        let result = match (y, is_signed) {
            (0, _) => 0,
            (_, true) => (x as i32).wrapping_div(y as i32) as u32,
            (_, false) => x / y,
        };
        self.set(rd, result);
        Ok(Flow::Next)
    }

    pub(super) fn saturating(&mut self, op: SatOp, rd: Reg, rm: Reg, rn: Reg) -> Step {
        let (x, y) = (signed(self.get(rm)), signed(self.get(rn)));
        let (y, doubled) = match op {
            SatOp::Qdadd | SatOp::Qdsub => saturate(2 * y),
            _ => (y as u32, false),
        };
        let (result, limited) = match op {
            SatOp::Qadd | SatOp::Qdadd => saturate(x + signed(y)),
            SatOp::Qsub | SatOp::Qdsub => saturate(x - signed(y)),
        };
        self.psr().q |= doubled || limited;
        self.set(rd, result);
        Ok(Flow::Next)
    }
}

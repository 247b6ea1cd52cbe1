//! Bit fields, extensions, packing, parallel and saturating instructions of ARMv6 and later.

use super::super::insn::{ExtendOp, LaneMode, LaneOp, Reg, Shift, UnaryOp};
use super::super::system::System;
use super::alu::shift_with_carry;
use super::{Engine, Flow, Step};

/// A mask of the low `width` bits, 1–32.
fn low_mask(width: u8) -> u32 {
    u32::MAX >> (32 - u32::from(width))
}

/// One lane's result: its bits, and whether GE becomes set.
fn lane(mode: LaneMode, lane_bits: u32, add: bool, x: u32, y: u32) -> (u32, bool) {
    let is_signed = matches!(mode, LaneMode::Signed | LaneMode::SignedSat | LaneMode::SignedHalf);
    let widen = |value: u32| {
        let value = value & ((1 << lane_bits) - 1);
        if is_signed { (value << (32 - lane_bits)) as i32 >> (32 - lane_bits) } else { value as i32 }
    };
    let result = if add { widen(x) + widen(y) } else { widen(x) - widen(y) };
    let (low, high) = if is_signed {
        (-(1 << (lane_bits - 1)), (1 << (lane_bits - 1)) - 1)
    } else {
        (0, (1 << lane_bits) - 1)
    };
    let value = match mode {
        LaneMode::SignedSat | LaneMode::UnsignedSat => result.clamp(low, high),
        LaneMode::SignedHalf | LaneMode::UnsignedHalf => result >> 1,
        LaneMode::Signed | LaneMode::Unsigned => result,
    };
    // An unsigned sum reports its carry; everything else that it did not become negative.
    let ge = if mode == LaneMode::Unsigned && add { result > high } else { result >= 0 };
    (value as u32 & ((1 << lane_bits) - 1), ge)
}

impl<S: System> Engine<'_, S> {
    pub(super) fn unary(&mut self, op: UnaryOp, rd: Reg, rm: Reg) -> Step {
        let value = self.get(rm);
        let result = match op {
            UnaryOp::Clz => value.leading_zeros(),
            UnaryOp::Rev => value.swap_bytes(),
            UnaryOp::Rev16 => value.swap_bytes().rotate_right(16),
            UnaryOp::Revsh => (value as u16).swap_bytes() as i16 as u32,
            UnaryOp::Rbit => value.reverse_bits(),
        };
        self.set(rd, result);
        Ok(Flow::Next)
    }

    pub(super) fn insert_field(&mut self, rd: Reg, value: u32, lsb: u8, width: u8) -> Step {
        let mask = low_mask(width) << lsb;
        let result = self.get(rd) & !mask | value << lsb & mask;
        self.set(rd, result);
        Ok(Flow::Next)
    }

    pub(super) fn extract_field(&mut self, signed: bool, rd: Reg, rn: Reg, lsb: u8, width: u8) -> Step {
        let up = 32 - u32::from(lsb) - u32::from(width);
        let (value, down) = (self.get(rn) << up, 32 - u32::from(width));
        self.set(rd, if signed { (value as i32 >> down) as u32 } else { value >> down });
        Ok(Flow::Next)
    }

    pub(super) fn extend(&mut self, op: ExtendOp, rd: Reg, rn: Reg, rm: Reg, rotate: u8) -> Step {
        let value = self.get(rm).rotate_right(rotate.into());
        let added = if rn.is_pc() { 0 } else { self.get(rn) };
        let result = match op {
            ExtendOp::Sxtb => added.wrapping_add(value as i8 as u32),
            ExtendOp::Sxth => added.wrapping_add(value as i16 as u32),
            ExtendOp::Uxtb => added.wrapping_add(value & 0xFF),
            ExtendOp::Uxth => added.wrapping_add(value & 0xFFFF),
            ExtendOp::Sxtb16 => add_halves(added, value as i8 as u32, (value >> 16) as i8 as u32),
            ExtendOp::Uxtb16 => add_halves(added, value & 0xFF, value >> 16 & 0xFF),
        };
        self.set(rd, result);
        Ok(Flow::Next)
    }

    pub(super) fn pack(&mut self, tb: bool, rd: Reg, rn: Reg, rm: Reg, amount: u8) -> Step {
        let shift = if tb { Shift::Asr } else { Shift::Lsl };
        let (value, _) = shift_with_carry(self.get(rm), shift, amount.into(), false);
        let first = self.get(rn);
        let result =
            if tb { first & 0xFFFF_0000 | value & 0xFFFF } else { first & 0xFFFF | value & 0xFFFF_0000 };
        self.set(rd, result);
        Ok(Flow::Next)
    }

    pub(super) fn select(&mut self, rd: Reg, rn: Reg, rm: Reg) -> Step {
        let ge = self.psr().ge;
        let mask = (0..4).filter(|n| ge >> n & 1 != 0).map(|n| 0xFF << (8 * n)).sum::<u32>();
        self.set(rd, self.get(rn) & mask | self.get(rm) & !mask);
        Ok(Flow::Next)
    }

    /// Limits `value` to so many bits; gives true when that changed it.
    fn limit(value: i32, signed: bool, bits: u8) -> (u32, bool) {
        let (low, high) =
            if signed { (-(1i64 << (bits - 1)), (1i64 << (bits - 1)) - 1) } else { (0, (1i64 << bits) - 1) };
        let limited = i64::from(value).clamp(low, high);
        (limited as u32, limited != i64::from(value))
    }

    pub(super) fn saturate_to(
        &mut self,
        (signed, bits): (bool, u8),
        rd: Reg,
        rn: Reg,
        shift: Shift,
        amount: u8,
    ) -> Step {
        let (value, _) = shift_with_carry(self.get(rn), shift, amount.into(), false);
        let (result, limited) = Self::limit(value as i32, signed, bits);
        self.psr().q |= limited;
        self.set(rd, result);
        Ok(Flow::Next)
    }

    pub(super) fn saturate_to_16(&mut self, signed: bool, bits: u8, rd: Reg, rn: Reg) -> Step {
        let value = self.get(rn);
        let (low, low_limited) = Self::limit(i32::from(value as i16), signed, bits);
        let (high, high_limited) = Self::limit(value as i32 >> 16, signed, bits);
        self.psr().q |= low_limited || high_limited;
        self.set(rd, high << 16 | low & 0xFFFF);
        Ok(Flow::Next)
    }

    pub(super) fn parallel(&mut self, mode: LaneMode, op: LaneOp, rd: Reg, rn: Reg, rm: Reg) -> Step {
        let (x, y) = (self.get(rn), self.get(rm));
        let (result, ge) = match op {
            LaneOp::Add8 | LaneOp::Sub8 => bytes_in_parallel(mode, op == LaneOp::Add8, x, y),
            LaneOp::Add16 => halves_in_parallel(mode, (true, true), x, y),
            LaneOp::Sub16 => halves_in_parallel(mode, (false, false), x, y),
            LaneOp::Asx => halves_in_parallel(mode, (false, true), x, y.rotate_left(16)),
            LaneOp::Sax => halves_in_parallel(mode, (true, false), x, y.rotate_left(16)),
        };
        if matches!(mode, LaneMode::Signed | LaneMode::Unsigned) {
            self.psr().ge = ge;
        }
        self.set(rd, result);
        Ok(Flow::Next)
    }

    pub(super) fn sum_of_differences(&mut self, rd: Reg, ra: Reg, rm: Reg, rn: Reg) -> Step {
        let (x, y) = (self.get(rn).to_le_bytes(), self.get(rm).to_le_bytes());
        let sum: u32 = x.iter().zip(y).map(|(x, y)| u32::from(x.abs_diff(y))).sum();
        let added = if ra.is_pc() { 0 } else { self.get(ra) };
        self.set(rd, added.wrapping_add(sum));
        Ok(Flow::Next)
    }
}

fn add_halves(added: u32, low: u32, high: u32) -> u32 {
    let low = (added & 0xFFFF).wrapping_add(low) & 0xFFFF;
    let high = (added >> 16).wrapping_add(high);
    high << 16 | low
}

/// `adds` says for the low and the high half whether it adds or subtracts.
fn halves_in_parallel(mode: LaneMode, adds: (bool, bool), x: u32, y: u32) -> (u32, u8) {
    let (low, low_ge) = lane(mode, 16, adds.0, x, y);
    let (high, high_ge) = lane(mode, 16, adds.1, x >> 16, y >> 16);
    (high << 16 | low, (3 * u8::from(low_ge)) | (12 * u8::from(high_ge)))
}

fn bytes_in_parallel(mode: LaneMode, add: bool, x: u32, y: u32) -> (u32, u8) {
    (0..4).fold((0, 0), |(result, ge), n| {
        let (value, lane_ge) = lane(mode, 8, add, x >> (8 * n), y >> (8 * n));
        (result | value << (8 * n), ge | u8::from(lane_ge) << n)
    })
}

//! Advanced SIMD instructions. A vector is a `u128`; a doubleword uses its low half.

mod float;
mod integer;
mod lanes;
mod memory;
mod misc;
mod wide;

use super::super::neon::{ImmOp, Logic, NeonOp};
use super::super::simd::FloatReg;
use super::super::system::System;
use super::{Engine, Flow, Step};

/// Cumulative saturation, in FPSCR.
const SATURATED: u32 = 1 << 27;

impl<S: System> Engine<'_, S> {
    pub(super) fn neon(&mut self, op: &NeonOp) -> Step {
        self.check_float()?;
        match *op {
            NeonOp::Structures { of, repeat } => return self.structures(of, repeat),
            NeonOp::StructureLane { of, index } => return self.structure_lane(of, index),
            NeonOp::StructureAll { of, pair } => return self.structure_all(of, pair),
            NeonOp::Logic { op, quad, d, n, m } => self.logic(op, quad, d, n, m),
            NeonOp::Imm { op, quad, d, value } => self.constant(op, quad, d, value),
            NeonOp::Three { .. } | NeonOp::Pair { .. } | NeonOp::Scalar { .. } | NeonOp::Shift { .. } => {
                self.neon_integer(op);
            }
            NeonOp::Long { .. }
            | NeonOp::Wide { .. }
            | NeonOp::Narrow { .. }
            | NeonOp::LongScalar { .. }
            | NeonOp::ShiftNarrow { .. }
            | NeonOp::ShiftLong { .. }
            | NeonOp::PairLong { .. } => self.neon_wide(op),
            NeonOp::Float { .. }
            | NeonOp::FloatPair { .. }
            | NeonOp::FloatScalar { .. }
            | NeonOp::FloatMisc { .. }
            | NeonOp::CvtFixed { .. }
            | NeonOp::CvtHalf { .. } => self.neon_float(op),
            _ => self.neon_misc(op),
        }
        Ok(Flow::Next)
    }

    fn vector(&self, quad: bool, reg: FloatReg) -> u128 {
        let low = u128::from(self.st.simd.double(reg));
        if quad { u128::from(self.st.simd.double(reg | 1)) << 64 | low } else { low }
    }

    fn set_vector(&mut self, quad: bool, reg: FloatReg, value: u128) {
        self.st.simd.set_double(reg, value as u64);
        if quad {
            self.st.simd.set_double(reg | 1, (value >> 64) as u64);
        }
    }

    fn note_saturation(&mut self, saturated: bool) {
        if saturated {
            self.st.simd.fpscr |= SATURATED;
        }
    }

    fn logic(&mut self, op: Logic, quad: bool, d: FloatReg, n: FloatReg, m: FloatReg) {
        let (old, x, y) = (self.vector(quad, d), self.vector(quad, n), self.vector(quad, m));
        let result = match op {
            Logic::And => x & y,
            Logic::Bic => x & !y,
            Logic::Orr => x | y,
            Logic::Orn => x | !y,
            Logic::Eor => x ^ y,
            Logic::Bsl => x & old | y & !old,
            Logic::Bit => x & y | old & !y,
            Logic::Bif => x & !y | old & y,
        };
        self.set_vector(quad, d, result);
    }

    fn constant(&mut self, op: ImmOp, quad: bool, d: FloatReg, value: u64) {
        let value = u128::from(value) << 64 | u128::from(value);
        let old = self.vector(quad, d);
        let result = match op {
            ImmOp::Mov => value,
            ImmOp::Mvn => !value,
            ImmOp::Orr => old | value,
            ImmOp::Bic => old & !value,
        };
        self.set_vector(quad, d, result);
    }
}

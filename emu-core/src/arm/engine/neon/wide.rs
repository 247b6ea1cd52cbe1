//! Operations between lanes of one width and lanes of twice that width.

use super::super::super::neon::{Limit, LongOp, NeonOp};
use super::super::super::system::System;
use super::super::Engine;
use super::lanes::{build, limit, number, polynomial, shift_right};

/// A result of double width: `size` is that of the operands.
fn long(op: LongOp, size: u32, old: i128, x: i128, y: i128, saturated: &mut bool) -> i128 {
    let wide = 2 * size;
    let doubled = |saturated: &mut bool| limit(2 * x * y, wide, true, saturated);
    match op {
        LongOp::Add => x + y,
        LongOp::Sub => x - y,
        LongOp::Abd => (x - y).abs(),
        LongOp::Aba => old + (x - y).abs(),
        LongOp::Mul => x * y,
        LongOp::Mla => old + x * y,
        LongOp::Mls => old - x * y,
        LongOp::MulPoly => polynomial(x as u64 & 0xFF, y as u64 & 0xFF),
        LongOp::Qdmul => doubled(saturated),
        LongOp::Qdmla => {
            let product = doubled(saturated);
            limit(old + product, wide, true, saturated)
        }
        LongOp::Qdmls => {
            let product = doubled(saturated);
            limit(old - product, wide, true, saturated)
        }
    }
}

impl<S: System> Engine<'_, S> {
    pub(super) fn neon_wide(&mut self, op: &NeonOp) {
        let mut saturated = false;
        match *op {
            NeonOp::Long { op, signed, size, d, n, m } => {
                let size = u32::from(size);
                let (old, x, y) = (self.vector(true, d), self.vector(false, n), self.vector(false, m));
                let result = build(64 / size, 2 * size, |i| {
                    let old = number(old, 2 * size, i, true);
                    long(
                        op,
                        size,
                        old,
                        number(x, size, i, signed),
                        number(y, size, i, signed),
                        &mut saturated,
                    )
                });
                self.set_vector(true, d, result);
            }
            NeonOp::LongScalar { op, signed, size, d, n, m, index } => {
                let size = u32::from(size);
                let (old, x) = (self.vector(true, d), self.vector(false, n));
                let y = number(self.vector(false, m), size, index.into(), signed);
                let result = build(64 / size, 2 * size, |i| {
                    let old = number(old, 2 * size, i, true);
                    long(op, size, old, number(x, size, i, signed), y, &mut saturated)
                });
                self.set_vector(true, d, result);
            }
            NeonOp::Wide { subtract, signed, size, d, n, m } => {
                let size = u32::from(size);
                let (x, y) = (self.vector(true, n), self.vector(false, m));
                let result = build(64 / size, 2 * size, |i| {
                    let (x, y) = (number(x, 2 * size, i, signed), number(y, size, i, signed));
                    if subtract { x - y } else { x + y }
                });
                self.set_vector(true, d, result);
            }
            NeonOp::Narrow { subtract, round, size, d, n, m } => {
                let size = u32::from(size);
                let (x, y) = (self.vector(true, n), self.vector(true, m));
                let result = build(64 / size, size, |i| {
                    let (x, y) = (number(x, 2 * size, i, false), number(y, 2 * size, i, false));
                    shift_right(if subtract { x - y } else { x + y }, size, round)
                });
                self.set_vector(false, d, result);
            }
            _ => self.neon_resize(op, &mut saturated),
        }
        self.note_saturation(saturated);
    }

    fn neon_resize(&mut self, op: &NeonOp, saturated: &mut bool) {
        match *op {
            NeonOp::ShiftNarrow { limit: to, round, signed, size, d, m, amount } => {
                let (size, x) = (u32::from(size), self.vector(true, m));
                let result = build(64 / size, size, |i| {
                    let value = shift_right(number(x, 2 * size, i, signed), amount.into(), round);
                    match to {
                        Limit::None => value,
                        Limit::Signed => limit(value, size, true, saturated),
                        Limit::Unsigned => limit(value, size, false, saturated),
                    }
                });
                self.set_vector(false, d, result);
            }
            NeonOp::ShiftLong { signed, size, d, m, amount } => {
                let (size, x) = (u32::from(size), self.vector(false, m));
                let result = build(64 / size, 2 * size, |i| number(x, size, i, signed) << amount);
                self.set_vector(true, d, result);
            }
            NeonOp::PairLong { add, signed, size, quad, d, m } => {
                let (size, old, x) = (u32::from(size), self.vector(quad, d), self.vector(quad, m));
                let lanes = (if quad { 64 } else { 32 }) / size;
                let result = build(lanes, 2 * size, |i| {
                    let sum = number(x, size, 2 * i, signed) + number(x, size, 2 * i + 1, signed);
                    if add { number(old, 2 * size, i, false) + sum } else { sum }
                });
                self.set_vector(quad, d, result);
            }
            _ => {}
        }
    }
}

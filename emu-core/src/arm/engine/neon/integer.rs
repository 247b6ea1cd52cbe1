//! Integer operations that keep the lane width.

use super::super::super::neon::{LaneThree, NeonOp, Pairwise, ShiftImm};
use super::super::super::system::System;
use super::super::Engine;
use super::lanes::{build, count, extend, lane, limit, number, polynomial, shift_right};

/// Lane type: width in bits and sign.
#[derive(Clone, Copy)]
struct Lane {
    size: u32,
    signed: bool,
}

/// Shift by the low byte of `by`, to the left when positive.
fn shift_by(x: i128, by: i128, to: Lane, round: bool, saturate: Option<&mut bool>) -> i128 {
    let by = i32::from(by as i8);
    if by < 0 {
        return shift_right(x, by.unsigned_abs(), round);
    }
    let by = by as u32;
    let shifted = if by >= to.size { if x == 0 { 0 } else { x.signum() << 100 } } else { x << by };
    match saturate {
        Some(saturated) => limit(shifted, to.size, to.signed, saturated),
        None if by >= to.size => 0,
        None => shifted,
    }
}

/// High half of twice the product, rounded when asked.
fn doubled_high(x: i128, y: i128, size: u32, round: bool, saturated: &mut bool) -> i128 {
    let rounding = if round { 1 << (size - 1) } else { 0 };
    limit((2 * x * y + rounding) >> size, size, true, saturated)
}

fn flag(condition: bool) -> i128 {
    if condition { -1 } else { 0 }
}

fn three(op: LaneThree, of: Lane, old: i128, x: i128, y: i128, saturated: &mut bool) -> i128 {
    let Lane { size, signed } = of;
    match op {
        LaneThree::Hadd => (x + y) >> 1,
        LaneThree::Rhadd => (x + y + 1) >> 1,
        LaneThree::Hsub => (x - y) >> 1,
        LaneThree::Qadd => limit(x + y, size, signed, saturated),
        LaneThree::Qsub => limit(x - y, size, signed, saturated),
        LaneThree::Cgt => flag(x > y),
        LaneThree::Cge => flag(x >= y),
        LaneThree::Ceq => flag(x == y),
        LaneThree::Tst => flag(x & y != 0),
        // The shifted value is the second operand here.
        LaneThree::Shl => shift_by(y, x, of, false, None),
        LaneThree::Qshl => shift_by(y, x, of, false, Some(saturated)),
        LaneThree::Rshl => shift_by(y, x, of, true, None),
        LaneThree::Qrshl => shift_by(y, x, of, true, Some(saturated)),
        LaneThree::Max => x.max(y),
        LaneThree::Min => x.min(y),
        LaneThree::Abd => (x - y).abs(),
        LaneThree::Aba => old + (x - y).abs(),
        LaneThree::Add => x + y,
        LaneThree::Sub => x - y,
        LaneThree::Mla => old + x * y,
        LaneThree::Mls => old - x * y,
        LaneThree::Mul => x * y,
        LaneThree::MulPoly => polynomial(x as u64, y as u64),
        LaneThree::Qdmulh => doubled_high(x, y, size, false, saturated),
        LaneThree::Qrdmulh => doubled_high(x, y, size, true, saturated),
    }
}

fn shift(op: ShiftImm, of: Lane, old: u64, x: u64, amount: u32, saturated: &mut bool) -> i128 {
    let Lane { size, signed } = of;
    let (value, before) = (extend(x, size, signed), extend(old, size, false));
    match op {
        ShiftImm::Shr => shift_right(value, amount, false),
        ShiftImm::Rshr => shift_right(value, amount, true),
        ShiftImm::Sra => before + shift_right(value, amount, false),
        ShiftImm::Rsra => before + shift_right(value, amount, true),
        ShiftImm::Shl => value << amount,
        ShiftImm::Sli => i128::from(x) << amount | before & ((1 << amount) - 1),
        ShiftImm::Sri => {
            let kept = u128::MAX << (size - amount);
            (u128::from(x) >> amount | u128::from(old) & kept) as i128
        }
        ShiftImm::Qshl => limit(value << amount, size, signed, saturated),
        ShiftImm::Qshlu => limit(extend(x, size, true) << amount, size, false, saturated),
    }
}

impl<S: System> Engine<'_, S> {
    pub(super) fn neon_integer(&mut self, op: &NeonOp) {
        let mut saturated = false;
        match *op {
            NeonOp::Three { op, signed, size, quad, d, n, m } => {
                let of = Lane { size: size.into(), signed };
                let (old, x, y) = (self.vector(quad, d), self.vector(quad, n), self.vector(quad, m));
                let result = build(count(quad, of.size), of.size, |i| {
                    let get = |vector| number(vector, of.size, i, signed);
                    three(op, of, get(old), get(x), get(y), &mut saturated)
                });
                self.set_vector(quad, d, result);
            }
            NeonOp::Scalar { op, size, quad, d, n, m, index } => {
                let of = Lane { size: size.into(), signed: true };
                let (old, x) = (self.vector(quad, d), self.vector(quad, n));
                let y = number(self.vector(false, m), of.size, index.into(), true);
                let result = build(count(quad, of.size), of.size, |i| {
                    let get = |vector| number(vector, of.size, i, true);
                    three(op, of, get(old), get(x), y, &mut saturated)
                });
                self.set_vector(quad, d, result);
            }
            NeonOp::Shift { op, signed, size, quad, d, m, amount } => {
                let of = Lane { size: size.into(), signed };
                let (old, x) = (self.vector(quad, d), self.vector(quad, m));
                let result = build(count(quad, of.size), of.size, |i| {
                    let get = |vector| lane(vector, of.size, i);
                    shift(op, of, get(old), get(x), amount.into(), &mut saturated)
                });
                self.set_vector(quad, d, result);
            }
            NeonOp::Pair { op, signed, size, d, n, m } => {
                let size = u32::from(size);
                // Both vectors side by side: neighbours fall together.
                let both = self.vector(false, m) << 64 | self.vector(false, n);
                let result = build(64 / size, size, |i| {
                    let (x, y) = (number(both, size, 2 * i, signed), number(both, size, 2 * i + 1, signed));
                    match op {
                        Pairwise::Add => x + y,
                        Pairwise::Max => x.max(y),
                        Pairwise::Min => x.min(y),
                    }
                });
                self.set_vector(false, d, result);
            }
            _ => {}
        }
        self.note_saturation(saturated);
    }
}

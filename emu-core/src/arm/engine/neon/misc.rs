//! Operations on one vector, permutations, tables.

use super::super::super::float::estimate;
use super::super::super::neon::{Misc, NeonOp, Permute};
use super::super::super::simd::FloatReg;
use super::super::super::system::System;
use super::super::Engine;
use super::lanes::{build, count, extend, lane, limit};

fn even(i: u32) -> bool {
    i & 1 == 0
}

fn flag(condition: bool) -> i128 {
    if condition { -1 } else { 0 }
}

fn misc(op: Misc, size: u32, bits: u64, saturated: &mut bool) -> i128 {
    let value = extend(bits, size, true);
    match op {
        Misc::Clz => i128::from(bits.leading_zeros()) - i128::from(64 - size),
        Misc::Cls => {
            let flipped = extend(if value < 0 { !bits } else { bits }, size, false) as u64;
            i128::from(flipped.leading_zeros()) - i128::from(64 - size) - 1
        }
        Misc::Cnt => bits.count_ones().into(),
        Misc::Mvn => !value,
        Misc::Abs => value.abs(),
        Misc::Neg => -value,
        Misc::Qabs => limit(value.abs(), size, true, saturated),
        Misc::Qneg => limit(-value, size, true, saturated),
        Misc::Cgt0 => flag(value > 0),
        Misc::Cge0 => flag(value >= 0),
        Misc::Ceq0 => flag(value == 0),
        Misc::Cle0 => flag(value <= 0),
        Misc::Clt0 => flag(value < 0),
        Misc::Rev64 | Misc::Rev32 | Misc::Rev16 => value,
    }
}

/// Width of the groups in which lanes change order.
fn group(op: Misc) -> Option<u32> {
    match op {
        Misc::Rev64 => Some(64),
        Misc::Rev32 => Some(32),
        Misc::Rev16 => Some(16),
        _ => None,
    }
}

impl<S: System> Engine<'_, S> {
    pub(super) fn neon_misc(&mut self, op: &NeonOp) {
        match *op {
            NeonOp::Misc { op, size, quad, d, m } => {
                let (size, x, mut saturated) = (u32::from(size), self.vector(quad, m), false);
                let reversal = group(op).map_or(0, |bits| bits / size - 1);
                let result = build(count(quad, size), size, |i| {
                    misc(op, size, lane(x, size, i ^ reversal), &mut saturated)
                });
                self.set_vector(quad, d, result);
                self.note_saturation(saturated);
            }
            NeonOp::EstimateInt { root, quad, d, m } => {
                let x = self.vector(quad, m);
                let result = build(count(quad, 32), 32, |i| {
                    let word = lane(x, 32, i) as u32;
                    let of = if root { estimate::integer_root } else { estimate::integer };
                    of(word).into()
                });
                self.set_vector(quad, d, result);
            }
            NeonOp::Dup { size, quad, d, m, index } => {
                let value = lane(self.vector(false, m), size.into(), index.into());
                let result = build(count(quad, size.into()), size.into(), |_| value.into());
                self.set_vector(quad, d, result);
            }
            NeonOp::Ext { quad, d, n, m, bytes } => self.extract(quad, d, n, m, bytes.into()),
            NeonOp::Table { keep, count, d, n, m } => self.table(keep, count, d, n, m),
            NeonOp::Permute { op, size, quad, d, m } => self.permute(op, size.into(), quad, d, m),
            _ => {}
        }
    }

    /// Bytes from the upper end of one vector and the lower end of the other.
    fn extract(&mut self, quad: bool, d: FloatReg, n: FloatReg, m: FloatReg, bytes: u32) {
        let (x, y, lanes) = (self.vector(quad, n), self.vector(quad, m), count(quad, 8));
        let result = build(lanes, 8, |i| {
            let at = i + bytes;
            if at < lanes { lane(x, 8, at) } else { lane(y, 8, at - lanes) }.into()
        });
        self.set_vector(quad, d, result);
    }

    /// Bytes chosen from a list of registers; an index beyond it gives zero, or leaves the byte.
    fn table(&mut self, keep: bool, count: u8, d: FloatReg, n: FloatReg, m: FloatReg) {
        let (old, indices) = (self.vector(false, d), self.vector(false, m));
        let result = build(8, 8, |i| {
            let index = lane(indices, 8, i);
            let value = if index < 8 * u64::from(count) {
                lane(self.vector(false, n + (index / 8) as u8), 8, (index % 8) as u32)
            } else if keep {
                lane(old, 8, i)
            } else {
                0
            };
            value.into()
        });
        self.set_vector(false, d, result);
    }

    fn permute(&mut self, op: Permute, size: u32, quad: bool, d: FloatReg, m: FloatReg) {
        let (x, y, lanes) = (self.vector(quad, d), self.vector(quad, m), count(quad, size));
        // Lane `i` of the two vectors put end to end.
        let both = |i: u32| i128::from(if i < lanes { lane(x, size, i) } else { lane(y, size, i - lanes) });
        let (first, second) = match op {
            Permute::Swp => (y, x),
            Permute::Trn => (
                build(lanes, size, |i| both(if even(i) { i } else { lanes + i - 1 })),
                build(lanes, size, |i| both(if even(i) { i + 1 } else { lanes + i })),
            ),
            Permute::Uzp => (build(lanes, size, |i| both(2 * i)), build(lanes, size, |i| both(2 * i + 1))),
            Permute::Zip => {
                let zipped = |i: u32| both(if even(i) { i / 2 } else { lanes + i / 2 });
                (build(lanes, size, zipped), build(lanes, size, |i| zipped(lanes + i)))
            }
        };
        self.set_vector(quad, d, first);
        self.set_vector(quad, m, second);
    }
}

//! Single-precision lanes. Advanced SIMD always rounds to nearest, flushes, and gives the default NaN.

use super::super::super::float::{Env, F16, F32, Fixed, Rounding, estimate};
use super::super::super::neon::{FloatMisc, FloatThree, NeonOp, Pairwise};
use super::super::super::system::System;
use super::super::Engine;
use super::lanes::{build, count, lane};

const SIGN: u64 = 1 << 31;
const TWO: u64 = 0x4000_0000;
const THREE: u64 = 0x4040_0000;
const HALF: u64 = 0x3F00_0000;
const LESS: u32 = 8;

fn mask(condition: bool) -> u64 {
    if condition { 0xFFFF_FFFF } else { 0 }
}

/// Greater, or with `equal` also equal; false when unordered. Quiet NaNs raise Invalid.
fn above(env: &mut Env, x: u64, y: u64, equal: bool) -> u64 {
    let flags = env.compare(F32, x, y, true);
    mask(flags == 2 || (equal && flags == 6))
}

fn three(env: &mut Env, op: FloatThree, old: u64, x: u64, y: u64) -> u64 {
    match op {
        FloatThree::Add => env.add(F32, x, y),
        FloatThree::Sub => env.sub(F32, x, y),
        FloatThree::Abd => env.sub(F32, x, y) & !SIGN,
        FloatThree::Mul => env.mul(F32, x, y),
        FloatThree::Mla => {
            let product = env.mul(F32, x, y);
            env.add(F32, old, product)
        }
        FloatThree::Mls => {
            let product = env.mul(F32, x, y) ^ SIGN;
            env.add(F32, old, product)
        }
        FloatThree::Ceq => mask(env.compare(F32, x, y, false) == 6),
        FloatThree::Cge => above(env, x, y, true),
        FloatThree::Cgt => above(env, x, y, false),
        FloatThree::Acge => above(env, x & !SIGN, y & !SIGN, true),
        FloatThree::Acgt => above(env, x & !SIGN, y & !SIGN, false),
        FloatThree::Max => env.extreme(F32, x, y, true),
        FloatThree::Min => env.extreme(F32, x, y, false),
        FloatThree::Recps => step(env, x, y, false),
        FloatThree::Rsqrts => step(env, x, y, true),
    }
}

/// Newton's step: 2 − xy, or (3 − xy) / 2. Zero times infinity counts as zero.
fn step(env: &mut Env, x: u64, y: u64, root: bool) -> u64 {
    let product = if env.is_zero_times_infinity(F32, x, y) { 0 } else { env.mul(F32, x, y) };
    let difference = env.sub(F32, if root { THREE } else { TWO }, product);
    if root { env.mul(F32, difference, HALF) } else { difference }
}

fn misc(env: &mut Env, op: FloatMisc, x: u64) -> u64 {
    let integer = |signed| Fixed { bits: 32, signed, fraction: 0 };
    match op {
        FloatMisc::Cgt0 => above(env, x, 0, false),
        FloatMisc::Cge0 => above(env, x, 0, true),
        FloatMisc::Ceq0 => mask(env.compare(F32, x, 0, false) == 6),
        FloatMisc::Cle0 => above(env, 0, x, true),
        FloatMisc::Clt0 => mask(env.compare(F32, x, 0, true) == LESS),
        FloatMisc::Abs => x & !SIGN,
        FloatMisc::Neg => x ^ SIGN,
        FloatMisc::Recpe => estimate::reciprocal(env, x),
        FloatMisc::Rsqrte => estimate::reciprocal_root(env, x),
        FloatMisc::ToSigned => to_fixed(env, x, integer(true)),
        FloatMisc::ToUnsigned => to_fixed(env, x, integer(false)),
        FloatMisc::FromSigned => env.float_of_fixed(F32, (x as i32).into(), 0),
        FloatMisc::FromUnsigned => env.float_of_fixed(F32, x as i64, 0),
    }
}

fn to_fixed(env: &mut Env, x: u64, to: Fixed) -> u64 {
    let mut towards_zero = Env { rounding: Rounding::Zero, ..*env };
    let value = towards_zero.round_to_fixed(F32, x, to);
    env.flags |= towards_zero.flags;
    value as u64
}

impl<S: System> Engine<'_, S> {
    pub(super) fn neon_float(&mut self, op: &NeonOp) {
        let mut env = Env::standard(self.st.simd.fpscr);
        match *op {
            NeonOp::Float { op, quad, d, n, m } => {
                let (old, x, y) = (self.vector(quad, d), self.vector(quad, n), self.vector(quad, m));
                let result = build(count(quad, 32), 32, |i| {
                    three(&mut env, op, lane(old, 32, i), lane(x, 32, i), lane(y, 32, i)).into()
                });
                self.set_vector(quad, d, result);
            }
            NeonOp::FloatScalar { op, quad, d, n, m, index } => {
                let (old, x) = (self.vector(quad, d), self.vector(quad, n));
                let y = lane(self.vector(false, m), 32, index.into());
                let result = build(count(quad, 32), 32, |i| {
                    three(&mut env, op, lane(old, 32, i), lane(x, 32, i), y).into()
                });
                self.set_vector(quad, d, result);
            }
            NeonOp::FloatPair { op, d, n, m } => {
                let both = self.vector(false, m) << 64 | self.vector(false, n);
                let op = match op {
                    Pairwise::Add => FloatThree::Add,
                    Pairwise::Max => FloatThree::Max,
                    Pairwise::Min => FloatThree::Min,
                };
                let result = build(2, 32, |i| {
                    three(&mut env, op, 0, lane(both, 32, 2 * i), lane(both, 32, 2 * i + 1)).into()
                });
                self.set_vector(false, d, result);
            }
            NeonOp::FloatMisc { op, quad, d, m } => {
                let x = self.vector(quad, m);
                let result = build(count(quad, 32), 32, |i| misc(&mut env, op, lane(x, 32, i)).into());
                self.set_vector(quad, d, result);
            }
            _ => self.neon_convert(op, &mut env),
        }
        self.keep_flags(&env);
    }

    fn neon_convert(&mut self, op: &NeonOp, env: &mut Env) {
        match *op {
            NeonOp::CvtFixed { to_fixed: to, signed, quad, d, m, fraction } => {
                let (x, fixed) =
                    (self.vector(quad, m), Fixed { bits: 32, signed, fraction: fraction.into() });
                let result = build(count(quad, 32), 32, |i| {
                    let bits = lane(x, 32, i);
                    let number = if signed { i64::from(bits as i32) } else { bits as i64 };
                    let value = if to {
                        to_fixed(env, bits, fixed)
                    } else {
                        env.float_of_fixed(F32, number, fixed.fraction)
                    };
                    value.into()
                });
                self.set_vector(quad, d, result);
            }
            NeonOp::CvtHalf { to_half: true, d, m } => {
                let x = self.vector(true, m);
                let result = build(4, 16, |i| env.convert(F32, F16, lane(x, 32, i)).into());
                self.set_vector(false, d, result);
            }
            NeonOp::CvtHalf { to_half: false, d, m } => {
                let x = self.vector(false, m);
                let result = build(4, 32, |i| env.convert(F16, F32, lane(x, 16, i)).into());
                self.set_vector(true, d, result);
            }
            _ => {}
        }
    }
}

//! The eight-bit estimates of a reciprocal and of a reciprocal square root (ARM DDI 0406, A2.7.8).

use super::format::F32;
use super::{Env, Value, flag};

/// Estimate of 256 × 256 / x for a nine-bit x of 256–511, as an integer of 256–511.
fn reciprocal_table(x: u32) -> u32 {
    // x stands for its interval's middle.
    let doubled = 2 * x + 1;
    let quotient = (1 << 19) / doubled;
    quotient.div_ceil(2)
}

/// Estimate of the reciprocal root for x of 128–511, as an integer of 256–511.
fn root_table(x: u32) -> u32 {
    let middle = if x < 256 { 2 * x + 1 } else { (x >> 1 << 1) * 2 + 2 };
    let mut root = 512;
    while middle * (root + 1) * (root + 1) < 1 << 28 {
        root += 1;
    }
    root.div_ceil(2)
}

/// Integer reciprocal: of a number in [0.5, 1), with 32 bits behind the point; a smaller one saturates.
pub(in super::super) fn integer(x: u32) -> u32 {
    if x >> 31 == 0 { u32::MAX } else { reciprocal_table(x >> 23) << 23 }
}

/// Integer reciprocal root: of a number in [0.25, 1); a smaller one saturates.
pub(in super::super) fn integer_root(x: u32) -> u32 {
    if x >> 30 == 0 { u32::MAX } else { root_table(x >> 23) << 23 }
}

/// Single-precision reciprocal.
pub(in super::super) fn reciprocal(env: &mut Env, x: u64) -> u64 {
    match env.unpack(F32, x) {
        Value::Nan { quiet } => nan(env, quiet),
        Value::Infinite { sign } => F32.signed(sign, 0),
        Value::Zero { sign } => {
            env.raise(flag::DIVIDE_BY_ZERO);
            F32.infinity(sign)
        }
        Value::Finite { sign, exp, .. } if exp >= 126 => {
            env.raise(flag::UNDERFLOW);
            F32.signed(sign, 0)
        }
        Value::Finite { sign, exp, sig } => {
            let estimate = u64::from(reciprocal_table((sig >> 55) as u32) & 0xFF);
            F32.signed(sign, ((126 - exp) as u64) << 23 | estimate << 15)
        }
    }
}

/// Single-precision reciprocal square root.
pub(in super::super) fn reciprocal_root(env: &mut Env, x: u64) -> u64 {
    match env.unpack(F32, x) {
        Value::Nan { quiet } => nan(env, quiet),
        Value::Zero { sign } => {
            env.raise(flag::DIVIDE_BY_ZERO);
            F32.infinity(sign)
        }
        Value::Infinite { sign: false } => 0,
        Value::Finite { sign: false, exp, sig } => {
            // An even exponent (of a value in [0.5, 1)) makes nine bits of it, an odd one eight.
            let halved = exp & 1 != 0;
            let scaled = if halved { sig >> 55 } else { sig >> 56 } as u32;
            let estimate = u64::from(root_table(scaled) & 0xFF);
            let biased = (380 - (exp + 127)) / 2;
            (biased as u64) << 23 | estimate << 15
        }
        _ => env.invalid(F32),
    }
}

fn nan(env: &mut Env, quiet: bool) -> u64 {
    if !quiet {
        env.raise(flag::INVALID);
    }
    F32.default_nan()
}

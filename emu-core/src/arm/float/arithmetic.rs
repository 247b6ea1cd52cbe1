//! The four operations, square root, comparison, minimum and maximum.

use super::format::Format;
use super::round::shift_sticky;
use super::{Env, Rounding, Value, flag};

impl Env {
    /// x + y.
    pub(in super::super) fn add(&mut self, format: Format, x: u64, y: u64) -> u64 {
        let (a, b) = (self.unpack(format, x), self.unpack(format, y));
        if let Some(nan) = self.nan_of(format, (x, a), (y, b)) {
            return nan;
        }
        match (a, b) {
            (Value::Infinite { sign }, Value::Infinite { sign: other }) if sign != other => {
                self.invalid(format)
            }
            (Value::Infinite { sign }, _) | (_, Value::Infinite { sign }) => format.infinity(sign),
            (Value::Zero { sign }, Value::Zero { sign: other }) => {
                let negative = if sign == other { sign } else { self.rounding == Rounding::Down };
                format.signed(negative, 0)
            }
            (Value::Zero { .. }, Value::Finite { sign, exp, sig })
            | (Value::Finite { sign, exp, sig }, Value::Zero { .. }) => {
                self.pack(format, sign, exp, u128::from(sig) << 64)
            }
            (Value::Finite { sign, exp, sig }, Value::Finite { sign: sign_b, exp: exp_b, sig: sig_b }) => {
                self.add_finite(format, (sign, exp, sig), (sign_b, exp_b, sig_b))
            }
            _ => format.default_nan(),
        }
    }

    fn add_finite(&mut self, format: Format, x: (bool, i32, u64), y: (bool, i32, u64)) -> u64 {
        let (large, small) = if (x.1, x.2) >= (y.1, y.2) { (x, y) } else { (y, x) };
        // One bit of room above for a carry.
        let high = u128::from(large.2) << 63;
        let low = shift_sticky(u128::from(small.2) << 63, (large.1 - small.1) as u32);
        let sum = if large.0 == small.0 { high + low } else { high - low };
        if sum == 0 {
            return format.signed(self.rounding == Rounding::Down, 0);
        }
        self.pack(format, large.0, large.1 + 1, sum)
    }

    /// x − y.
    pub(in super::super) fn sub(&mut self, format: Format, x: u64, y: u64) -> u64 {
        let (a, b) = (self.unpack(format, x), self.unpack(format, y));
        match self.nan_of(format, (x, a), (y, b)) {
            Some(nan) => nan,
            None => self.add(format, x, y ^ format.sign_bit()),
        }
    }

    /// x × y.
    pub(in super::super) fn mul(&mut self, format: Format, x: u64, y: u64) -> u64 {
        let (a, b) = (self.unpack(format, x), self.unpack(format, y));
        if let Some(nan) = self.nan_of(format, (x, a), (y, b)) {
            return nan;
        }
        let sign = (x ^ y) & format.sign_bit() != 0;
        match (a, b) {
            (Value::Infinite { .. }, Value::Zero { .. }) | (Value::Zero { .. }, Value::Infinite { .. }) => {
                self.invalid(format)
            }
            (Value::Infinite { .. }, _) | (_, Value::Infinite { .. }) => format.infinity(sign),
            (Value::Finite { exp, sig, .. }, Value::Finite { exp: exp_b, sig: sig_b, .. }) => {
                self.pack(format, sign, exp + exp_b + 1, u128::from(sig) * u128::from(sig_b))
            }
            _ => format.signed(sign, 0),
        }
    }

    /// True when one factor is zero and the other infinite.
    pub(in super::super) fn is_zero_times_infinity(&mut self, format: Format, x: u64, y: u64) -> bool {
        matches!(
            (self.unpack(format, x), self.unpack(format, y)),
            (Value::Zero { .. }, Value::Infinite { .. }) | (Value::Infinite { .. }, Value::Zero { .. })
        )
    }

    /// x ÷ y.
    pub(in super::super) fn div(&mut self, format: Format, x: u64, y: u64) -> u64 {
        let (a, b) = (self.unpack(format, x), self.unpack(format, y));
        if let Some(nan) = self.nan_of(format, (x, a), (y, b)) {
            return nan;
        }
        let sign = (x ^ y) & format.sign_bit() != 0;
        match (a, b) {
            (Value::Infinite { .. }, Value::Infinite { .. }) | (Value::Zero { .. }, Value::Zero { .. }) => {
                self.invalid(format)
            }
            (Value::Infinite { .. }, _) => format.infinity(sign),
            (_, Value::Zero { .. }) => {
                self.raise(flag::DIVIDE_BY_ZERO);
                format.infinity(sign)
            }
            (Value::Finite { exp, sig, .. }, Value::Finite { exp: exp_b, sig: sig_b, .. }) => {
                let (numerator, denominator) = (u128::from(sig) << 63, u128::from(sig_b));
                let quotient = numerator / denominator;
                let lost = u128::from(numerator % denominator != 0);
                // The quotient has bit 63 for one; a bit below it stands for the remainder.
                self.pack(format, sign, exp - exp_b, quotient << 64 | lost)
            }
            _ => format.signed(sign, 0),
        }
    }

    /// Square root.
    pub(in super::super) fn sqrt(&mut self, format: Format, x: u64) -> u64 {
        match self.unpack(format, x) {
            value @ Value::Nan { .. } => {
                if value.is_signalling() {
                    self.raise(flag::INVALID);
                }
                self.quieted(format, x)
            }
            Value::Zero { sign } => format.signed(sign, 0),
            Value::Infinite { sign: false } => format.infinity(false),
            Value::Finite { sign: false, exp, sig } => {
                // An even exponent halves; the root of 2^126 is 2^63.
                let odd = exp & 1;
                let wide = u128::from(sig) << (63 + odd);
                let root = wide.isqrt();
                let lost = u128::from(root * root != wide);
                self.pack(format, false, (exp - odd) / 2, root << 64 | lost)
            }
            _ => self.invalid(format),
        }
    }

    /// Compares: the condition flags, N highest. `signalling` raises Invalid for quiet NaNs too.
    pub(in super::super) fn compare(&mut self, format: Format, x: u64, y: u64, signalling: bool) -> u32 {
        let (less, equal, greater, unordered) = (8, 6, 2, 3);
        let (a, b) = (self.unpack(format, x), self.unpack(format, y));
        if a.is_nan() || b.is_nan() {
            if signalling || a.is_signalling() || b.is_signalling() {
                self.raise(flag::INVALID);
            }
            return unordered;
        }
        match order(a).cmp(&order(b)) {
            std::cmp::Ordering::Less => less,
            std::cmp::Ordering::Equal => equal,
            std::cmp::Ordering::Greater => greater,
        }
    }

    /// The larger (or smaller) of two; zeros are ordered by sign.
    pub(in super::super) fn extreme(&mut self, format: Format, x: u64, y: u64, max: bool) -> u64 {
        let (a, b) = (self.unpack(format, x), self.unpack(format, y));
        if let Some(nan) = self.nan_of(format, (x, a), (y, b)) {
            return nan;
        }
        if let (Value::Zero { sign }, Value::Zero { sign: other }) = (a, b) {
            return format.signed(if max { sign && other } else { sign || other }, 0);
        }
        let (chosen, value) = if (order(a) > order(b)) == max { (x, a) } else { (y, b) };
        if let Value::Zero { sign } = value { format.signed(sign, 0) } else { chosen }
    }
}

/// A key that sorts numbers; both zeros are equal.
fn order(value: Value) -> (i32, i64, i128) {
    match value {
        Value::Finite { sign: false, exp, sig } => (1, exp.into(), sig.into()),
        Value::Finite { sign: true, exp, sig } => (-1, -i64::from(exp), -i128::from(sig)),
        Value::Infinite { sign } => (if sign { -2 } else { 2 }, 0, 0),
        _ => (0, 0, 0),
    }
}

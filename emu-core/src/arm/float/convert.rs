//! Conversions between the formats, and from and to integers and fixed point.

use super::format::{F16, Format};
use super::round::shift_sticky;
use super::{Env, Value, flag};

/// An integer or fixed-point type.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in super::super) struct Fixed {
    pub(in super::super) bits: u32,
    pub(in super::super) signed: bool,
    /// Bits behind the point; negative when the last one stands before it.
    pub(in super::super) fraction: i32,
}

impl Env {
    /// From one format to another.
    pub(in super::super) fn convert(&mut self, from: Format, to: Format, x: u64) -> u64 {
        match self.unpack(from, x) {
            value @ Value::Nan { .. } => self.convert_nan(from, to, x, value),
            Value::Zero { sign } => to.signed(sign, 0),
            Value::Infinite { sign } if to == F16 && self.alternative_half => {
                self.raise(flag::INVALID);
                to.signed(sign, to.sign_bit() - 1)
            }
            Value::Infinite { sign } => to.infinity(sign),
            Value::Finite { sign, exp, sig } => self.pack(to, sign, exp, u128::from(sig) << 64),
        }
    }

    /// The top bits of the payload stay. The alternative half precision has no NaN and gives zero.
    fn convert_nan(&mut self, from: Format, to: Format, x: u64, value: Value) -> u64 {
        let sign = x & from.sign_bit() != 0;
        if to == F16 && self.alternative_half {
            self.raise(flag::INVALID);
            return to.signed(sign, 0);
        }
        if value.is_signalling() {
            self.raise(flag::INVALID);
        }
        if self.default_nan {
            return to.default_nan();
        }
        let frac = (x & from.frac_mask()) << (63 - from.frac_bits) >> (63 - to.frac_bits);
        to.signed(sign, to.default_nan() | frac)
    }

    /// To an integer or fixed-point number, saturated; the result is sign or zero extended to 64 bits.
    pub(in super::super) fn round_to_fixed(&mut self, format: Format, x: u64, to: Fixed) -> i64 {
        let (low, high) = if to.signed {
            (-(1i128 << (to.bits - 1)), (1i128 << (to.bits - 1)) - 1)
        } else {
            (0, (1i128 << to.bits) - 1)
        };
        let (sign, exp, sig) = match self.unpack(format, x) {
            Value::Zero { .. } => return 0,
            Value::Finite { sign, exp, sig } => (sign, exp + to.fraction, sig),
            Value::Infinite { sign } => {
                self.raise(flag::INVALID);
                return (if sign { low } else { high }) as i64;
            }
            Value::Nan { .. } => {
                self.raise(flag::INVALID);
                return 0;
            }
        };
        if exp > 62 {
            self.raise(flag::INVALID);
            return (if sign { low } else { high }) as i64;
        }
        // The point stands at bit 64.
        let wide = shift_sticky(u128::from(sig) << 64, (63 - exp).min(200) as u32);
        let (whole, rest) = ((wide >> 64) as u64, wide << 64);
        let up = self.rounds_up(sign, whole & 1 != 0, rest.cmp(&(1 << 127)), rest == 0);
        let magnitude = i128::from(whole) + i128::from(up);
        let value = if sign { -magnitude } else { magnitude };
        if value < low || value > high {
            self.raise(flag::INVALID);
        } else if rest != 0 {
            self.raise(flag::INEXACT);
        }
        value.clamp(low, high) as i64
    }

    /// From an integer or fixed-point number.
    pub(in super::super) fn float_of_fixed(&mut self, format: Format, value: i64, fraction: i32) -> u64 {
        if value == 0 {
            return 0;
        }
        let sig = u128::from(value.unsigned_abs());
        self.pack(format, value < 0, 127 - fraction, sig)
    }
}

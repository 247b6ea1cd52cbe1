//! Rounding exact results into a format.

use super::format::{F16, Format};
use super::{Env, Rounding, flag};

/// Shifts right, keeping in bit 0 whether anything was lost.
pub(super) fn shift_sticky(value: u128, by: u32) -> u128 {
    match by {
        0 => value,
        1..=127 => value >> by | u128::from(value << (128 - by) != 0),
        _ => u128::from(value != 0),
    }
}

impl Env {
    /// True when a magnitude whose dropped part compares like this with one half is rounded away from zero.
    pub(super) fn rounds_up(&self, sign: bool, odd: bool, dropped: std::cmp::Ordering, exact: bool) -> bool {
        match self.rounding {
            Rounding::Nearest => dropped.is_gt() || (dropped.is_eq() && odd),
            Rounding::Up => !sign && !exact,
            Rounding::Down => sign && !exact,
            Rounding::Zero => false,
        }
    }

    /// Packs `sig / 2^127 * 2^exp`, where `sig` is not zero and its bit 0 may stand for lost bits below.
    pub(super) fn pack(&mut self, format: Format, sign: bool, exp: i32, sig: u128) -> u64 {
        let up = sig.leading_zeros();
        let (sig, biased) = (sig << up, exp - up as i32 + format.bias());
        let tiny = biased < 1;
        if tiny && self.flush && format != F16 {
            self.raise(flag::UNDERFLOW);
            return format.signed(sign, 0);
        }
        let deeper = if tiny { (1 - biased) as u32 } else { 0 };
        let sig = shift_sticky(sig, deeper);
        let drop = 127 - format.frac_bits;
        let (kept, rest) = ((sig >> drop) as u64, sig << (128 - drop));
        let exact = rest == 0;
        let up = self.rounds_up(sign, kept & 1 != 0, rest.cmp(&(1 << 127)), exact);
        // The hidden bit adds one to the exponent field; so does a carry out of the fraction.
        let field = if tiny { 0 } else { biased as u64 - 1 };
        let magnitude = (field << format.frac_bits) + kept + u64::from(up);
        if tiny && !exact {
            self.raise(flag::UNDERFLOW);
        }
        let limit = format.max_exp() << format.frac_bits;
        if format == F16 && self.alternative_half {
            if magnitude >= limit + (1 << format.frac_bits) {
                self.raise(flag::INVALID);
                return format.signed(sign, limit + (1 << format.frac_bits) - 1);
            }
        } else if magnitude >= limit {
            return self.overflow(format, sign);
        }
        if !exact {
            self.raise(flag::INEXACT);
        }
        format.signed(sign, magnitude)
    }

    fn overflow(&mut self, format: Format, sign: bool) -> u64 {
        self.raise(flag::OVERFLOW | flag::INEXACT);
        let to_infinity = match self.rounding {
            Rounding::Nearest => true,
            Rounding::Up => !sign,
            Rounding::Down => sign,
            Rounding::Zero => false,
        };
        if to_infinity { format.infinity(sign) } else { format.largest(sign) }
    }
}

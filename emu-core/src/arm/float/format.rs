//! The three formats and how their bit patterns come apart.

use super::{Env, Value, flag};

/// Widths of a format's fields.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in super::super) struct Format {
    pub(super) exp_bits: u32,
    pub(super) frac_bits: u32,
}

/// Half precision.
pub(in super::super) const F16: Format = Format { exp_bits: 5, frac_bits: 10 };
/// Single precision.
pub(in super::super) const F32: Format = Format { exp_bits: 8, frac_bits: 23 };
/// Double precision.
pub(in super::super) const F64: Format = Format { exp_bits: 11, frac_bits: 52 };

impl Format {
    pub(super) fn max_exp(self) -> u64 {
        (1 << self.exp_bits) - 1
    }

    pub(super) fn bias(self) -> i32 {
        (1 << (self.exp_bits - 1)) - 1
    }

    pub(in super::super) fn sign_bit(self) -> u64 {
        1 << (self.exp_bits + self.frac_bits)
    }

    pub(super) fn frac_mask(self) -> u64 {
        (1 << self.frac_bits) - 1
    }

    fn quiet_bit(self) -> u64 {
        1 << (self.frac_bits - 1)
    }

    pub(super) fn signed(self, sign: bool, magnitude: u64) -> u64 {
        if sign { magnitude | self.sign_bit() } else { magnitude }
    }

    pub(super) fn infinity(self, sign: bool) -> u64 {
        self.signed(sign, self.max_exp() << self.frac_bits)
    }

    pub(super) fn largest(self, sign: bool) -> u64 {
        self.infinity(sign) - 1
    }

    pub(in super::super) fn default_nan(self) -> u64 {
        self.max_exp() << self.frac_bits | self.quiet_bit()
    }

    /// The immediate of VMOV: sign, three exponent bits, four fraction bits.
    pub(in super::super) fn expand_immediate(self, imm: u8) -> u64 {
        let imm = u64::from(imm);
        let (sign, b, low) = (imm >> 7 != 0, imm >> 6 & 1, imm >> 4 & 3);
        let repeated = if b != 0 { (1 << (self.exp_bits - 3)) - 1 } else { 0 };
        let exp = (b ^ 1) << (self.exp_bits - 1) | repeated << 2 | low;
        self.signed(sign, exp << self.frac_bits | (imm & 0xF) << (self.frac_bits - 4))
    }
}

impl Env {
    /// Takes a value apart. A denormal number counts as zero when flushing (half precision is never flushed).
    pub(super) fn unpack(&mut self, format: Format, bits: u64) -> Value {
        let sign = bits & format.sign_bit() != 0;
        let (exp, frac) = (bits >> format.frac_bits & format.max_exp(), bits & format.frac_mask());
        let special = format != F16 || !self.alternative_half;
        match (exp, frac) {
            (0, 0) => Value::Zero { sign },
            (0, _) if self.flush && format != F16 => {
                self.raise(flag::INPUT_DENORMAL);
                Value::Zero { sign }
            }
            (0, _) => {
                let shift = frac.leading_zeros();
                let exp = 1 - format.bias() + 63 - shift as i32 - format.frac_bits as i32;
                Value::Finite { sign, exp, sig: frac << shift }
            }
            (_, 0) if exp == format.max_exp() && special => Value::Infinite { sign },
            (_, _) if exp == format.max_exp() && special => {
                Value::Nan { quiet: frac & format.quiet_bit() != 0 }
            }
            _ => {
                let sig = (1 << 63) | frac << (63 - format.frac_bits);
                Value::Finite { sign, exp: exp as i32 - format.bias(), sig }
            }
        }
    }

    /// The NaN that comes from this one: made quiet, or the default.
    pub(super) fn quieted(&self, format: Format, bits: u64) -> u64 {
        if self.default_nan { format.default_nan() } else { bits | format.quiet_bit() }
    }

    /// The result of an operation on two operands of which one at least is a NaN; `None` when none is.
    pub(super) fn nan_of(&mut self, format: Format, x: (u64, Value), y: (u64, Value)) -> Option<u64> {
        if x.1.is_signalling() || y.1.is_signalling() {
            self.raise(flag::INVALID);
        }
        let chosen = [x.1.is_signalling(), y.1.is_signalling(), x.1.is_nan(), y.1.is_nan()];
        let index = chosen.iter().position(|is| *is)?;
        Some(self.quieted(format, if index % 2 == 0 { x.0 } else { y.0 }))
    }

    /// An operation without a result.
    pub(super) fn invalid(&mut self, format: Format) -> u64 {
        self.raise(flag::INVALID);
        format.default_nan()
    }
}

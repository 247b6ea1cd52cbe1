//! IEEE 754 arithmetic as the ARM units do it: exact flags, all rounding modes, flush-to-zero, default NaN
//! (ARM DDI 0406, A2.7 and the pseudocode functions FPAdd, FPMul and so on).
//!
//! Values are bit patterns in the low bits of a `u64`. Nothing of the host's floating point is used, so results are
//! the same on every host.

mod arithmetic;
mod convert;
pub(super) mod estimate;
mod format;
mod round;

pub(super) use convert::Fixed;
pub(super) use format::{F16, F32, F64, Format};

/// Cumulative exception flags, at their places in FPSCR.
pub(super) mod flag {
    pub(in super::super) const INVALID: u32 = 1 << 0;
    pub(in super::super) const DIVIDE_BY_ZERO: u32 = 1 << 1;
    pub(in super::super) const OVERFLOW: u32 = 1 << 2;
    pub(in super::super) const UNDERFLOW: u32 = 1 << 3;
    pub(in super::super) const INEXACT: u32 = 1 << 4;
    pub(in super::super) const INPUT_DENORMAL: u32 = 1 << 7;
}

/// Rounding mode, in the order of FPSCR's field.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Rounding {
    Nearest,
    Up,
    Down,
    Zero,
}

/// How to compute, and the flags raised so far.
#[derive(Clone, Copy, Debug)]
pub(super) struct Env {
    pub(super) rounding: Rounding,
    pub(super) flush: bool,
    pub(super) default_nan: bool,
    /// Half precision without infinities and NaNs.
    pub(super) alternative_half: bool,
    pub(super) flags: u32,
}

impl Env {
    /// As the control register says.
    pub(super) fn of(fpscr: u32) -> Self {
        let modes = [Rounding::Nearest, Rounding::Up, Rounding::Down, Rounding::Zero];
        Self {
            rounding: modes[(fpscr >> 22 & 3) as usize],
            flush: fpscr >> 24 & 1 != 0,
            default_nan: fpscr >> 25 & 1 != 0,
            alternative_half: fpscr >> 26 & 1 != 0,
            flags: 0,
        }
    }

    /// As Advanced SIMD always computes: to nearest, flushing, with the default NaN.
    pub(super) fn standard(fpscr: u32) -> Self {
        Self { rounding: Rounding::Nearest, flush: true, default_nan: true, ..Self::of(fpscr) }
    }

    fn raise(&mut self, flags: u32) {
        self.flags |= flags;
    }
}

/// A value taken apart. A finite one is `sig / 2^63 * 2^exp`, with the highest bit of `sig` set.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Value {
    Zero { sign: bool },
    Finite { sign: bool, exp: i32, sig: u64 },
    Infinite { sign: bool },
    Nan { quiet: bool },
}

impl Value {
    fn is_nan(self) -> bool {
        matches!(self, Self::Nan { .. })
    }

    fn is_signalling(self) -> bool {
        matches!(self, Self::Nan { quiet: false })
    }
}

//! Floating point and Advanced SIMD: instructions and registers.

use serde::{Deserialize, Serialize};

use super::insn::Reg;

/// A floating-point register: S or D by the instruction's precision.
pub type FloatReg = u8;

/// Three-register arithmetic.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "the architecture's own names")]
pub enum VfpArith {
    Mla,
    Mls,
    Nmla,
    Nmls,
    Mul,
    Nmul,
    Add,
    Sub,
    Div,
}

/// Two-register operations.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "the architecture's own names")]
pub enum VfpUnary {
    Mov,
    Abs,
    Neg,
    Sqrt,
}

/// A VFP instruction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "field names are those of the architecture manual")]
pub enum VfpOp {
    Arith {
        op: VfpArith,
        double: bool,
        d: FloatReg,
        n: FloatReg,
        m: FloatReg,
    },
    Unary {
        op: VfpUnary,
        double: bool,
        d: FloatReg,
        m: FloatReg,
    },
    MovImm {
        double: bool,
        d: FloatReg,
        imm: u8,
    },
    Compare {
        double: bool,
        d: FloatReg,
        m: FloatReg,
        signalling: bool,
    },
    CompareZero {
        double: bool,
        d: FloatReg,
        signalling: bool,
    },
    /// Between half (top or bottom of S) and single precision.
    CvtHalf {
        to_half: bool,
        top: bool,
        d: FloatReg,
        m: FloatReg,
    },
    /// From single to double, or back.
    CvtSize {
        to_double: bool,
        d: FloatReg,
        m: FloatReg,
    },
    /// `round` uses the control register's mode; else towards zero.
    CvtToInt {
        double: bool,
        signed: bool,
        round: bool,
        d: FloatReg,
        m: FloatReg,
    },
    CvtFromInt {
        double: bool,
        signed: bool,
        d: FloatReg,
        m: FloatReg,
    },
    CvtFixed {
        double: bool,
        to_fixed: bool,
        signed: bool,
        bits: u8,
        fraction: i8,
        d: FloatReg,
    },
    MovCore {
        to_core: bool,
        s: FloatReg,
        rt: Reg,
    },
    MovCorePair {
        to_core: bool,
        s: FloatReg,
        rt: Reg,
        rt2: Reg,
    },
    MovCoreDouble {
        to_core: bool,
        d: FloatReg,
        rt: Reg,
        rt2: Reg,
    },
    /// `size` in bits.
    MovScalar {
        to_core: bool,
        signed: bool,
        size: u8,
        d: FloatReg,
        index: u8,
        rt: Reg,
    },
    Dup {
        size: u8,
        quad: bool,
        d: FloatReg,
        rt: Reg,
    },
    /// `rt` = r15 copies the condition flags.
    Mrs {
        reg: u8,
        rt: Reg,
    },
    Msr {
        reg: u8,
        rt: Reg,
    },
    LoadStore {
        load: bool,
        double: bool,
        d: FloatReg,
        rn: Reg,
        offset: i16,
    },
    /// `first` and `count` in registers of the precision.
    Multiple {
        load: bool,
        double: bool,
        first: FloatReg,
        count: u8,
        extra: bool,
        rn: Reg,
        down: bool,
        wback: bool,
    },
}

/// Registers of the unit.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Simd {
    pub(super) d: [u64; 32],
    pub(super) fpscr: u32,
    pub(super) fpexc: u32,
}

impl Simd {
    /// Single-precision register 0–31.
    pub(super) fn single(&self, s: FloatReg) -> u32 {
        (self.d[usize::from(s >> 1 & 31)] >> (32 * u32::from(s & 1))) as u32
    }

    pub(super) fn set_single(&mut self, s: FloatReg, value: u32) {
        let (d, shift) = (&mut self.d[usize::from(s >> 1 & 31)], 32 * u32::from(s & 1));
        *d = *d & !(0xFFFF_FFFF << shift) | u64::from(value) << shift;
    }

    /// Double-precision register 0–31.
    pub(super) fn double(&self, d: FloatReg) -> u64 {
        self.d[usize::from(d & 31)]
    }

    pub(super) fn set_double(&mut self, d: FloatReg, value: u64) {
        self.d[usize::from(d & 31)] = value;
    }

    /// A register of either precision.
    pub(super) fn get(&self, double: bool, reg: FloatReg) -> u64 {
        if double { self.double(reg) } else { self.single(reg).into() }
    }

    pub(super) fn set(&mut self, double: bool, reg: FloatReg, value: u64) {
        if double { self.set_double(reg, value) } else { self.set_single(reg, value as u32) }
    }
}

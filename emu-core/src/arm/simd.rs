//! Floating point and Advanced SIMD: instructions and registers.

use serde::{Deserialize, Serialize};

use super::insn::Reg;
use super::model::Core;

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

impl VfpOp {
    /// The highest double-precision register it names, 0 when it names none.
    fn highest_double(&self) -> u8 {
        match *self {
            Self::Arith { double: true, d, n, m, .. } => d.max(n).max(m),
            Self::Unary { double: true, d, m, .. } | Self::Compare { double: true, d, m, .. } => d.max(m),
            Self::MovImm { double: true, d, .. }
            | Self::CompareZero { double: true, d, .. }
            | Self::CvtSize { to_double: true, d, .. }
            | Self::CvtFromInt { double: true, d, .. }
            | Self::CvtFixed { double: true, d, .. }
            | Self::MovCoreDouble { d, .. }
            | Self::MovScalar { d, .. }
            | Self::LoadStore { double: true, d, .. } => d,
            Self::CvtSize { to_double: false, m, .. } | Self::CvtToInt { double: true, m, .. } => m,
            // The second register of a pair may be one beyond S31.
            Self::MovCorePair { s, .. } => s.div_ceil(2),
            Self::Multiple { double: true, first, count, .. } => first + count - 1,
            _ => 0,
        }
    }
}

/// What distinguishes the floating-point units of the cores (ARM DDI 0363 chapter 11 for the Cortex-R4F; reference:
/// boot-and-memory.md §1.1 for the Cortex-A9).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct FloatUnit {
    /// FPSID.
    pub(super) identity: u32,
    /// MVFR0 and MVFR1.
    pub(super) features: [u32; 2],
    /// Bits of FPSCR that can be written. No core has trap enables.
    pub(super) status_bits: u32,
    /// Number of double-precision registers.
    doubles: u8,
    /// Advanced SIMD, and with it half-precision conversions.
    has_simd: bool,
}

/// VFPv3-D16 of revision r1p3, the one that the main identity register tells.
const R4F: FloatUnit = FloatUnit {
    identity: 0x4102_3147,
    features: [0x1011_0221, 0x0000_0011],
    status_bits: 0xF3F7_009F,
    doubles: 16,
    has_simd: false,
};

const A9: FloatUnit = FloatUnit {
    identity: 0x4103_3090,
    features: [0x1111_0222, 0x0111_1111],
    status_bits: 0xFFF7_009F,
    doubles: 32,
    has_simd: true,
};

impl FloatUnit {
    /// The unit of a core.
    pub(super) fn of(core: Core) -> Option<&'static Self> {
        match core {
            Core::Arm946es { .. } => None,
            Core::CortexR4 => Some(&R4F),
            Core::CortexA9 { .. } => Some(&A9),
        }
    }

    /// Whether the unit has an instruction. The transfers of bytes and halfwords belong to Advanced SIMD.
    pub(super) fn has(&self, op: &VfpOp) -> bool {
        let needs_simd =
            matches!(op, VfpOp::Dup { .. } | VfpOp::MovScalar { size: 8 | 16, .. } | VfpOp::CvtHalf { .. });
        let odd = matches!(op, VfpOp::Dup { quad: true, d, .. } if d & 1 != 0);
        (self.has_simd || !needs_simd) && op.highest_double() < self.doubles && !odd
    }
}

/// Register number of FPSCR for VMRS and VMSR.
pub(super) const FPSCR: u8 = 1;
/// Register number of FPEXC, which switches the unit on.
pub(super) const FPEXC: u8 = 8;
/// Its bit that does so.
const ENABLED: u32 = 1 << 30;

/// Registers of the unit.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Simd {
    pub(super) d: [u64; 32],
    pub(super) fpscr: u32,
    pub(super) fpexc: u32,
}

impl Simd {
    /// True when FPEXC has the unit switched on.
    pub(super) fn is_enabled(&self) -> bool {
        self.fpexc & ENABLED != 0
    }

    /// Sets FPEXC, of which one bit can be written.
    pub(super) fn set_fpexc(&mut self, value: u32) {
        self.fpexc = value & ENABLED;
    }

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

//! Advanced SIMD instructions. Registers are D numbers 0–31; a quadword is named by its lower one.

use super::insn::Reg;
use super::simd::FloatReg;

/// Lane-wise integer operations on two vectors.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "the architecture's own names, without V")]
pub enum LaneThree {
    Hadd,
    Rhadd,
    Hsub,
    Qadd,
    Qsub,
    Cgt,
    Cge,
    Ceq,
    Tst,
    Shl,
    Qshl,
    Rshl,
    Qrshl,
    Max,
    Min,
    Abd,
    Aba,
    Add,
    Sub,
    Mla,
    Mls,
    Mul,
    MulPoly,
    Qdmulh,
    Qrdmulh,
}

/// Bitwise operations.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "the architecture's own names, without V")]
pub enum Logic {
    And,
    Bic,
    Orr,
    Orn,
    Eor,
    Bsl,
    Bit,
    Bif,
}

/// Lane-wise single-precision operations.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "the architecture's own names, without V")]
pub enum FloatThree {
    Add,
    Sub,
    Abd,
    Mla,
    Mls,
    Mul,
    Ceq,
    Cge,
    Cgt,
    Acge,
    Acgt,
    Max,
    Min,
    Recps,
    Rsqrts,
}

/// Operations on neighbouring lanes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "the architecture's own names, without VP")]
pub enum Pairwise {
    Add,
    Max,
    Min,
}

/// Operations whose result has lanes of double width.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "the architecture's own names, without V and L")]
pub enum LongOp {
    Add,
    Sub,
    Aba,
    Abd,
    Mla,
    Mls,
    Mul,
    MulPoly,
    Qdmla,
    Qdmls,
    Qdmul,
}

/// Shifts by a constant that keep the lane width.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "the architecture's own names, without V")]
pub enum ShiftImm {
    Shr,
    Sra,
    Rshr,
    Rsra,
    Sri,
    Shl,
    Sli,
    Qshlu,
    Qshl,
}

/// How a narrowing result is limited.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Limit {
    /// Not: the low half is taken.
    None,
    /// To the signed range.
    Signed,
    /// To the unsigned range.
    Unsigned,
}

/// Operations on one vector.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "the architecture's own names, without V")]
pub enum Misc {
    Rev64,
    Rev32,
    Rev16,
    Cls,
    Clz,
    Cnt,
    Mvn,
    Qabs,
    Qneg,
    Cgt0,
    Cge0,
    Ceq0,
    Cle0,
    Clt0,
    Abs,
    Neg,
}

/// Single-precision operations on one vector.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "the architecture's own names, without V")]
pub enum FloatMisc {
    Cgt0,
    Cge0,
    Ceq0,
    Cle0,
    Clt0,
    Abs,
    Neg,
    Recpe,
    Rsqrte,
    ToSigned,
    ToUnsigned,
    FromSigned,
    FromUnsigned,
}

/// Operations that exchange lanes of two vectors.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "the architecture's own names, without V")]
pub enum Permute {
    Swp,
    Trn,
    Uzp,
    Zip,
}

/// What a constant does to the destination.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "the architecture's own names, without V")]
pub enum ImmOp {
    Mov,
    Mvn,
    Orr,
    Bic,
}

/// Load or store of structures: what both forms share.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Structure {
    /// Load, not store.
    pub load: bool,
    /// First register.
    pub d: FloatReg,
    /// Elements of a structure, 1–4, each in its own register.
    pub count: u8,
    /// Distance of those registers.
    pub step: u8,
    /// Bytes of an element.
    pub bytes: u8,
    /// Required alignment in bytes, 1 when none.
    pub align: u8,
    /// Base register.
    pub rn: Reg,
    /// 15: the base stays; 13: it grows by the bytes moved; else by this register.
    pub rm: Reg,
}

/// An Advanced SIMD instruction. `size` is the lane width in bits (of the narrow side where there are two).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "field names are those of the architecture manual")]
pub enum NeonOp {
    Three {
        op: LaneThree,
        signed: bool,
        size: u8,
        quad: bool,
        d: FloatReg,
        n: FloatReg,
        m: FloatReg,
    },
    Logic {
        op: Logic,
        quad: bool,
        d: FloatReg,
        n: FloatReg,
        m: FloatReg,
    },
    Float {
        op: FloatThree,
        quad: bool,
        d: FloatReg,
        n: FloatReg,
        m: FloatReg,
    },
    Pair {
        op: Pairwise,
        signed: bool,
        size: u8,
        d: FloatReg,
        n: FloatReg,
        m: FloatReg,
    },
    FloatPair {
        op: Pairwise,
        d: FloatReg,
        n: FloatReg,
        m: FloatReg,
    },
    Long {
        op: LongOp,
        signed: bool,
        size: u8,
        d: FloatReg,
        n: FloatReg,
        m: FloatReg,
    },
    Wide {
        subtract: bool,
        signed: bool,
        size: u8,
        d: FloatReg,
        n: FloatReg,
        m: FloatReg,
    },
    Narrow {
        subtract: bool,
        round: bool,
        size: u8,
        d: FloatReg,
        n: FloatReg,
        m: FloatReg,
    },
    Scalar {
        op: LaneThree,
        size: u8,
        quad: bool,
        d: FloatReg,
        n: FloatReg,
        m: FloatReg,
        index: u8,
    },
    FloatScalar {
        op: FloatThree,
        quad: bool,
        d: FloatReg,
        n: FloatReg,
        m: FloatReg,
        index: u8,
    },
    LongScalar {
        op: LongOp,
        signed: bool,
        size: u8,
        d: FloatReg,
        n: FloatReg,
        m: FloatReg,
        index: u8,
    },
    Shift {
        op: ShiftImm,
        signed: bool,
        size: u8,
        quad: bool,
        d: FloatReg,
        m: FloatReg,
        amount: u8,
    },
    /// `signed` tells of the source.
    ShiftNarrow {
        limit: Limit,
        round: bool,
        signed: bool,
        size: u8,
        d: FloatReg,
        m: FloatReg,
        amount: u8,
    },
    ShiftLong {
        signed: bool,
        size: u8,
        d: FloatReg,
        m: FloatReg,
        amount: u8,
    },
    CvtFixed {
        to_fixed: bool,
        signed: bool,
        quad: bool,
        d: FloatReg,
        m: FloatReg,
        fraction: u8,
    },
    CvtHalf {
        to_half: bool,
        d: FloatReg,
        m: FloatReg,
    },
    Imm {
        op: ImmOp,
        quad: bool,
        d: FloatReg,
        value: u64,
    },
    Ext {
        quad: bool,
        d: FloatReg,
        n: FloatReg,
        m: FloatReg,
        bytes: u8,
    },
    Table {
        keep: bool,
        count: u8,
        d: FloatReg,
        n: FloatReg,
        m: FloatReg,
    },
    Dup {
        size: u8,
        quad: bool,
        d: FloatReg,
        m: FloatReg,
        index: u8,
    },
    Misc {
        op: Misc,
        size: u8,
        quad: bool,
        d: FloatReg,
        m: FloatReg,
    },
    FloatMisc {
        op: FloatMisc,
        quad: bool,
        d: FloatReg,
        m: FloatReg,
    },
    EstimateInt {
        root: bool,
        quad: bool,
        d: FloatReg,
        m: FloatReg,
    },
    PairLong {
        add: bool,
        signed: bool,
        size: u8,
        quad: bool,
        d: FloatReg,
        m: FloatReg,
    },
    Permute {
        op: Permute,
        size: u8,
        quad: bool,
        d: FloatReg,
        m: FloatReg,
    },
    /// `repeat` registers of structures follow each other.
    Structures {
        of: Structure,
        repeat: u8,
    },
    StructureLane {
        of: Structure,
        index: u8,
    },
    /// One structure into all lanes; `pair` fills a second register (VLD1 only).
    StructureAll {
        of: Structure,
        pair: bool,
    },
}

impl NeonOp {
    /// True when a quadword is named by its upper half: there is no such register (ARM DDI 0406, each instruction's
    /// "UNDEFINED" clause).
    pub(super) fn names_odd_quadword(&self) -> bool {
        let named = match *self {
            Self::Three { quad: true, d, n, m, .. }
            | Self::Logic { quad: true, d, n, m, .. }
            | Self::Float { quad: true, d, n, m, .. }
            | Self::Ext { quad: true, d, n, m, .. } => d | n | m,
            Self::Scalar { quad: true, d, n, .. } | Self::FloatScalar { quad: true, d, n, .. } => d | n,
            Self::Shift { quad: true, d, m, .. }
            | Self::CvtFixed { quad: true, d, m, .. }
            | Self::Misc { quad: true, d, m, .. }
            | Self::FloatMisc { quad: true, d, m, .. }
            | Self::EstimateInt { quad: true, d, m, .. }
            | Self::PairLong { quad: true, d, m, .. }
            | Self::Permute { quad: true, d, m, .. } => d | m,
            Self::Imm { quad: true, d, .. } | Self::Dup { quad: true, d, .. } => d,
            // The wide side is a quadword in any case.
            Self::Long { d, .. } | Self::LongScalar { d, .. } | Self::ShiftLong { d, .. } => d,
            Self::Wide { d, n, .. } => d | n,
            Self::Narrow { n, m, .. } => n | m,
            Self::ShiftNarrow { m, .. } | Self::CvtHalf { to_half: true, m, .. } => m,
            Self::CvtHalf { to_half: false, d, .. } => d,
            _ => 0,
        };
        named & 1 != 0
    }
}

//! What instructions are made of: registers, conditions, shifts, and the kinds of operation within a family.

/// Number of a core register, 0–15.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Reg(pub u8);

impl Reg {
    /// The stack pointer.
    pub const SP: Self = Self(13);
    /// The link register.
    pub const LR: Self = Self(14);
    /// The program counter.
    pub const PC: Self = Self(15);

    #[inline]
    pub(super) fn index(self) -> usize {
        usize::from(self.0 & 15)
    }

    pub(super) fn is_pc(self) -> bool {
        self.0 == 15
    }
}

/// Condition code. `Always` also stands for the unconditional space.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "the architecture's own names")]
pub enum Cond {
    Eq,
    Ne,
    Cs,
    Cc,
    Mi,
    Pl,
    Vs,
    Vc,
    Hi,
    Ls,
    Ge,
    Lt,
    Gt,
    Le,
    Always,
}

impl Cond {
    /// From the four-bit field; 15 gives `Always`.
    #[must_use]
    pub fn from_bits(bits: u32) -> Self {
        const ALL: [Cond; 16] = [
            Cond::Eq,
            Cond::Ne,
            Cond::Cs,
            Cond::Cc,
            Cond::Mi,
            Cond::Pl,
            Cond::Vs,
            Cond::Vc,
            Cond::Hi,
            Cond::Ls,
            Cond::Ge,
            Cond::Lt,
            Cond::Gt,
            Cond::Le,
            Cond::Always,
            Cond::Always,
        ];
        ALL[(bits & 15) as usize]
    }
}

/// Shift kind of a register operand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "the architecture's own names")]
pub enum Shift {
    Lsl,
    Lsr,
    Asr,
    Ror,
    /// Rotate right by one through the carry; the amount is 1.
    Rrx,
}

/// Two-operand arithmetic and logic.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "the architecture's own names")]
pub enum AluOp {
    And,
    Eor,
    Sub,
    Rsb,
    Add,
    Adc,
    Sbc,
    Rsc,
    Tst,
    Teq,
    Cmp,
    Cmn,
    Orr,
    Mov,
    Bic,
    Mvn,
    Orn,
}

impl AluOp {
    /// Only sets flags: `rd` is not written.
    #[must_use]
    pub fn is_compare(self) -> bool {
        matches!(self, Self::Tst | Self::Teq | Self::Cmp | Self::Cmn)
    }

    /// Has no first operand: `rn` is not read.
    #[must_use]
    pub fn is_move(self) -> bool {
        matches!(self, Self::Mov | Self::Mvn)
    }
}

/// Carry that an immediate operand of a logic instruction gives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ImmCarry {
    /// The carry flag stays.
    Keep,
    /// The carry flag becomes this: the top bit of a rotated immediate.
    Set(bool),
}

/// How a load or store uses its offset.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Index {
    /// `[rn, off]`: the base stays.
    Offset,
    /// `[rn, off]!`: the base becomes the address.
    Pre,
    /// `[rn], off`: the address is the base, which is then changed.
    Post,
}

/// What a single load or store moves.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "size and extension")]
pub enum Access {
    Word,
    Byte,
    Half,
    SignedByte,
    SignedHalf,
}

/// What an exclusive access moves.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "sizes")]
pub enum ExclusiveSize {
    Byte,
    Half,
    Word,
    Double,
}

/// Direction of a block transfer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Walk {
    /// Increment after.
    Ia,
    /// Increment before.
    Ib,
    /// Decrement after.
    Da,
    /// Decrement before.
    Db,
}

/// 32-bit multiplications.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "the architecture's own names")]
pub enum MulOp {
    Mul,
    Mla,
    Mls,
}

/// 64-bit multiplications.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "the architecture's own names")]
pub enum LongMulOp {
    Umull,
    Umlal,
    Smull,
    Smlal,
    Umaal,
}

/// Multiplications of halfwords.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum HalfMulOp {
    /// 16 × 16 + 32.
    Smla,
    /// 16 × 16.
    Smul,
    /// 32 × 16, top 32 bits, + 32.
    Smlaw,
    /// 32 × 16, top 32 bits.
    Smulw,
}

/// Pairs of halfword multiplications.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DualMulOp {
    /// Sum of the products; plus `ra` unless that is r15.
    Add,
    /// Difference of the products; plus `ra` unless that is r15.
    Sub,
}

/// Top-word multiplications.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TopMulOp {
    /// `ra` + product; without `ra` when that is r15.
    Add,
    /// `ra` − product.
    Sub,
}

/// Saturating arithmetic of DSP instructions.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "the architecture's own names")]
pub enum SatOp {
    Qadd,
    Qsub,
    Qdadd,
    Qdsub,
}

/// How lanes of a parallel instruction are computed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LaneMode {
    /// Signed, sets GE.
    Signed,
    /// Signed saturating.
    SignedSat,
    /// Signed halving.
    SignedHalf,
    /// Unsigned, sets GE.
    Unsigned,
    /// Unsigned saturating.
    UnsignedSat,
    /// Unsigned halving.
    UnsignedHalf,
}

/// What a parallel instruction does with its lanes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "the architecture's own names")]
pub enum LaneOp {
    Add16,
    Asx,
    Sax,
    Sub16,
    Add8,
    Sub8,
}

/// Sign and zero extensions.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "the architecture's own names")]
pub enum ExtendOp {
    Sxtb,
    Sxth,
    Sxtb16,
    Uxtb,
    Uxth,
    Uxtb16,
}

/// Operations on one register.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "the architecture's own names")]
pub enum UnaryOp {
    Clz,
    Rev,
    Rev16,
    Revsh,
    Rbit,
}

/// Hints and barriers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "the architecture's own names")]
pub enum HintOp {
    Nop,
    Yield,
    Wfe,
    Wfi,
    Sev,
    Dbg,
    Preload,
    Dsb,
    Dmb,
    Isb,
}

/// A register transfer of a coprocessor: the numbers that name the register.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub struct CpReg {
    /// Coprocessor number.
    pub cp: u8,
    /// First opcode.
    pub opc1: u8,
    /// Primary register.
    pub crn: u8,
    /// Additional register.
    pub crm: u8,
    /// Second opcode.
    pub opc2: u8,
}

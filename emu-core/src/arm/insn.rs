//! The one instruction type: what a decoded A32, T16 or T32 word means. Both engines, the disassembler and the
//! tracers work on it.
//!
//! Encodings that mean the same become the same [`Op`]: a T16 `ADDS r0, r1, r2` and the A32 one differ only in
//! [`Insn::size`].

use super::neon::NeonOp;
pub use super::operand::*;
use super::simd::VfpOp;

/// The meaning of an instruction. Offsets of branches count from what r15 reads.
#[derive(Clone, Copy, PartialEq, Debug)]
#[expect(missing_docs, reason = "field names are those of the architecture manual")]
pub enum Op {
    // Arithmetic and logic.
    AluImm {
        op: AluOp,
        s: bool,
        rd: Reg,
        rn: Reg,
        imm: u32,
        carry: ImmCarry,
    },
    AluReg {
        op: AluOp,
        s: bool,
        rd: Reg,
        rn: Reg,
        rm: Reg,
        shift: Shift,
        amount: u8,
    },
    AluRegShift {
        op: AluOp,
        s: bool,
        rd: Reg,
        rn: Reg,
        rm: Reg,
        shift: Shift,
        rs: Reg,
    },
    Movw {
        rd: Reg,
        imm: u16,
    },
    Movt {
        rd: Reg,
        imm: u16,
    },
    Unary {
        op: UnaryOp,
        rd: Reg,
        rm: Reg,
    },
    Bfc {
        rd: Reg,
        lsb: u8,
        width: u8,
    },
    Bfi {
        rd: Reg,
        rn: Reg,
        lsb: u8,
        width: u8,
    },
    Bfx {
        signed: bool,
        rd: Reg,
        rn: Reg,
        lsb: u8,
        width: u8,
    },
    /// `rn` = r15 means no addition.
    Extend {
        op: ExtendOp,
        rd: Reg,
        rn: Reg,
        rm: Reg,
        rotate: u8,
    },
    Pkh {
        tb: bool,
        rd: Reg,
        rn: Reg,
        rm: Reg,
        amount: u8,
    },
    Sel {
        rd: Reg,
        rn: Reg,
        rm: Reg,
    },
    // Multiplication and division.
    Mul {
        op: MulOp,
        s: bool,
        rd: Reg,
        ra: Reg,
        rm: Reg,
        rn: Reg,
    },
    MulLong {
        op: LongMulOp,
        s: bool,
        lo: Reg,
        hi: Reg,
        rm: Reg,
        rn: Reg,
    },
    MulHalf {
        op: HalfMulOp,
        rd: Reg,
        ra: Reg,
        rm: Reg,
        rn: Reg,
        rm_top: bool,
        rn_top: bool,
    },
    MulHalfLong {
        lo: Reg,
        hi: Reg,
        rm: Reg,
        rn: Reg,
        rm_top: bool,
        rn_top: bool,
    },
    MulDual {
        op: DualMulOp,
        swap: bool,
        rd: Reg,
        ra: Reg,
        rm: Reg,
        rn: Reg,
    },
    MulDualLong {
        op: DualMulOp,
        swap: bool,
        lo: Reg,
        hi: Reg,
        rm: Reg,
        rn: Reg,
    },
    MulTop {
        op: TopMulOp,
        round: bool,
        rd: Reg,
        ra: Reg,
        rm: Reg,
        rn: Reg,
    },
    Div {
        signed: bool,
        rd: Reg,
        rn: Reg,
        rm: Reg,
    },
    // Saturating and parallel.
    Sat {
        op: SatOp,
        rd: Reg,
        rm: Reg,
        rn: Reg,
    },
    SatTo {
        signed: bool,
        bits: u8,
        rd: Reg,
        rn: Reg,
        shift: Shift,
        amount: u8,
    },
    SatTo16 {
        signed: bool,
        bits: u8,
        rd: Reg,
        rn: Reg,
    },
    Parallel {
        mode: LaneMode,
        op: LaneOp,
        rd: Reg,
        rn: Reg,
        rm: Reg,
    },
    /// Sum of absolute differences; plus `ra` unless that is r15.
    Usad8 {
        rd: Reg,
        ra: Reg,
        rm: Reg,
        rn: Reg,
    },
    // Loads and stores.
    LoadImm {
        access: Access,
        rt: Reg,
        rn: Reg,
        offset: i32,
        index: Index,
        user: bool,
    },
    LoadReg {
        access: Access,
        rt: Reg,
        rn: Reg,
        rm: Reg,
        add: bool,
        shift: Shift,
        amount: u8,
        index: Index,
        user: bool,
    },
    StoreImm {
        access: Access,
        rt: Reg,
        rn: Reg,
        offset: i32,
        index: Index,
        user: bool,
    },
    StoreReg {
        access: Access,
        rt: Reg,
        rn: Reg,
        rm: Reg,
        add: bool,
        shift: Shift,
        amount: u8,
        index: Index,
        user: bool,
    },
    DualImm {
        load: bool,
        rt: Reg,
        rt2: Reg,
        rn: Reg,
        offset: i32,
        index: Index,
    },
    DualReg {
        load: bool,
        rt: Reg,
        rt2: Reg,
        rn: Reg,
        rm: Reg,
        add: bool,
        index: Index,
    },
    /// `user` is the `^` form.
    Ldm {
        rn: Reg,
        list: u16,
        walk: Walk,
        wback: bool,
        user: bool,
    },
    Stm {
        rn: Reg,
        list: u16,
        walk: Walk,
        wback: bool,
        user: bool,
    },
    Swp {
        byte: bool,
        rt: Reg,
        rt2: Reg,
        rn: Reg,
    },
    Ldrex {
        size: ExclusiveSize,
        rt: Reg,
        rt2: Reg,
        rn: Reg,
        offset: u16,
    },
    Strex {
        size: ExclusiveSize,
        rd: Reg,
        rt: Reg,
        rt2: Reg,
        rn: Reg,
        offset: u16,
    },
    Clrex,
    // Branches.
    Branch {
        offset: i32,
    },
    BranchLink {
        offset: i32,
    },
    BranchLinkExchange {
        offset: i32,
    },
    Bx {
        rm: Reg,
    },
    Blx {
        rm: Reg,
    },
    /// First half of a Thumb-1 BL: LR = r15 + offset.
    BlPrefix {
        offset: i32,
    },
    /// Second half of a Thumb-1 BL or BLX.
    BlSuffix {
        offset: u16,
        exchange: bool,
    },
    Cbz {
        nonzero: bool,
        rn: Reg,
        offset: u8,
    },
    TableBranch {
        half: bool,
        rn: Reg,
        rm: Reg,
    },
    /// Sets the If-Then state for the next instructions; `state` is the new ITSTATE.
    It {
        state: u8,
    },
    // Status and exceptions.
    Mrs {
        rd: Reg,
        spsr: bool,
    },
    MsrImm {
        spsr: bool,
        fields: u8,
        imm: u32,
    },
    MsrReg {
        spsr: bool,
        fields: u8,
        rn: Reg,
    },
    /// `enable`: None leaves the masks; `flags` are A, I, F in bits 2–0; `mode` 0 leaves the mode.
    Cps {
        enable: Option<bool>,
        flags: u8,
        mode: u8,
    },
    Setend {
        big: bool,
    },
    Srs {
        mode: u8,
        walk: Walk,
        wback: bool,
    },
    Rfe {
        rn: Reg,
        walk: Walk,
        wback: bool,
    },
    Svc {
        imm: u32,
    },
    Bkpt {
        imm: u16,
    },
    Smc,
    Undefined {
        word: u32,
    },
    Hint(HintOp),
    // Coprocessors.
    Mcr {
        reg: CpReg,
        rt: Reg,
    },
    Mrc {
        reg: CpReg,
        rt: Reg,
    },
    Mcrr {
        cp: u8,
        opc1: u8,
        crm: u8,
        rt: Reg,
        rt2: Reg,
    },
    Mrrc {
        cp: u8,
        opc1: u8,
        crm: u8,
        rt: Reg,
        rt2: Reg,
    },
    /// CDP, LDC or STC of a coprocessor that does not exist here.
    Coprocessor {
        word: u32,
    },
    Vfp(VfpOp),
    Neon(NeonOp),
}

/// A decoded instruction.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Insn {
    /// What it does.
    pub op: Op,
    /// When it does it. Inside an IT block this is the block's condition.
    pub cond: Cond,
    /// Length in bytes: 2 or 4.
    pub size: u8,
    /// ITSTATE while it executes; 0 outside of an IT block.
    pub it: u8,
}

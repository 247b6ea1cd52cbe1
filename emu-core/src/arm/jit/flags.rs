//! Which condition flags an instruction reads and writes, and which of them must reach the status register.
//!
//! Most flags that ARM code computes are never read: the next comparison overwrites them. Generated code stores a flag
//! only when somebody may look at it: a later instruction that cannot take it from the host's flags, an instruction
//! that may fault, or an end of the block behind which it is not known to die.

use super::super::insn::{AluOp, Cond, ExtendOp, HintOp, ImmCarry, Insn, LongMulOp, Op, Reg, Shift, UnaryOp};

/// A set of condition flags.
pub(super) type Mask = u8;

pub(super) const N: Mask = 8;
pub(super) const Z: Mask = 4;
pub(super) const C: Mask = 2;
pub(super) const V: Mask = 1;
pub(super) const ALL: Mask = N | Z | C | V;

/// Blocks may leave flags unwritten that the next block overwrites within so many instructions. The run loop keeps as
/// many instructions in hand when generated code returns at its limit, so that the interpreter always gets to them.
pub(super) const LOOK_AHEAD: usize = 16;

/// What the host's flags hold after the code of an instruction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct HostFlags {
    /// Flags that can be taken from the host.
    pub(super) valid: Mask,
    /// The host's carry is the inverse of ARM's, as after a subtraction.
    pub(super) borrow: bool,
}

impl HostFlags {
    const NONE: Self = Self { valid: 0, borrow: false };
    const LOGIC: Self = Self { valid: N | Z, borrow: false };
    const SHIFT: Self = Self { valid: N | Z | C, borrow: false };
    const ADD: Self = Self { valid: ALL, borrow: false };
    const SUB: Self = Self { valid: ALL, borrow: true };

    /// True when one host condition says whether `cond` holds.
    pub(super) fn tells(self, cond: Cond) -> bool {
        let needed = reads(cond);
        // HI and LS join carry and zero: x86 has that only for borrows.
        let joined = matches!(cond, Cond::Hi | Cond::Ls);
        needed & self.valid == needed && (!joined || self.borrow)
    }
}

/// Flags that a condition reads.
pub(super) fn reads(cond: Cond) -> Mask {
    match cond {
        Cond::Eq | Cond::Ne => Z,
        Cond::Cs | Cond::Cc => C,
        Cond::Mi | Cond::Pl => N,
        Cond::Vs | Cond::Vc => V,
        Cond::Hi | Cond::Ls => C | Z,
        Cond::Ge | Cond::Lt => N | V,
        Cond::Gt | Cond::Le => N | Z | V,
        Cond::Always => 0,
    }
}

/// An instruction of the arithmetic and logic family, taken apart.
struct Alu {
    op: AluOp,
    s: bool,
    rd: Reg,
    /// Carry out of the operand.
    carry: OperandCarry,
    /// RRX: reads the carry.
    rotates_carry: bool,
    /// The operand is shifted by code of its own.
    shifts: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum OperandCarry {
    Kept,
    /// Set, by a shift whose carry x86 gives as well.
    Shifted,
    /// Set in another way.
    Set,
    /// Set or kept, as a register says.
    Maybe,
}

fn alu(op: &Op) -> Option<Alu> {
    Some(match *op {
        Op::AluImm { op, s, rd, carry, .. } => {
            let carry = if carry == ImmCarry::Keep { OperandCarry::Kept } else { OperandCarry::Set };
            Alu { op, s, rd, carry, rotates_carry: false, shifts: false }
        }
        Op::AluReg { op, s, rd, shift, amount, .. } => {
            let plain = op == AluOp::Mov && shift_gives_carry(shift, amount);
            let carry = match amount {
                0 => OperandCarry::Kept,
                _ if plain => OperandCarry::Shifted,
                _ => OperandCarry::Set,
            };
            Alu { op, s, rd, carry, rotates_carry: shift == Shift::Rrx, shifts: amount != 0 }
        }
        Op::AluRegShift { op, s, rd, .. } => {
            Alu { op, s, rd, carry: OperandCarry::Maybe, rotates_carry: false, shifts: true }
        }
        _ => return None,
    })
}

/// True for shifts whose result and carry x86 leaves in its flags.
pub(super) fn shift_gives_carry(shift: Shift, amount: u8) -> bool {
    matches!(shift, Shift::Lsl | Shift::Lsr | Shift::Asr) && (1..32).contains(&amount)
}

fn is_logic(op: AluOp) -> bool {
    use AluOp::{And, Bic, Eor, Mov, Mvn, Orn, Orr, Teq, Tst};
    matches!(op, And | Eor | Tst | Teq | Orr | Mov | Bic | Mvn | Orn)
}

fn uses_carry(op: AluOp) -> bool {
    matches!(op, AluOp::Adc | AluOp::Sbc | AluOp::Rsc)
}

/// Flags that the instruction reads besides its condition.
fn operand_reads(op: &Op) -> Mask {
    let alu_reads = |alu: Alu| if uses_carry(alu.op) || alu.rotates_carry { C } else { 0 };
    alu(op).map_or(0, alu_reads)
}

/// Flags that the instruction may write.
pub(super) fn writes(op: &Op) -> Mask {
    if let Some(alu) = alu(op) {
        return match (alu.s || alu.op.is_compare(), is_logic(alu.op), alu.carry) {
            (false, ..) => 0,
            (true, false, _) => ALL,
            (true, true, OperandCarry::Kept) => N | Z,
            (true, true, _) => N | Z | C,
        };
    }
    match *op {
        Op::Mul { s: true, .. } => N | Z,
        _ => 0,
    }
}

/// Flags that the instruction writes for certain.
fn kills(insn: &Insn) -> Mask {
    if insn.cond != Cond::Always {
        return 0;
    }
    let maybe = alu(&insn.op).is_some_and(|alu| is_logic(alu.op) && alu.carry == OperandCarry::Maybe);
    writes(&insn.op) & if maybe { !C } else { ALL }
}

/// What the host's flags hold after the code of this instruction, when it ran unconditionally.
pub(super) fn host_flags(op: &Op) -> HostFlags {
    if let Some(alu) = alu(op) {
        return match alu.op {
            _ if !alu.s && !alu.op.is_compare() => HostFlags::NONE,
            AluOp::Add | AluOp::Cmn | AluOp::Adc => HostFlags::ADD,
            AluOp::Sub | AluOp::Cmp | AluOp::Rsb | AluOp::Sbc | AluOp::Rsc => HostFlags::SUB,
            AluOp::Mov if alu.carry == OperandCarry::Shifted => HostFlags::SHIFT,
            _ => HostFlags::LOGIC,
        };
    }
    match *op {
        Op::Mul { s: true, .. } => HostFlags::LOGIC,
        _ => HostFlags::NONE,
    }
}

/// True when generated code for the instruction leaves the host's flags alone.
pub(super) fn keeps_host_flags(op: &Op) -> bool {
    match *op {
        Op::AluImm { op, s: false, rd, .. } => {
            !rd.is_pc() && matches!(op, AluOp::Mov | AluOp::Mvn | AluOp::Add | AluOp::Sub)
        }
        Op::AluReg { op, s: false, rd, amount: 0, .. } => {
            !rd.is_pc() && matches!(op, AluOp::Mov | AluOp::Mvn | AluOp::Add)
        }
        Op::Movw { .. } | Op::It { .. } | Op::Hint(HintOp::Nop) => true,
        Op::Unary { op: UnaryOp::Rev, .. } => true,
        _ => false,
    }
}

/// True when the machine may see the status register while the instruction executes: it may fault, call a device, or
/// be carried out by the interpreter.
pub(super) fn observes(op: &Op) -> bool {
    if let Some(alu) = alu(op) {
        return alu.rd.is_pc() && !alu.op.is_compare();
    }
    match *op {
        Op::Movw { .. } | Op::Movt { .. } | Op::Bfc { .. } | Op::Bfi { .. } | Op::Bfx { .. } => false,
        // These two are carried out by the interpreter.
        Op::Extend { op: ExtendOp::Sxtb16, .. } => true,
        Op::Extend { op: ExtendOp::Uxtb16, rn, .. } => !rn.is_pc(),
        Op::Extend { .. } | Op::Pkh { .. } | Op::Div { .. } | Op::It { .. } => false,
        Op::BlPrefix { .. } => false,
        Op::Unary { .. } | Op::MulHalf { .. } | Op::MulTop { .. } | Op::Usad8 { .. } => false,
        Op::SatTo { bits, .. } => bits >= 32,
        Op::Mul { .. } => false,
        Op::MulLong { op, s, .. } => s || op == LongMulOp::Umaal,
        Op::Branch { .. } | Op::Cbz { .. } => false,
        Op::Hint(hint) => hint == HintOp::Wfi,
        _ => true,
    }
}

/// True when the instruction can take `flags` from the host flags that the instruction before it left.
fn takes_from_host(insn: &Insn, host: HostFlags) -> bool {
    let operand = match alu(&insn.op) {
        // Shifting the operand would destroy the host's flags.
        Some(alu) if alu.op == AluOp::Adc && !alu.shifts => host.valid & C != 0 && !host.borrow,
        Some(alu) if alu.op == AluOp::Sbc && !alu.shifts => host.valid & C != 0 && host.borrow,
        _ => operand_reads(&insn.op) == 0,
    };
    // A condition is tested first, and the test itself keeps the host's flags.
    operand && (insn.cond == Cond::Always || host.tells(insn.cond))
}

/// Flags that a block overwrites before anybody looks at them, within [`LOOK_AHEAD`] instructions.
pub(super) fn dead_at_entry(insns: &[Insn]) -> Mask {
    let (mut dead, mut read) = (0, 0);
    for insn in insns.iter().take(LOOK_AHEAD) {
        read |= reads(insn.cond) | operand_reads(&insn.op);
        if observes(&insn.op) {
            break;
        }
        dead |= kills(insn) & !read;
    }
    dead
}

/// What becomes of the flags that an instruction writes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Demand {
    /// Those that must be stored in the status register.
    pub(super) store: Mask,
    /// A later instruction takes some from the host's flags.
    pub(super) direct: bool,
}

impl Demand {
    /// Nobody looks at any of them.
    pub(super) fn is_none(self) -> bool {
        self == Self::default()
    }
}

/// Who looks at the flags of instruction `index`. Those in `dead_after` nobody looks at behind the block.
pub(super) fn demand(insns: &[Insn], index: usize, dead_after: Mask) -> Demand {
    let conditional = insns[index].cond != Cond::Always;
    let mut host = if conditional { HostFlags::NONE } else { host_flags(&insns[index].op) };
    let mut open = writes(&insns[index].op);
    let (mut store, mut direct) = (0, false);
    for insn in &insns[index + 1..] {
        let read = (reads(insn.cond) | operand_reads(&insn.op)) & open;
        if read != 0 && takes_from_host(insn, host) {
            direct = true;
        } else {
            store |= read;
        }
        if observes(&insn.op) {
            return Demand { store: store | open, direct };
        }
        open &= !kills(insn);
        if open == 0 {
            return Demand { store, direct };
        }
        let tested_in_memory = insn.cond != Cond::Always && !host.tells(insn.cond);
        if tested_in_memory || !keeps_host_flags(&insn.op) {
            host = HostFlags::NONE;
        }
    }
    Demand { store: store | open & !dead_after, direct }
}

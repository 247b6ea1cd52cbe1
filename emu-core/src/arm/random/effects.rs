//! What an instruction touches, as far as a generator must know to keep a program going.

use super::super::insn::{Op, Reg};
use super::super::neon::{NeonOp, Structure};
use super::super::simd::VfpOp;

/// Families that a program draws from separately.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Class {
    Alu,
    Multiply,
    Media,
    Memory,
    Block,
    Exclusive,
    Vfp,
    VfpMemory,
    Neon,
    NeonMemory,
    Status,
    Coprocessor,
    Hint,
    /// Jumps, and everything else that a program places with care.
    Flow,
}

impl Class {
    /// Those that fit anywhere in straight code.
    pub(super) const STRAIGHT: [Self; 13] = [
        Self::Alu,
        Self::Multiply,
        Self::Media,
        Self::Memory,
        Self::Block,
        Self::Exclusive,
        Self::Vfp,
        Self::VfpMemory,
        Self::Neon,
        Self::NeonMemory,
        Self::Status,
        Self::Coprocessor,
        Self::Hint,
    ];
}

/// Core registers that an instruction uses.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Effects {
    pub(super) class: Class,
    /// Bits of the registers it writes; a written-back base is not among them.
    pub(super) writes: u16,
    pub(super) base: Option<Reg>,
    /// Register offset.
    pub(super) index: Option<Reg>,
}

impl Effects {
    const FLOW: Self = Self { class: Class::Flow, writes: 0, base: None, index: None };

    fn of_data(class: Class, written: &[Reg]) -> Self {
        Self { class, writes: written.iter().map(|reg| bit(*reg)).sum(), ..Self::FLOW }
    }

    fn of_memory(class: Class, base: Reg, written: u16) -> Self {
        Self { class, writes: written, base: Some(base), index: None }
    }

    /// The effects of an operation.
    pub(super) fn of(op: &Op) -> Self {
        arithmetic(op).or_else(|| memory(op)).or_else(|| system(op)).unwrap_or(Self::FLOW)
    }
}

fn bit(reg: Reg) -> u16 {
    1 << (reg.0 & 15)
}

fn bits_if(load: bool, regs: &[Reg]) -> u16 {
    if load { regs.iter().fold(0, |all, reg| all | bit(*reg)) } else { 0 }
}

fn arithmetic(op: &Op) -> Option<Effects> {
    let data = Effects::of_data;
    Some(match *op {
        Op::AluImm { op, rd, .. } | Op::AluReg { op, rd, .. } | Op::AluRegShift { op, rd, .. } => {
            if op.is_compare() { data(Class::Alu, &[]) } else { data(Class::Alu, &[rd]) }
        }
        Op::Movw { rd, .. } | Op::Movt { rd, .. } | Op::Unary { rd, .. } => data(Class::Alu, &[rd]),
        Op::Bfc { rd, .. } | Op::Bfi { rd, .. } | Op::Bfx { rd, .. } => data(Class::Media, &[rd]),
        Op::Extend { rd, .. } | Op::Pkh { rd, .. } | Op::Sel { rd, .. } => data(Class::Media, &[rd]),
        Op::Sat { rd, .. } | Op::SatTo { rd, .. } | Op::SatTo16 { rd, .. } => data(Class::Media, &[rd]),
        Op::Parallel { rd, .. } | Op::Usad8 { rd, .. } => data(Class::Media, &[rd]),
        Op::Mul { rd, .. } | Op::MulHalf { rd, .. } | Op::MulDual { rd, .. } => data(Class::Multiply, &[rd]),
        Op::MulTop { rd, .. } | Op::Div { rd, .. } => data(Class::Multiply, &[rd]),
        Op::MulLong { lo, hi, .. } | Op::MulHalfLong { lo, hi, .. } | Op::MulDualLong { lo, hi, .. } => {
            Effects { writes: bits_if(true, &[lo, hi]), ..data(Class::Multiply, &[]) }
        }
        _ => return None,
    })
}

fn memory(op: &Op) -> Option<Effects> {
    let memory = Effects::of_memory;
    Some(match *op {
        Op::LoadImm { rt, rn, .. } => memory(Class::Memory, rn, bit(rt)),
        Op::StoreImm { rn, .. } => memory(Class::Memory, rn, 0),
        Op::LoadReg { rt, rn, rm, .. } => Effects { index: Some(rm), ..memory(Class::Memory, rn, bit(rt)) },
        Op::StoreReg { rn, rm, .. } => Effects { index: Some(rm), ..memory(Class::Memory, rn, 0) },
        Op::DualImm { load, rt, rt2, rn, .. } => memory(Class::Memory, rn, bits_if(load, &[rt, rt2])),
        Op::DualReg { load, rt, rt2, rn, rm, .. } => {
            Effects { index: Some(rm), ..memory(Class::Memory, rn, bits_if(load, &[rt, rt2])) }
        }
        Op::Ldm { rn, list, .. } => memory(Class::Block, rn, list),
        Op::Stm { rn, .. } => memory(Class::Block, rn, 0),
        Op::Swp { rt, rn, .. } => memory(Class::Exclusive, rn, bit(rt)),
        Op::Ldrex { rt, rt2, rn, .. } => memory(Class::Exclusive, rn, bits_if(true, &[rt, rt2])),
        Op::Strex { rd, rn, .. } => memory(Class::Exclusive, rn, bit(rd)),
        Op::Clrex => Effects::of_data(Class::Exclusive, &[]),
        Op::Vfp(VfpOp::LoadStore { rn, .. } | VfpOp::Multiple { rn, .. }) => memory(Class::VfpMemory, rn, 0),
        Op::Neon(NeonOp::Structures { of, .. } | NeonOp::StructureLane { of, .. }) => structure(of),
        Op::Neon(NeonOp::StructureAll { of, .. }) => structure(of),
        _ => return None,
    })
}

/// 13 and 15 in the place of the offset register mean something else.
fn structure(of: Structure) -> Effects {
    let index = (of.rm.0 != 13 && of.rm.0 != 15).then_some(of.rm);
    Effects { index, ..Effects::of_memory(Class::NeonMemory, of.rn, 0) }
}

fn system(op: &Op) -> Option<Effects> {
    let data = Effects::of_data;
    Some(match *op {
        Op::Mrs { rd, .. } => data(Class::Status, &[rd]),
        Op::MsrImm { .. } | Op::MsrReg { .. } | Op::Cps { .. } => data(Class::Status, &[]),
        Op::Mcr { .. } | Op::Mcrr { .. } | Op::Coprocessor { .. } => data(Class::Coprocessor, &[]),
        // r15 stands for the flags.
        Op::Mrc { rt, .. } => {
            data(Class::Coprocessor, if rt.is_pc() { &[] } else { std::slice::from_ref(&rt) })
        }
        Op::Mrrc { rt, rt2, .. } => {
            Effects { writes: bits_if(true, &[rt, rt2]), ..data(Class::Coprocessor, &[]) }
        }
        Op::Hint(_) => data(Class::Hint, &[]),
        Op::Neon(_) => data(Class::Neon, &[]),
        Op::Vfp(op) => Effects { writes: float_writes(&op), ..data(Class::Vfp, &[]) },
        _ => return None,
    })
}

fn float_writes(op: &VfpOp) -> u16 {
    match *op {
        VfpOp::MovCore { to_core: true, rt, .. } | VfpOp::MovScalar { to_core: true, rt, .. } => bit(rt),
        VfpOp::MovCorePair { to_core: true, rt, rt2, .. }
        | VfpOp::MovCoreDouble { to_core: true, rt, rt2, .. } => bits_if(true, &[rt, rt2]),
        // r15 stands for the flags.
        VfpOp::Mrs { rt, .. } if !rt.is_pc() => bit(rt),
        _ => 0,
    }
}

//! Conditions and flags.

use dynasmrt::{DynamicLabel, DynasmApi, DynasmLabelApi, dynasm};

use super::super::super::insn::Cond;
use super::super::flags;
use super::super::frame::{FLAG_C, FLAG_N, FLAG_V, FLAG_Z};
use super::{Emitter, Unplanned};

/// Conditions of the host.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum HostCond {
    O,
    No,
    B,
    Ae,
    E,
    Ne,
    Be,
    A,
    S,
    Ns,
    L,
    Ge,
    Le,
    G,
}

impl HostCond {
    fn inverse(self) -> Self {
        match self {
            Self::O => Self::No,
            Self::No => Self::O,
            Self::B => Self::Ae,
            Self::Ae => Self::B,
            Self::E => Self::Ne,
            Self::Ne => Self::E,
            Self::Be => Self::A,
            Self::A => Self::Be,
            Self::S => Self::Ns,
            Self::Ns => Self::S,
            Self::L => Self::Ge,
            Self::Ge => Self::L,
            Self::Le => Self::G,
            Self::G => Self::Le,
        }
    }
}

/// The host's condition for an ARM condition, when the host's flags hold all it needs.
fn direct(cond: Cond, borrow: bool) -> HostCond {
    match cond {
        Cond::Eq | Cond::Always => HostCond::E,
        Cond::Ne => HostCond::Ne,
        Cond::Cs if borrow => HostCond::Ae,
        Cond::Cc if borrow => HostCond::B,
        Cond::Cs => HostCond::B,
        Cond::Cc => HostCond::Ae,
        Cond::Mi => HostCond::S,
        Cond::Pl => HostCond::Ns,
        Cond::Vs => HostCond::O,
        Cond::Vc => HostCond::No,
        Cond::Hi => HostCond::A,
        Cond::Ls => HostCond::Be,
        Cond::Ge => HostCond::Ge,
        Cond::Lt => HostCond::L,
        Cond::Gt => HostCond::G,
        Cond::Le => HostCond::Le,
    }
}

impl Emitter<'_> {
    /// Jumps to the label given unless the condition holds; none for instructions that are always executed.
    pub(super) fn skip_unless(&mut self, cond: Cond) -> Result<Option<DynamicLabel>, Unplanned> {
        if cond == Cond::Always {
            return Ok(None);
        }
        let skip = self.ops.new_dynamic_label();
        let holds = self.test(cond)?;
        self.jump_if(holds.inverse(), skip);
        Ok(Some(skip))
    }

    /// Makes the host's flags tell whether the condition holds. Uses `eax`.
    pub(super) fn test(&mut self, cond: Cond) -> Result<HostCond, Unplanned> {
        if self.host_flags.tells(cond) {
            return Ok(direct(cond, self.host_flags.borrow));
        }
        let needed = flags::reads(cond);
        if needed & self.in_memory != needed {
            return Err(Unplanned);
        }
        self.clobber();
        Ok(self.test_in_memory(cond))
    }

    fn test_in_memory(&mut self, cond: Cond) -> HostCond {
        match cond {
            Cond::Eq => self.test_flag(FLAG_Z, HostCond::Ne),
            Cond::Ne => self.test_flag(FLAG_Z, HostCond::E),
            Cond::Cs => self.test_flag(FLAG_C, HostCond::Ne),
            Cond::Cc => self.test_flag(FLAG_C, HostCond::E),
            Cond::Mi => self.test_flag(FLAG_N, HostCond::Ne),
            Cond::Pl => self.test_flag(FLAG_N, HostCond::E),
            Cond::Vs => self.test_flag(FLAG_V, HostCond::Ne),
            Cond::Vc => self.test_flag(FLAG_V, HostCond::E),
            Cond::Hi => self.compare_flags(FLAG_C, FLAG_Z, HostCond::A),
            Cond::Ls => self.compare_flags(FLAG_C, FLAG_Z, HostCond::Be),
            Cond::Ge => self.compare_flags(FLAG_N, FLAG_V, HostCond::E),
            Cond::Lt => self.compare_flags(FLAG_N, FLAG_V, HostCond::Ne),
            Cond::Gt => self.test_greater(HostCond::E),
            Cond::Le | Cond::Always => self.test_greater(HostCond::Ne),
        }
    }

    fn test_flag(&mut self, flag: i8, holds: HostCond) -> HostCond {
        dynasm!(self.ops ; .arch x64 ; cmp BYTE [BYTE rbp + flag], 0);
        holds
    }

    fn compare_flags(&mut self, first: i8, second: i8, holds: HostCond) -> HostCond {
        dynasm!(self.ops ; .arch x64 ; movzx eax, BYTE [BYTE rbp + first] ; cmp al, [BYTE rbp + second]);
        holds
    }

    /// Zero when Z is clear and N equals V.
    fn test_greater(&mut self, holds: HostCond) -> HostCond {
        dynasm!(self.ops
            ; .arch x64
            ; movzx eax, BYTE [BYTE rbp + FLAG_N]
            ; xor al, [BYTE rbp + FLAG_V]
            ; or al, [BYTE rbp + FLAG_Z]
        );
        holds
    }

    pub(super) fn jump_if(&mut self, cond: HostCond, to: DynamicLabel) {
        match cond {
            HostCond::O => dynasm!(self.ops ; .arch x64 ; jo =>to),
            HostCond::No => dynasm!(self.ops ; .arch x64 ; jno =>to),
            HostCond::B => dynasm!(self.ops ; .arch x64 ; jb =>to),
            HostCond::Ae => dynasm!(self.ops ; .arch x64 ; jae =>to),
            HostCond::E => dynasm!(self.ops ; .arch x64 ; je =>to),
            HostCond::Ne => dynasm!(self.ops ; .arch x64 ; jne =>to),
            HostCond::Be => dynasm!(self.ops ; .arch x64 ; jbe =>to),
            HostCond::A => dynasm!(self.ops ; .arch x64 ; ja =>to),
            HostCond::S => dynasm!(self.ops ; .arch x64 ; js =>to),
            HostCond::Ns => dynasm!(self.ops ; .arch x64 ; jns =>to),
            HostCond::L => dynasm!(self.ops ; .arch x64 ; jl =>to),
            HostCond::Ge => dynasm!(self.ops ; .arch x64 ; jge =>to),
            HostCond::Le => dynasm!(self.ops ; .arch x64 ; jle =>to),
            HostCond::G => dynasm!(self.ops ; .arch x64 ; jg =>to),
        }
    }

    /// Stores those of the host's flags that somebody may look at, two at a time: stores to memory are what flags cost.
    /// Keeps the host's flags. Uses `eax` and `ecx`.
    pub(super) fn store_flags(&mut self) {
        let host = flags::host_flags(&self.insn.op);
        let wanted = self.store & host.valid;
        match wanted & (flags::N | flags::Z) {
            0 => {}
            flags::N => dynasm!(self.ops ; .arch x64 ; sets BYTE [BYTE rbp + FLAG_N]),
            flags::Z => dynasm!(self.ops ; .arch x64 ; sete BYTE [BYTE rbp + FLAG_Z]),
            _ => dynasm!(self.ops ; .arch x64 ; sets al ; sete ah ; mov [BYTE rbp + FLAG_N], ax),
        }
        if wanted & flags::C != 0 && host.borrow {
            dynasm!(self.ops ; .arch x64 ; setae cl);
        } else if wanted & flags::C != 0 {
            dynasm!(self.ops ; .arch x64 ; setb cl);
        }
        match wanted & (flags::C | flags::V) {
            0 => {}
            flags::C => dynasm!(self.ops ; .arch x64 ; mov [BYTE rbp + FLAG_C], cl),
            flags::V => dynasm!(self.ops ; .arch x64 ; seto BYTE [BYTE rbp + FLAG_V]),
            _ => dynasm!(self.ops ; .arch x64 ; seto ch ; mov [BYTE rbp + FLAG_C], cx),
        }
    }

    /// Sets the carry flag to a constant if somebody may look at it. Keeps the host's flags.
    pub(super) fn store_carry(&mut self, carry: bool) {
        if self.store & flags::C != 0 {
            dynasm!(self.ops ; .arch x64 ; mov BYTE [BYTE rbp + FLAG_C], i8::from(carry));
        }
    }
}

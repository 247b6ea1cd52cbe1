//! Which processor this is, and how faithful it should be.

use serde::{Deserialize, Serialize};

use super::insn::CpReg;

/// A processor of a Canon camera (reference: boot-and-memory.md §1).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Core {
    /// ARM946E-S, ARMv5TE: DIGIC 2 to 5.
    Arm946es {
        /// The cache type register, which differs between DIGIC 4 and 5.
        cache_type: u32,
    },
    /// Cortex-R4F, ARMv7-R with VFPv3-D16: DIGIC 6 and helper cores.
    CortexR4,
    /// Cortex-A9, ARMv7-A with VFPv3 and Advanced SIMD: DIGIC 7 and later.
    CortexA9 {
        /// Number of this core in its cluster, for the multiprocessor ID register.
        index: u8,
    },
}

impl Core {
    /// ARM946E-S as in DIGIC 4 and before.
    pub const DIGIC4: Self = Self::Arm946es { cache_type: 0x0F11_2112 };
    /// ARM946E-S as in DIGIC 5.
    pub const DIGIC5: Self = Self::Arm946es { cache_type: 0x0F19_2192 };

    /// True for the ARMv5TE core.
    #[must_use]
    pub fn is_v5(self) -> bool {
        matches!(self, Self::Arm946es { .. })
    }

    /// Bits of a status register that exist.
    pub(super) fn psr_mask(self) -> u32 {
        if self.is_v5() { 0xF800_00FF } else { 0xFE0F_FFFF }
    }

    /// A debug register (coprocessor 14): the identity and zeros; writes do nothing. `None` is undefined.
    pub(super) fn debug_register(self, reg: CpReg, privileged: bool) -> Option<u32> {
        let identity = match self {
            Self::Arm946es { .. } => 0,
            Self::CortexR4 => 0x7704_0013,
            Self::CortexA9 { .. } => 0x3514_1000,
        };
        let is_identity = (reg.opc1, reg.crn, reg.crm, reg.opc2) == (0, 0, 0, 0);
        (privileged && reg.opc1 == 0).then_some(if is_identity { identity } else { 0 })
    }
}

/// Who executes the guest's instructions.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Engine {
    /// The readable reference.
    #[default]
    Interpreter,
    /// Code generated for the host.
    Jit,
}

/// Whether to do what the silicon does or what the reference emulator does, where they differ.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub enum Fidelity {
    /// As the core's manual says: on ARMv5 an unaligned word load rotates and protection regions are enforced; VCVT
    /// from fixed point rounds to nearest.
    #[default]
    Hardware,
    /// As the reference emulator: on ARMv5 unaligned accesses just work and the protection unit cannot be switched
    /// on (reference: boot-and-memory.md §1.1, §1.2); VCVT from fixed point rounds as the control register says.
    Reference,
}

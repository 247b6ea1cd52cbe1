//! Instruction sets and the cores they are tested on.

use super::super::model::Core;

/// An instruction set on a core: the state that a program starts in. Programs visit the other state, too.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Isa {
    /// ARM946E-S, ARM state.
    V5Arm,
    /// ARM946E-S, Thumb state.
    V5Thumb,
    /// Cortex-R4F, ARM state.
    V7ArmR4,
    /// Cortex-R4F, Thumb state.
    V7Thumb2R4,
    /// Cortex-A9, ARM state.
    V7ArmA9,
    /// Cortex-A9, Thumb state.
    V7Thumb2A9,
}

impl Isa {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::V5Arm, Self::V5Thumb, Self::V7ArmR4, Self::V7Thumb2R4, Self::V7ArmA9, Self::V7Thumb2A9];

    /// The name by which people ask for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::V5Arm => "v5-arm",
            Self::V5Thumb => "v5-thumb",
            Self::V7ArmR4 => "v7-arm-r4",
            Self::V7Thumb2R4 => "v7-thumb2-r4",
            Self::V7ArmA9 => "v7-arm-a9",
            Self::V7Thumb2A9 => "v7-thumb2-a9",
        }
    }

    /// The one of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|isa| isa.name() == name)
    }

    /// The core.
    #[must_use]
    pub const fn core(self) -> Core {
        match self {
            Self::V5Arm | Self::V5Thumb => Core::DIGIC5,
            Self::V7ArmR4 | Self::V7Thumb2R4 => Core::CortexR4,
            Self::V7ArmA9 | Self::V7Thumb2A9 => Core::CortexA9 { index: 0 },
        }
    }

    /// True when programs start in Thumb state.
    #[must_use]
    pub const fn is_thumb(self) -> bool {
        matches!(self, Self::V5Thumb | Self::V7Thumb2R4 | Self::V7Thumb2A9)
    }

    /// True for ARMv5TE.
    pub(super) const fn is_v5(self) -> bool {
        matches!(self, Self::V5Arm | Self::V5Thumb)
    }

    /// True where there is translation.
    pub(super) const fn is_a9(self) -> bool {
        matches!(self, Self::V7ArmA9 | Self::V7Thumb2A9)
    }
}

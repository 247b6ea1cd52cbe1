use std::fmt;

use darkroom_emu_core::arm::Core;

/// An instruction set and floating-point convention that the kernels are compiled for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Variant {
    /// ARM946E-S, ARM state.
    V5Arm,
    /// ARM946E-S, Thumb state.
    V5Thumb,
    /// Cortex-R4, ARM state.
    R4Arm,
    /// Cortex-R4, Thumb-2, soft float.
    R4Thumb2,
    /// Cortex-R4F, Thumb-2, hard float.
    R4Thumb2Hard,
    /// Cortex-A9, Thumb-2, hard float and Advanced SIMD.
    A9Thumb2Neon,
}

impl Variant {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::V5Arm, Self::V5Thumb, Self::R4Arm, Self::R4Thumb2, Self::R4Thumb2Hard, Self::A9Thumb2Neon];

    /// Name in the Makefile.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::V5Arm => "v5-arm",
            Self::V5Thumb => "v5-thumb",
            Self::R4Arm => "r4-arm",
            Self::R4Thumb2 => "r4-thumb2",
            Self::R4Thumb2Hard => "r4-thumb2-hard",
            Self::A9Thumb2Neon => "a9-thumb2-neon",
        }
    }

    /// The variant of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|variant| variant.name() == name)
    }

    /// The core to run it on.
    #[must_use]
    pub const fn core(self) -> Core {
        match self {
            Self::V5Arm | Self::V5Thumb => Core::DIGIC4,
            Self::R4Arm | Self::R4Thumb2 | Self::R4Thumb2Hard => Core::CortexR4,
            Self::A9Thumb2Neon => Core::CortexA9 { index: 0 },
        }
    }

    /// QEMU's nearest core. It has no Cortex-R4; the Cortex-R5 has the same instructions.
    #[must_use]
    pub const fn qemu_cpu(self) -> &'static str {
        match self {
            Self::V5Arm | Self::V5Thumb => "arm946",
            Self::R4Arm | Self::R4Thumb2 => "cortex-r5",
            Self::R4Thumb2Hard => "cortex-r5f",
            Self::A9Thumb2Neon => "cortex-a9",
        }
    }
}

impl fmt::Display for Variant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Compiler optimisation.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum, serde::Serialize)]
#[value(rename_all = "verbatim")]
pub enum Level {
    /// `-O0`
    O0,
    /// `-O1`
    O1,
    /// `-O2`
    O2,
    /// `-O3`
    O3,
}

impl Level {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::O0, Self::O1, Self::O2, Self::O3];
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// How an image prints.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ConsoleKind {
    /// Through Magic Lantern's print register.
    Ml,
    /// Through semihosting, as QEMU's bare machine needs it.
    Semihosting,
}

impl ConsoleKind {
    /// Name in the Makefile.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ml => "ml",
            Self::Semihosting => "semihosting",
        }
    }
}

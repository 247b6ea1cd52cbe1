//! What the host's processor can do.

/// True when this thread computes as programs find it at their start: rounding to nearest, with denormals, without traps.
/// Generated code leaves floating point to the interpreter otherwise.
pub(super) fn computes_plainly() -> bool {
    /// Rounding, flushing, traps; and their state at the start of a program (System V ABI, x86-64, 3.2.3).
    const MODES: u32 = 0xFFC0;
    const PLAIN: u32 = 0x1F80;
    control() & MODES == PLAIN
}

/// Extensions that generated code uses when they are there.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct HostFeatures {
    /// ANDN.
    pub(super) bmi1: bool,
    /// Shifts without flags by any register.
    pub(super) bmi2: bool,
    /// LZCNT.
    pub(super) lzcnt: bool,
    /// PMULLD.
    pub(super) sse41: bool,
}

impl HostFeatures {
    /// Asks the processor.
    pub(super) fn detect() -> Self {
        Self {
            bmi1: std::arch::is_x86_feature_detected!("bmi1"),
            bmi2: std::arch::is_x86_feature_detected!("bmi2"),
            lzcnt: std::arch::is_x86_feature_detected!("lzcnt"),
            sse41: std::arch::is_x86_feature_detected!("sse4.1"),
        }
    }
}

/// The host's register of floating-point modes.
#[expect(unsafe_code, reason = "reads a register of the processor")]
fn control() -> u32 {
    let mut control = 0_u32;
    // SAFETY: the instruction stores four bytes at the address of a variable that is alive, and changes nothing else.
    unsafe {
        std::arch::asm!("stmxcsr [{}]", in(reg) &raw mut control, options(nostack, preserves_flags));
    }
    control
}

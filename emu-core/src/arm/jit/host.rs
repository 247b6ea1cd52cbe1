//! What the host's processor can do.

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

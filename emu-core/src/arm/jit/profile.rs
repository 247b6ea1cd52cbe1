//! What besides address and instruction set decides how code is generated.

use super::super::cpu::CpuState;
use super::super::model::Fidelity;
use super::host::computes_plainly;

/// Settings of the core that generated code relies on. Code made for one is not used under another.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Profile {
    /// Addresses are translated, or checked against regions.
    pub(super) translating: bool,
    /// In a privileged mode; tells nothing unless `translating`.
    pub(super) privileged: bool,
    /// Unaligned words and halfwords need the interpreter: they fault, or lose their low address bits.
    pub(super) aligned_only: bool,
    /// Loads into r15 do not change the instruction set.
    pub(super) loads_keep_state: bool,
    /// ARMv5: only the branch instructions that say so change the instruction set.
    pub(super) v5: bool,
    /// Floating-point instructions are executed.
    pub(super) floats: bool,
}

impl Profile {
    /// How many there are.
    pub(super) const COUNT: usize = 32;

    /// The profile of a core; `None` while it is in a state for which no code is generated.
    pub(super) fn of(state: &CpuState) -> Option<Self> {
        let (psr, cp15) = (state.regs.psr(), &state.cp15);
        if psr.e || psr.it != 0 {
            return None;
        }
        let translating = cp15.is_translating();
        let v5 = state.core.is_v5();
        Some(Self {
            translating,
            privileged: translating && psr.mode.is_privileged(),
            aligned_only: if v5 { state.fidelity == Fidelity::Hardware } else { cp15.checks_alignment() },
            loads_keep_state: cp15.loads_keep_state(),
            v5,
            floats: state.allows_float() && computes_plainly(),
        })
    }

    /// A number below [`COUNT`](Self::COUNT). The instruction set version is a core's for life and does not count.
    pub(super) fn index(self) -> usize {
        let bit = |flag: bool, n: u32| usize::from(flag) << n;
        bit(self.translating, 0)
            | bit(self.privileged, 1)
            | bit(self.aligned_only, 2)
            | bit(self.loads_keep_state, 3)
            | bit(self.floats, 4)
    }
}

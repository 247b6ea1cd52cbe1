//! How much may be compiled.
//!
//! Compiling an instruction takes as long as interpreting some fifty. A guest that changes its code or its map for ever
//! would have the host compile for ever; what may be compiled is therefore bounded by what was executed, and compiling
//! takes no more than about half of the time in the long run.

/// Instructions that may be compiled at any rate: more than cameras do until they are up.
const ALLOWANCE: u64 = 1 << 20;
/// Executed instructions that earn one more.
const EARNS: u64 = 64;

/// What was compiled against what was executed.
#[derive(Default)]
pub(super) struct Ration {
    executed: u64,
    compiled: u64,
    /// Instruction count of the last look, if there was one: what a core executed before counts for nothing. A restored
    /// snapshot may lead back.
    seen: Option<u64>,
}

impl Ration {
    /// True when more may be compiled, the guest having come to this instruction count.
    pub(super) fn suffices(&mut self, instructions: u64) -> bool {
        self.executed += instructions.saturating_sub(self.seen.unwrap_or(instructions));
        self.seen = Some(instructions);
        self.compiled <= ALLOWANCE + self.executed / EARNS
    }

    /// The core goes on somewhere else: what it executed on the way there counts for nothing.
    pub(super) fn leap(&mut self) {
        self.seen = None;
    }

    /// So many instructions were compiled.
    pub(super) fn spend(&mut self, instructions: usize) {
        self.compiled += instructions as u64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compiling_has_to_be_earned_once_the_allowance_is_spent() {
        let mut ration = Ration::default();
        assert!(ration.suffices(1 << 40));
        ration.spend(ALLOWANCE as usize + 10);
        assert!(!ration.suffices((1 << 40) + 10 * EARNS - 1), "what was before earns nothing");
        assert!(ration.suffices((1 << 40) + 10 * EARNS));
        ration.spend(1);
        assert!(!ration.suffices(0), "a restored snapshot earns nothing");
        ration.leap();
        assert!(!ration.suffices(1 << 40));
        assert!(ration.suffices((1 << 40) + EARNS));
    }
}

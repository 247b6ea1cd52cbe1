//! Stands in for the code generator on hosts that it does not know: the interpreter executes everything.

use super::jit_options::{JitOptions, JitStats};

use super::cpu::Cpu;
use super::model::Engine;
use super::system::System;

/// No code can be generated for this host.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("no code can be generated for this host's processor")]
pub struct ArenaError;

/// Memory for generated code: there is none.
#[derive(Debug)]
pub struct CodeMemory(std::convert::Infallible);

impl CodeMemory {
    /// Never succeeds here.
    ///
    /// # Errors
    /// Always.
    pub fn reserve(_bytes: usize) -> Result<Self, ArenaError> {
        Err(ArenaError)
    }
}

/// What the run loop does next.
pub(super) enum Entered {
    #[expect(dead_code, reason = "never happens here")]
    Ran,
    Cold,
    #[expect(dead_code, reason = "never happens here")]
    Tail,
}

/// The place for generated code: always empty.
#[derive(Clone, Default)]
pub(super) struct JitSlot;

impl JitSlot {
    pub(super) fn is_on(&self) -> bool {
        false
    }

    pub(super) fn set(&mut self, engine: Engine) -> Result<(), ArenaError> {
        if engine == Engine::Jit { Err(ArenaError) } else { Ok(()) }
    }

    pub(super) fn set_within(&mut self, memory: CodeMemory) -> Result<(), ArenaError> {
        match memory.0 {}
    }

    pub(super) fn set_options(&mut self, _options: JitOptions) -> Result<(), ArenaError> {
        Ok(())
    }

    pub(super) fn flush(&mut self) {}

    pub(super) fn forget(&mut self) {}

    pub(super) fn stats(&self) -> JitStats {
        JitStats::default()
    }
}

impl Cpu {
    pub(super) fn run_generated<S: System>(&mut self, _sys: &mut S, _end: u64) -> Entered {
        Entered::Cold
    }
}

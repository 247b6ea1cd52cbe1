//! The place in a processor where generated code is kept.

use super::super::model::Engine;
use super::cache::Jit;
use super::{ArenaError, CodeMemory, JitOptions, JitStats};

/// Generated code, or none.
#[derive(Default)]
pub(in super::super) struct JitSlot {
    engine: Engine,
    /// Made when it is first needed.
    jit: Option<Box<Jit>>,
    options: JitOptions,
}

impl JitSlot {
    pub(in super::super) fn is_on(&self) -> bool {
        self.engine == Engine::Jit
    }

    /// The generator, if one is wanted and the host gives memory for it; the interpreter executes otherwise.
    pub(super) fn get(&mut self) -> Option<&mut Jit> {
        if self.is_on() && self.jit.is_none() {
            self.jit = Jit::new(self.options).ok().map(Box::new);
            if self.jit.is_none() {
                self.engine = Engine::Interpreter;
            }
        }
        self.jit.as_deref_mut()
    }

    pub(in super::super) fn set(&mut self, engine: Engine) -> Result<(), ArenaError> {
        if engine == Engine::Interpreter {
            self.jit = None;
        } else if self.jit.is_none() {
            self.jit = Some(Box::new(Jit::new(self.options)?));
        }
        self.engine = engine;
        Ok(())
    }

    /// Generates code into this memory from now on.
    pub(in super::super) fn set_within(&mut self, memory: CodeMemory) -> Result<(), ArenaError> {
        self.options.code_bytes = memory.bytes();
        self.jit = Some(Box::new(Jit::within(memory, self.options)?));
        self.engine = Engine::Jit;
        Ok(())
    }

    pub(in super::super) fn set_options(&mut self, options: JitOptions) -> Result<(), ArenaError> {
        self.options = options;
        self.jit = None;
        self.set(self.engine)
    }

    /// Throws the code away.
    pub(in super::super) fn flush(&mut self) {
        self.jit.iter_mut().for_each(|jit| jit.flush());
    }

    /// Throws the code away, and whatever is known about the memory around the processor.
    pub(in super::super) fn forget(&mut self) {
        self.jit.iter_mut().for_each(|jit| jit.forget());
    }

    pub(in super::super) fn stats(&self) -> JitStats {
        self.jit.as_ref().map_or_else(JitStats::default, |jit| jit.stats())
    }
}

/// A copy of a processor generates its own code, when it runs.
impl Clone for JitSlot {
    fn clone(&self) -> Self {
        Self { engine: self.engine, jit: None, options: self.options }
    }
}

//! Generated x86-64 code for the guest's hot regions.
//!
//! The run loop lets the interpreter execute code until it is hot. Then the blocks around its address are compiled as
//! one [`region`]: guest registers stay in host registers, flags are stored only where somebody may look, direct
//! branches become jumps, RAM is reached without a call. Whatever generated code does not do itself it hands to the
//! interpreter, one instruction at a time ([`step`]), so there is one meaning of every instruction.
//!
//! Generated code returns before the instruction limit could be passed; the interpreter executes the last stretch. So
//! both engines stop at the same instruction with the same state.
//!
//! How an instruction travels is told in docs/cpu.md.

mod arena;
mod cache;
mod emit;
mod enter;
mod entries;
mod flags;
mod frame;
mod heat;
mod host;
mod pages;
mod profile;
mod region;
mod sites;
mod slot;
mod step;

pub use arena::{ArenaError, CodeMemory};
pub(super) use enter::Entered;
pub(super) use slot::JitSlot;

/// How code is generated.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct JitOptions {
    /// Bytes of memory for generated code, at least a megabyte. When they are used up, or as many by tables about the
    /// code, all of it is thrown away and made anew.
    pub code_bytes: usize,
    /// How often the interpreter meets an address before the code there is compiled.
    pub threshold: u8,
}

impl Default for JitOptions {
    fn default() -> Self {
        Self { code_bytes: 32 << 20, threshold: 16 }
    }
}

/// What was generated so far.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct JitStats {
    /// Regions compiled.
    pub regions: u64,
    /// Blocks in them.
    pub blocks: u64,
    /// Guest instructions in them.
    pub instructions: u64,
    /// Bytes of generated code, all told.
    pub bytes: u64,
    /// Bytes in use now.
    pub bytes_in_use: u64,
    /// Bytes of tables about the code in use.
    pub table_bytes: u64,
    /// How often all code was thrown away.
    pub flushes: u64,
    /// Regions thrown away because their code changed.
    pub stale: u64,
    /// Regions that could not be compiled.
    pub refused: u64,
}

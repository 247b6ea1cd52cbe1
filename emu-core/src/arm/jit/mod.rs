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
mod ration;
mod region;
mod sites;
mod slot;
mod step;

use super::jit_options::{JitOptions, JitStats};
pub use arena::{ArenaError, CodeMemory};
pub(super) use enter::Entered;
pub(super) use slot::JitSlot;

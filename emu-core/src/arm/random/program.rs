//! A random program: code, the state it starts in, and what happens to it from outside.

use std::fmt;
use std::sync::Arc;

use super::super::insn::CpReg;
use super::super::model::Fidelity;
use super::asm::Piece;
use super::isa::Isa;

/// What a program is like.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Kind {
    /// Code that a compiler or a careful person might have written, but for a few words.
    Sane,
    /// Anything.
    Hostile,
}

/// What a program is made from: the same name gives the same program, on every host.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Name {
    /// Instruction set and core.
    pub isa: Isa,
    /// What it is like.
    pub kind: Kind,
    /// Seed of the series.
    pub seed: u64,
    /// Number in the series.
    pub index: u64,
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if self.kind == Kind::Hostile { " --hostile" } else { "" };
        write!(f, "{}{kind} --seed {} --first {}", self.isa.name(), self.seed, self.index)
    }
}

/// Something that happens when this many instructions have been executed, or when the program waits and nothing
/// happens before.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Incident {
    /// Instructions executed before it.
    pub at: u64,
    /// What happens.
    pub kind: IncidentKind,
}

/// What can happen from outside.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum IncidentKind {
    /// The interrupt line goes to a level.
    Irq(bool),
    /// The fast interrupt line goes to a level.
    Fiq(bool),
    /// A device stores a word by DMA.
    Dma {
        /// Where.
        at: u32,
        /// The word.
        value: u32,
    },
}

/// The state that a program starts in.
#[derive(Clone, Debug)]
pub(super) struct Start {
    pub(super) fidelity: Fidelity,
    /// First instruction.
    pub(super) pc: u32,
    /// The status register, state bit included.
    pub(super) cpsr: u32,
    /// r0–r14 of the starting mode.
    pub(super) regs: [u32; 15],
    /// r8–r12 of FIQ, if that is not the starting mode.
    pub(super) fiq_regs: [u32; 5],
    /// Stack pointers and link registers of the modes but the starting one, in the order of `start::MODES`.
    pub(super) stacks: [[u32; 2]; 6],
    /// D0–D31.
    pub(super) doubles: [u64; 32],
    pub(super) fpscr: u32,
    pub(super) float: bool,
    /// Written to the system control coprocessor, in this order.
    pub(super) control: Vec<(CpReg, u32)>,
}

/// A program, ready to run.
#[derive(Clone, Debug)]
pub struct Program {
    /// Its name.
    pub name: Name,
    /// Code and literals, in the order in which they were written; later pieces hide earlier ones.
    pub pieces: Vec<Piece>,
    /// What happens from outside, in order of time.
    pub incidents: Vec<Incident>,
    /// Executed at most this many instructions.
    pub limit: u64,
    pub(super) start: Start,
    /// All RAM before the pieces are put into it.
    pub(super) noise: Arc<[u8]>,
}

//! Random programs, to hold one way of executing them against another: one engine against the other, one run against
//! many slices with snapshots in between.
//!
//! A program is a function of an instruction set, a seed and a number. Its instructions come from the decoder's own
//! tables, so that every encoding of a core takes part; its shape (loops, conditions, calls, tables of jumps) makes
//! most of them execute, many of them often. It stores into its own code, takes exceptions and comes back from them,
//! changes modes, uses devices, runs with protection or translation, and is interrupted at chosen instructions. Two
//! runs must agree in every register, every byte of memory, every device access and every fault.
//!
//! ```
//! use darkroom_emu_core::arm::random::{Comparer, Isa, Kind, Series, Way};
//!
//! let mut series = Series::new(Isa::V5Arm, Kind::Sane, 1);
//! let mut comparer = Comparer::new(Isa::V5Arm, [Way::REFERENCE, Way::SLICED])?;
//! assert!((0..20).all(|index| comparer.agree(&series.program(index))));
//! # Ok::<(), darkroom_emu_core::arm::ArenaError>(())
//! ```

mod asm;
mod board;
mod compare;
mod control;
mod difference;
mod effects;
mod handlers;
mod hostile;
mod isa;
mod layout;
mod listing;
mod pool;
mod program;
mod rig;
mod rng;
mod roles;
mod series;
mod special;
mod start;
mod writer;

pub use asm::{Piece, PieceKind};
pub use board::Sight;
pub use compare::{Comparer, Difference};
pub use hostile::Words;
pub use isa::Isa;
pub use program::{Incident, IncidentKind, Kind, Name, Program};
pub use rig::{Manner, Rig, Way};
pub use rng::Rng;
pub use series::Series;

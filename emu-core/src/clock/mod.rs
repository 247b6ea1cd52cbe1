//! Virtual time and the queue of things that will happen.
//!
//! The only clock of a machine is the number of executed guest instructions times a constant of the generation, plus the
//! time skipped while the CPU waits. Nothing here looks at the host's clock.

mod queue;
mod time;

pub use queue::{EventQueue, Pending};
pub use time::{Clock, GuestTime};

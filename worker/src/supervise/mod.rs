//! The watching side of a job: starts its process, hands it sealed blobs, believes nothing it says, and reports its end.

mod launch;
mod ledger;
mod sealed;
mod tidy;
mod watch;

pub use launch::Launcher;
pub use ledger::{Admitted, Delivery, Ledger, Violation};
pub use sealed::{Sealed, Unsealed};
pub use watch::{Outcome, watch};

//! What it costs to save a bare machine and to fork it.

mod figures;
mod measure;
mod table;

pub use figures::{Row, SnapshotReport};
pub use measure::{SnapshotPlan, measure};
pub use table::table;

//! What pages read: one query per list, keyset pagination, nothing fetched row by row.

mod batches;
mod jobs;
mod lists;

pub use batches::{BatchLineRow, CellRow, Pulse};
pub use jobs::{JobLineRow, JobPageRow, StepRow};
pub use lists::{BuildLineRow, CameraUseRow, ScenarioPageRow, WorkerRow};

use time::OffsetDateTime;
use uuid::Uuid;

/// Place in a list sorted from newest to oldest: the last row that was shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Before {
    /// When it was made.
    pub at: OffsetDateTime,
    /// Its id, for rows made at the same moment.
    pub id: Uuid,
}

use serde::Serialize;

use crate::Distribution;

/// What was measured.
#[derive(Clone, Debug, Serialize)]
pub struct SnapshotReport {
    /// RAM of the machine in MiB.
    pub ram_mib: u64,
    /// What the machine wrote since the last snapshot, in MiB.
    pub dirty_mib: u64,
    /// Measurements of each figure.
    pub repeats: u32,
    /// One row for each state of RAM.
    pub rows: Vec<Row>,
}

/// One state of RAM.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// What of RAM is in use.
    pub used: &'static str,
    /// Where the dirty pages lie.
    pub dirty: &'static str,
    /// Saving.
    pub snapshot: Distribution,
    /// Forking what was saved.
    pub fork: Distribution,
    /// Both together.
    pub both: Distribution,
    /// The peer: copying the dirty pages into fresh memory of the host.
    pub memcpy: Distribution,
    /// The other peer: copying the whole machine.
    pub clone: Distribution,
}

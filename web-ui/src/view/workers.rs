//! Workers: who they are, what they do, how well they are locked in.

use super::Shell;
use crate::format::{Figure, Moment};
use askama::Template;
use darkroom_protocol::JobId;
use darkroom_protocol::worker::SandboxProbe;
use time::OffsetDateTime;

/// How a worker is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// Runs a job.
    Busy,
    /// Answers and waits for work.
    Idle,
    /// Has not answered for longer than a lease.
    Silent,
    /// Said goodbye.
    Gone,
}

impl Health {
    /// The word of pages and CSS classes.
    pub fn word(self) -> &'static str {
        match self {
            Self::Busy => "busy",
            Self::Idle => "idle",
            Self::Silent => "silent",
            Self::Gone => "gone",
        }
    }
}

/// A worker.
#[derive(Debug, Clone)]
pub struct WorkerCard {
    /// Name.
    pub name: String,
    /// Version of its program.
    pub version: String,
    /// `process`, `docker` …
    pub backend: String,
    /// How it is.
    pub health: Health,
    /// When it was last heard of.
    pub seen_at: OffsetDateTime,
    /// Jobs it has finished.
    pub jobs_done: u64,
    /// Ends in a row that were the farm's trouble.
    pub infra_streak: u32,
    /// What it tried on its own sandbox.
    pub probes: Vec<SandboxProbe>,
    /// The job it runs: id and name.
    pub job: Option<(JobId, String)>,
}

impl WorkerCard {
    /// Probes that went through, which must be none.
    pub fn leaks(&self) -> usize {
        self.probes.iter().filter(|probe| !probe.refused).count()
    }
}

/// `/workers`
#[derive(Debug, Clone, Template)]
#[template(path = "workers.html")]
pub struct WorkersPage {
    /// Frame.
    pub shell: Shell,
    /// Now, for relative times.
    pub now: OffsetDateTime,
    /// Workers that are not gone, then those gone lately.
    pub workers: Vec<WorkerCard>,
}

use serde::Serialize;

use crate::Distribution;

/// What was measured on a farm.
#[derive(Clone, Debug, Serialize)]
pub struct FarmReport {
    /// Single jobs.
    pub latency: Latency,
    /// Many jobs.
    pub throughput: Throughput,
}

/// How long single jobs wait and run while the farm has no backlog.
#[derive(Clone, Debug, Serialize)]
pub struct Latency {
    /// Jobs measured.
    pub jobs: usize,
    /// Jobs under way at any time.
    pub outstanding: u32,
    /// Jobs that passed.
    pub passed: usize,
    /// Jobs that needed more than one attempt.
    pub retried: usize,
    /// From the queue to the first claim.
    pub enqueue_to_claim: Distribution,
    /// From the deciding claim to the verdict: fetching, running and reporting.
    pub claim_to_verdict: Distribution,
}

/// How many jobs a farm does when all are queued at once.
#[derive(Clone, Debug, Serialize)]
pub struct Throughput {
    /// Jobs measured.
    pub jobs: usize,
    /// Workers that took part.
    pub workers: usize,
    /// Jobs that passed.
    pub passed: usize,
    /// From the first claim to the last verdict.
    pub seconds: f64,
    /// Jobs by that time.
    pub jobs_per_minute: f64,
}

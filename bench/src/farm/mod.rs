//! Latency and throughput of a running farm, over its public API and by its own clock.

mod client;
mod figures;
mod latency;
mod setup;
mod table;
mod throughput;

pub use figures::{FarmReport, Latency, Throughput};
pub use table::table;

use client::Farm;

use crate::Result;

/// What to measure.
#[derive(Clone, Debug)]
pub struct FarmPlan {
    /// Address of the farm.
    pub server: String,
    /// Token with the scopes to read and submit.
    pub token: Option<String>,
    /// Jobs of each part.
    pub jobs: u32,
    /// Jobs that are under way at any time in the first part: the farm's worker slots.
    pub outstanding: u32,
}

/// Measures how long single jobs wait and run, then how many jobs a minute the farm does when all are queued at once.
///
/// # Errors
/// [`BenchError`](crate::BenchError) when the farm is not there, refuses a call, or loses a job.
pub async fn measure(plan: &FarmPlan) -> Result<FarmReport> {
    let farm = Farm::new(&plan.server, plan.token.clone())?;
    let build = setup::upload(&farm).await?;
    let latency = latency::measure(&farm, &build, plan).await?;
    let throughput = throughput::measure(&farm, &build, plan.jobs).await?;
    Ok(FarmReport { latency, throughput })
}

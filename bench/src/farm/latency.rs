//! Closed loop: whenever a job has its verdict the next one is submitted, so a job waits for nothing but the farm.

use darkroom_protocol::api::{Build, Job};
use time::Duration;
use tokio::task::JoinSet;

use super::client::Farm;
use super::figures::Latency;
use super::{FarmPlan, setup};
use crate::{BenchError, Distribution, Result};

/// What one job took.
struct Times {
    to_claim: Duration,
    to_verdict: Duration,
    passed: bool,
    attempts: usize,
}

pub(super) async fn measure(farm: &Farm, build: &Build, plan: &FarmPlan) -> Result<Latency> {
    let lanes = plan.outstanding.clamp(1, plan.jobs.max(1));
    let mut running = JoinSet::new();
    for lane in 0..lanes {
        let jobs = plan.jobs / lanes + u32::from(lane < plan.jobs % lanes);
        running.spawn(one_after_another(farm.clone(), build.clone(), jobs));
    }
    let mut all = Vec::new();
    while let Some(lane) = running.join_next().await {
        all.extend(lane.map_err(|error| BenchError::Farm(error.to_string()))??);
    }
    Ok(latency(&all, lanes))
}

async fn one_after_another(farm: Farm, build: Build, jobs: u32) -> Result<Vec<Times>> {
    let cameras: Vec<_> = build.platforms.iter().take(1).map(|platform| platform.camera.clone()).collect();
    let mut all = Vec::new();
    for _ in 0..jobs {
        let submitted = farm.submit(&setup::batch("latency", &build, &cameras)).await?;
        let batch = farm.finished(submitted.id).await?;
        for summary in &batch.jobs {
            all.push(times(&farm.job(summary.id).await?)?);
        }
    }
    Ok(all)
}

/// From the queue to the first claim, and from the deciding claim to the verdict, by the database's clock.
fn times(job: &Job) -> Result<Times> {
    let missing =
        || BenchError::Farm(format!("job {} has its verdict but no finished attempt", job.summary.id));
    let (first, last) = (job.attempts.first().ok_or_else(missing)?, job.attempts.last().ok_or_else(missing)?);
    Ok(Times {
        to_claim: first.claimed_at - job.queued_at,
        to_verdict: last.ended_at.ok_or_else(missing)? - last.claimed_at,
        passed: job.summary.verdict == Some(darkroom_protocol::verdict::Verdict::Passed),
        attempts: job.attempts.len(),
    })
}

fn latency(all: &[Times], outstanding: u32) -> Latency {
    let millis = |of: fn(&Times) -> Duration| -> Vec<f64> {
        all.iter().map(|times| of(times).as_seconds_f64() * 1000.0).collect()
    };
    Latency {
        jobs: all.len(),
        outstanding,
        passed: all.iter().filter(|times| times.passed).count(),
        retried: all.iter().filter(|times| times.attempts > 1).count(),
        enqueue_to_claim: Distribution::of(&millis(|times| times.to_claim)),
        claim_to_verdict: Distribution::of(&millis(|times| times.to_verdict)),
    }
}

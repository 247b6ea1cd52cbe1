//! Open loop: all jobs are queued at once, and the farm works them off.

use darkroom_protocol::CameraName;
use darkroom_protocol::api::{Batch, Build, Job};
use time::OffsetDateTime;

use super::client::Farm;
use super::figures::Throughput;
use super::setup;
use crate::{BenchError, Result};

pub(super) async fn measure(farm: &Farm, build: &Build, jobs: u32) -> Result<Throughput> {
    let cameras: Vec<CameraName> = build.platforms.iter().map(|platform| platform.camera.clone()).collect();
    let mut submitted = Vec::new();
    let mut left = jobs as usize;
    while left > 0 {
        let part = &cameras[..left.min(cameras.len())];
        submitted.push(farm.submit(&setup::batch("throughput", build, part)).await?);
        left -= part.len();
    }
    let mut finished = Vec::new();
    for batch in submitted {
        finished.push(farm.finished(batch.id).await?);
    }
    throughput(farm, &finished).await
}

/// From the first claim to the last verdict, by the database's clock.
async fn throughput(farm: &Farm, batches: &[Batch]) -> Result<Throughput> {
    let mut jobs = Vec::new();
    for summary in batches.iter().flat_map(|batch| &batch.jobs) {
        jobs.push(farm.job(summary.id).await?);
    }
    let start = jobs.iter().flat_map(claims).min();
    let end = batches.iter().filter_map(|batch| batch.finished_at).max();
    let (Some(start), Some(end)) = (start, end) else {
        return Err(BenchError::Farm("no job was ever claimed".to_owned()));
    };
    let seconds = (end - start).as_seconds_f64();
    let workers: std::collections::BTreeSet<&str> =
        jobs.iter().flat_map(|job| &job.attempts).map(|attempt| attempt.worker.as_str()).collect();
    Ok(Throughput {
        jobs: jobs.len(),
        workers: workers.len(),
        passed: jobs
            .iter()
            .filter(|job| job.summary.verdict == Some(darkroom_protocol::verdict::Verdict::Passed))
            .count(),
        seconds,
        jobs_per_minute: jobs.len() as f64 * 60.0 / seconds,
    })
}

fn claims(job: &Job) -> impl Iterator<Item = OffsetDateTime> + '_ {
    job.attempts.iter().map(|attempt| attempt.claimed_at)
}

//! `darkroom wait`: until the batch ends, then exit by its result.

use crate::args::Wait as Arguments;
use crate::exit::Outcome;
use crate::farm::{Farm, FarmError, verdict_outcome, watch};
use darkroom_protocol::api::{Batch, JobSummary};
use darkroom_protocol::verdict::Verdict;
use std::time::{Duration, Instant};

pub(crate) async fn run(arguments: Arguments) -> anyhow::Result<Outcome> {
    let farm = Farm::new(&arguments.server)?;
    let deadline = arguments.timeout.map(|seconds| Instant::now() + Duration::from_secs(seconds));
    let Some(batch) = watch(&farm, arguments.batch, deadline).await.map_err(FarmError::into_anyhow)? else {
        eprintln!("not finished within the time given");
        return Ok(Outcome::Trouble);
    };
    report(&batch);
    Ok(verdict_outcome(&batch))
}

/// Prints what did not pass, and the counts.
pub(crate) fn report(batch: &Batch) {
    for job in batch.jobs.iter().filter(|job| job.verdict != Some(Verdict::Passed)) {
        say!("{}", line(job));
    }
    let counts: Vec<String> = batch.counts.iter().map(|(word, count)| format!("{count} {word}")).collect();
    say!("{}", counts.join(", "));
}

fn line(job: &JobSummary) -> String {
    let verdict = job.verdict.map_or("unfinished", Verdict::word);
    let reason = job.reason.as_ref().map(|reason| format!(": {} ({})", reason.detail, reason.code.word()));
    format!(
        "{verdict:13} {:6} {} / {}{}",
        job.camera,
        job.build_name,
        job.scenario,
        reason.unwrap_or_default()
    )
}

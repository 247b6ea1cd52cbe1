//! Waiting for a batch, with a bar that says what is going on.

use super::{Farm, FarmError, Wait};
use crate::exit::Outcome;
use darkroom_protocol::BatchId;
use darkroom_protocol::api::{Batch, JobState};
use darkroom_protocol::verdict::Verdict;
use indicatif::{ProgressBar, ProgressStyle};
use std::time::{Duration, Instant};

/// How often the bar is brought up to date, in seconds.
const STEP_SECONDS: u64 = 1;
/// How long a farm that does not answer is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// Waits for the end of a batch; `Ok(None)` when `deadline` passes first.
pub(crate) async fn watch(
    farm: &Farm,
    id: BatchId,
    deadline: Option<Instant>,
) -> Result<Option<Batch>, FarmError> {
    let bar = ProgressBar::new(0);
    let style = ProgressStyle::with_template("{bar:32.red/white} {pos}/{len} {elapsed} {msg}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    let mut silent_since = None;
    loop {
        match farm.batch(id, Wait::Seconds(STEP_SECONDS)).await {
            Ok(batch) => {
                silent_since = None;
                show(&bar, &batch);
                if batch.finished {
                    bar.finish();
                    return Ok(Some(batch));
                }
            }
            Err(error) if error.is_passing() => {
                let since = *silent_since.get_or_insert_with(Instant::now);
                if since.elapsed() > PATIENCE {
                    return Err(error);
                }
                bar.set_message(format!("waiting for the farm: {error}"));
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
            Err(error) => return Err(error),
        }
        if deadline.is_some_and(|deadline| Instant::now() >= deadline) {
            return Ok(None);
        }
    }
}

fn show(bar: &ProgressBar, batch: &Batch) {
    let done = batch.jobs.iter().filter(|job| job.state == JobState::Finished).count();
    bar.set_length(batch.jobs.len() as u64);
    bar.set_position(done as u64);
    let counts: Vec<String> = batch.counts.iter().map(|(word, count)| format!("{count} {word}")).collect();
    bar.set_message(counts.join(", "));
}

/// What a finished batch means: trouble of the farm outweighs a failed build; where nothing ran to a verdict on a build
/// (all skipped, or some cancelled) it is no pass, and no build's fault either.
pub(crate) fn verdict_outcome(batch: &Batch) -> Outcome {
    let any = |of: fn(Verdict) -> bool| batch.jobs.iter().filter_map(|job| job.verdict).any(of);
    if any(Verdict::blames_farm) {
        Outcome::Trouble
    } else if any(Verdict::blames_build) {
        Outcome::Failed
    } else if any(|verdict| verdict == Verdict::Passed) && !any(|verdict| verdict == Verdict::Cancelled) {
        Outcome::Passed
    } else {
        Outcome::Trouble
    }
}

//! `darkroom compare`: do two batches agree bit for bit?

use crate::args::Compare as Arguments;
use crate::exit::Outcome;
use crate::farm::{Farm, FarmError, Wait};
use darkroom_protocol::api::{Batch, JobSummary};
use std::collections::BTreeMap;

pub(crate) async fn run(arguments: Arguments) -> anyhow::Result<Outcome> {
    let farm = Farm::new(&arguments.server)?;
    let left = farm.batch(arguments.left, Wait::No).await.map_err(FarmError::into_anyhow)?;
    let right = farm.batch(arguments.right, Wait::No).await.map_err(FarmError::into_anyhow)?;
    Ok(compare(&left, &right))
}

/// Prints each cell that differs, and `N/M identical`.
pub(crate) fn compare(left: &Batch, right: &Batch) -> Outcome {
    let (left, right) = (cells(left), cells(right));
    let mut all: Vec<_> = left.keys().chain(right.keys()).collect();
    all.sort_unstable();
    all.dedup();
    let mut identical = 0;
    for cell in &all {
        match differences(left.get(*cell).copied(), right.get(*cell).copied()) {
            found if found.is_empty() => identical += 1,
            found => say!("{} {} {}: {}", cell.1, cell.0, cell.2, found.join(", ")),
        }
    }
    say!("{identical}/{} identical", all.len());
    if identical == all.len() && !all.is_empty() { Outcome::Passed } else { Outcome::Failed }
}

/// Build name, camera, scenario: what makes a cell of one batch the twin of a cell of another.
type Cell = (String, String, String);

fn cells(batch: &Batch) -> BTreeMap<Cell, &JobSummary> {
    let cell = |job: &JobSummary| (job.build_name.clone(), job.camera.0.clone(), job.scenario.clone());
    batch.jobs.iter().map(|job| (cell(job), job)).collect()
}

/// What differs between two cells. A cell without a state hash never ran, so it agrees with nothing.
fn differences(left: Option<&JobSummary>, right: Option<&JobSummary>) -> Vec<&'static str> {
    let (Some(left), Some(right)) = (left, right) else {
        return vec!["only in one batch"];
    };
    if left.state_hash.as_deref().unwrap_or_default().is_empty() {
        return vec!["did not run"];
    }
    let parts = [
        ("verdict", left.verdict == right.verdict),
        ("log", left.log_digest == right.log_digest),
        ("frames", left.frames == right.frames),
        ("guest time", left.guest_ns == right.guest_ns),
        ("state hash", left.state_hash == right.state_hash),
    ];
    parts.into_iter().filter(|(_, same)| !same).map(|(name, _)| name).collect()
}

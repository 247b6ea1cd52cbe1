//! `darkroom demo`: the whole way with what the tree ships. Open ROM sets and sample builds go in by the public API,
//! one batch runs, and every cell must come out as planned.

mod plan;
mod upload;

use super::compare::compare;
use crate::args::Demo as Arguments;
use crate::exit::Outcome;
use crate::farm::{Farm, FarmError, Wait, watch};
use anyhow::Context;
use darkroom_protocol::api::{Batch, JobSummary, Submit};
use darkroom_protocol::verdict::{CheckOutcome, EvidenceKind, Verdict};
use plan::{Planned, planned};
use std::collections::BTreeMap;
use std::time::Instant;

pub(crate) async fn run(arguments: Arguments) -> anyhow::Result<Outcome> {
    let farm = Farm::new(&arguments.server)?;
    let submit = upload::everything(&farm).await?;
    let first = run_batch(&farm, &submit).await?;
    let mut outcome = check(&farm, &first).await?;
    if arguments.twice {
        let second = run_batch(&farm, &submit).await?;
        outcome = worst(outcome, compare(&first, &second));
    }
    Ok(outcome)
}

fn worst(left: Outcome, right: Outcome) -> Outcome {
    if left == Outcome::Passed { right } else { left }
}

async fn run_batch(farm: &Farm, submit: &Submit) -> anyhow::Result<Batch> {
    let started = Instant::now();
    let key = uuid::Uuid::new_v4().to_string();
    let batch = farm.submit(submit, &key).await.map_err(FarmError::into_anyhow)?;
    say!("{} jobs: {}", batch.jobs.len(), farm.batch_page(batch.id));
    let ended = watch(farm, batch.id, None).await.map_err(FarmError::into_anyhow)?;
    ended.context("the watch ended without a deadline")?;
    // Asked for again: the last answer may be older than the last frame.
    let batch = farm.batch(batch.id, Wait::No).await.map_err(FarmError::into_anyhow)?;
    print_matrix(&batch);
    print_figures(&batch, started.elapsed().as_secs_f64());
    Ok(batch)
}

fn print_matrix(batch: &Batch) {
    let mut cameras: Vec<&str> = Vec::new();
    let mut rows: BTreeMap<&str, BTreeMap<&str, &JobSummary>> = BTreeMap::new();
    for job in &batch.jobs {
        if !cameras.contains(&job.camera.0.as_str()) {
            cameras.push(&job.camera.0);
        }
        rows.entry(&job.build_name).or_default().insert(&job.camera.0, job);
    }
    say!("{:14}{}", "", cameras.iter().map(|camera| format!("{camera:>6}")).collect::<String>());
    for (build, cells) in rows {
        let marks =
            cameras.iter().map(|camera| format!("{:>6}", cells.get(camera).map_or("", |job| mark(job))));
        say!("{build:14}{}", marks.collect::<String>());
    }
    say!("ok passed · FAIL failed · crash guest-crashed · time timed-out · INFRA infra-error · skip skipped");
}

fn mark(job: &JobSummary) -> &'static str {
    match job.verdict {
        Some(Verdict::Passed) => "ok",
        Some(Verdict::Failed) => "FAIL",
        Some(Verdict::GuestCrashed) => "crash",
        Some(Verdict::TimedOut) => "time",
        Some(Verdict::InfraError) => "INFRA",
        Some(Verdict::Cancelled) => "stop",
        Some(Verdict::Skipped) => "skip",
        Some(Verdict::Missing) => "miss",
        None => "…",
    }
}

/// Wall time, jobs per minute, guest seconds per host second (of the runs themselves, and of the wall).
fn print_figures(batch: &Batch, wall: f64) {
    let guest = batch.jobs.iter().filter_map(|job| job.guest_ns).sum::<u64>() as f64 / 1e9;
    let host = batch.jobs.iter().filter_map(|job| job.host_ms).sum::<u64>() as f64 / 1e3;
    let jobs = batch.jobs.len() as f64;
    say!(
        "{wall:.1} s wall time, {:.0} jobs per minute; {guest:.0} guest seconds: {:.1} per host second of running, {:.1} per second of wall time",
        jobs * 60.0 / wall,
        guest / host.max(0.001),
        guest / wall
    );
}

/// Says of each cell whether it came out as planned.
async fn check(farm: &Farm, batch: &Batch) -> anyhow::Result<Outcome> {
    let mut wrong = 0;
    for job in &batch.jobs {
        if let Some(complaint) = complaint(farm, job).await? {
            say!("not as planned: {} on {}: {complaint}", job.build_name, job.camera);
            wrong += 1;
        }
    }
    say!("{}/{} cells as planned", batch.jobs.len() - wrong, batch.jobs.len());
    Ok(if wrong == 0 && !batch.jobs.is_empty() { Outcome::Passed } else { Outcome::Failed })
}

async fn complaint(farm: &Farm, job: &JobSummary) -> anyhow::Result<Option<String>> {
    let Some(plan) = planned(&job.build_name) else {
        return Ok(Some("no plan for this build".to_owned()));
    };
    let reason = job.reason.as_ref().map(|reason| reason.code);
    if job.verdict != Some(plan.verdict) || reason != plan.reason {
        let detail = job.reason.as_ref().map_or("", |reason| &reason.detail);
        return Ok(Some(format!(
            "{:?} {reason:?} {detail}, planned {:?} {:?}",
            job.verdict, plan.verdict, plan.reason
        )));
    }
    evidence_complaint(farm, job, plan).await
}

/// A verdict without its evidence is not as planned either.
async fn evidence_complaint(farm: &Farm, job: &JobSummary, plan: Planned) -> anyhow::Result<Option<String>> {
    let job = farm.job(job.id).await.map_err(FarmError::into_anyhow)?;
    let Some(report) = job.report else {
        return Ok(Some("no report".to_owned()));
    };
    let crash_shown =
        || report.faults.iter().any(|fault| fault.registers.len() == 16 && fault.address.is_some());
    let failed = report.checks.iter().filter(|check| check.outcome == CheckOutcome::Failed);
    let difference_shown = || {
        failed.clone().any(|check| check.evidence.iter().any(|piece| piece.kind == EvidenceKind::Difference))
    };
    Ok(match plan.verdict {
        Verdict::GuestCrashed if !crash_shown() => Some("no registers or faulting address".to_owned()),
        Verdict::Failed if plan.difference && !difference_shown() => Some("no difference image".to_owned()),
        Verdict::Failed if !plan.difference && !report.log_capped => {
            Some("the log was not capped".to_owned())
        }
        _ => None,
    })
}

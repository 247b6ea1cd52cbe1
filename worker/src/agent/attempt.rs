//! One attempt: from the claim to the report, or to silence when the lease is gone.

use std::time::Duration;

use darkroom_protocol::report::RunReport;
use darkroom_protocol::scenario::Scenario;
use darkroom_protocol::verdict::{ReasonCode, Verdict};
use darkroom_protocol::worker::{Claim, Finish};
use tokio::sync::mpsc;

use super::cache::{Cache, FetchError};
use super::client::{AttemptClient, CallError};
use super::drain::Drain;
use super::lease::Lease;
use super::outbox;
use super::retry::until_accepted;
use crate::run::never_started;
use crate::supervise::{Launcher, Ledger, watch};

/// Deliveries that may wait to be sent; then the job waits too.
const QUEUE: usize = 64;

/// Why a job's process is stopped while it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum StopWhy {
    Cancelled,
    Draining,
}

/// How an attempt ended.
#[derive(Debug)]
enum Ended {
    /// With something to report.
    Finish(Box<Finish>),
    /// The job goes back to the queue.
    HandBack,
    /// It is not ours any more.
    Dropped,
}

/// What an attempt needs of the worker.
pub(super) struct Workshop<'a> {
    pub(super) launcher: &'a Launcher,
    pub(super) cache: &'a mut Cache,
    pub(super) drain: &'a Drain,
    pub(super) heartbeat: Duration,
}

/// Runs a claimed job to whatever end. Nothing of it is left running afterwards.
pub(super) async fn run(client: AttemptClient, claim: Claim, shop: Workshop<'_>) {
    let (job, attempt) = (claim.spec.job, claim.attempt);
    tracing::info!(%job, %attempt, camera = %claim.spec.camera, "claimed");
    let granted = Duration::from_secs(u64::from(claim.lease_seconds));
    let lease = match Lease::take(client.clone(), granted, shop.heartbeat).await {
        Ok(lease) => lease,
        // Nothing has been started: the orchestrator gives the job to somebody else when the lease ends.
        Err(error) => return tracing::warn!(%job, %attempt, "the lease could not be confirmed: {error}"),
    };
    let lost = lease.lost();
    tokio::select! {
        // Dropping the other branch kills the job's process.
        why = lost => tracing::warn!(%job, %attempt, "dropped: {why:?}"),
        () = work(&client, &claim, &lease, shop) => {}
    }
}

async fn work(client: &AttemptClient, claim: &Claim, lease: &Lease, shop: Workshop<'_>) {
    let (job, attempt) = (claim.spec.job, claim.attempt);
    let told = match perform(client, claim, lease, shop).await {
        Ended::Dropped => Err(CallError::Fenced),
        Ended::HandBack => until_accepted("handing the job back", || client.release("draining")).await,
        Ended::Finish(finish) => {
            tracing::info!(%job, %attempt, verdict = finish.report.verdict.word(), "finished");
            until_accepted("reporting the end", || client.finish(&finish)).await
        }
    };
    if let Err(error) = told {
        tracing::warn!(%job, %attempt, "dropped: {error}");
    }
}

async fn perform(client: &AttemptClient, claim: &Claim, lease: &Lease, shop: Workshop<'_>) -> Ended {
    let spec = &claim.spec;
    let scenario = match Scenario::parse(&spec.scenario_name, &spec.scenario) {
        Ok(scenario) => scenario,
        // It was checked when it was stored: worker and orchestrator disagree, which is the farm's trouble.
        Err(error) => return trouble(None, &format!("the scenario cannot be read here: {error}")),
    };
    let blobs = match shop.cache.gather(client, spec).await {
        Ok(blobs) => blobs,
        Err(FetchError::Fenced) => return Ended::Dropped,
        Err(error) => return trouble(Some(&scenario), &error.to_string()),
    };
    let child = match shop.launcher.start(spec, &blobs) {
        Ok(child) => child,
        Err(error) => return trouble(Some(&scenario), &format!("starting the job's process: {error}")),
    };
    let stop = async {
        tokio::select! {
            () = lease.cancelled() => StopWhy::Cancelled,
            () = shop.drain.over() => StopWhy::Draining,
        }
    };
    let host_limit = Duration::try_from_secs_f64(spec.limits.host_seconds).unwrap_or_default();
    let (deliveries, inbox) = mpsc::channel(QUEUE);
    let watching = watch(child, Ledger::new(spec, scenario), host_limit, deliveries, stop);
    let (outcome, sent) = tokio::join!(watching, outbox::send_all(client.clone(), inbox));
    match sent {
        Ok(()) => conclude(outcome.map(|outcome| (outcome.report, outcome.log))),
        Err(CallError::Fenced) => Ended::Dropped,
        Err(error) => conclude(outcome.map(|outcome| undelivered(outcome.report, &error))),
    }
}

fn conclude(outcome: Result<(RunReport, String), (StopWhy, Box<Ledger>)>) -> Ended {
    let (report, supervisor_log) = match outcome {
        Ok(done) => done,
        Err((StopWhy::Draining, _)) => return Ended::HandBack,
        Err((StopWhy::Cancelled, ledger)) => {
            let code = ReasonCode::CancelledByUser;
            (ledger.report_without(Verdict::Cancelled, code, "cancelled while it ran"), String::new())
        }
    };
    Ended::Finish(Box::new(Finish { report, supervisor_log }))
}

/// A report whose proofs did not arrive is worth nothing.
fn undelivered(report: RunReport, error: &CallError) -> (RunReport, String) {
    let detail = format!("the job's output could not be delivered: {error}");
    let empty = never_started(None, Verdict::InfraError, ReasonCode::WorkerError, &detail);
    (RunReport { stop: detail, ..empty }, format!("the job itself had ended as {}", report.verdict.word()))
}

fn trouble(scenario: Option<&Scenario>, detail: &str) -> Ended {
    let report = never_started(scenario, Verdict::InfraError, ReasonCode::WorkerError, detail);
    Ended::Finish(Box::new(Finish { report, supervisor_log: String::new() }))
}

//! What the farm believes of a report.

use crate::support::{FakeWorker, Farm, samples};
use darkroom_orchestrator::queue::QueueRules;
use darkroom_protocol::report::{CardChange, CardChangeKind, RunReport};
use darkroom_protocol::verdict::{CheckOutcome, ReasonCode, Verdict};
use std::time::Duration;

/// One try, and no second.
async fn strict() -> Farm {
    Farm::with(QueueRules { infra_limit: 1, ..QueueRules::default() }).await
}

async fn verdict_of(report: RunReport) -> (Option<Verdict>, Option<ReasonCode>) {
    let farm = strict().await;
    let (batch, _) = farm.one_job().await;
    let attempt = FakeWorker::join(&farm, "one").await.claim().await;
    assert_eq!(attempt.finish(report).await.status(), 204);
    let job = farm.ended(batch).await.jobs.remove(0);
    (job.verdict, job.reason.map(|reason| reason.code))
}

#[tokio::test]
async fn passed_with_a_check_that_did_not_pass_is_trouble_of_the_farm() {
    let mut report = samples::passed();
    report.checks.pop();
    assert_eq!(verdict_of(report).await, (Some(Verdict::InfraError), Some(ReasonCode::WorkerError)));
    let report = samples::report(Verdict::Passed, None, [CheckOutcome::Passed, CheckOutcome::NotReached]);
    assert_eq!(verdict_of(report).await, (Some(Verdict::InfraError), Some(ReasonCode::WorkerError)));
}

#[tokio::test]
async fn verdicts_that_are_not_the_workers_to_give_are_trouble_of_the_farm() {
    for verdict in [Verdict::Skipped, Verdict::Missing, Verdict::Cancelled] {
        let mut report = samples::infra_error();
        report.verdict = verdict;
        assert_eq!(verdict_of(report).await.0, Some(Verdict::InfraError), "{verdict:?}");
    }
}

#[tokio::test]
async fn trouble_of_the_farm_is_tried_again_and_verdicts_on_the_build_are_not() {
    let rules = QueueRules { prefer_others: Duration::ZERO, ..QueueRules::default() };
    let farm = Farm::with(rules).await;
    let (batch, job) = farm.one_job().await;
    let worker = FakeWorker::join(&farm, "one").await;
    assert_eq!(worker.claim().await.finish(samples::infra_error()).await.status(), 204);
    assert_eq!(worker.claim().await.finish(samples::failed()).await.status(), 204);
    assert_eq!(farm.ended(batch).await.jobs[0].verdict, Some(Verdict::Failed));
    let outcomes: Vec<_> = farm.job(job).await.attempts.into_iter().map(|attempt| attempt.outcome).collect();
    assert_eq!(outcomes, ["infra-error", "finished"]);
    assert!(worker.try_claim(0).await.is_none());
}

#[tokio::test]
async fn a_job_that_failed_by_a_workers_trouble_goes_to_another_worker() {
    let farm =
        Farm::with(QueueRules { prefer_others: Duration::from_secs(600), ..QueueRules::default() }).await;
    let (batch, _) = farm.one_job().await;
    let [bad, good] = [FakeWorker::join(&farm, "bad").await, FakeWorker::join(&farm, "good").await];
    assert_eq!(bad.claim().await.finish(samples::infra_error()).await.status(), 204);
    assert!(bad.try_claim(0).await.is_none());
    assert_eq!(good.claim().await.finish(samples::passed()).await.status(), 204);
    assert_eq!(farm.ended(batch).await.jobs[0].verdict, Some(Verdict::Passed));
}

#[tokio::test]
async fn what_a_guest_writes_into_names_does_not_break_the_report() {
    let farm = strict().await;
    let (batch, job) = farm.one_job().await;
    let attempt = FakeWorker::join(&farm, "one").await.claim().await;
    let mut report = samples::failed();
    report.checks[1].detail = "saw \0 and \\u0000 and \"\\\\\0\"".to_owned();
    let (kind, path) = (CardChangeKind::Added, "ML/LOGS/\0.LOG".to_owned());
    report.card_changes.push(CardChange { path, kind, size: 1, digest: None });
    assert_eq!(attempt.finish(report).await.status(), 204);
    farm.ended(batch).await;
    let report = farm.job(job).await.report.unwrap();
    assert_eq!(report.checks[1].detail, "saw \u{fffd} and \\u0000 and \"\\\\\u{fffd}\"");
}

#[tokio::test]
async fn a_released_job_loses_nothing() {
    let farm = Farm::start().await;
    let (_, job) = farm.one_job().await;
    let worker = FakeWorker::join(&farm, "one").await;
    for expected in 1..=5 {
        let attempt = worker.claim().await;
        assert_eq!(attempt.claim.attempt.0, expected);
        assert_eq!(attempt.release().await.status(), 204);
    }
    assert_eq!(worker.claim().await.finish(samples::passed()).await.status(), 204);
    assert_eq!(farm.job(job).await.summary.verdict, Some(Verdict::Passed));
}

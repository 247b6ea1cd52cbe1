//! Workers that are lost.

use crate::support::{FakeWorker, Farm, samples};
use darkroom_orchestrator::queue::QueueRules;
use darkroom_protocol::verdict::{CheckOutcome, ReasonCode, Verdict};
use std::time::Duration;

fn short_leases() -> QueueRules {
    QueueRules {
        lease: Duration::from_millis(150),
        sweep: Duration::from_millis(30),
        prefer_others: Duration::ZERO,
        ..QueueRules::default()
    }
}

#[tokio::test]
async fn a_job_that_loses_three_workers_is_trouble_of_the_farm() {
    let farm = Farm::with(short_leases()).await;
    let (batch, job) = farm.one_job().await;
    for expected in 1..=3 {
        let worker = FakeWorker::join(&farm, &format!("w{expected}")).await;
        assert_eq!(worker.claim().await.claim.attempt.0, expected);
    }
    let ended = farm.ended(batch).await;
    let summary = &ended.jobs[0];
    assert_eq!(summary.verdict, Some(Verdict::InfraError));
    assert_eq!(summary.reason.as_ref().unwrap().code, ReasonCode::WorkerLost);
    assert!(summary.reason.as_ref().unwrap().detail.contains("w3"));
    let outcomes: Vec<_> = farm.job(job).await.attempts.into_iter().map(|attempt| attempt.outcome).collect();
    assert_eq!(outcomes, ["lost", "lost", "lost"]);
    let checks = farm.state().db.checks(job).await.unwrap();
    assert!(checks.iter().all(|check| check.outcome == CheckOutcome::NotReached));
    assert_eq!(checks.len(), 2, "a run that died still has a row per check");
    assert!(FakeWorker::join(&farm, "w4").await.try_claim(0).await.is_none());
}

#[tokio::test]
async fn heartbeats_keep_a_job() {
    let farm = Farm::with(QueueRules { lease: Duration::from_millis(900), ..short_leases() }).await;
    let (batch, job) = farm.one_job().await;
    let attempt = FakeWorker::join(&farm, "one").await.claim().await;
    let start = std::time::Instant::now();
    // Three leases long.
    while start.elapsed() < Duration::from_millis(2700) {
        assert_eq!(attempt.heartbeat().await.status(), 200);
        tokio::time::sleep(Duration::from_millis(60)).await;
    }
    assert_eq!(attempt.finish(samples::passed()).await.status(), 204);
    assert_eq!(farm.ended(batch).await.jobs[0].verdict, Some(Verdict::Passed));
    assert_eq!(farm.job(job).await.attempts.len(), 1);
}

#[tokio::test]
async fn a_cancelled_job_whose_worker_is_lost_ends_as_cancelled() {
    let farm = Farm::with(short_leases()).await;
    let (batch, job) = farm.one_job().await;
    let _lost = FakeWorker::join(&farm, "one").await.claim().await;
    farm.state().queue.cancel_job(job).await.unwrap();
    assert_eq!(farm.ended(batch).await.jobs[0].verdict, Some(Verdict::Cancelled));
}

#[tokio::test]
async fn a_worker_that_fails_three_times_in_a_row_gets_no_more_jobs_for_a_while() {
    let farm =
        Farm::with(QueueRules { prefer_others: Duration::ZERO, infra_limit: 9, ..short_leases() }).await;
    farm.one_job().await;
    let bad = FakeWorker::join(&farm, "bad").await;
    for _ in 0..3 {
        bad.claim().await.finish(samples::infra_error()).await;
    }
    assert!(bad.try_claim(300).await.is_none(), "quarantined");
    let good = FakeWorker::join(&farm, "good").await;
    assert_eq!(good.claim().await.claim.attempt.0, 4);
}

//! The database and the orchestrator go away and come back.

use crate::support::farm::CAMERA;
use crate::support::{FakeWorker, Farm, samples};
use darkroom_protocol::api::Batch;
use darkroom_protocol::verdict::Verdict;
use reqwest::{Method, StatusCode};
use sqlx::{Connection, PgConnection};
use std::time::{Duration, Instant};

/// Repeats a call while the farm says "try again".
async fn until_answered<F: Future<Output = reqwest::Result<reqwest::Response>>>(
    call: impl Fn() -> F,
) -> reqwest::Response {
    let start = Instant::now();
    loop {
        match call().await {
            Ok(response) if response.status() != StatusCode::SERVICE_UNAVAILABLE => return response,
            _ => assert!(start.elapsed() < Duration::from_secs(60), "no answer for a minute"),
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn postgres_restarted_in_the_middle_loses_and_doubles_nothing() {
    let mut farm = Farm::start().await;
    let (batch, job) = farm.one_job().await;
    let worker = FakeWorker::join(&farm, "one").await;
    let attempt = worker.claim().await;
    assert_eq!(attempt.log(0, b"before ").await.status(), 204);
    farm.postgres.restart().await.unwrap();
    let answer = until_answered(|| attempt.call(Method::POST, "log?offset=7").body("after").send()).await;
    assert_eq!(answer.status(), 204);
    let finish =
        darkroom_protocol::worker::Finish { report: samples::passed(), supervisor_log: String::new() };
    let answer = until_answered(|| attempt.call(Method::POST, "finish").json(&finish).send()).await;
    assert_eq!(answer.status(), 204);
    assert_eq!(farm.ended(batch).await.jobs[0].verdict, Some(Verdict::Passed));
    let log = farm.call(Method::GET, &format!("/jobs/{job}/log")).send().await.unwrap();
    assert_eq!(log.bytes().await.unwrap(), "before after");
    // Notices are heard again: a claim that waits gets the next job at once.
    let waiting = tokio::spawn(async move { worker.claim().await });
    let build = farm.build().await;
    let next = farm.submit_for(build.id, &[CAMERA]).await;
    assert_eq!(waiting.await.unwrap().claim.spec.job, next.jobs[0].id);
}

#[tokio::test]
async fn an_orchestrator_started_again_goes_on_with_the_same_attempts() {
    let mut farm = Farm::start().await;
    let (batch, job) = farm.one_job().await;
    let attempt = FakeWorker::join(&farm, "one").await.claim().await;
    assert_eq!(attempt.log(0, b"kept").await.status(), 204);
    farm.stop_server().await;
    assert!(attempt.call(Method::POST, "heartbeat").send().await.is_err());
    farm.start_server().await;
    assert_eq!(attempt.beat().await.lease_seconds, 45);
    assert_eq!(attempt.log(4, b" on").await.status(), 204);
    assert_eq!(attempt.finish(samples::passed()).await.status(), 204);
    assert_eq!(farm.ended(batch).await.jobs[0].verdict, Some(Verdict::Passed));
    assert_eq!(farm.job(job).await.attempts.len(), 1);
}

#[tokio::test]
async fn a_lease_that_ended_while_the_orchestrator_was_away_is_not_charged_to_the_worker() {
    let mut farm = Farm::start().await;
    farm.one_job().await;
    let attempt = FakeWorker::join(&farm, "one").await.claim().await;
    farm.stop_server().await;
    let mut database = PgConnection::connect_with(&farm.postgres.options()).await.unwrap();
    // As if the outage had lasted longer than a lease.
    let aged =
        sqlx::query("update job set lease_until = now() - interval '1 hour'").execute(&mut database).await;
    assert_eq!(aged.unwrap().rows_affected(), 1);
    farm.start_server().await;
    assert_eq!(attempt.beat().await.lease_seconds, 45);
    assert_eq!(attempt.finish(samples::passed()).await.status(), 204);
}

#[tokio::test]
async fn a_waiting_call_ends_when_the_orchestrator_stops() {
    let mut farm = Farm::start().await;
    let (batch, _) = farm.one_job().await;
    let call = farm.call(Method::GET, &format!("/batches/{batch}?wait=300"));
    let waiting = tokio::spawn(async move { call.send().await.unwrap().json::<Batch>().await.unwrap() });
    let start = Instant::now();
    farm.stop_server().await;
    // The call may not have arrived before the stop.
    if let Ok(batch) = waiting.await {
        assert!(!batch.finished);
    }
    assert!(start.elapsed() < Duration::from_secs(60));
}

#[tokio::test]
async fn two_orchestrators_on_one_database_wake_each_other() {
    let farm = Farm::start().await;
    let db = darkroom_orchestrator::db::PgDb::new(farm.postgres.options(), 10);
    let other = darkroom_orchestrator::serve::Server::start(db, Default::default()).await.unwrap();
    let worker = FakeWorker::join_at(&farm, &other.url(), "there").await;
    let waiting = tokio::spawn(async move { worker.claim().await });
    let (batch, _) = farm.one_job().await;
    let attempt = waiting.await.unwrap();
    let watch = farm.call(Method::GET, &format!("/batches/{batch}?wait=60")).send();
    let (answer, finished) = tokio::join!(watch, attempt.finish(samples::passed()));
    assert_eq!(finished.status(), 204);
    assert!(answer.unwrap().json::<Batch>().await.unwrap().finished);
    other.stop().await;
}

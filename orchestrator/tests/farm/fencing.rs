//! Only the current attempt may write, and everything may come twice.

use crate::support::worker::{FakeWorker, frame, hello};
use crate::support::{Attempt, Farm, code_of, samples};
use darkroom_orchestrator::queue::QueueRules;
use darkroom_protocol::worker::Event;
use darkroom_protocol::{AttemptNo, Digest, JobId};
use reqwest::{Method, Response};
use std::time::Duration;

/// Every call that an attempt can make.
async fn all_calls(attempt: &Attempt) -> Vec<(&'static str, Response)> {
    vec![
        ("heartbeat", attempt.heartbeat().await),
        ("events", attempt.events(0, vec![Event::Started]).await),
        ("log", attempt.log(0, b"late").await),
        ("put blob", attempt.put(b"late").await),
        ("get blob", attempt.fetch(attempt.claim.spec.payload.digest).await),
        ("release", attempt.release().await),
        ("finish", attempt.finish(samples::passed()).await),
    ]
}

async fn assert_all_stale(attempt: &Attempt) {
    for (call, response) in all_calls(attempt).await {
        let (status, code, message) = code_of(response).await;
        assert_eq!((status, code.as_str()), (409, "stale-attempt"), "{call}: {message}");
    }
}

/// A farm whose leases end almost at once.
async fn impatient() -> Farm {
    let rules = QueueRules {
        lease: Duration::from_millis(300),
        sweep: Duration::from_millis(50),
        prefer_others: Duration::ZERO,
        ..QueueRules::default()
    };
    Farm::with(rules).await
}

#[tokio::test]
async fn a_worker_paused_beyond_its_lease_is_refused_in_every_call() {
    let farm = impatient().await;
    let (batch, job) = farm.one_job().await;
    let paused = FakeWorker::join(&farm, "paused").await.claim().await;
    let successor = FakeWorker::join(&farm, "successor").await;
    // The lease of the first ends; nobody tells it.
    let second = successor.claim().await;
    assert_eq!((second.claim.spec.job, second.claim.attempt.0), (job, 2));
    assert_all_stale(&paused).await;
    let finishing = second.finish(samples::failed()).await;
    // The second may have lost its own short lease meanwhile; whoever holds the job ends it.
    if finishing.status() != 204 {
        while successor.claim().await.finish(samples::failed()).await.status() != 204 {}
    }
    let ended = farm.ended(batch).await;
    assert_eq!(ended.counts, [("failed".to_owned(), 1)].into());
    assert_all_stale(&paused).await;
}

#[tokio::test]
async fn of_two_workers_that_believe_they_own_a_job_only_the_one_with_the_secret_does() {
    let farm = Farm::start().await;
    let (batch, _) = farm.one_job().await;
    let owner = FakeWorker::join(&farm, "owner").await.claim().await;
    let mut twin = owner.clone();
    twin.claim.secret = "00".repeat(32);
    assert_all_stale(&twin).await;
    twin.claim.secret = owner.claim.secret.clone();
    twin.claim.attempt = AttemptNo(2);
    assert_all_stale(&twin).await;
    twin.claim.spec.job = JobId::fresh();
    assert_eq!(twin.heartbeat().await.status(), 404);
    assert_eq!(owner.finish(samples::passed()).await.status(), 204);
    assert_eq!(farm.ended(batch).await.counts, [("passed".to_owned(), 1)].into());
}

#[tokio::test]
async fn a_finish_may_come_twice_but_not_with_another_result() {
    let farm = Farm::start().await;
    let (batch, job) = farm.one_job().await;
    let attempt = FakeWorker::join(&farm, "one").await.claim().await;
    let (first, second) = tokio::join!(attempt.finish(samples::passed()), attempt.finish(samples::passed()));
    assert_eq!((first.status().as_u16(), second.status().as_u16()), (204, 204));
    let (status, code, _) = code_of(attempt.finish(samples::failed()).await).await;
    assert_eq!((status, code.as_str()), (409, "ended-otherwise"));
    assert_eq!(farm.ended(batch).await.counts, [("passed".to_owned(), 1)].into());
    assert_eq!(farm.job(job).await.attempts.len(), 1);
}

#[tokio::test]
async fn log_and_events_are_taken_once_and_in_order() {
    let farm = Farm::start().await;
    let (_, job) = farm.one_job().await;
    let attempt = FakeWorker::join(&farm, "one").await.claim().await;
    assert_eq!(code_of(attempt.log(5, b"later").await).await.1, "log-gap");
    for (offset, text) in [(0, "first "), (0, "first "), (3, "st second"), (4, "t s")] {
        assert_eq!(attempt.log(offset, text.as_bytes()).await.status(), 204);
    }
    let log = farm.call(Method::GET, &format!("/jobs/{job}/log?offset=6")).send().await.unwrap();
    assert_eq!(log.bytes().await.unwrap(), "second");
    assert_eq!(code_of(attempt.events(1, vec![Event::Started]).await).await.1, "event-gap");
    let picture = samples::png(1);
    attempt.put(&picture).await;
    for _ in 0..2 {
        assert_eq!(attempt.events(0, vec![frame(0, &picture)]).await.status(), 204);
    }
    assert_eq!(farm.job(job).await.summary.frames.len(), 1);
}

#[tokio::test]
async fn floods_stop_at_their_caps() {
    let farm = Farm::start().await;
    let (_, job) = farm.one_job().await;
    let attempt = FakeWorker::join(&farm, "one").await.claim().await;
    // The scenario's 1000 bytes, and some slack for the worker's own last line.
    let flood = vec![b'x'; 70 << 10];
    assert_eq!(code_of(attempt.log(0, &flood).await).await.0, 413);
    assert_eq!(attempt.log(0, &flood[..1000]).await.status(), 204);
    let picture = samples::png(1);
    attempt.put(&picture).await;
    assert_eq!(attempt.events(0, vec![frame(0, &picture), frame(1, &picture)]).await.status(), 204);
    assert_eq!(code_of(attempt.events(2, vec![frame(2, &picture)]).await).await.0, 413);
    assert_eq!(farm.job(job).await.summary.frames.len(), 2);
}

#[tokio::test]
async fn a_worker_reads_only_the_blobs_of_its_job_and_names_only_blobs_that_are_there() {
    let farm = Farm::start().await;
    farm.one_job().await;
    let attempt = FakeWorker::join(&farm, "one").await.claim().await;
    let (stranger, missing) = (b"of another job".to_vec(), samples::png(200));
    farm.state().blobs.put(stranger.clone().into()).await.unwrap();
    assert_eq!(attempt.fetch(Digest::of(&stranger)).await.status(), 404);
    assert_eq!(code_of(attempt.events(0, vec![frame(0, &missing)]).await).await.1, "missing-blobs");
    assert_eq!(code_of(attempt.put_as(Digest::of(b"a"), b"b").await).await.1, "wrong-digest");
}

#[tokio::test]
async fn a_worker_of_another_protocol_is_refused() {
    let farm = Farm::start().await;
    let mut register = hello("old");
    register.protocol += 1;
    let call = farm.call_as(&farm.worker, Method::POST, "/worker/register").json(&register);
    assert_eq!(code_of(call.send().await.unwrap()).await.1, "wrong-protocol");
}

//! Submitting, claiming and finishing, as it should go.

use crate::support::farm::{CAMERA, OTHER_CAMERA, created};
use crate::support::worker::frame;
use crate::support::{FakeWorker, Farm, code_of, samples};
use darkroom_protocol::api::{Batch, JobState};
use darkroom_protocol::verdict::{CheckOutcome, ReasonCode, Verdict};
use darkroom_protocol::worker::Event;
use darkroom_protocol::{BuildId, Digest};
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn a_job_goes_from_submit_to_its_verdict() {
    let farm = Farm::start().await;
    let (batch, job) = farm.one_job().await;
    let worker = FakeWorker::join(&farm, "one").await;
    let attempt = worker.claim().await;
    assert_eq!(attempt.claim.spec.job, job);
    assert_eq!(attempt.claim.spec.camera.0, CAMERA);
    assert_eq!(attempt.claim.spec.firmware, "open");
    assert_eq!(attempt.claim.spec.limits.log_bytes, 1000);
    assert_eq!(farm.job(job).await.summary.state, JobState::Running);

    for rom in &attempt.claim.spec.roms {
        let bytes = attempt.fetch(rom.digest).await.bytes().await.unwrap();
        assert_eq!((Digest::of(&bytes), bytes.len() as u64), (rom.digest, rom.size));
    }
    let payload = attempt.fetch(attempt.claim.spec.payload.digest).await.bytes().await.unwrap();
    assert_eq!(payload, samples::autoexec());

    let picture = samples::png(9);
    assert_eq!(attempt.put(&picture).await.status(), 204);
    assert_eq!(attempt.log(0, b"hel").await.status(), 204);
    assert_eq!(attempt.log(0, b"hello").await.status(), 204, "bytes that are there are not doubled");
    let step = Event::Step { index: 0, title: "wait".to_owned(), guest_ns: 5 };
    assert_eq!(attempt.events(0, vec![Event::Started, step]).await.status(), 204);
    assert_eq!(attempt.events(1, vec![Event::Started, frame(0, &picture)]).await.status(), 204);
    assert_eq!(attempt.finish(samples::passed()).await.status(), 204);

    let ended = farm.ended(batch).await;
    assert_eq!(ended.counts, [("passed".to_owned(), 1)].into());
    let summary = &ended.jobs[0];
    assert_eq!(summary.verdict, Some(Verdict::Passed));
    assert_eq!(summary.frames, [Digest::of(&picture)]);
    assert_eq!(summary.guest_ns, Some(1_500_000_000));
    let log = farm.call(Method::GET, &format!("/jobs/{job}/log")).send().await.unwrap();
    assert_eq!(log.bytes().await.unwrap(), "hello");
    let job = farm.job(job).await;
    assert_eq!(job.attempts.len(), 1);
    assert_eq!(job.attempts[0].outcome, "finished");
    assert_eq!(job.report.unwrap(), samples::passed());
}

#[tokio::test]
async fn a_waiting_claim_gets_the_job_when_it_is_submitted() {
    let farm = Farm::start().await;
    let worker = FakeWorker::join(&farm, "one").await;
    assert!(worker.try_claim(0).await.is_none());
    let waiting = tokio::spawn(async move { worker.claim().await });
    let (_, job) = farm.one_job().await;
    assert_eq!(waiting.await.unwrap().claim.spec.job, job);
}

#[tokio::test]
async fn the_same_key_gives_the_same_batch_and_another_request_is_refused() {
    let farm = Farm::start().await;
    let build = farm.build().await;
    let submit = |name: &str| {
        let body = json!({ "name": name, "runs": [{ "build": build.id }] });
        farm.call(Method::POST, "/batches").header("idempotency-key", "night-1").json(&body).send()
    };
    let first = submit("a").await.unwrap();
    assert_eq!(first.headers()["location"].to_str().unwrap().split('/').count(), 5);
    let first: Batch = created(first).await;
    let again = submit("a").await.unwrap();
    assert_eq!(again.status(), 200);
    assert_eq!(again.json::<Batch>().await.unwrap().id, first.id);
    let (status, code, message) = code_of(submit("b").await.unwrap()).await;
    assert_eq!((status, code.as_str()), (409, "key-reused"), "{message}");
    let many =
        futures_util::future::join_all((0..8).map(|_| async { submit("a").await.unwrap().status() })).await;
    assert!(many.iter().all(|status| *status == 200), "{many:?}");
    assert_eq!(farm.get::<Vec<Batch>>("/batches").await.len(), 1);
}

#[tokio::test]
async fn cells_without_payload_or_rom_set_are_skipped_with_a_reason_and_the_rest_runs() {
    let farm = Farm::start().await;
    assert_eq!(farm.rom_set(CAMERA, "open").await.status(), 201);
    let build = farm.build().await;
    let body = json!({ "runs": [{ "build": build.id }], "cameras": [CAMERA, OTHER_CAMERA, "60D"] });
    let batch: Batch = created(farm.submit(body).await).await;
    let told: Vec<_> =
        batch.jobs.iter().map(|job| (job.verdict, job.reason.as_ref().map(|why| why.code))).collect();
    assert_eq!(
        told,
        [
            (None, None),
            (Some(Verdict::Skipped), Some(ReasonCode::NoRomSet)),
            (Some(Verdict::Skipped), Some(ReasonCode::NoPayload)),
        ]
    );
    assert!(!batch.finished);
    assert!(batch.why.contains("no worker"), "{}", batch.why);
}

#[tokio::test]
async fn every_expected_check_has_a_row_from_the_start() {
    let farm = Farm::start().await;
    let (batch, job) = farm.one_job().await;
    let cancelled: Batch = farm
        .call(Method::POST, &format!("/batches/{batch}/cancel"))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert!(cancelled.finished);
    assert_eq!(cancelled.jobs[0].verdict, Some(Verdict::Cancelled));
    let checks = farm.state().db.checks(job).await.unwrap();
    let steps: Vec<_> = checks.iter().map(|check| (check.step, check.outcome)).collect();
    assert_eq!(steps, [(0, CheckOutcome::NotReached), (2, CheckOutcome::NotReached)]);
}

#[tokio::test]
async fn unknown_builds_scenarios_and_cameras_are_named() {
    let farm = Farm::start().await;
    let build = farm.build().await;
    let run = |build: BuildId, scenario: &str, camera: &str| {
        farm.submit(json!({ "runs": [{ "build": build, "scenarios": [scenario] }], "cameras": [camera] }))
    };
    for (response, code, named) in [
        (run(BuildId::fresh(), "boot", CAMERA).await, "unknown-build", "no build"),
        (run(build.id, "nosuch", CAMERA).await, "unknown-scenario", "nosuch"),
        (run(build.id, "boot", "99D").await, "unknown-camera", "99D"),
        (farm.submit(json!({ "runs": [] })).await, "nothing-to-run", "runs"),
    ] {
        let (status, told, message) = code_of(response).await;
        assert_eq!((status, told.as_str()), (422, code));
        assert!(message.contains(named), "{message}");
    }
}

#[tokio::test]
async fn a_running_job_is_cancelled_by_its_worker() {
    let farm = Farm::start().await;
    let (batch, job) = farm.one_job().await;
    let attempt = FakeWorker::join(&farm, "one").await.claim().await;
    assert!(!attempt.beat().await.cancel);
    farm.call(Method::POST, &format!("/jobs/{job}/cancel")).send().await.unwrap();
    assert!(attempt.beat().await.cancel);
    let mut report = samples::infra_error();
    report.verdict = Verdict::Cancelled;
    assert_eq!(attempt.finish(report).await.status(), 204);
    assert_eq!(farm.ended(batch).await.jobs[0].verdict, Some(Verdict::Cancelled));
}

#[tokio::test]
async fn a_finished_job_can_be_tried_again_and_its_batch_opens() {
    let farm = Farm::start().await;
    let (batch, job) = farm.one_job().await;
    let worker = FakeWorker::join(&farm, "one").await;
    assert_eq!(worker.claim().await.finish(samples::failed()).await.status(), 204);
    assert_eq!(farm.ended(batch).await.jobs[0].verdict, Some(Verdict::Failed));
    let retry = || farm.call(Method::POST, &format!("/jobs/{job}/retry")).send();
    assert_eq!(retry().await.unwrap().status(), 200);
    assert_eq!(code_of(retry().await.unwrap()).await.1, "cannot-retry");
    let attempt = worker.claim().await;
    assert_eq!(attempt.claim.attempt.0, 2);
    assert_eq!(attempt.finish(samples::passed()).await.status(), 204);
    let ended = farm.ended(batch).await;
    assert_eq!(ended.jobs[0].verdict, Some(Verdict::Passed));
    assert_eq!(farm.job(job).await.attempts.len(), 2);
}

#[tokio::test]
async fn urgent_jobs_come_first_and_each_job_goes_to_one_worker() {
    let farm = Farm::start().await;
    let slow = farm.jobs_of(&[CAMERA, OTHER_CAMERA]).await;
    let body = json!({ "runs": [{ "build": slow.jobs[0].build }], "cameras": [CAMERA], "priority": 1 });
    let urgent: Batch = created(farm.submit(body).await).await;
    let workers = [FakeWorker::join(&farm, "a").await, FakeWorker::join(&farm, "b").await];
    assert_eq!(workers[0].claim().await.claim.spec.job, urgent.jobs[0].id);
    let (first, second) = tokio::join!(workers[0].claim(), workers[1].claim());
    assert_ne!(first.claim.spec.job, second.claim.spec.job);
    assert!(workers[0].try_claim(0).await.is_none());
}

//! JUnit, as Jenkins reads it.

use crate::support::farm::{CAMERA, OTHER_CAMERA};
use crate::support::{FakeWorker, Farm, samples};
use reqwest::Method;

#[tokio::test]
async fn a_batch_as_junit() {
    let farm = Farm::start().await;
    let batch = farm.jobs_of(&[CAMERA, OTHER_CAMERA]).await;
    let path = format!("/batches/{}/junit.xml", batch.id);
    let read = || async { farm.call(Method::GET, &path).send().await.unwrap().text().await.unwrap() };
    assert!(read().await.contains("errors=\"2\""), "no verdict yet is no success");
    let worker = FakeWorker::join(&farm, "one").await;
    assert_eq!(worker.claim().await.finish(samples::passed()).await.status(), 204);
    let failing = worker.claim().await;
    failing.log(0, b"last words \x1b[31m\x00 of the guest").await;
    assert_eq!(failing.finish(samples::failed()).await.status(), 204);
    farm.ended(batch.id).await;
    let xml = read().await;
    for expected in [
        "tests=\"2\" skipped=\"0\" failures=\"1\" errors=\"0\"",
        "autoexec.bin × checks",
        "<testcase name=\"5D2\"",
        "<testcase name=\"50D\"",
        "<failure message=\"no power-down within 5 s\" type=\"wait-expired\"",
        "last words",
    ] {
        assert!(xml.contains(expected), "expected {expected} in {xml}");
    }
    assert!(!xml.contains('\x1b') && !xml.contains('\0'), "XML has no control characters");
}

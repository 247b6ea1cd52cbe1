//! Processes that lie, flood, stall or die: each is stopped, and said to be what it is.

use std::collections::BTreeMap;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::time::Duration;

use darkroom_emu_core::frame::Frame;
use darkroom_protocol::job::{JobSpec, Payload, PayloadKind};
use darkroom_protocol::limits::Limits;
use darkroom_protocol::report::{FrameInfo, RunReport};
use darkroom_protocol::scenario::Scenario;
use darkroom_protocol::verdict::{CheckOutcome, ReasonCode, Verdict};
use darkroom_protocol::worker::Event;
use darkroom_protocol::{CameraName, Digest, JobId};
use darkroom_worker::run::never_started;
use darkroom_worker::supervise::{Delivery, Launcher, Ledger, Outcome, watch};
use darkroom_worker::wire;
use tempfile::TempDir;
use tokio::sync::mpsc;

const SCENARIO: &str = "name = \"t\"\n[[step]]\naction = \"expect-log\"\ntext = \"x\"\n";

fn spec() -> JobSpec {
    JobSpec {
        job: JobId::fresh(),
        camera: CameraName("60D".to_owned()),
        camera_toml: None,
        firmware: "open".to_owned(),
        roms: Vec::new(),
        payload: Payload { kind: PayloadKind::Autoexec, digest: Digest::of(b""), size: 0 },
        scenario_name: "t".to_owned(),
        scenario: SCENARIO.to_owned(),
        references: Vec::new(),
        limits: Limits { log_bytes: 1000, frames: 3, artefact_bytes: 100, ..Limits::default() },
    }
}

/// A program that says `bytes` on its standard output and then does `after`, in the shell's language.
fn program(bytes: &[u8], after: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let said = folder.path().join("said");
    std::fs::write(&said, bytes).expect("written");
    let path = folder.path().join("program");
    let mut script = std::fs::File::create(&path).expect("created");
    writeln!(script, "#!/bin/sh\nsay() {{ /bin/cat {}; }}\nsay\n{after}", said.display()).expect("written");
    script.set_permissions(PermissionsExt::from_mode(0o755)).expect("executable");
    (folder, path)
}

async fn follow(bytes: &[u8], after: &str) -> (Outcome, Vec<Delivery>) {
    let (_folder, path) = program(bytes, after);
    let spec = spec();
    let child = Launcher::new(path, 1 << 30).start(&spec, &BTreeMap::new()).expect("starts");
    let ledger = Ledger::new(&spec, Scenario::parse("t", SCENARIO).expect("valid"));
    let (deliveries, mut inbox) = mpsc::channel(1);
    let watching = watch(child, ledger, Duration::from_secs(60), deliveries, std::future::pending::<()>());
    let reading = async {
        let mut all = Vec::new();
        while let Some(delivery) = inbox.recv().await {
            all.push(delivery);
        }
        all
    };
    let (outcome, all) = tokio::join!(watching, reading);
    (outcome.expect("nobody stops it"), all)
}

fn message(write: impl FnOnce(&mut Vec<u8>) -> std::io::Result<()>) -> Vec<u8> {
    let mut bytes = Vec::new();
    write(&mut bytes).expect("memory takes all");
    bytes
}

async fn refused(bytes: &[u8], why: &str) {
    let (outcome, _) = follow(bytes, "exec /bin/sleep 600").await;
    let reason = outcome.report.reason.expect("given");
    assert_eq!((outcome.report.verdict, reason.code), (Verdict::InfraError, ReasonCode::ChildDied));
    assert!(reason.detail.contains("broke its protocol") && reason.detail.contains(why), "{}", reason.detail);
    assert_eq!(outcome.report.checks[0].outcome, CheckOutcome::NotReached);
    assert!(outcome.log.contains("killed by the worker"), "{}", outcome.log);
}

fn passed() -> RunReport {
    let scenario = Scenario::parse("t", SCENARIO).expect("valid");
    let report = never_started(Some(&scenario), Verdict::Failed, ReasonCode::LogMismatch, "no x");
    RunReport { verdict: Verdict::Passed, reason: None, ..report }
}

#[tokio::test]
async fn an_honest_report_is_passed_on() {
    let bytes = message(|out| wire::write_report(out, &passed()));
    let (outcome, _) = follow(&bytes, "").await;
    assert_eq!(outcome.report, passed());
    assert!(outcome.log.contains("exit code 0"), "{}", outcome.log);
}

#[tokio::test]
async fn what_came_before_a_death_is_kept() {
    let bytes = message(|out| wire::write_log(out, b"last words\n"));
    let (outcome, all) = follow(&bytes, "echo complaint >&2; kill -SEGV $$").await;
    assert_eq!(all, [Delivery::Log(bytes::Bytes::from_static(b"last words\n"))]);
    assert!(outcome.report.stop.contains("SIGSEGV"), "{}", outcome.report.stop);
    assert!(outcome.log.contains("complaint"));
    assert_eq!(outcome.report.log_bytes, 11);
    let (outcome, _) = follow(&bytes, "exit 7").await;
    assert!(outcome.report.stop.contains("exit code 7"));
}

#[tokio::test]
async fn bytes_that_are_no_messages_are_refused() {
    refused(b"hello, world", "kind").await;
    refused(&[1, 0xff, 0xff, 0xff, 0x7f], "at most").await;
    refused(&[2, 3, 0, 0, 0, b'{', b'}', b'x'], "not readable").await;
    refused(&[5, 4, 0, 0, 0, b'n', b'u', b'l', b'l'], "not readable").await;
}

#[tokio::test]
async fn a_log_flood_is_capped() {
    let bytes = message(|out| wire::write_log(out, &[b'x'; 600]));
    let (outcome, all) = follow(&bytes, "while :; do say; done").await;
    assert!(outcome.report.stop.contains("bytes of log"), "{}", outcome.report.stop);
    assert_eq!(all.len(), 1, "what exceeds the cap is not passed on");
}

#[tokio::test]
async fn a_picture_flood_is_capped() {
    let bytes = message(|out| wire::write_picture(out, &Frame::black(8, 8)));
    let (outcome, all) = follow(&bytes, "while :; do say; done").await;
    assert!(outcome.report.stop.contains("pictures"), "{}", outcome.report.stop);
    assert_eq!(all.len(), 6, "three frames and three for the one check");
}

#[tokio::test]
async fn a_file_flood_is_capped() {
    refused(&message(|out| wire::write_file(out, &[0; 101])), "bytes of files").await;
}

#[tokio::test]
async fn an_event_flood_is_capped() {
    let bytes = message(|out| wire::write_event(out, &Event::Started));
    let (outcome, all) = follow(&bytes, "while :; do say; done").await;
    assert!(outcome.report.stop.contains("events"), "{}", outcome.report.stop);
    assert_eq!(all.len(), 6);
}

#[tokio::test]
async fn a_frame_without_its_picture_is_refused() {
    let frame = FrameInfo {
        seq: 0,
        label: "last".to_owned(),
        guest_ns: 0,
        width: 1,
        height: 1,
        digest: Digest::of(b"some other blob of the farm"),
        led: "off".to_owned(),
    };
    refused(&message(|out| wire::write_event(out, &Event::Frame(frame))), "never came").await;
}

#[tokio::test]
async fn a_report_about_something_else_is_refused() {
    type Lie = fn(&mut RunReport);
    let lies: [(&str, Lie); 4] = [
        ("cannot end as", |report| report.verdict = Verdict::Cancelled),
        ("checks", |report| report.checks.clear()),
        ("another log", |report| report.log_digest = Digest::of(b"other")),
        ("needs a reason", |report| report.verdict = Verdict::Failed),
    ];
    for (why, lie) in lies {
        let mut report = passed();
        lie(&mut report);
        refused(&message(|out| wire::write_report(out, &report)), why).await;
    }
}

#[tokio::test]
async fn a_process_that_complains_without_end_does_not_block() {
    let bytes = message(|out| wire::write_report(out, &passed()));
    let (outcome, _) =
        follow(b"", &format!("/usr/bin/head -c 1000000 /dev/zero >&2; say; # {}", bytes.len())).await;
    assert_eq!(outcome.report.verdict, Verdict::InfraError);
    assert!(outcome.log.len() < 20_000, "complaints are capped");
}

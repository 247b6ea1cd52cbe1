//! A worker and its orchestrator: the whole conversation over real HTTP, with real jobs in real processes.

#[path = "support/orchestrator.rs"]
mod orchestrator;

use std::path::PathBuf;
use std::time::Duration;

use darkroom_protocol::limits::Limits;
use darkroom_protocol::verdict::{ReasonCode, Verdict};
use darkroom_protocol::worker::Event;
use darkroom_worker::agent::{Config, Drain, Stopper, work};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use orchestrator::{Orchestrator, TOKEN};

const HELLO: &[u8] = include_bytes!("../../firmware/blobs/hello.bin");
const HANG: &[u8] = include_bytes!("../../firmware/blobs/hang.bin");
const WAIT_DOWN: &str = "name = \"t\"\n[[step]]\naction = \"wait-power-down\"\nwithin = 3000\n";

/// Limits that let `hang` run until somebody stops it.
fn endless() -> Limits {
    Limits { guest_seconds: 3600.0, host_seconds: 600.0, instructions: u64::MAX, ..Limits::default() }
}

fn config(orchestrator: &Orchestrator, drain: Duration) -> Config {
    Config {
        server: format!("http://{}", orchestrator.address).parse().expect("an address"),
        token: TOKEN.to_owned(),
        ca: None,
        name: "test".to_owned(),
        backend: "process".to_owned(),
        program: PathBuf::from(env!("CARGO_BIN_EXE_darkroom-worker")),
        cache_bytes: 64 << 20,
        job_memory_bytes: 2 << 30,
        drain,
    }
}

/// A worker at work. Awaiting the task shows that it ended well.
fn start(
    orchestrator: &Orchestrator,
    drain: Duration,
) -> (Stopper, tokio::task::JoinHandle<anyhow::Result<()>>) {
    let (stopper, ear) = Drain::new(drain);
    (stopper, start_with(orchestrator, config(orchestrator, drain), ear))
}

fn start_with(
    orchestrator: &Orchestrator,
    config: Config,
    ear: Drain,
) -> tokio::task::JoinHandle<anyhow::Result<()>> {
    let complain = orchestrator.complaints();
    tokio::spawn(async move {
        let ended = work(config, ear).await;
        if let Err(error) = &ended {
            complain(format!("{error:#}"));
        }
        ended
    })
}

/// The job's process, a child of this one.
fn child() -> Option<Pid> {
    let own = std::process::id();
    let children = std::fs::read_to_string(format!("/proc/{own}/task/{own}/children")).ok();
    // The thread that runs the test is not always the main one.
    let all = std::fs::read_dir(format!("/proc/{own}/task"))
        .expect("readable")
        .filter_map(|task| std::fs::read_to_string(task.ok()?.path().join("children")).ok());
    let text: String = children.into_iter().chain(all).collect::<Vec<_>>().join(" ");
    text.split_whitespace().find_map(|pid| pid.parse().ok()).map(Pid::from_raw)
}

async fn until_no_child() {
    let gone = async {
        while child().is_some() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), gone).await.expect("the job's process is dead");
}

/// Waits until `hang` is running.
async fn hanging(orchestrator: &mut Orchestrator) -> Pid {
    orchestrator.queue_sample(HANG, WAIT_DOWN, endless());
    orchestrator.until("the job's first line", |books| !books.log.is_empty()).await;
    child().expect("the job has a process")
}

#[tokio::test]
async fn a_job_is_run_streamed_and_reported() {
    let mut orchestrator = Orchestrator::start().await;
    orchestrator.queue_sample(HELLO, WAIT_DOWN, Limits::default());
    orchestrator.queue_sample(HELLO, WAIT_DOWN, Limits::default());
    let (stopper, task) = start(&orchestrator, Duration::ZERO);
    orchestrator.until("the first end", |books| books.finished.len() == 1).await;
    orchestrator.edit(|books| {
        let report = &books.finished[0].report;
        assert_eq!(report.verdict, Verdict::Passed, "{report:#?}");
        if cfg!(target_arch = "x86_64") {
            assert_eq!(report.engine, "jit", "its memory was made before the cage closed");
        }
        assert_eq!(report.log_bytes, books.log.len() as u64);
        assert!(String::from_utf8_lossy(&books.log).contains("[hello] powering down"));
        let frames = books.events.iter().filter_map(|event| match event {
            Event::Frame(frame) => Some(frame),
            _ => None,
        });
        let frames: Vec<_> = frames.collect();
        assert!(frames.len() >= 2 && frames.iter().all(|frame| books.kept.contains_key(&frame.digest)));
        let file = report.card_changes[0].digest.expect("kept");
        assert!(books.kept.contains_key(&file));
        assert!(books.registered[0].sandbox.iter().all(|probe| probe.refused));
        books.log.clear();
        books.events.clear();
    });
    orchestrator.until("the second end", |books| books.finished.len() == 2).await;
    let hashes = orchestrator
        .edit(|books| books.finished.iter().map(|end| end.report.state_hash.clone()).collect::<Vec<_>>());
    assert_eq!(hashes[0], hashes[1], "the same job ends in the same state");
    stopper.ask();
    task.await.expect("no panic").expect("a clean end");
}

#[tokio::test]
async fn a_child_that_dies_is_trouble_of_ours() {
    let mut orchestrator = Orchestrator::start().await;
    let (_stopper, _task) = start(&orchestrator, Duration::ZERO);
    let child = hanging(&mut orchestrator).await;
    kill(child, Signal::SIGKILL).expect("ours");
    orchestrator.until("the end", |books| !books.finished.is_empty()).await;
    orchestrator.edit(|books| {
        let report = &books.finished[0].report;
        assert_eq!(report.verdict, Verdict::InfraError);
        let reason = report.reason.as_ref().expect("given");
        assert_eq!(reason.code, ReasonCode::ChildDied);
        assert!(reason.detail.contains("SIGKILL"), "{}", reason.detail);
        assert_eq!(report.checks.len(), 1, "every check has a row");
        assert_eq!(report.log_bytes, books.log.len() as u64);
    });
}

#[tokio::test]
async fn a_worker_that_is_killed_takes_its_job_along() {
    let mut orchestrator = Orchestrator::start().await;
    let mut worker = std::process::Command::new(env!("CARGO_BIN_EXE_darkroom-worker"))
        .env("DARKROOM_SERVER", format!("http://{}", orchestrator.address))
        .env("DARKROOM_TOKEN", TOKEN)
        .spawn()
        .expect("starts");
    orchestrator.queue_sample(HANG, WAIT_DOWN, endless());
    orchestrator.until("the job's first line", |books| !books.log.is_empty()).await;
    let pid = worker.id();
    let children = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).expect("readable");
    let job = children.split_whitespace().next().expect("the job has a process").to_owned();
    worker.kill().expect("ours");
    worker.wait().expect("ended");
    let alive = || {
        let stat = std::fs::read_to_string(format!("/proc/{job}/stat")).unwrap_or_default();
        // A zombie that nobody reaps is dead too.
        stat.rsplit(") ").next().is_some_and(|rest| !rest.is_empty() && !rest.starts_with(['Z', 'X']))
    };
    let gone = async {
        while alive() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), gone).await.expect("the job dies with its worker");
}

#[tokio::test]
async fn a_worker_whose_starter_is_killed_hands_its_job_back() {
    let mut orchestrator = Orchestrator::start().await;
    let script = format!(
        "DARKROOM_WORKER_PARENT=$$ {} --drain-seconds 0 & wait",
        env!("CARGO_BIN_EXE_darkroom-worker")
    );
    let mut starter = std::process::Command::new("/bin/sh")
        .args(["-c", &script])
        .env("DARKROOM_SERVER", format!("http://{}", orchestrator.address))
        .env("DARKROOM_TOKEN", TOKEN)
        .spawn()
        .expect("starts");
    orchestrator.queue_sample(HANG, WAIT_DOWN, endless());
    orchestrator.until("the job's first line", |books| !books.log.is_empty()).await;
    starter.kill().expect("ours");
    starter.wait().expect("ended");
    orchestrator.until("the job back", |books| books.released.len() == 1).await;
}

#[tokio::test]
async fn a_fenced_attempt_is_killed_and_dropped() {
    let mut orchestrator = Orchestrator::start().await;
    let (_stopper, _task) = start(&orchestrator, Duration::ZERO);
    hanging(&mut orchestrator).await;
    orchestrator.edit(|books| books.fenced = true);
    orchestrator.until("a refused call", |books| books.refusals > 0).await;
    until_no_child().await;
    orchestrator.edit(|books| books.fenced = false);
    orchestrator.queue_sample(HELLO, WAIT_DOWN, Limits::default());
    orchestrator.edit(|books| {
        books.log.clear();
        books.events.clear();
    });
    orchestrator.until("the next job's end", |books| !books.finished.is_empty()).await;
    orchestrator.edit(|books| {
        assert_eq!(books.finished.len(), 1, "the fenced one said nothing more");
        assert_eq!(books.finished[0].report.verdict, Verdict::Passed);
        assert!(books.released.is_empty());
    });
}

#[tokio::test]
async fn a_lease_that_cannot_be_renewed_ends_the_job_in_time() {
    let mut orchestrator = Orchestrator::start().await;
    orchestrator.edit(|books| books.lease_seconds = 4);
    let (_stopper, _task) = start(&orchestrator, Duration::ZERO);
    hanging(&mut orchestrator).await;
    orchestrator.edit(|books| books.away = true);
    until_no_child().await;
    orchestrator.edit(|books| {
        assert!(books.refusals > 0, "it tried until then");
        assert!(books.finished.is_empty() && books.released.is_empty());
    });
}

#[tokio::test]
async fn an_orchestrator_that_comes_back_in_time_gets_everything_once() {
    let mut orchestrator = Orchestrator::start().await;
    let (_stopper, _task) = start(&orchestrator, Duration::ZERO);
    orchestrator.queue_sample(HELLO, WAIT_DOWN, Limits::default());
    orchestrator.until("the first event", |books| !books.events.is_empty()).await;
    orchestrator.edit(|books| books.away = true);
    orchestrator.until("some refusals", |books| books.refusals >= 3).await;
    orchestrator.edit(|books| books.away = false);
    orchestrator.until("the end", |books| !books.finished.is_empty()).await;
    orchestrator.edit(|books| {
        assert_eq!(books.finished[0].report.verdict, Verdict::Passed);
        assert_eq!(books.finished[0].report.log_bytes, books.log.len() as u64);
    });
}

#[tokio::test]
async fn a_cancelled_job_is_stopped_and_says_so() {
    let mut orchestrator = Orchestrator::start().await;
    let (_stopper, _task) = start(&orchestrator, Duration::ZERO);
    hanging(&mut orchestrator).await;
    orchestrator.edit(|books| books.cancel = true);
    orchestrator.until("the end", |books| !books.finished.is_empty()).await;
    orchestrator.edit(|books| assert_eq!(books.finished[0].report.verdict, Verdict::Cancelled));
    until_no_child().await;
}

#[tokio::test]
async fn heartbeats_go_on_while_the_job_stands_still() {
    let mut orchestrator = Orchestrator::start().await;
    let (_stopper, _task) = start(&orchestrator, Duration::ZERO);
    let child = hanging(&mut orchestrator).await;
    kill(child, Signal::SIGSTOP).expect("ours");
    let before = orchestrator.edit(|books| books.beats);
    orchestrator.until("three more beats", |books| books.beats >= before + 3).await;
    assert!(orchestrator.edit(|books| books.finished.is_empty()));
    kill(child, Signal::SIGKILL).expect("ours");
}

#[tokio::test]
async fn draining_hands_a_long_job_back_at_once_when_asked_twice() {
    let mut orchestrator = Orchestrator::start().await;
    let (stopper, task) = start(&orchestrator, Duration::from_secs(600));
    hanging(&mut orchestrator).await;
    stopper.ask();
    stopper.ask();
    task.await.expect("no panic").expect("a clean end");
    orchestrator.edit(|books| {
        assert_eq!(books.released.len(), 1);
        assert!(books.finished.is_empty());
    });
    until_no_child().await;
}

#[tokio::test]
async fn draining_lets_a_short_job_end() {
    let mut orchestrator = Orchestrator::start().await;
    let (stopper, task) = start(&orchestrator, Duration::from_secs(600));
    orchestrator.queue_sample(HELLO, WAIT_DOWN, Limits::default());
    orchestrator.until("the claim", |books| books.beats > 0).await;
    stopper.ask();
    task.await.expect("no panic").expect("a clean end");
    orchestrator.edit(|books| {
        assert_eq!((books.finished.len(), books.released.len()), (1, 0));
        assert_eq!(books.finished[0].report.verdict, Verdict::Passed);
    });
}

#[tokio::test]
async fn a_job_without_enough_memory_is_trouble_of_ours() {
    let mut orchestrator = Orchestrator::start().await;
    orchestrator.queue_sample(HELLO, WAIT_DOWN, Limits::default());
    let small = Config { job_memory_bytes: 24 << 20, ..config(&orchestrator, Duration::ZERO) };
    let (_stopper, ear) = Drain::new(Duration::ZERO);
    let _task = start_with(&orchestrator, small, ear);
    orchestrator.until("the end", |books| !books.finished.is_empty()).await;
    orchestrator.edit(|books| {
        let end = &books.finished[0];
        assert_eq!(end.report.verdict, Verdict::InfraError);
        assert_eq!(end.report.reason.as_ref().expect("given").code, ReasonCode::ChildDied);
        assert!(end.supervisor_log.contains("memory allocation"), "{}", end.supervisor_log);
    });
}

#[tokio::test]
async fn a_blob_with_another_content_is_trouble_of_ours() {
    let mut orchestrator = Orchestrator::start().await;
    orchestrator.queue_sample(HELLO, WAIT_DOWN, Limits::default());
    orchestrator.edit(|books| {
        let digest = books.queue[0].payload.digest;
        books.blobs.insert(digest, axum::body::Bytes::from_static(b"something else"));
    });
    let (_stopper, _task) = start(&orchestrator, Duration::ZERO);
    orchestrator.until("the end", |books| !books.finished.is_empty()).await;
    orchestrator.edit(|books| {
        let report = &books.finished[0].report;
        assert_eq!(report.verdict, Verdict::InfraError);
        assert!(report.reason.as_ref().expect("given").detail.contains("digest"));
    });
}

#[tokio::test]
async fn a_zip_that_fits_no_card_is_the_builds_fault() {
    let mut orchestrator = Orchestrator::start().await;
    orchestrator.queue_sample(b"PK\x03\x04 not really a zip", WAIT_DOWN, Limits::default());
    orchestrator.edit(|books| books.queue[0].payload.kind = darkroom_protocol::job::PayloadKind::Zip);
    let (_stopper, _task) = start(&orchestrator, Duration::ZERO);
    orchestrator.until("the end", |books| !books.finished.is_empty()).await;
    orchestrator.edit(|books| {
        let report = &books.finished[0].report;
        assert_eq!(
            (report.verdict, report.reason.as_ref().expect("given").code),
            (Verdict::Failed, ReasonCode::BadBuild)
        );
    });
}

//! Workers as processes. The program is a shell script that says what it was given.

use darkroom_orchestrator::auth::Secret;
use darkroom_orchestrator::fleet::{Backend, Join, ProcessFleet, WorkerProgram};
use std::path::Path;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

fn fleet(script: &str) -> ProcessFleet {
    ProcessFleet::new(WorkerProgram {
        program: "/bin/sh".into(),
        arguments: vec!["-c".into(), script.into()],
    })
}

fn join() -> Join {
    Join { server: "http://127.0.0.1:1".to_owned(), token: Secret::from_text("dr_secret") }
}

/// Lines of a file when there are at least `count`.
async fn lines_of(path: &Path, count: usize) -> Vec<String> {
    let start = Instant::now();
    loop {
        let text = std::fs::read_to_string(path).unwrap_or_default();
        if text.lines().count() >= count {
            return text.lines().map(str::to_owned).collect();
        }
        assert!(start.elapsed() < Duration::from_secs(60), "only: {text}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_worker_that_ends_is_started_again_and_told_only_what_it_needs() {
    let dir = tempfile::tempdir().unwrap();
    let seen = dir.path().join("seen");
    let script = format!(
        "echo \"$DARKROOM_SERVER $DARKROOM_TOKEN $DARKROOM_WORKER_BACKEND ${{HOME-none}}\" >> {}; exit 3",
        seen.display()
    );
    let stop = CancellationToken::new();
    let fleet = fleet(&script);
    let running = tokio::spawn({
        let stop = stop.clone();
        async move { fleet.run(1, join(), stop).await }
    });
    let lines = lines_of(&seen, 3).await;
    assert_eq!(lines[0], "http://127.0.0.1:1 dr_secret process none");
    stop.cancel();
    running.await.unwrap();
}

#[tokio::test]
async fn workers_are_asked_to_stop_and_are_gone_when_the_fleet_is() {
    let dir = tempfile::tempdir().unwrap();
    let (started, ended) = (dir.path().join("started"), dir.path().join("ended"));
    let script = format!(
        "trap 'echo asked >> {}; exit 0' TERM; echo $$ >> {}; while :; do sleep 0.05; done",
        ended.display(),
        started.display()
    );
    let stop = CancellationToken::new();
    let fleet = fleet(&script);
    let running = tokio::spawn({
        let stop = stop.clone();
        async move { fleet.run(2, join(), stop).await }
    });
    let ids = lines_of(&started, 2).await;
    stop.cancel();
    running.await.unwrap();
    assert_eq!(lines_of(&ended, 2).await, ["asked", "asked"]);
    for id in ids {
        assert!(!Path::new(&format!("/proc/{id}")).exists(), "process {id} is still there");
    }
}

//! The worker as it ships: alone in an image from scratch, with every right taken away that it does not need.
//!
//! Skipped, and said so, where no Docker engine answers.

#[path = "support/orchestrator.rs"]
#[allow(dead_code, reason = "the other user of this file watches workers inside its own process")]
mod orchestrator;

use std::path::Path;
use std::process::{Command, Output, Stdio};

use darkroom_protocol::limits::Limits;
use darkroom_protocol::verdict::Verdict;
use darkroom_protocol::worker::SandboxProbe;
use orchestrator::{Orchestrator, TOKEN};

const HELLO: &[u8] = include_bytes!("../../firmware/blobs/hello.bin");
const WAIT_DOWN: &str = "name = \"t\"\n[[step]]\naction = \"wait-power-down\"\nwithin = 10\n";

fn docker(args: &[&str]) -> Output {
    Command::new("docker").args(args).output().expect("the docker program starts")
}

fn engine_answers() -> bool {
    let asked = Command::new("docker").arg("version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    let answers = asked.is_ok_and(|status| status.success());
    if !answers {
        eprintln!("skipped: no Docker engine answers");
    }
    answers
}

/// An image with the worker alone; removed at the end of the test.
struct Image(String);

impl Image {
    fn import() -> Self {
        let program = Path::new(env!("CARGO_BIN_EXE_darkroom-worker"));
        let folder = program.parent().expect("in a folder");
        let mut tar = Command::new("tar")
            .args(["--create", "--owner=0", "--group=0", "--directory"])
            .args([folder.as_os_str(), program.file_name().expect("a name")])
            .stdout(Stdio::piped())
            .spawn()
            .expect("tar starts");
        let name = format!("darkroom-worker-test:{}", std::process::id());
        let imported = Command::new("docker")
            .args(["import", "--change", "ENTRYPOINT [\"/darkroom-worker\"]", "-", &name])
            .stdin(tar.stdout.take().expect("piped"))
            .output()
            .expect("docker starts");
        assert!(imported.status.success() && tar.wait().expect("ends").success(), "{imported:?}");
        Self(name)
    }

    /// Arguments of `docker run` as the fleet hardens its containers.
    fn run_args<'a>(&'a self, extra: &[&'a str], command: &[&'a str]) -> Vec<&'a str> {
        let profile = concat!("seccomp=", env!("CARGO_MANIFEST_DIR"), "/../docker/seccomp-worker.json");
        let hardening = [
            "run",
            "--rm",
            "--read-only",
            "--user",
            "65532:65532",
            "--cap-drop",
            "ALL",
            "--security-opt",
            "no-new-privileges:true",
            "--security-opt",
            profile,
            "--memory",
            "2g",
            "--pids-limit",
            "64",
            "--cpus",
            "1",
        ];
        [&hardening, extra, &[self.0.as_str()], command].concat()
    }
}

impl Drop for Image {
    fn drop(&mut self) {
        docker(&["image", "rm", "--force", &self.0]);
    }
}

/// A network that reaches nothing but the host; removed at the end of the test.
struct Network(String);

impl Network {
    fn create() -> Self {
        let name = format!("darkroom-worker-test-{}", std::process::id());
        let made = docker(&["network", "create", "--internal", &name]);
        assert!(made.status.success(), "{made:?}");
        Self(name)
    }

    fn gateway(&self) -> String {
        let found =
            docker(&["network", "inspect", &self.0, "--format", "{{(index .IPAM.Config 0).Gateway}}"]);
        String::from_utf8(found.stdout).expect("text").trim().to_owned()
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        docker(&["network", "rm", &self.0]);
    }
}

#[test]
fn the_cage_closes_inside_the_container_too() {
    if !engine_answers() {
        return;
    }
    let image = Image::import();
    let output = docker(&image.run_args(&["--network", "none"], &["probe"]));
    assert!(output.status.success(), "{output:?}");
    let probes: Vec<SandboxProbe> = serde_json::from_slice(&output.stdout).expect("JSON");
    assert!(probes.len() > 30 && probes.iter().all(|probe| probe.refused), "{probes:#?}");
}

#[test]
fn the_profile_leaves_the_worker_itself_no_way_to_new_rights() {
    if !engine_answers() {
        return;
    }
    let image = Image::import();
    let output = docker(&image.run_args(&["--network", "none"], &["probe", "--without-sandbox"]));
    let probes: Vec<SandboxProbe> = serde_json::from_slice(&output.stdout).expect("JSON");
    let refused = |name: &str| probes.iter().any(|probe| probe.name == name && probe.refused);
    for name in [
        "netlink-socket",
        "ptrace",
        "process-memory",
        "unshare",
        "mount",
        "userfaultfd",
        "io-uring",
        "bpf",
        "perf",
        "keyctl",
    ] {
        assert!(refused(name), "{name} is open to the worker: {probes:#?}");
    }
    assert!(!refused("socket"), "the worker needs its connection");
}

#[tokio::test]
async fn a_container_runs_a_job_end_to_end() {
    if !engine_answers() {
        return;
    }
    let image = Image::import();
    let mut orchestrator = Orchestrator::start().await;
    orchestrator.queue_sample(HELLO, WAIT_DOWN, Limits::default());
    let network = Network::create();
    let server = format!("DARKROOM_SERVER=http://{}:{}", network.gateway(), orchestrator.address.port());
    let token = format!("DARKROOM_TOKEN={TOKEN}");
    let name = format!("darkroom-worker-test-{}", std::process::id());
    let args = image.run_args(
        &["--detach", "--name", &name, "--network", &network.0, "--env", &server, "--env", &token],
        &[],
    );
    let started = docker(&args);
    assert!(started.status.success(), "{started:?}");
    orchestrator.until("the job's end", |books| !books.finished.is_empty()).await;
    let verdict = orchestrator.edit(|books| books.finished[0].report.verdict);
    // SIGTERM drains; a worker that ignored it would be killed after the timeout with code 137.
    let stopped = docker(&["stop", "--time", "30", &name]);
    assert!(stopped.status.success(), "{stopped:?}");
    assert_eq!(verdict, Verdict::Passed);
}

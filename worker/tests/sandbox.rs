//! The cage of a job's process: everything that could lead out is refused, and the attempts are real.

use std::process::Command;

use darkroom_protocol::worker::SandboxProbe;

fn probe(flags: &[&str]) -> Vec<SandboxProbe> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_darkroom-worker"));
    let output = command.env_clear().arg("probe").args(flags).output().expect("starts");
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

#[test]
fn everything_is_refused_inside() {
    let probes = probe(&[]);
    let holes: Vec<_> = probes.iter().filter(|probe| !probe.refused).collect();
    assert!(holes.is_empty(), "{holes:#?}");
    for name in [
        "socket",
        "open",
        "exec",
        "fork",
        "ptrace",
        "mount",
        "kill",
        "userfaultfd",
        "executable-memory",
        "make-executable",
        "memfd",
        "writable-code",
    ] {
        assert!(probes.iter().any(|probe| probe.name == name), "{name} is not tried");
    }
}

#[test]
fn the_same_attempts_get_further_outside() {
    for probe in probe(&["--without-sandbox"]) {
        // A container's own filter or a missing right may stop these even outside.
        let guarded =
            ["environment", "mount", "unshare", "userfaultfd", "io-uring", "bpf", "perf", "keyctl", "kill"];
        assert!(
            !probe.refused || guarded.contains(&probe.name.as_str()),
            "{probe:?} cannot tell in from out"
        );
    }
}

#[test]
fn nothing_of_the_workers_environment_reaches_a_job() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_darkroom-worker"));
    let own = command.env("DARKROOM_TOKEN", "x").arg("probe").output().expect("starts");
    assert!(own.status.success(), "{own:?}");
    let mut command = Command::new(env!("CARGO_BIN_EXE_darkroom-worker"));
    let output = command.env_clear().env("DARKROOM_TOKEN", "x").arg("caged-probe").output().expect("starts");
    let probes: Vec<SandboxProbe> = serde_json::from_slice(&output.stdout).expect("JSON");
    let environment = probes.iter().find(|probe| probe.name == "environment").expect("tried");
    assert!(!environment.refused && environment.detail.contains("DARKROOM_TOKEN"), "the probe can tell");
}

#[test]
fn a_job_whose_worker_is_gone_does_not_start() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_darkroom-worker"));
    let output = command.env_clear().args(["child", "--parent", "1"]).output().expect("starts");
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("is gone"));
}

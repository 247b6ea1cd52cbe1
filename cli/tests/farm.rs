//! The whole farm through the program: `up`, `demo`, `submit`, `wait`, `junit`.

mod running_farm;
mod support;

use running_farm::Farm;
use support::{code, errors, sample, text};

/// The demo's 108 cells come out as planned and, run again, with the same bytes.
#[test]
fn the_demo_runs_as_planned_and_twice_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let Some(farm) = Farm::start(dir.path(), "process") else {
        println!("skipped: darkroom-worker is not built");
        return;
    };
    let output = farm.client(&["demo", "--twice"]);
    let said = text(&output);
    assert_eq!(code(&output), Some(0), "{said}{}", errors(&output));
    assert!(said.contains("108/108 cells as planned") && said.contains("108/108 identical"), "{said}");
}

#[test]
fn submit_waits_and_exits_by_the_result() {
    let dir = tempfile::tempdir().unwrap();
    let Some(farm) = Farm::start(dir.path(), "process") else {
        println!("skipped: darkroom-worker is not built");
        return;
    };
    let path = |name: &str| dir.path().join(name).display().to_string();
    let rom = path("rom");
    assert_eq!(code(&support::darkroom(&["rom", "open", "60D", &rom])), Some(0));
    let stored = farm.client(&["rom", "upload", "60D", &rom, "--firmware", "mine"]);
    assert_eq!(code(&stored), Some(0), "{}", errors(&stored));
    let refused = farm.client(&["rom", "upload", "60D", &rom, "--firmware", "open"]);
    assert_eq!(code(&refused), Some(3));
    assert!(errors(&refused).contains("belongs to the farm"), "{}", errors(&refused));
    let submit = |name: &str, extra: &[&str]| {
        let folder = sample(name, dir.path());
        let scenario = folder.join("scenario.toml").display().to_string();
        let stored = farm.client(&["scenario", &scenario]);
        assert_eq!(code(&stored), Some(0), "{}", errors(&stored));
        let program = folder.join("card/AUTOEXEC.BIN").display().to_string();
        farm.client(&[&["submit", &program, "--camera", "60D", "--scenario", name], extra].concat())
    };
    let junit = path("out.xml");
    let passed = submit("hello", &["--wait", "--junit", &junit]);
    assert_eq!(code(&passed), Some(0), "{}{}", text(&passed), errors(&passed));
    let xml = std::fs::read_to_string(&junit).unwrap();
    assert!(xml.contains("<testsuites") && xml.contains("60D"), "{xml}");
    let failed = submit("wrong-picture", &["--wait"]);
    assert_eq!(code(&failed), Some(1), "{}{}", text(&failed), errors(&failed));
    assert!(text(&failed).contains("screen-differs"), "{}", text(&failed));
    // The same key submits once, and a later wait tells the same.
    let key = ["--idempotency-key", "one and only"];
    let (first, again) = (submit("crash", &key), submit("crash", &key));
    assert_eq!(text(&first), text(&again));
    assert_eq!(code(&farm.client(&["wait", text(&first).trim()])), Some(1));
}

#[test]
fn no_farm_is_trouble_and_a_refusal_is_usage() {
    let nobody = support::darkroom(&[
        "junit",
        "00000000-0000-0000-0000-000000000000",
        "--server",
        "http://127.0.0.1:9",
    ]);
    assert_eq!(code(&nobody), Some(2), "{}", errors(&nobody));
    let dir = tempfile::tempdir().unwrap();
    let Some(farm) = Farm::start(dir.path(), "process") else {
        println!("skipped: darkroom-worker is not built");
        return;
    };
    let unknown = farm.client(&["junit", "00000000-0000-0000-0000-000000000000"]);
    assert_eq!(code(&unknown), Some(3), "{}", errors(&unknown));
    let bad = dir.path().join("broken.zip");
    std::fs::write(&bad, b"PK\x03\x04 not a zip").unwrap();
    let refused = farm.client(&["submit", &bad.display().to_string()]);
    assert_eq!(code(&refused), Some(3), "{}", errors(&refused));
}

//! `darkroom emu`, `card`, `rom` and `models` as a user types them.

mod support;

use support::{code, darkroom, errors, sample, text};

#[test]
fn hello_passes_and_leaves_its_log_on_the_card() {
    let dir = tempfile::tempdir().unwrap();
    let hello = sample("hello", dir.path());
    let path = |name: &str| dir.path().join(name).display().to_string();
    let card = hello.join("card").display().to_string();
    let scenario = hello.join("scenario.toml").display().to_string();
    let run = |shot: &str, log: &str| {
        let (shot, log, keep) = (path(shot), path(log), path("keep"));
        let arguments =
            ["emu", "60d", "--card", &card, "--scenario", &scenario, "--screenshot", &shot, "--log", &log];
        darkroom(&[&arguments[..], &["--keep", &keep]].concat())
    };
    let first = run("first.png", "first.log");
    assert_eq!(code(&first), Some(0), "{}{}", text(&first), errors(&first));
    let said = text(&first);
    assert!(said.contains("[hello] picture drawn") && said.contains("verdict: passed"), "{said}");
    assert!(said.contains("card: + ML/LOGS/HELLO.LOG"), "{said}");
    let kept = std::fs::read_to_string(dir.path().join("keep/card/ML/LOGS/HELLO.LOG")).unwrap();
    assert!(kept.starts_with("Hello from 60D"), "{kept}");
    let second = run("second.png", "second.log");
    assert_eq!(hash(&said), hash(&text(&second)));
    for pair in [["first.png", "second.png"], ["first.log", "second.log"]] {
        assert!(
            std::fs::read(path(pair[0])).unwrap() == std::fs::read(path(pair[1])).unwrap(),
            "{pair:?} differ"
        );
    }
}

fn hash(said: &str) -> &str {
    said.lines().find(|line| line.starts_with("state hash: ")).expect("a state hash is printed")
}

#[test]
fn a_crash_is_told_with_registers_and_address() {
    let dir = tempfile::tempdir().unwrap();
    let crash = sample("crash", dir.path()).join("card/AUTOEXEC.BIN").display().to_string();
    let output = darkroom(&["emu", "5D2", "--autoexec", &crash, "--json"]);
    assert_eq!(code(&output), Some(1), "{}", errors(&output));
    let report: serde_json::Value =
        serde_json::from_slice(&output.stdout).expect("standard output is JSON alone");
    assert_eq!(report["verdict"], "guest-crashed");
    assert_eq!(report["faults"][0]["address"], 0x7BAD_0000);
    assert_eq!(report["faults"][0]["registers"].as_array().map(Vec::len), Some(16));
}

#[test]
fn a_wrong_picture_fails_its_scenario() {
    let dir = tempfile::tempdir().unwrap();
    let wrong = sample("wrong-picture", dir.path());
    let (card, scenario) = (wrong.join("card"), wrong.join("scenario.toml"));
    let output = darkroom(&[
        "emu",
        "EOSM",
        "--card",
        &card.display().to_string(),
        "--scenario",
        &scenario.display().to_string(),
    ]);
    assert_eq!(code(&output), Some(1));
    assert!(text(&output).contains("screen-differs"), "{}", text(&output));
}

#[test]
fn usage_errors_exit_with_3_and_name_what_and_where() {
    let dir = tempfile::tempdir().unwrap();
    let bad = dir.path().join("bad.toml");
    std::fs::write(&bad, "name = \"bad\"\n\n[[step]]\naction = \"wait-log\"\ntext = \"x\"\n").unwrap();
    let program = dir.path().join("autoexec.bin");
    std::fs::write(&program, [0; 64]).unwrap();
    let (bad, program) = (bad.display().to_string(), program.display().to_string());
    let cases: [(&[&str], &str); 5] = [
        (&["emu", "61D", "--autoexec", &program], "60D"),
        (&["emu", "60D", "--autoexec", "/nowhere.bin"], "/nowhere.bin"),
        (&["emu", "60D", "--autoexec", &program, "--scenario", &bad], "bad.toml:"),
        (&["emu", "60D"], "--autoexec"),
        (&["rom", "check", "60D", "/nowhere"], "ROM0.BIN"),
    ];
    for (arguments, expected) in cases {
        let output = darkroom(arguments);
        assert_eq!(code(&output), Some(3), "{arguments:?}: {}", errors(&output));
        assert!(errors(&output).contains(expected), "{arguments:?}: {}", errors(&output));
    }
}

#[test]
fn cards_go_round() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).display().to_string();
    let hello = sample("hello", dir.path()).join("card").display().to_string();
    let (before, after, note) = (path("before.img"), path("after.img"), path("note.txt"));
    assert_eq!(code(&darkroom(&["card", "build", &hello, &before])), Some(0));
    std::fs::copy(&before, &after).unwrap();
    std::fs::write(&note, "to the card and back").unwrap();
    assert_eq!(code(&darkroom(&["card", "put", &after, &note, "ML/DATA/A long name.txt"])), Some(0));
    assert_eq!(text(&darkroom(&["card", "get", &after, "ml/data/a long name.txt"])), "to the card and back");
    let listed = text(&darkroom(&["card", "ls", &after]));
    assert!(listed.contains("AUTOEXEC.BIN") && listed.contains("ML/DATA/A long name.txt"), "{listed}");
    let diff = darkroom(&["card", "diff", &before, &after]);
    assert_eq!((text(&diff).trim(), code(&diff)), ("+         20 ML/DATA/A long name.txt", Some(1)));
}

#[test]
fn every_camera_is_listed_with_what_it_needs() {
    let listed = text(&darkroom(&["models"]));
    assert_eq!(listed.lines().count(), 19, "{listed}");
    assert!(
        listed.contains("5D3") && listed.contains("SD+CF") && listed.contains("ROM1.BIN 16 MiB"),
        "{listed}"
    );
    let all: serde_json::Value = serde_json::from_slice(&darkroom(&["models", "--json"]).stdout).unwrap();
    assert_eq!(all.as_array().map(Vec::len), Some(18));
}

#[test]
fn the_open_rom_written_out_fits_its_camera_and_no_other() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().display().to_string();
    assert_eq!(code(&darkroom(&["rom", "open", "6D", &folder])), Some(0));
    assert_eq!(code(&darkroom(&["rom", "check", "6D", &folder])), Some(0));
    let other = darkroom(&["rom", "check", "60D", &folder]);
    assert_eq!(code(&other), Some(3));
    assert!(errors(&other).contains("ROM0.BIN of 60D must have 0x1000000 bytes"), "{}", errors(&other));
}

//! `darkroom emu`, `card`, `rom` and `models` as a user types them.

mod support;

use std::io::Write;
use std::path::Path;
use std::process::Output;
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

#[test]
fn the_open_firmware_written_out_is_the_one_that_a_run_takes() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().display().to_string();
    assert_eq!(code(&darkroom(&["rom", "open", "5D3", &folder, "--firmware", "1.1.3"])), Some(0));
    let zip = build_for("113", None, &dir.path().join("magiclantern-Nightly.2026Nov22.5D3113.zip"));
    let run =
        |rom: &str| text(&darkroom(&["emu", "5D3", "--rom", rom, "--zip", &zip, "--guest-seconds", "1"]));
    assert_eq!(hash(&run(&folder)), hash(&run("open")));
    let wrong = darkroom(&["rom", "open", "5D3", &folder, "--firmware", "9.9.9"]);
    assert_eq!(code(&wrong), Some(3));
    assert!(errors(&wrong).contains("there is 1.1.3 and 1.2.3"), "{}", errors(&wrong));
}

/// A zip as Magic Lantern ships it; its program is the guest that knows one firmware version by heart.
fn build_for(version: &str, symbols: Option<&str>, file: &Path) -> String {
    let guest = darkroom_firmware::contract_guest("5D3", version).expect("a contract guest");
    let symbols = symbols.map(|symbols| format!("ML/modules/{symbols}.sym"));
    let mut files = vec![("autoexec.bin", guest)];
    files.extend(symbols.iter().map(|path| (path.as_str(), &b"00000000 T main"[..])));
    write_zip(&files, file).expect("a zip");
    file.display().to_string()
}

fn write_zip(files: &[(&str, &[u8])], zip: &Path) -> std::io::Result<()> {
    let mut zip = zip::ZipWriter::new(std::fs::File::create(zip)?);
    for (path, bytes) in files {
        zip.start_file(*path, zip::write::SimpleFileOptions::default())?;
        zip.write_all(bytes)?;
    }
    zip.finish()?;
    Ok(())
}

#[test]
fn a_build_that_asserts_at_start_is_told_with_condition_place_task_and_log() {
    let dir = tempfile::tempdir().unwrap();
    for (camera, version) in [("60D", "111"), ("5D2", "212")] {
        let zip = dir.path().join(format!("magiclantern-Nightly.2026Nov22.{camera}{version}.zip"));
        let program = darkroom_firmware::stand_in(camera, version).expect("every open firmware has one");
        let files = [("autoexec.bin", program), ("ML/fonts/argnor23.rbf", b"font"), ("STANDIN/ASSERT", b"!")];
        write_zip(&files, &zip).unwrap();
        let (zip, kept) = (zip.display().to_string(), dir.path().join(camera));
        let keep = kept.display().to_string();
        let line = ["emu", camera, "--rom", "open", "--zip", &zip, "--scenario", "ml-boot", "--keep", &keep];
        let output = darkroom(&line);
        let said = text(&output);
        assert_eq!(code(&output), Some(1), "{said}{}", errors(&output));
        let told = "[assert] !asked_for(\"ASSERT\") at stand_in/main.c:";
        for part in ["verdict: guest-crashed", told, ", task ml_init, ", "ASSERT00.LOG on the card: ASSERT: "]
        {
            assert!(said.contains(part), "no {part:?} in {said}");
        }
        let log = std::fs::read_to_string(kept.join("card/ASSERT00.LOG")).unwrap();
        assert!(log.contains("task ml_init"), "{log}");
    }
}

#[test]
fn a_build_gets_the_open_firmware_of_its_version() {
    let dir = tempfile::tempdir().unwrap();
    let zip = |name: &str, version, symbols| build_for(version, symbols, &dir.path().join(name));
    let by_name = zip("magiclantern-Nightly.2026Nov22.5D3123.zip", "123", None);
    let by_symbols = zip("my build.zip", "123", Some("5D3_123"));
    let silent = zip("silent.zip", "123", None);
    let emu = |zip: &str, extra: &[&str]| {
        let line = ["emu", "5D3", "--rom", "open", "--zip", zip, "--guest-seconds", "1"];
        darkroom(&[&line[..], extra].concat())
    };
    let started = |output: &Output| text(output).contains("[contract] start: ok ");
    for (zip, extra) in [(&by_name, &[][..]), (&by_symbols, &[]), (&silent, &["--firmware", "1.2.3"])] {
        let output = emu(zip, extra);
        assert!(started(&output), "{zip} {extra:?}: {}{}", text(&output), errors(&output));
    }
    let first = emu(&silent, &[]);
    assert!(!started(&first), "the first version is 1.1.3, which this guest does not know: {}", text(&first));
    let other = emu(&by_symbols, &["--firmware", "1.1.3"]);
    assert_eq!(code(&other), Some(3));
    let told = "this build is for 5D3 1.2.3 (ML/modules/5D3_123.sym), asked for the open firmware of 1.1.3";
    assert!(errors(&other).contains(told), "{}", errors(&other));
    let none = emu(&silent, &["--firmware", "134"]);
    assert_eq!(code(&none), Some(3));
    let told = "no open firmware 1.3.4 for 5D3: there is 1.1.3 and 1.2.3";
    assert!(errors(&none).contains(told), "{}", errors(&none));
}

#[test]
fn a_build_for_another_camera_is_refused_and_a_dump_has_no_choice() {
    let dir = tempfile::tempdir().unwrap();
    let zip = build_for("113", Some("5D3_113"), &dir.path().join("night.zip"));
    let other = darkroom(&["emu", "60D", "--rom", "open", "--zip", &zip]);
    assert_eq!(code(&other), Some(3));
    let told = "this build is for 5D3 1.1.3 (ML/modules/5D3_113.sym), asked for 60D";
    assert!(errors(&other).contains(told), "{}", errors(&other));
    let dump = dir.path().display().to_string();
    let folder = darkroom(&["emu", "5D3", "--rom", &dump, "--firmware", "1.1.3", "--zip", &zip]);
    assert_eq!(
        (code(&folder), errors(&folder).contains("--rom open")),
        (Some(3), true),
        "{}",
        errors(&folder)
    );
}

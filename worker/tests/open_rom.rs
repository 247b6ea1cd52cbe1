//! The sample builds on the open boot ROM, through the same door as the farm and `darkroom emu`.

#[path = "support/scripted.rs"]
#[allow(dead_code, reason = "only the keeper of it is needed here")]
mod scripted;

use darkroom_emu_core::arm::CodeMemory;
use darkroom_emu_core::card::FileSet;
use darkroom_emu_core::machine::{EngineChoice, Roms};
use darkroom_models::Catalog;
use darkroom_protocol::Digest;
use darkroom_protocol::report::RunReport;
use darkroom_protocol::scenario::Scenario;
use darkroom_protocol::verdict::{EvidenceKind, ReasonCode, Verdict};
use darkroom_worker::run::{Card, References, RunInputs, run_job};
use scripted::Keeper;

const SCREEN: &str = "[[step]]\naction = \"wait-log\"\ntext = \"picture drawn\"\nwithin = 10\n\
                      [[step]]\naction = \"expect-screen\"\nname = \"page\"\n";
const DOWN: &str = "[[step]]\naction = \"wait-power-down\"\nwithin = 60\n";

fn inputs(camera: &str, card: Card, body: &str) -> RunInputs {
    let rom = darkroom_firmware::open_rom(camera).expect("the open ROM knows the camera");
    let scenario = Scenario::parse("test.toml", &format!("name = \"t\"\n{body}")).expect("a valid scenario");
    RunInputs {
        camera: Catalog::builtin().get(camera).expect("a known camera").clone(),
        roms: Roms { rom0: rom.rom0, rom1: Some(rom.rom1), serial_flash: rom.serial_flash },
        card,
        limits: scenario.limits.clone(),
        scenario,
        references: References::new(),
        engine: EngineChoice::default(),
    }
}

fn run(inputs: RunInputs) -> (RunReport, Keeper) {
    let mut keeper = Keeper::default();
    let report = run_job(inputs, &mut keeper).expect("the sink takes all");
    (report, keeper)
}

fn card_of(sample: &str, camera: &str) -> Card {
    let sample = darkroom_firmware::sample(sample, camera).expect("known");
    let mut files = FileSet::autoexec(sample.autoexec).expect("fits");
    for file in sample.files {
        files.add_file(&file.path, file.data).expect("fits");
    }
    Card::Files(files)
}

fn run_sample(sample: &str, camera: &str, body: &str) -> (RunReport, Keeper) {
    run(inputs(camera, card_of(sample, camera), body))
}

/// What `hello` shows, taken from a run of it.
fn page(camera: &str) -> darkroom_emu_core::frame::Frame {
    let (report, keeper) = run_sample("hello", camera, SCREEN);
    assert_eq!(report.reason.as_ref().expect("no reference").code, ReasonCode::ReferenceMissing);
    let seen = &report.checks[1].evidence[0];
    assert_eq!(seen.kind, EvidenceKind::Actual);
    keeper.pictures[&seen.digest].clone()
}

fn code(report: &RunReport) -> Option<ReasonCode> {
    report.reason.as_ref().map(|reason| reason.code)
}

#[test]
fn hello_writes_a_file_and_powers_down_on_sd_and_cf() {
    for camera in ["60D", "5D2"] {
        let (report, keeper) = run_sample("hello", camera, DOWN);
        assert_eq!((report.verdict, &report.reason), (Verdict::Passed, &None), "{camera}: {report:#?}");
        let log = String::from_utf8(keeper.log).expect("text");
        assert!(log.starts_with("[ROM] ") && log.ends_with("[hello] powering down\n"), "{log}");
        assert_eq!(report.log_digest, Digest::of(log.as_bytes()));
        let file =
            report.card_changes.iter().find(|change| change.path == "ML/LOGS/HELLO.LOG").expect("written");
        assert_eq!(keeper.files[&file.digest.expect("kept")].len() as u64, file.size);
    }
}

#[test]
fn the_right_page_passes_and_a_wrong_one_is_shown() {
    let page = page("60D");
    let with_page = |sample: &str| {
        let mut inputs = inputs("60D", card_of(sample, "60D"), SCREEN);
        inputs.references.add("page", page.clone());
        run(inputs)
    };
    let (report, _) = with_page("hello");
    assert_eq!(report.verdict, Verdict::Passed, "{report:#?}");
    let (report, keeper) = with_page("wrong-picture");
    assert_eq!((report.verdict, code(&report)), (Verdict::Failed, Some(ReasonCode::ScreenDiffers)));
    let difference = report.checks[1].evidence.iter().find(|proof| proof.kind == EvidenceKind::Difference);
    let difference = &keeper.pictures[&difference.expect("drawn").digest];
    assert_eq!((difference.width(), difference.height()), (page.width(), page.height()));
}

#[test]
fn a_crash_is_reported_with_registers_and_the_address() {
    let (report, _) = run_sample("crash", "60D", DOWN);
    assert_eq!((report.verdict, code(&report)), (Verdict::GuestCrashed, Some(ReasonCode::GuestFault)));
    let fault = &report.faults[0];
    assert_eq!(fault.address, Some(0x7BAD_0000));
    assert!(
        fault.registers.len() == 16 && fault.registers.iter().any(|value| value >> 16 == 0x7BAD),
        "{fault:x?}"
    );
    assert!(report.reason.expect("given").detail.contains("0x7bad0000"));
}

#[test]
fn a_guest_that_hangs_times_out() {
    let (report, _) = run_sample("hang", "60D", &format!("[limits]\nguest-seconds = 2\n{DOWN}"));
    assert_eq!(report.verdict, Verdict::TimedOut, "{report:#?}");
}

#[test]
fn a_guest_that_prints_without_end_is_capped() {
    let (report, keeper) = run_sample("noisy", "60D", &format!("[limits]\nlog-bytes = 65536\n{DOWN}"));
    assert_eq!((report.verdict, code(&report)), (Verdict::Failed, Some(ReasonCode::LogFlood)));
    assert_eq!(keeper.log.len(), 65536);
}

#[test]
fn card_check_reads_and_writes_on_sd_and_cf() {
    for camera in ["60D", "5D2"] {
        let (report, keeper) = run_sample("card-check", camera, DOWN);
        let log = String::from_utf8_lossy(&keeper.log).into_owned();
        assert_eq!(report.verdict, Verdict::Passed, "{camera}: {log}\n{report:#?}");
        assert!(log.contains("[card-check] OK"), "{camera}: {log}");
    }
}

#[test]
fn equal_jobs_give_equal_bytes() {
    for (sample, camera) in [("hello", "60D"), ("hello", "5D2"), ("crash", "60D"), ("card-check", "60D")] {
        let once = || {
            let (mut report, keeper) = run_sample(sample, camera, DOWN);
            report.host_ms = 0;
            (report, keeper.log, format!("{:?}", keeper.events))
        };
        assert_eq!(once(), once(), "{sample} on {camera}");
    }
}

#[test]
fn both_engines_give_the_same_report_and_say_their_name() {
    let by = |engine| {
        let (mut report, keeper) =
            run(RunInputs { engine, ..inputs("60D", card_of("card-check", "60D"), DOWN) });
        report.host_ms = 0;
        (std::mem::take(&mut report.engine), report, keeper.log, format!("{:?}", keeper.events))
    };
    let (name, report, log, events) = by(EngineChoice::Interpreter);
    assert_eq!(name, "interp");
    let (name, by_jit, jit_log, jit_events) = by(EngineChoice::reserve());
    assert_eq!(name, if cfg!(target_arch = "x86_64") { "jit" } else { "interp" });
    assert_eq!((by_jit, jit_log, jit_events), (report, log, events));
}

#[test]
fn the_interpreter_steps_in_where_no_code_can_be_generated_and_the_report_says_why() {
    let why = CodeMemory::reserve(1 << 62).expect_err("more than any host has");
    let engine = EngineChoice::NoCodeMemory(why);
    let (report, _) = run(RunInputs { engine, ..inputs("60D", card_of("hello", "60D"), DOWN) });
    assert_eq!(report.verdict, Verdict::Passed, "{report:#?}");
    assert_eq!(report.engine, format!("interp ({why})"));
}

#[test]
fn a_bad_zip_is_the_builds_fault_and_a_bad_rom_is_not() {
    let (report, _) = run(inputs("60D", Card::Zip(b"PK no".to_vec()), DOWN));
    assert_eq!((report.verdict, code(&report)), (Verdict::Failed, Some(ReasonCode::BadBuild)));
    assert_eq!(report.checks.len(), 1, "every check has a row");
    let mut short = inputs("60D", card_of("hello", "60D"), DOWN);
    short.roms.rom1 = Some(vec![1, 2, 3, 4]);
    let (report, _) = run(short);
    assert_eq!((report.verdict, code(&report)), (Verdict::InfraError, Some(ReasonCode::BadRom)));
    assert!(report.reason.expect("given").detail.contains("ROM1.BIN"));
}

//! Scenarios on the open firmware, through the same door as the farm and `darkroom emu`: the shipped ones pass on our stand-in for
//! Magic Lantern, and each kind of step notices what goes wrong in a camera that really runs.

#[path = "support/scripted.rs"]
#[allow(dead_code, reason = "only the keeper of it is needed here")]
mod scripted;

use std::collections::BTreeSet;

use darkroom_emu_core::card::FileSet;
use darkroom_emu_core::machine::{EngineChoice, Roms};
use darkroom_models::Catalog;
use darkroom_protocol::report::RunReport;
use darkroom_protocol::scenario::{Scenario, Step, shipped};
use darkroom_protocol::verdict::{EvidenceKind, ReasonCode, Verdict};
use darkroom_worker::run::{Card, References, RunInputs, run_job};
use scripted::Keeper;

/// SD and CF, DIGIC 4 and 5, stubs in ROM and in RAM.
const CAMERAS: [(&str, &str); 3] = [("60D", "111"), ("5D2", "212"), ("700D", "115")];
/// What the stand-in takes for a module.
const MODULE: &[u8] = b"\x7FELF, as modules are";

/// The stand-in with what a build of Magic Lantern brings; `troubles` are what it shall do wrong.
fn build(camera: &str, version: &str, troubles: &[&str]) -> FileSet {
    let program = darkroom_firmware::stand_in(camera, version).expect("every open firmware has one");
    let mut files = FileSet::autoexec(program.to_vec()).expect("fits");
    let symbols = format!("ML/modules/{camera}_{version}.sym");
    let brought: [(&str, &[u8]); 3] = [
        ("ML/fonts/argnor23.rbf", b"font"),
        (&symbols, b"000c0000 build_version\n"),
        ("ML/modules/good.mo", MODULE),
    ];
    for (path, bytes) in brought {
        files.add_file(path, bytes).expect("fits");
    }
    for trouble in troubles {
        files.add_file(&format!("STANDIN/{trouble}"), &b"please"[..]).expect("fits");
    }
    files
}

fn run(camera: &str, version: &str, files: FileSet, scenario: &str) -> (RunReport, Keeper) {
    let rom = darkroom_firmware::open_firmware(camera, Some(version)).expect("there is one");
    let scenario = Scenario::parse("test.toml", scenario).expect("a valid scenario");
    let inputs = RunInputs {
        camera: Catalog::builtin().get(camera).expect("a known camera").clone(),
        roms: Roms { rom0: rom.rom0, rom1: Some(rom.rom1), serial_flash: rom.serial_flash },
        card: Card::Files(files),
        limits: scenario.limits.clone(),
        scenario,
        references: References::new(),
        engine: EngineChoice::default(),
    };
    let mut keeper = Keeper::default();
    let report = run_job(inputs, &mut keeper).expect("the sink takes all");
    (report, keeper)
}

fn text_of(name: &str) -> &'static str {
    shipped().find(|(known, _)| *known == name).expect("it is shipped").1
}

/// All of a failed run that helps to see why.
fn told(report: &RunReport, keeper: &Keeper) -> String {
    format!("{:#?}\n{:#?}\n{}", report.reason, report.checks, String::from_utf8_lossy(&keeper.log))
}

fn assert_passes(camera: &str, version: &str, scenario: &str) {
    let (report, keeper) = run(camera, version, build(camera, version, &[]), text_of(scenario));
    let why = || format!("{scenario} on {camera}: {}", told(&report, &keeper));
    assert_eq!(report.verdict, Verdict::Passed, "{}", why());
    assert_eq!(report.guest.ml_version.as_deref(), Some("stand-in (Darkroom)"), "{}", why());
}

fn assert_all_pass(camera: &str, version: &str) {
    for (name, _) in shipped().filter(|(name, _)| name.starts_with("ml-")) {
        assert_passes(camera, version, name);
    }
}

#[test]
fn the_shipped_scenarios_pass_on_the_60d() {
    assert_all_pass(CAMERAS[0].0, CAMERAS[0].1);
}

#[test]
fn the_shipped_scenarios_pass_on_a_camera_with_a_cf_card() {
    assert_all_pass(CAMERAS[1].0, CAMERAS[1].1);
}

#[test]
fn the_shipped_scenarios_pass_on_a_digic_5_camera() {
    assert_all_pass(CAMERAS[2].0, CAMERAS[2].1);
}

#[test]
fn every_camera_boots_the_stand_in() {
    for (camera, version) in darkroom_firmware::firmwares() {
        assert_passes(camera, version, "ml-boot");
    }
}

/// The verdict on a build that asserts, and its reason, which must name condition, place and task.
fn assert_told(report: &RunReport, keeper: &Keeper, condition: &str) -> String {
    let reason = report.reason.as_ref().unwrap_or_else(|| panic!("{}", told(report, keeper)));
    let seen = (report.verdict, reason.code);
    assert_eq!(seen, (Verdict::GuestCrashed, ReasonCode::GuestAssert), "{}", told(report, keeper));
    for part in [condition, "stand_in/main.c:", "task ml_init"] {
        assert!(reason.detail.contains(part), "no {part:?} in {}", reason.detail);
    }
    reason.detail.clone()
}

#[test]
fn a_build_that_asserts_before_it_has_a_name_is_a_crash_with_the_console_as_proof() {
    for (camera, version) in &CAMERAS[..2] {
        for scenario in ["ml-boot", "ml-crash"] {
            let (report, keeper) =
                run(camera, version, build(camera, version, &["EARLY"]), text_of(scenario));
            let detail = assert_told(&report, &keeper, "!asked_for(\"EARLY\")");
            let line = detail.split_once("[assert] ").expect("the firmware's own line").1;
            assert!(String::from_utf8_lossy(&keeper.log).contains(line.trim()), "{detail}");
        }
    }
}

#[test]
fn a_build_that_asserts_at_start_is_a_crash_with_its_log_from_the_card_as_proof() {
    for (camera, version) in &CAMERAS[..2] {
        for scenario in ["ml-boot", "ml-crash"] {
            let (report, keeper) =
                run(camera, version, build(camera, version, &["ASSERT"]), text_of(scenario));
            let detail = assert_told(&report, &keeper, "!asked_for(\"ASSERT\")");
            assert!(detail.contains("ASSERT00.LOG on the card"), "{detail}");
            let proof = report.checks.iter().flat_map(|check| &check.evidence);
            let logs: Vec<_> = proof.filter(|proof| proof.kind == EvidenceKind::File).collect();
            let log = String::from_utf8_lossy(&keeper.files[&logs.first().expect("kept").digest]);
            assert!(log.starts_with("ASSERT: ") && log.contains("task ml_init"), "{log}");
        }
    }
}

#[test]
fn a_camera_that_hangs_does_not_pass_because_it_is_quiet() {
    let (report, keeper) = run("60D", "111", build("60D", "111", &["HALT"]), text_of("ml-boot"));
    let reason = report.reason.as_ref().unwrap_or_else(|| panic!("{}", told(&report, &keeper)));
    let seen = (report.verdict, reason.code);
    assert_eq!(seen, (Verdict::TimedOut, ReasonCode::GuestHalted), "{}", told(&report, &keeper));
}

#[test]
fn a_task_that_ended_is_not_there_any_more() {
    let expects = |name: &str| format!(r#"{{ action = "expect-tasks", names = ["{name}"] }}"#);
    let (menu, init) = (expects("menu_task"), expects("ml_init"));
    for (step, there) in [(&menu, true), (&init, false)] {
        let (report, keeper) =
            run("60D", "111", build("60D", "111", &[]), &scenario(&[&START[..], &[step]].concat()));
        assert_eq!(report.verdict == Verdict::Passed, there, "{}", told(&report, &keeper));
        assert!(report.guest.tasks.iter().all(|task| task.name != "ml_init"));
    }
}

/// The stand-in says its name and has the time to start.
const START: [&str; 2] = [
    r#"{ action = "wait-log", text = "Magic Lantern ", within = 5 }"#,
    r#"{ action = "wait", seconds = 2 }"#,
];
const DOWN: [&str; 2] = [r#"{ action = "power-down" }"#, r#"{ action = "wait-power-down", within = 10 }"#];
const CUT: &str = r#"{ action = "cut-power" }"#;
const ON: &str = r#"{ action = "power-on" }"#;

/// A run whose last step does not hold.
struct Trouble {
    files: &'static [&'static str],
    steps: Vec<&'static str>,
    code: ReasonCode,
    says: &'static str,
}

fn trouble(
    files: &'static [&'static str],
    steps: &[&[&'static str]],
    code: ReasonCode,
    says: &'static str,
) -> Trouble {
    Trouble { files, steps: steps.concat(), code, says }
}

const REMEMBER: &str = r#"{ action = "remember-screen", name = "then" }"#;

/// The screen is kept under a name, and is another one then.
const OTHER_SCREEN: [&str; 3] =
    [REMEMBER, r#"{ action = "press", key = "TRASH" }"#, r#"{ action = "wait", seconds = 1 }"#];

fn troubles_in_waiting() -> Vec<Trouble> {
    use ReasonCode as Code;
    let said = r#"{ action = "wait-log", text = "Tragic Lantern", within = 3 }"#;
    let shown = r#"{ action = "wait-screen", name = "then", within = 1 }"#;
    let stable = r#"{ action = "wait-stable", seconds = 1, within = 3 }"#;
    let idle = r#"{ action = "wait-idle", seconds = 0.5, within = 1 }"#;
    let wait = r#"{ action = "wait", seconds = 9 }"#;
    vec![
        trouble(&[], &[&START, &DOWN[..1], &[wait]], Code::EarlyPowerDown, "powered down at"),
        trouble(&[], &[&[said]], Code::WaitExpired, "Tragic"),
        trouble(&[], &[&START, &OTHER_SCREEN, &[shown]], Code::WaitExpired, "pixels differ"),
        trouble(&["FLICKER"], &[&START, &[stable]], Code::WaitExpired, "screen stable"),
        trouble(&[], &[&START, &[idle]], Code::WaitExpired, "idle"),
        trouble(&[], &[&START, &[DOWN[1]]], Code::WaitExpired, "powers down"),
        trouble(&["FAULT"], &[&START[..1], &[wait]], Code::GuestFault, "0x7bad0000"),
    ]
}

fn troubles_with_log_and_screen() -> Vec<Trouble> {
    use ReasonCode as Code;
    let logged = r#"{ action = "expect-log", text = "Tragic" }"#;
    let not_logged = r#"{ action = "expect-log", text = "Magic", absent = true }"#;
    let same = r#"{ action = "expect-screen", name = "then" }"#;
    let differs = r#"{ action = "expect-screen", name = "then", differs = true }"#;
    vec![
        trouble(&[], &[&START, &[logged]], Code::LogMismatch, "never says"),
        trouble(&[], &[&START, &[not_logged]], Code::LogMismatch, "the log says"),
        trouble(&[], &[&START, &OTHER_SCREEN, &[same]], Code::ScreenDiffers, "pixels differ"),
        trouble(&[], &[&START, &[REMEMBER, differs]], Code::ScreenDiffers, "agree"),
    ]
}

fn troubles_inside() -> Vec<Trouble> {
    use ReasonCode as Code;
    let tasks = r#"{ action = "expect-tasks", names = ["PropMgr", "menu_task"] }"#;
    let no_missing = r#"{ action = "expect-no-missing" }"#;
    let no_crash = r#"{ action = "expect-no-crash" }"#;
    let modules = r#"{ action = "expect-modules" }"#;
    let overflow = "[stack] overflow in task overflow";
    let not_listed = "good (Magic Lantern does not list it)";
    vec![
        trouble(&["NOMENU"], &[&START, &[tasks]], Code::TaskMissing, "no menu_task"),
        trouble(&["MISSING"], &[&START, &[no_missing]], Code::MissingCall, "NoSuchCall from"),
        trouble(&["ASSERT"], &[&START, &[no_crash]], Code::GuestAssert, "[assert] !asked_for"),
        trouble(&["OVERFLOW"], &[&START, &[no_crash]], Code::GuestAssert, overflow),
        trouble(&["BAD"], &[&START, &[modules]], Code::ModuleFailed, "bad (Err: Not a module)"),
        trouble(&[], &[&START, &[CUT, ON], &START, &[modules]], Code::ModuleFailed, not_listed),
    ]
}

fn troubles_with_power_and_card() -> Vec<Trouble> {
    use ReasonCode as Code;
    let settings = r#"{ action = "expect-file", path = "ML/SETTINGS/MAGIC.CFG" }"#;
    let no_lock = r#"{ action = "expect-file", path = "ML/MODULES/LOADING.LCK", absent = true }"#;
    let card_door = r#"{ action = "card-door", open = true }"#;
    let battery_door = r#"{ action = "battery-door", open = true }"#;
    let line = r#"{ action = "type", text = "help" }"#;
    let fire = r#"{ action = "press", key = "FIRE" }"#;
    let after_cut = |step| trouble(&[], &[&START, &[CUT, step]], Code::StepFailed, "power was cut");
    let after_down = |step| trouble(&[], &[&START, &DOWN, &[step]], Code::EarlyPowerDown, "powered down");
    vec![
        trouble(&["FORGET"], &[&START, &DOWN, &[settings]], Code::FileMismatch, "not on the card"),
        trouble(&["KEEPLOCK"], &[&START, &DOWN, &[no_lock]], Code::FileMismatch, "is on the card"),
        trouble(&[], &[&START, &[fire]], Code::StepFailed, "FIRE"),
        after_cut(card_door),
        after_cut(battery_door),
        after_cut(REMEMBER),
        after_cut(line),
        after_down(DOWN[0]),
        after_down(CUT),
    ]
}

fn troubles() -> impl Iterator<Item = Trouble> {
    let inside = troubles_in_waiting().into_iter().chain(troubles_inside());
    inside.chain(troubles_with_log_and_screen()).chain(troubles_with_power_and_card())
}

/// Runs in which every step holds.
fn well() -> Vec<(&'static [&'static str], Vec<&'static str>)> {
    let menu = [
        r#"{ action = "expect-tasks", names = ["menu_task", "menu_redraw_task", "PropMgr"] }"#,
        r#"{ action = "press", key = "TRASH" }"#,
        r#"{ action = "wait-stable", seconds = 0.5, within = 3 }"#,
        r#"{ action = "remember-screen", name = "menu" }"#,
        r#"{ action = "press", key = "RIGHT" }"#,
        r#"{ action = "wait", seconds = 0.5 }"#,
        r#"{ action = "expect-screen", name = "menu", differs = true }"#,
        r#"{ action = "press", key = "LEFT" }"#,
        r#"{ action = "wait-screen", name = "menu", within = 2 }"#,
        r#"{ action = "screenshot", name = "kept" }"#,
        r#"{ action = "press", key = "TRASH" }"#,
    ];
    let inside = [
        r#"{ action = "type", text = "help" }"#,
        r#"{ action = "wait-log", text = "shutdown", within = 2 }"#,
        r#"{ action = "expect-log", text = "Magic Lantern stand-in" }"#,
        r#"{ action = "expect-no-missing" }"#,
        r#"{ action = "expect-no-crash" }"#,
        r#"{ action = "expect-modules" }"#,
    ];
    let settings =
        [r#"{ action = "expect-file", path = "ML/SETTINGS/MAGIC.CFG", contains = "menu.page = 0" }"#];
    let doors = [
        r#"{ action = "card-door", open = true }"#,
        r#"{ action = "card-door", open = false }"#,
        r#"{ action = "wait-power-down", within = 10 }"#,
        ON,
        r#"{ action = "wait", seconds = 3 }"#,
        r#"{ action = "battery-door", open = true }"#,
        r#"{ action = "battery-door", open = false }"#,
        r#"{ action = "wait-log", text = "battery door open", within = 5 }"#,
        CUT,
    ];
    let again = [ON, START[1]];
    let whole = [&START[..], &menu, &inside, &DOWN, &settings, &again, &doors, &settings].concat();
    let halted = [&START[..1], &[r#"{ action = "wait-idle", seconds = 1, within = 3 }"#]].concat();
    vec![(&[], whole), (&["HALT"], halted)]
}

fn scenario(steps: &[&str]) -> String {
    format!(
        "name = \"t\"\nenable-modules = true\nstep = [{}]\n[limits]\nguest-seconds = 60\n",
        steps.join(", ")
    )
}

/// The kinds of steps in a scenario, as it calls them.
fn kinds(text: &str) -> Vec<String> {
    let steps = Scenario::parse("t", text).expect("valid").steps;
    let kind = |step: &Step| {
        let written = serde_json::to_value(step).expect("a step is data");
        written["action"].as_str().expect("each has its kind").to_owned()
    };
    steps.iter().map(kind).collect()
}

fn card_of(files: &[&str]) -> FileSet {
    let mut card = build("60D", "111", files);
    if files.contains(&"BAD") {
        card.add_file("ML/modules/bad.mo", &b"no module"[..]).expect("fits");
    }
    card
}

fn passing() -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    for (files, steps) in well() {
        let text = scenario(&steps);
        let (report, keeper) = run("60D", "111", card_of(files), &text);
        assert_eq!(report.verdict, Verdict::Passed, "{steps:#?}\n{}", told(&report, &keeper));
        seen.extend(kinds(&text));
    }
    seen
}

fn failing() -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    for trouble in troubles() {
        let text = scenario(&trouble.steps);
        let (report, keeper) = run("60D", "111", card_of(trouble.files), &text);
        let why = || format!("{} {text}\n{}", trouble.files.concat(), told(&report, &keeper));
        let reason = report.reason.as_ref().unwrap_or_else(|| panic!("{}", why()));
        assert_eq!(reason.code, trouble.code, "{}", why());
        assert!(reason.detail.contains(trouble.says), "{}", why());
        seen.extend(kinds(&text).pop());
    }
    seen
}

#[test]
fn every_kind_of_step_holds_and_fails_on_a_camera_that_runs() {
    let (held, mut failed) = (passing(), failing());
    // A picture can be kept of any camera; a scenario that switches a camera on that is on is refused when it is read.
    failed.extend(["screenshot", "power-on"].map(str::to_owned));
    assert_eq!(held, failed, "kinds that held, and kinds that failed");
    assert_eq!(held.len(), 22, "a new kind of step belongs into these runs: {held:?}");
}

//! Expectations about what runs in the camera, on a guest that follows a timetable and shows a kernel as the open firmware does.

#[path = "support/scripted.rs"]
#[allow(dead_code, reason = "not every helper is needed here")]
mod scripted;

use darkroom_protocol::report::RunReport;
use darkroom_protocol::scenario::Scenario;
use darkroom_protocol::verdict::{CheckOutcome, EvidenceKind, ReasonCode, Verdict};
use scripted::{Act, Scripted, play};

const WINDOW_DOOR: u32 = 0xFFE0_0044;
const WINDOW: u32 = 0xFFE8_0000;
const CAMERA: u32 = 0xFFDF_0000;
const TASKS: u32 = 0x00E0_0000;
const RECORD: u32 = 0x54;
const MISSING: u32 = 0x00E1_0000;
const HEAPS: u32 = 0x00E2_0000;
const NAMES: u32 = 0x00E3_0000;
const STACKS: u32 = 0x0040_0000;
const FILL: u32 = 0x1998_0218;

fn scenario(steps: &[&str]) -> String {
    let steps = steps.iter().map(|fields| format!("[[step]]\n{fields}\n"));
    format!("name = \"t\"\n{}", steps.collect::<String>())
}

fn code(report: &RunReport) -> Option<ReasonCode> {
    report.reason.as_ref().map(|reason| reason.code)
}

fn put(guest: &mut Scripted, address: u32, bytes: &[u8]) {
    let places = (address..).zip(bytes);
    guest.memory.extend(places.map(|(place, byte)| (place, *byte)));
}

fn words(guest: &mut Scripted, address: u32, words: &[u32]) {
    let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    put(guest, address, &bytes);
}

/// A kernel with two tasks, two heaps and room for missing calls.
fn with_kernel(mut guest: Scripted) -> Scripted {
    words(&mut guest, WINDOW_DOOR, &[WINDOW]);
    put(&mut guest, WINDOW, b"DARKWIN1");
    words(&mut guest, WINDOW + 8, &[TASKS, 4, CAMERA, CAMERA + 4, FILL, MISSING, 8, HEAPS, HEAPS + 12]);
    words(&mut guest, CAMERA, &[RECORD, 0x50]);
    words(&mut guest, HEAPS, &[1000, 400, 0, 2000, 1500, 3]);
    for (slot, name) in (0u32..).zip(["idle", "menu_task"]) {
        let (record, stack) = (TASKS + slot * RECORD, STACKS + slot * 0x1000);
        put(&mut guest, NAMES + slot * 16, name.as_bytes());
        words(&mut guest, record + 0x08, &[0x1A]);
        words(&mut guest, record + 0x1C, &[stack, 64, NAMES + slot * 16]);
        words(&mut guest, record + 0x40, &[0x0002_0001 + slot]);
        put(&mut guest, record + 0x49, &[1]);
        words(&mut guest, stack, &[FILL; 12]);
    }
    guest
}

fn with_missing_call(mut guest: Scripted) -> Scripted {
    put(&mut guest, NAMES + 64, b"LockEngine");
    words(&mut guest, MISSING, &[NAMES + 64, 0x1FE0_1234, 7]);
    guest
}

#[test]
fn the_report_names_version_tasks_memory_and_missing_calls() {
    let banner = "[init] (32:03) Magic Lantern Nightly.1 (abc dev)\n";
    let mut guest = with_missing_call(with_kernel(Scripted::default())).print(10, banner);
    let (report, _) = play(&mut guest, &scenario(&["action = \"wait\"\nseconds = 0.1"]));
    let inside = &report.guest;
    assert_eq!(inside.ml_version.as_deref(), Some("Nightly.1 (abc dev)"));
    let menu = inside.tasks.iter().find(|task| task.name == "menu_task").expect("listed");
    assert_eq!(
        (menu.priority, menu.stack_used, menu.stack_bytes, menu.state.as_str()),
        (0x1A, 16, 64, "waits")
    );
    assert_eq!((inside.heaps[1].used, inside.heaps[1].failures), (1500, 3));
    let call = &inside.missing_calls[0];
    assert_eq!((call.name.as_str(), call.caller, call.count), ("LockEngine", 0x1FE0_1234, 7));
}

#[test]
fn a_guest_without_the_window_shows_nothing() {
    let (report, _) = play(&mut Scripted::default(), &scenario(&["action = \"wait\"\nseconds = 0.1"]));
    assert!(
        report.guest.tasks.is_empty() && report.guest.heaps.is_empty() && report.guest.ml_version.is_none()
    );
}

#[test]
fn tasks_that_are_not_there_are_named() {
    let expect = "action = \"expect-tasks\"\nnames = [\"menu_task\", \"shoot_task\"]";
    let (report, _) = play(&mut with_kernel(Scripted::default()), &scenario(&[expect]));
    assert_eq!((report.verdict, code(&report)), (Verdict::Failed, Some(ReasonCode::TaskMissing)));
    let detail = &report.checks[0].detail;
    assert!(detail.contains("no shoot_task") && !detail.contains("menu_task"), "{detail}");
    let (report, _) = play(&mut Scripted::default(), &scenario(&[expect]));
    assert_eq!(code(&report), Some(ReasonCode::TaskMissing));
    let expect = "action = \"expect-tasks\"\nnames = [\"menu_task\"]";
    let (report, _) = play(&mut with_kernel(Scripted::default()), &scenario(&[expect]));
    assert_eq!(report.verdict, Verdict::Passed);
}

#[test]
fn missing_calls_fail_with_name_and_caller_unless_allowed() {
    let guest = || with_missing_call(with_kernel(Scripted::default()));
    let (report, _) = play(&mut guest(), &scenario(&["action = \"expect-no-missing\""]));
    assert_eq!((report.verdict, code(&report)), (Verdict::Failed, Some(ReasonCode::MissingCall)));
    assert!(report.checks[0].detail.contains("LockEngine from 1FE01234 (7×)"), "{}", report.checks[0].detail);
    let allowed = "action = \"expect-no-missing\"\nallow = [\"LockEngine\"]";
    let (report, _) = play(&mut guest(), &scenario(&[allowed]));
    assert_eq!(report.verdict, Verdict::Passed);
}

#[test]
fn a_crash_log_is_a_crash_with_the_log_as_proof() {
    let mut guest =
        Scripted::default().at(10, Act::WriteFile("ASSERT00.LOG", b"ASSERT: a > b\nat menu.c:10".to_vec()));
    let steps = ["action = \"wait\"\nseconds = 0.1", "action = \"expect-no-crash\""];
    let (report, keeper) = play(&mut guest, &scenario(&steps));
    assert_eq!((report.verdict, code(&report)), (Verdict::GuestCrashed, Some(ReasonCode::GuestAssert)));
    assert!(report.checks[0].detail.contains("ASSERT00.LOG on the card: ASSERT: a > b at menu.c:10"));
    let proof = &report.checks[0].evidence[0];
    assert_eq!(proof.kind, EvidenceKind::File);
    assert_eq!(keeper.files[&proof.digest], b"ASSERT: a > b\nat menu.c:10");
}

#[test]
fn a_wait_that_a_crash_cut_short_is_a_crash() {
    let mut guest = Scripted::default().print(10, "[assert] x == 3 at init.c:7, task ml_init\n");
    let wait = "action = \"wait-log\"\ntext = \"ready\"\nwithin = 1";
    let (report, _) = play(&mut guest, &scenario(&[wait]));
    assert_eq!((report.verdict, code(&report)), (Verdict::GuestCrashed, Some(ReasonCode::GuestAssert)));
    assert!(report.reason.expect("given").detail.contains("x == 3 at init.c:7"));
}

#[test]
fn a_build_that_was_refused_says_so_and_names_whom_it_was_made_for() {
    let mut guest = Scripted::default().print(10, "[ROM] x\n[ROM] starting AUTOEXEC.BIN\n");
    guest.files.insert("ML/modules/60D_111.sym".to_owned(), Vec::new());
    let wait = "action = \"wait-log\"\ntext = \"Magic Lantern \"\nwithin = 1";
    let (report, _) = play(&mut guest, &scenario(&[wait]));
    assert_eq!((report.verdict, code(&report)), (Verdict::Failed, Some(ReasonCode::BuildRefused)));
    let detail = report.reason.expect("given").detail;
    assert!(detail.contains("not the one") && detail.contains("60D_111.sym"), "{detail}");
}

#[test]
fn modules_that_failed_are_named_with_their_status() {
    let mut guest = Scripted::default();
    guest.files.insert("ML/MODULES/60D_111.SYM".to_owned(), b"1fe00000 x\n1fe10000 build_version\n".to_vec());
    guest.files.insert("ML/MODULES/LUA.MO".to_owned(), Vec::new());
    guest.files.insert("ML/MODULES/BENCH.MO".to_owned(), Vec::new());
    put(&mut guest, 0x1FE0_8000, b"ML/MODULES/lua.mo\0\0\0\0OK\0\0Module loaded successfully\0");
    put(&mut guest, 0x1FE0_8100, b"ML/MODULES/bench.mo\0\0Err\0\0Linking failed\0");
    let (report, _) = play(&mut guest, &scenario(&["action = \"expect-modules\""]));
    assert_eq!((report.verdict, code(&report)), (Verdict::Failed, Some(ReasonCode::ModuleFailed)));
    let detail = &report.checks[0].detail;
    assert!(detail.contains("1 of 2") && detail.contains("bench (Err: Linking failed)"), "{detail}");
    assert_eq!(report.guest.modules.len(), 2);
}

#[test]
fn a_remembered_screen_is_what_later_checks_compare_with() {
    let mut guest = Scripted::default().at(10, Act::Show(10)).at(500, Act::Show(20)).at(900, Act::Show(10));
    let wait = "action = \"wait\"\nseconds = 0.4";
    let differs = "action = \"expect-screen\"\nname = \"mine\"\ndiffers = true";
    let equals = "action = \"expect-screen\"\nname = \"mine\"";
    let text =
        scenario(&[wait, "action = \"remember-screen\"\nname = \"mine\"", wait, differs, wait, equals]);
    let (report, _) = play(&mut guest, &text);
    assert_eq!((report.verdict, &report.reason), (Verdict::Passed, &None));
    assert!(Scenario::parse("t", &text).expect("valid").reference_names().is_empty());
    let text = scenario(&[wait, "action = \"remember-screen\"\nname = \"mine\"", differs]);
    let (report, _) = play(&mut Scripted::default().at(10, Act::Show(10)), &text);
    assert_eq!(code(&report), Some(ReasonCode::ScreenDiffers));
}

#[test]
fn a_camera_that_was_switched_off_is_switched_on_again() {
    let mut guest = Scripted::default().at(100, Act::PowerDown).print(300, "again\n");
    let down = "action = \"wait-power-down\"\nwithin = 1";
    let again = "action = \"wait-log\"\ntext = \"again\"\nwithin = 1";
    let (report, _) = play(&mut guest, &scenario(&[down, "action = \"power-on\"", again]));
    assert_eq!((report.verdict, &report.reason, guest.starts), (Verdict::Passed, &None, 1));
    assert_eq!(report.checks[1].outcome, CheckOutcome::Passed);
}

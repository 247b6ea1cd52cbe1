//! Every step and every ending of a scenario, on a guest that follows a timetable.

#[path = "support/scripted.rs"]
mod scripted;

use std::time::Duration;

use darkroom_protocol::verdict::{CheckOutcome, EvidenceKind, ReasonCode, Verdict};
use darkroom_protocol::worker::Event;
use scripted::{Act, Scripted, play};

fn scenario(body: &str) -> String {
    format!("name = \"t\"\n{body}")
}

fn step(fields: &str) -> String {
    format!("[[step]]\n{fields}\n")
}

fn code(report: &darkroom_protocol::report::RunReport) -> Option<ReasonCode> {
    report.reason.as_ref().map(|reason| reason.code)
}

fn outcomes(report: &darkroom_protocol::report::RunReport) -> Vec<CheckOutcome> {
    report.checks.iter().map(|check| check.outcome).collect()
}

const WAIT_DOWN: &str = "[[step]]\naction = \"wait-power-down\"\nwithin = 5\n";

#[test]
fn a_guest_that_does_as_told_passes() {
    let mut guest = Scripted::default()
        .print(100, "hel")
        .print(130, "lo: page drawn\n")
        .at(140, Act::Show(10))
        .at(600, Act::WriteFile("ML/LOGS/HELLO.LOG", b"hi there".to_vec()))
        .at(700, Act::PowerDown);
    let text = scenario(
        &[
            step("action = \"wait-log\"\ntext = \"hello: page drawn\"\nwithin = 1"),
            step("action = \"wait-screen\"\nname = \"ten\"\nwithin = 1"),
            step("action = \"wait-stable\"\nseconds = 0.2\nwithin = 1"),
            WAIT_DOWN.to_owned(),
            step("action = \"expect-file\"\npath = \"ML/LOGS/HELLO.LOG\"\ncontains = \"there\"\nsize = 8"),
            step("action = \"expect-file\"\npath = \"ML/LOGS/OTHER.LOG\"\nabsent = true"),
            step("action = \"expect-log\"\ntext = \"error\"\nabsent = true"),
        ]
        .concat(),
    );
    let (report, keeper) = play(&mut guest, &text);
    assert_eq!((report.verdict, &report.reason), (Verdict::Passed, &None), "{report:#?}");
    assert_eq!(outcomes(&report), [CheckOutcome::Passed; 7]);
    assert_eq!(keeper.log, b"hello: page drawn\n");
    assert_eq!(report.log_digest, darkroom_protocol::Digest::of(&keeper.log));
    assert_eq!(report.card_changes[0].path, "ML/LOGS/HELLO.LOG");
    let digest = report.card_changes[0].digest.expect("kept");
    assert_eq!(keeper.files[&digest], b"hi there");
    assert_eq!(report.guest_ns, 700_000_000);
}

#[test]
fn the_strip_holds_settled_pictures_screenshots_checks_and_the_last_one() {
    let mut guest = Scripted::default()
        .at(200, Act::Show(10))
        .at(250, Act::Show(11))
        .at(260, Act::Show(12))
        .at(1000, Act::Show(20));
    let text = scenario(
        &[
            step("action = \"wait\"\nseconds = 0.5"),
            step("action = \"screenshot\"\nname = \"half\""),
            step("action = \"wait\"\nseconds = 1"),
            step("action = \"expect-screen\"\nname = \"twenty\""),
        ]
        .concat(),
    );
    let (report, keeper) = play(&mut guest, &text);
    assert_eq!(report.verdict, Verdict::Passed);
    let labels: Vec<_> = keeper.frames().into_iter().map(|(label, _)| label).collect();
    assert_eq!(labels, ["", "half", "", "twenty", "last"]);
    assert_eq!(keeper.pictures.len(), 2, "equal pictures are one blob");
}

#[test]
fn a_wrong_screen_fails_with_pictures_and_the_run_goes_on() {
    let mut guest = Scripted::default().at(10, Act::Show(20)).print(20, "late");
    let text = scenario(
        &[
            step("action = \"wait\"\nseconds = 0.1"),
            step("action = \"expect-screen\"\nname = \"ten\""),
            step("action = \"expect-log\"\ntext = \"late\""),
        ]
        .concat(),
    );
    let (report, keeper) = play(&mut guest, &text);
    assert_eq!((report.verdict, code(&report)), (Verdict::Failed, Some(ReasonCode::ScreenDiffers)));
    assert_eq!(outcomes(&report), [CheckOutcome::Failed, CheckOutcome::Passed]);
    let kinds: Vec<_> = report.checks[0].evidence.iter().map(|evidence| evidence.kind).collect();
    assert_eq!(kinds, [EvidenceKind::Expected, EvidenceKind::Actual, EvidenceKind::Difference]);
    for evidence in &report.checks[0].evidence {
        assert!(keeper.pictures.contains_key(&evidence.digest));
    }
}

#[test]
fn missing_and_broken_references_are_said_with_the_picture_seen() {
    for name in ["nowhere", "broken"] {
        let text = scenario(&step(&format!("action = \"expect-screen\"\nname = \"{name}\"")));
        let (report, _) = play(&mut Scripted::default(), &text);
        assert_eq!((report.verdict, code(&report)), (Verdict::Failed, Some(ReasonCode::ReferenceMissing)));
        assert!(report.checks[0].detail.contains(name));
        assert_eq!(report.checks[0].evidence[0].kind, EvidenceKind::Actual);
    }
}

#[test]
fn a_wait_that_expires_ends_the_run_and_later_checks_have_rows() {
    let text = scenario(
        &[
            step("action = \"wait-log\"\ntext = \"never\"\nwithin = 0.25"),
            step("action = \"expect-log\"\ntext = \"x\""),
        ]
        .concat(),
    );
    let (report, _) = play(&mut Scripted::default().print(10, "other"), &text);
    assert_eq!((report.verdict, code(&report)), (Verdict::Failed, Some(ReasonCode::WaitExpired)));
    assert_eq!(outcomes(&report), [CheckOutcome::Failed, CheckOutcome::NotReached]);
    assert_eq!(report.guest_ns, 250_000_000);
}

#[test]
fn a_hanging_guest_runs_into_the_guest_time_limit() {
    let text = format!("name = \"t\"\n[limits]\nguest-seconds = 0.5\n{WAIT_DOWN}");
    let (report, keeper) = play(&mut Scripted::default().print(10, "going\n"), &text);
    assert_eq!((report.verdict, code(&report)), (Verdict::TimedOut, Some(ReasonCode::GuestTimeLimit)));
    assert_eq!(outcomes(&report), [CheckOutcome::NotReached]);
    assert_eq!(report.guest_ns, 500_000_000);
    assert_eq!(keeper.frames().last().map(|(label, _)| label.as_str()), Some("last"));
}

#[test]
fn the_other_limits_are_timeouts_too() {
    let busy = || Scripted::default().print(10, "a").print(2000, "b");
    let (report, _) = play(&mut busy(), &format!("name = \"t\"\n[limits]\ninstructions = 5000\n{WAIT_DOWN}"));
    assert_eq!((report.verdict, code(&report)), (Verdict::TimedOut, Some(ReasonCode::InstructionLimit)));
    let (report, _) = play(&mut busy(), &format!("name = \"t\"\n[limits]\nhost-seconds = 1e-9\n{WAIT_DOWN}"));
    assert_eq!((report.verdict, code(&report)), (Verdict::TimedOut, Some(ReasonCode::HostTimeLimit)));
}

#[test]
fn a_crash_names_fault_address_and_time() {
    let (report, _) = play(&mut Scripted::default().at(321, Act::Crash), &scenario(WAIT_DOWN));
    assert_eq!((report.verdict, code(&report)), (Verdict::GuestCrashed, Some(ReasonCode::GuestFault)));
    let detail = report.reason.clone().expect("given").detail;
    for part in ["data abort", "0xdead0000", "0x00800120", "str r0, [r1]", "0.321 s"] {
        assert!(detail.contains(part), "{part} missing in {detail}");
    }
    assert_eq!(report.faults[0].registers.len(), 16);
    assert_eq!(outcomes(&report), [CheckOutcome::NotReached]);
}

#[test]
fn a_text_printed_just_before_a_crash_counts() {
    let text =
        scenario(&[step("action = \"wait-log\"\ntext = \"bye\"\nwithin = 5"), WAIT_DOWN.to_owned()].concat());
    let (report, _) = play(&mut Scripted::default().print(101, "bye\n").at(102, Act::Crash), &text);
    assert_eq!(report.verdict, Verdict::GuestCrashed);
    assert_eq!(outcomes(&report), [CheckOutcome::Passed, CheckOutcome::NotReached]);
}

#[test]
fn a_log_flood_is_cut_at_the_cap() {
    let flood = "0123456789".repeat(30);
    let mut guest = Scripted::default().print(10, &flood).print(20, &flood);
    let (report, keeper) = play(&mut guest, &format!("name = \"t\"\n[limits]\nlog-bytes = 256\n{WAIT_DOWN}"));
    assert_eq!((report.verdict, code(&report)), (Verdict::Failed, Some(ReasonCode::LogFlood)));
    assert_eq!(keeper.log.len(), 256);
    assert!(report.log_capped);
    assert_eq!(report.log_bytes, 300, "it stops at the slice that broke the cap");
}

#[test]
fn a_frame_flood_is_cut_at_the_cap_and_said() {
    let flicker = (1..40u64)
        .fold(Scripted::default(), |guest, i| guest.at(i * 200, Act::Show(u8::try_from(i).expect("small"))));
    let text = format!("name = \"t\"\n[limits]\nframes = 5\n{}", step("action = \"wait\"\nseconds = 8"));
    let (report, keeper) = play(&mut { flicker }, &text);
    assert_eq!(report.verdict, Verdict::Passed);
    assert!(report.frames_capped);
    assert_eq!(keeper.frames().len(), 5);
    assert_eq!(keeper.frames()[4].0, "last");
}

#[test]
fn an_early_power_down_is_not_a_timeout() {
    let text = scenario(&step("action = \"wait-log\"\ntext = \"more\"\nwithin = 5"));
    let (report, _) = play(&mut Scripted::default().at(100, Act::PowerDown), &text);
    assert_eq!((report.verdict, code(&report)), (Verdict::Failed, Some(ReasonCode::EarlyPowerDown)));
    assert_eq!(outcomes(&report), [CheckOutcome::Failed]);
    let text = scenario(&step("action = \"wait\"\nseconds = 3"));
    let (report, _) = play(&mut Scripted::default().at(100, Act::PowerDown), &text);
    assert_eq!(code(&report), Some(ReasonCode::EarlyPowerDown));
}

#[test]
fn a_text_printed_in_the_last_slice_before_power_down_counts() {
    let text = scenario(&step("action = \"wait-log\"\ntext = \"bye\"\nwithin = 5"));
    let (report, _) = play(&mut Scripted::default().print(101, "bye\n").at(102, Act::PowerDown), &text);
    assert_eq!(report.verdict, Verdict::Passed);
}

#[test]
fn a_halted_cpu_fulfils_what_needs_no_cpu_and_nothing_else() {
    let text = scenario(
        &[
            step("action = \"wait-stable\"\nseconds = 1\nwithin = 2"),
            step("action = \"wait-idle\"\nseconds = 1\nwithin = 2"),
            WAIT_DOWN.to_owned(),
        ]
        .concat(),
    );
    let (report, _) = play(&mut Scripted::default().at(100, Act::Halt), &text);
    assert_eq!((report.verdict, code(&report)), (Verdict::TimedOut, Some(ReasonCode::GuestHalted)));
    assert_eq!(outcomes(&report), [CheckOutcome::Passed, CheckOutcome::Passed, CheckOutcome::Failed]);
}

#[test]
fn keys_are_held_in_guest_time_and_unknown_ones_refused() {
    let mut guest = Scripted::default();
    let (report, keeper) =
        play(&mut guest, &scenario(&step("action = \"press\"\nkey = \"MENU\"\nhold = 0.3")));
    assert_eq!(report.verdict, Verdict::Passed);
    let times: Vec<_> = guest.keys.iter().map(|(_, down, at)| (*down, at.as_nanos() / 1_000_000)).collect();
    assert_eq!(times, [(true, 0), (false, 300)]);
    assert!(matches!(keeper.events[1], Event::Step { index: 0, .. }));
    let (report, _) = play(&mut Scripted::default(), &scenario(&step("action = \"press\"\nkey = \"FIRE\"")));
    assert_eq!((report.verdict, code(&report)), (Verdict::Failed, Some(ReasonCode::StepFailed)));
    assert!(report.reason.expect("given").detail.contains("no button FIRE"));
}

#[test]
fn typing_reaches_the_console_and_refused_steps_say_why() {
    let mut guest = Scripted::default();
    play(&mut guest, &scenario(&step("action = \"type\"\ntext = \"drysh\"")));
    assert_eq!(guest.typed, b"drysh\n");
    let (report, _) = play(&mut Scripted::default(), &scenario(&step("action = \"card-door\"\nopen = true")));
    assert_eq!(code(&report), Some(ReasonCode::StepFailed));
}

#[test]
fn cutting_the_power_leaves_the_card_to_look_at_and_nothing_to_run() {
    let guest = || Scripted::default().at(10, Act::WriteFile("A.TXT", b"half".to_vec()));
    let cut = [step("action = \"wait\"\nseconds = 0.1"), step("action = \"cut-power\"")].concat();
    let look = step("action = \"expect-file\"\npath = \"A.TXT\"\nsize = 4");
    let (report, _) = play(&mut guest(), &scenario(&[cut.as_str(), look.as_str()].concat()));
    assert_eq!(report.verdict, Verdict::Passed);
    assert!(report.stop.contains("cut the power"), "{}", report.stop);
    let (report, _) = play(&mut guest(), &scenario(&[cut.as_str(), WAIT_DOWN].concat()));
    assert_eq!((report.verdict, code(&report)), (Verdict::Failed, Some(ReasonCode::StepFailed)));
}

#[test]
fn wrong_files_are_named_with_what_is_wrong() {
    let cases = [
        ("path = \"NO.TXT\"", "not on the card"),
        ("path = \"A.TXT\"\nabsent = true", "is on the card"),
        ("path = \"A.TXT\"\nsize = 9", "4 bytes, not 9"),
        ("path = \"A.TXT\"\ncontains = \"whole\"", "does not contain"),
    ];
    for (fields, said) in cases {
        let mut guest = Scripted::default().at(10, Act::WriteFile("A.TXT", b"half".to_vec()));
        let text =
            [step("action = \"wait\"\nseconds = 0.1"), step(&format!("action = \"expect-file\"\n{fields}"))]
                .concat();
        let (report, _) = play(&mut guest, &scenario(&text));
        assert_eq!(code(&report), Some(ReasonCode::FileMismatch));
        assert!(report.checks[0].detail.contains(said), "{}", report.checks[0].detail);
    }
}

#[test]
fn artefacts_stop_at_their_cap_but_are_listed() {
    let mut guest = Scripted::default()
        .at(10, Act::WriteFile("A.BIN", vec![1; 60]))
        .at(10, Act::WriteFile("B.BIN", vec![2; 60]));
    let text =
        format!("name = \"t\"\n[limits]\nartefact-bytes = 100\n{}", step("action = \"wait\"\nseconds = 0.1"));
    let (report, _) = play(&mut guest, &text);
    let kept: Vec<_> = report.card_changes.iter().map(|change| change.digest.is_some()).collect();
    assert_eq!(kept, [true, false]);
}

#[test]
fn equal_inputs_give_equal_outputs() {
    let once = || {
        let mut guest = Scripted::default()
            .print(33, "one\n")
            .at(47, Act::Show(3))
            .at(512, Act::WriteFile("X", vec![7; 9]))
            .at(777, Act::PowerDown);
        let (mut report, keeper) = play(&mut guest, &scenario(WAIT_DOWN));
        report.host_ms = 0;
        (report, keeper.log, format!("{:?}", keeper.events))
    };
    assert_eq!(once(), once());
    assert_eq!(once().0.guest_ns, Duration::from_millis(777).as_nanos() as u64);
}

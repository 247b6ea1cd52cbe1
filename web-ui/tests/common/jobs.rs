//! Job, frame, check.

use super::{NOW, shell};
use askama::Template;
use darkroom_protocol::api::Attempt;
use darkroom_protocol::report::{
    CardChange, CardChangeKind, FrameInfo, GuestFault, GuestInside, HeapInfo, MissingCall, ModuleInfo,
    TaskInfo, UnknownAccess,
};
use darkroom_protocol::verdict::{
    CheckOutcome, CheckResult, Evidence, EvidenceKind, Reason, ReasonCode, Verdict,
};
use darkroom_protocol::{AttemptNo, BatchId, BuildId, Digest, JobId, RomSetId};
use darkroom_web_ui::Mark;
use darkroom_web_ui::log::{LogView, Scanner, Want};
use darkroom_web_ui::view::Room;
use darkroom_web_ui::view::job::{
    CheckPage, Figures, FramePage, JobHead, JobLog, JobPage, LogLines, StepView,
};
use time::Duration;

pub(crate) fn head(build: &str, mark: Mark, reason: Option<Reason>) -> JobHead {
    JobHead {
        id: JobId::fresh(),
        batch: BatchId::fresh(),
        batch_name: "nightly 2026-11-22".to_owned(),
        build: BuildId::fresh(),
        build_name: build.to_owned(),
        camera: "60D".to_owned(),
        scenario: build.to_owned(),
        rom_set: Some((RomSetId::fresh(), "open".to_owned())),
        open_firmware: Some("111".to_owned()),
        mark,
        reason,
        queued_at: NOW - Duration::minutes(3),
        claimed_at: Some(NOW - Duration::minutes(2)),
        finished_at: mark.is_done().then_some(NOW - Duration::minutes(1)),
    }
}

pub(crate) fn frame(seq: u32, label: &str) -> FrameInfo {
    FrameInfo {
        seq,
        label: label.to_owned(),
        guest_ns: u64::from(seq) * 731_000_000 + 204_000_000,
        width: 720,
        height: 480,
        digest: Digest::of(format!("hello{}", seq % 4).as_bytes()),
        led: "on".to_owned(),
    }
}

pub(crate) fn log(text: &str, want: Want, query: &str) -> LogView {
    let mut scanner = Scanner::new(want);
    scanner.feed(text.as_bytes());
    scanner.finish(true, query)
}

fn console() -> String {
    let mut text = String::from(
        "\x1b[1mopen boot ROM\x1b[0m 60D, ROM1 at F8000000\n[rom] boot flag: set\n[rom] \x1b[32mSD card up\x1b[0m, 256 MiB, FAT16\n\
         [rom] AUTOEXEC.BIN: 38 412 bytes to 00800000\nhello: started\n",
    );
    for line in 1..40 {
        text.push_str(&format!("hello: row {line:02} \x1b[3{}mcolour {}\x1b[0m done\n", line % 8, line % 8));
    }
    text.push_str("\x1b[33mwarning: no RTC battery\x1b[0m\n\x1b[1;41m data abort \x1b[0m at 00800124\n");
    text
}

fn evidence(kinds: &[(EvidenceKind, &str)]) -> Vec<Evidence> {
    kinds.iter().map(|(kind, name)| Evidence { kind: *kind, digest: Digest::of(name.as_bytes()) }).collect()
}

fn check(step: u32, title: &str, outcome: CheckOutcome, detail: &str) -> CheckResult {
    CheckResult { step, title: title.to_owned(), outcome, detail: detail.to_owned(), evidence: Vec::new() }
}

pub(crate) fn picture_check() -> CheckResult {
    let detail = "18 432 of 345 600 pixels differ by more than 0, first at 212, 96.";
    let pictures = [
        (EvidenceKind::Expected, "hello0"),
        (EvidenceKind::Actual, "wrong-picture1"),
        (EvidenceKind::Difference, "difference"),
    ];
    CheckResult {
        evidence: evidence(&pictures),
        ..check(3, "screen equals “hello”", CheckOutcome::Failed, detail)
    }
}

fn checks() -> Vec<CheckResult> {
    vec![
        check(0, "log says “hello: page drawn” within 5 s", CheckOutcome::Passed, "line 44, 1.204 s"),
        check(1, "card has ML/LOGS/HELLO.LOG", CheckOutcome::Passed, "212 bytes"),
        picture_check(),
        check(4, "powers down within 5 s", CheckOutcome::NotReached, ""),
    ]
}

fn fault() -> GuestFault {
    GuestFault {
        kind: "data abort".to_owned(),
        pc: 0x0080_0124,
        address: Some(0xDEAD_BEEF),
        registers: (0..16).map(|n| n * 0x0101_0101).collect(),
        cpsr: 0x6000_0013,
        guest_ns: 1_204_000_000,
        instruction: "ldr r0, [r1]".to_owned(),
    }
}

fn attempt(number: u32, outcome: &str, log: &str) -> Attempt {
    Attempt {
        number: AttemptNo(number),
        worker: "lab-7/slot-1".to_owned(),
        outcome: outcome.to_owned(),
        supervisor_log: log.to_owned(),
        claimed_at: NOW - Duration::minutes(2),
        ended_at: (outcome != "running").then_some(NOW - Duration::minutes(1)),
    }
}

pub(crate) fn bare(mark: Mark) -> JobPage {
    JobPage {
        shell: shell("hello on 60D", Room::Sheets),
        head: head("hello", mark, None),
        why: String::new(),
        frames: Vec::new(),
        frames_capped: false,
        checks: Vec::new(),
        steps: Vec::new(),
        log: JobLog { view: log("", Want::Tail, ""), bytes: 0, capped_at: None },
        changes: Vec::new(),
        faults: Vec::new(),
        unknown: Vec::new(),
        inside: GuestInside::default(),
        attempts: Vec::new(),
        figures: None,
        may_submit: true,
    }
}

pub(crate) fn full() -> JobPage {
    let reason = Reason {
        code: ReasonCode::ScreenDiffers,
        detail: "screen equals “hello”: 18 432 pixels differ by more than 0, first at 212, 96, at 2.397 s."
            .to_owned(),
    };
    let console = console();
    let labels = ["boot", "menu", "page", "after-key", "hello", "last"];
    JobPage {
        head: head("wrong-picture", Mark::Done(Verdict::Failed), Some(reason)),
        frames: (0..9).map(|seq| frame(seq, labels[seq as usize % 6])).collect(),
        checks: checks(),
        steps: steps(),
        log: JobLog {
            view: log(&console, Want::Tail, ""),
            bytes: console.len() as u64,
            capped_at: Some(9 << 20),
        },
        changes: changes(),
        faults: vec![fault()],
        unknown: unknown(),
        inside: inside(),
        attempts: vec![
            attempt(1, "lost", "no heartbeat for 45 s\nlease ended at 13:12:31 UTC"),
            attempt(2, "finished", "child exited with 0 after 812 ms"),
        ],
        figures: Some(Figures {
            stop: "power-down".to_owned(),
            guest_ns: 6_052_000_000,
            instructions: 482_113_904,
            host_ms: 812,
            engine: "jit".to_owned(),
            state_hash: Digest::of(b"state").to_string(),
        }),
        ..bare(Mark::Queued)
    }
}

fn steps() -> Vec<StepView> {
    let titles = [
        "log says “hello: page drawn” within 5 s",
        "press MENU for 0.1 s",
        "screenshot “menu”",
        "screen equals “hello”",
    ];
    let step = |(index, title): (u32, &str)| StepView {
        index,
        title: title.to_owned(),
        guest_ns: u64::from(index) * 731_000_000,
    };
    (0..).zip(titles).map(step).collect()
}

fn changes() -> Vec<CardChange> {
    let change = |path: &str, kind, size, kept: bool| CardChange {
        path: path.to_owned(),
        kind,
        size,
        digest: kept.then(|| Digest::of(path.as_bytes())),
    };
    vec![
        change("ML/LOGS/HELLO.LOG", CardChangeKind::Added, 212, true),
        change("ML/SETTINGS/MAGIC.CFG", CardChangeKind::Changed, 4096, true),
        change("DCIM/100CANON/IMG_0001.CR2", CardChangeKind::Removed, 0, false),
    ]
}

fn unknown() -> Vec<UnknownAccess> {
    let access = |n: u32| UnknownAccess {
        address: 0xC022_0000 + n * 4,
        pc: 0x0080_0200 + n * 8,
        direction: if n.is_multiple_of(2) { "read" } else { "write" }.to_owned(),
        count: u64::from(12_000 / (n + 1)),
    };
    (0..5).map(access).collect()
}

fn inside() -> GuestInside {
    let task = |(id, name): (u32, &str)| TaskInfo {
        name: name.to_owned(),
        id,
        priority: 0x1A,
        stack_used: 1104,
        stack_bytes: 8192,
        state: "waits".to_owned(),
    };
    let module = |(name, loaded, status): (&str, bool, &str)| ModuleInfo {
        name: name.to_owned(),
        loaded,
        status: status.to_owned(),
    };
    GuestInside {
        ml_version: Some("Nightly.2026Jan01.60D111 (1a2b3c4 dev)".to_owned()),
        tasks: (1..).zip(["idle", "menu_task", "menu_redraw_task"]).map(task).collect(),
        heaps: vec![HeapInfo { name: "malloc".to_owned(), total: 2 << 20, used: 641_728, failures: 2 }],
        missing_calls: vec![MissingCall { name: "LockEngine".to_owned(), caller: 0x1FE0_1234, count: 12 }],
        modules: [("lua", true, "OK"), ("bench", false, "Err: Linking failed")].map(module).to_vec(),
    }
}

fn running() -> JobPage {
    let console = console();
    JobPage {
        head: head("hello", Mark::Running, None),
        frames: (0..2).map(|seq| frame(seq, "boot")).collect(),
        checks: vec![check(0, "log says “hello: page drawn” within 5 s", CheckOutcome::NotReached, "")],
        steps: steps().into_iter().take(1).collect(),
        log: JobLog { view: log(&console, Want::Tail, ""), bytes: console.len() as u64, capped_at: None },
        attempts: vec![attempt(1, "running", "")],
        ..bare(Mark::Running)
    }
}

fn filtered() -> JobPage {
    let console = console();
    JobPage {
        log: JobLog {
            view: log(&console, Want::Matching("colour 3".to_owned()), "colour 3"),
            bytes: 100,
            capped_at: None,
        },
        ..full()
    }
}

fn passed() -> JobPage {
    let mut page =
        JobPage { head: head("hello", Mark::Done(Verdict::Passed), None), faults: Vec::new(), ..full() };
    page.checks.retain(|check| check.outcome == CheckOutcome::Passed);
    page.attempts.remove(0);
    page.log.capped_at = None;
    page
}

fn frame_page(earlier: Option<u32>, later: Option<u32>) -> FramePage {
    FramePage {
        shell: shell("Frame 5 of hello on 60D", Room::Sheets),
        head: head("hello", Mark::Done(Verdict::Passed), None),
        frame: frame(4, "hello"),
        of: 9,
        earlier,
        later,
    }
}

pub(crate) fn pages() -> Vec<(&'static str, String)> {
    let check_page = CheckPage {
        shell: shell("screen equals “hello”", Room::Sheets),
        head: head("wrong-picture", Mark::Done(Verdict::Failed), None),
        check: picture_check(),
    };
    vec![
        ("job-queued", bare(Mark::Queued).render().unwrap()),
        ("job-running", running().render().unwrap()),
        ("job-passed", passed().render().unwrap()),
        ("job", full().render().unwrap()),
        ("job-filtered", filtered().render().unwrap()),
        ("frame-only", frame_page(None, None).render().unwrap()),
        ("frame", frame_page(Some(3), Some(5)).render().unwrap()),
        ("check", check_page.render().unwrap()),
    ]
}

pub(crate) fn lines(text: &str) -> String {
    LogLines { view: log(text, Want::Tail, ""), place: String::new() }.render().unwrap()
}

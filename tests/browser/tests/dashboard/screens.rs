//! Every page, light and dark, wide and narrow: it fits, nothing is refused, and a picture of it is left in
//! `target/screens/`.

use crate::browser::{Browser, Options, Theme};
use crate::farm::Farm;
use crate::hand::{Hand, HeldJob};
use crate::sample::{CHECKS, HELLO, NO_BUILD, SCENARIO, WRONG};
use crate::with_farm_and_browser;
use darkroom_protocol::report::{CardChange, CardChangeKind, GuestFault, UnknownAccess};
use darkroom_protocol::verdict::{CheckOutcome, EvidenceKind, ReasonCode, Verdict};
use darkroom_protocol::{BatchId, BuildId};
use std::path::{Path, PathBuf};

const WIDTHS: [u32; 2] = [1280, 390];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_fits_and_is_photographed() {
    with_farm_and_browser!(Options::default(), async |farm: &Farm, browser: &Browser| {
        std::fs::create_dir_all(screens()).unwrap();
        photograph_all(browser, &[("login".to_owned(), "/login".to_owned())]).await;
        browser.sign_in(farm).await;
        photograph_all(browser, &[("overview-empty".to_owned(), "/".to_owned())]).await;
        let batch = fill(farm).await;
        photograph_all(browser, &pages(farm, batch).await).await;
    });
}

/// `screens` in the target folder of the workspace.
pub(crate) fn screens() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target");
    std::env::var_os("CARGO_TARGET_DIR").map_or(own, PathBuf::from).join("screens")
}

async fn photograph_all(browser: &Browser, pages: &[(String, String)]) {
    for (name, path) in pages {
        for theme in [Theme::Light, Theme::Dark] {
            for width in WIDTHS {
                browser.look(theme, width).await;
                browser.goto(path).await;
                assert_fits(browser, name, width).await;
                let file = format!("{name}-{}-{width}.png", theme.word());
                std::fs::write(screens().join(file), browser.photograph().await).unwrap();
            }
        }
        let complaints = browser.complaints().await;
        let missing = |complaint: &String| name.starts_with("error-") && complaint.contains("status of 404");
        assert!(complaints.iter().all(missing), "{name}: {complaints:?}");
    }
}

async fn assert_fits(browser: &Browser, name: &str, width: u32) {
    let widest = browser.eval("document.documentElement.scrollWidth").await;
    let culprits = browser
        .eval(
            "[...document.querySelectorAll('main *')].filter(e => !e.closest('.sheet, .scroll, .log, pre') && \
             e.getBoundingClientRect().right > innerWidth + 1).slice(0, 5).map(e => e.outerHTML.slice(0, 120))",
        )
        .await;
    assert!(widest.as_u64().unwrap() <= u64::from(width), "{name} at {width} is {widest} wide: {culprits}");
}

/// Six builds on all cameras, in every state that a job can be in.
async fn fill(farm: &Farm) -> BatchId {
    farm.add_scenario(SCENARIO, &[("hello.png", HELLO)]).await;
    let cameras: Vec<&str> = darkroom_firmware::cameras().collect();
    for camera in &cameras {
        farm.add_open_rom(camera).await;
    }
    let mut builds: Vec<BuildId> = Vec::new();
    for name in darkroom_firmware::SAMPLES {
        builds.push(farm.add_sample(name, &cameras).await);
    }
    let hand = Hand::register(farm, "lab-1/slot-1").await;
    let earlier = farm.submit("nightly 2026-11-21", &builds[..2], "hello").await;
    run_all(&hand, usize::MAX).await;
    let batch = farm.submit("nightly 2026-11-22", &builds, "hello").await;
    run_all(&hand, 6 * cameras.len() - 24).await;
    let mut running = hand.take().await;
    running.log("open boot ROM\nhello: started\n").await;
    running.frame("boot", NO_BUILD).await;
    assert_ne!(earlier, batch);
    batch
}

/// Runs waiting jobs, at most `count`.
async fn run_all(hand: &Hand, count: usize) {
    for at in 0..count {
        let Some(job) = hand.take_if_any(0).await else { return };
        run(job, at).await;
    }
}

/// A run whose outcome depends on its place in the queue, as a mixed night would bring.
async fn run(mut job: HeldJob, at: usize) {
    job.step(CHECKS[0]).await;
    job.log("\x1b[1mopen boot ROM\x1b[0m 1.0\n[rom] \x1b[32mcard up\x1b[0m\n\x1b[33mwarning: no RTC battery\x1b[0m\n").await;
    job.frame("boot", NO_BUILD).await;
    match at / 18 % 6 {
        1 => time_out(job).await,
        2 => crash(job).await,
        3 => differ(job).await,
        _ => pass(job).await,
    }
}

async fn pass(mut job: HeldJob) {
    job.log("hello: page drawn\n").await;
    job.frame("hello", HELLO).await;
    for (step, title) in (0..).zip(CHECKS) {
        job.step(title).await;
        job.check(step, title, CheckOutcome::Passed, "").await;
    }
    let mut report = job.report(Verdict::Passed, None);
    report.card_changes = vec![change("ML/LOGS/HELLO.LOG", CardChangeKind::Added, 212)];
    job.finish(report).await;
}

async fn time_out(job: HeldJob) {
    let reason = (
        ReasonCode::GuestTimeLimit,
        "Reached the guest-time limit of 60 s while waiting for “hello: page drawn”.",
    );
    let report = job.report(Verdict::TimedOut, Some(reason));
    job.finish(report).await;
}

async fn crash(mut job: HeldJob) {
    job.log("\x1b[1;41m data abort \x1b[0m at 00800124\n").await;
    let reason = (ReasonCode::GuestFault, "Data abort at 0x00800124, address 0xDEADBEEC, after 1.204 s.");
    let mut report = job.report(Verdict::GuestCrashed, Some(reason));
    report.faults = vec![fault()];
    report.unknown_accesses = (0..12).map(unknown).collect();
    job.finish(report).await;
}

async fn differ(mut job: HeldJob) {
    job.frame("wrong", WRONG).await;
    job.check(0, CHECKS[0], CheckOutcome::Passed, "line 4").await;
    let pictures = [
        (EvidenceKind::Expected, HELLO),
        (EvidenceKind::Actual, WRONG),
        (EvidenceKind::Difference, NO_BUILD),
    ];
    let detail = "18 432 of 345 600 pixels differ by more than 0, first at 212, 96.";
    job.check_with(1, CHECKS[1], CheckOutcome::Failed, detail, &pictures).await;
    let reason = (ReasonCode::ScreenDiffers, "screen equals “hello”: 18 432 pixels differ by more than 0.");
    let report = job.report(Verdict::Failed, Some(reason));
    job.finish(report).await;
}

fn change(path: &str, kind: CardChangeKind, size: u64) -> CardChange {
    CardChange { path: path.to_owned(), kind, size, digest: None }
}

fn fault() -> GuestFault {
    GuestFault {
        kind: "data abort".to_owned(),
        pc: 0x0080_0124,
        address: Some(0xDEAD_BEEC),
        registers: (0..16).map(|n| n * 0x0101_0101).collect(),
        cpsr: 0x6000_0013,
        guest_ns: 1_204_000_000,
        instruction: "ldr r0, [r1]".to_owned(),
    }
}

fn unknown(n: u32) -> UnknownAccess {
    let direction = if n.is_multiple_of(2) { "read" } else { "write" };
    UnknownAccess {
        address: 0xC022_0000 + n * 4,
        pc: 0x0080_0200 + n * 8,
        direction: direction.to_owned(),
        count: u64::from(12_000 / (n + 1)),
    }
}

/// Every page with its name.
async fn pages(farm: &Farm, batch: BatchId) -> Vec<(String, String)> {
    let named = |name: &str, path: String| (name.to_owned(), path);
    let mut pages: Vec<_> = [
        ("overview", "/"),
        ("batches", "/batches"),
        ("upload", "/upload"),
        ("builds", "/builds"),
        ("cameras", "/cameras"),
        ("camera", "/cameras/60D"),
        ("rom-sets", "/rom-sets"),
        ("open-firmware", "/open-firmware"),
        ("scenarios", "/scenarios"),
        ("scenario", "/scenarios/hello"),
        ("workers", "/workers"),
        ("error-404", "/jobs/none"),
    ]
    .map(|(name, path)| named(name, path.to_owned()))
    .to_vec();
    let cells = farm.server.state.db.cells(batch).await.unwrap();
    pages.push(named("build", format!("/builds/{}", cells[0].build)));
    pages.push(named("batch", format!("/batches/{batch}")));
    pages.push(named("batch-failed", format!("/batches/{batch}?verdict=failed")));
    for word in ["passed", "failed", "guest-crashed", "timed-out"] {
        let cell = cells.iter().find(|cell| cell.verdict.as_deref() == Some(word)).expect(word);
        pages.push(named(&format!("job-{word}"), format!("/jobs/{}", cell.id)));
        if word == "failed" {
            pages.push(named("check", format!("/jobs/{}/checks/1", cell.id)));
            pages.push(named("frame", format!("/jobs/{}/frames/1", cell.id)));
        }
    }
    for state in ["running", "queued"] {
        let cell = cells.iter().find(|cell| cell.state == state).expect(state);
        pages.push(named(&format!("job-{state}"), format!("/jobs/{}", cell.id)));
    }
    pages
}

//! A build on its way through the browser: uploaded, watched while it runs, its pictures looked at.

use crate::browser::{Browser, Options};
use crate::farm::Farm;
use crate::hand::{Hand, HeldJob};
use crate::sample::{CHECKS, HELLO, HelloFile, SCENARIO, WRONG};
use crate::with_farm_and_browser;
use darkroom_protocol::verdict::{CheckOutcome, EvidenceKind, ReasonCode, Verdict};
use thirtyfour::By;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_build_is_uploaded_and_watched() {
    with_farm_and_browser!(Options::default(), async |farm: &Farm, browser: &Browser| {
        farm.add_open_rom("60D").await;
        farm.add_scenario(SCENARIO, &[("hello.png", HELLO)]).await;
        let hand = Hand::register(farm, "lab-1/slot-1").await;

        browser.goto("/upload").await;
        assert_eq!(browser.path().await, "/login?next=%2Fupload", "nobody reads without a token");
        browser.find("#token").await.send_keys(&farm.token).await.unwrap();
        browser.click("main form button").await;
        upload_hello(farm, browser).await;

        let mut job = hand.take().await;
        browser.find_text("td.v-running b", "running").await;
        browser.click("td a").await;
        watch(browser, &mut job).await;
        fail_with_pictures(job).await;
        browser.find_text("#hero .verdict", "failed").await;
        browser.find_text("#hero .lead", "18 432 pixels differ").await;

        look_at_pictures(browser).await;
        assert_eq!(browser.complaints().await, Vec::<String>::new());
    });
}

async fn upload_hello(farm: &Farm, browser: &Browser) {
    let file = HelloFile::new();
    file.choose(browser).await;
    browser.find_text("#chosen", "autoexec.bin").await;
    browser.find("#name").await.send_keys("hello").await.unwrap();
    browser.click(".tick:has([value='60D'])").await;
    browser.click(".tick:has([value=hello])").await;
    browser.click(".tick:has([value=boot])").await;
    browser.click(".go button").await;
    browser.find_text("h1", "hello").await;
    assert!(browser.path().await.starts_with("/batches/"), "{}", browser.path().await);
    assert_eq!(browser.text("td b").await, "waiting");
    assert_eq!(
        farm.server.state.db.batch_lines(None, 9).await.unwrap().len(),
        1,
        "one batch, however the form is sent"
    );
}

/// Everything below appears without a reload.
async fn watch(browser: &Browser, job: &mut HeldJob) {
    browser.find_text("#hero .verdict", "running").await;
    browser.eval("window.untouched = true").await;
    job.log("\x1b[1mopen boot ROM\x1b[0m\nhello: started\n").await;
    browser.find_text("#L2", "hello: started").await;
    job.step(CHECKS[0]).await;
    browser.find_text("#steps", CHECKS[0]).await;
    job.frame("boot", HELLO).await;
    browser.find(".film li:nth-child(1) img").await;
    job.log("\x1b[31mhello: page drawn\x1b[0m <b>not bold</b>\n").await;
    browser.find_text("#L3", "hello: page drawn <b>not bold</b>").await;
    browser.find("#L3 .a-ink1").await;
    job.check(0, CHECKS[0], CheckOutcome::Passed, "line 3").await;
    browser.find_text("#checks li:nth-child(1)", "passed").await;
    job.frame("hello", WRONG).await;
    browser.find(".film li:nth-child(2) img").await;
    assert_eq!(browser.eval("window.untouched").await, true, "the page was never loaded again");
}

async fn fail_with_pictures(mut job: HeldJob) {
    let pictures =
        [(EvidenceKind::Expected, HELLO), (EvidenceKind::Actual, WRONG), (EvidenceKind::Difference, WRONG)];
    let detail = "18 432 pixels differ";
    job.check_with(1, CHECKS[1], CheckOutcome::Failed, detail, &pictures).await;
    job.check(2, CHECKS[2], CheckOutcome::NotReached, "").await;
    let report = job.report(
        Verdict::Failed,
        Some((ReasonCode::ScreenDiffers, "screen equals “hello”: 18 432 pixels differ")),
    );
    job.finish(report).await;
}

async fn look_at_pictures(browser: &Browser) {
    filter_log(browser).await;
    browser.click(".film li:nth-child(1) a").await;
    browser.find_text("h1", "boot").await;
    assert_loaded(browser, ".enlargement img").await;
    browser.find("body").await.send_keys(thirtyfour::Key::Right + "").await.unwrap();
    browser.find_text(".edge", "FRAME 2 OF 2").await;
    browser.click(".pager a:last-child").await;
    browser.click("#checks a.prints").await;
    browser.find_text("h1", "screen equals").await;
    assert_loaded(browser, "#difference img").await;
    browser.click("#difference a").await;
    assert_eq!(browser.eval("document.contentType").await, "image/png");
    browser.web.back().await.unwrap();
}

async fn filter_log(browser: &Browser) {
    browser.find("#q").await.send_keys("STARTED").await.unwrap();
    browser.find_text("#log-hits", "1 of the lines shown here").await;
    let shown = browser.web.find_all(By::Css("#lines li:not([hidden])")).await.unwrap();
    assert_eq!(shown.len(), 1);
    browser.click(".log-tools button").await;
    browser.find_text("#log-hits", "1 line with “STARTED”").await;
    assert!(browser.path().await.contains("?q=STARTED"), "{}", browser.path().await);
    browser.click(".log-tools a").await;
    browser.find("#L3").await;
}

async fn assert_loaded(browser: &Browser, css: &str) {
    browser.find(css).await;
    let size = format!(
        "document.querySelector('{css}').decode().then(() => document.querySelector('{css}').naturalWidth)"
    );
    assert_eq!(browser.eval(&size).await, 720, "{css} shows its picture");
}

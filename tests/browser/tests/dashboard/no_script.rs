//! The main path without any script.

use crate::browser::{Browser, Options};
use crate::farm::Farm;
use crate::hand::Hand;
use crate::sample::{CHECKS, HELLO, HelloFile, SCENARIO};
use crate::with_farm_and_browser;
use darkroom_protocol::verdict::{CheckOutcome, Verdict};
use thirtyfour::By;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_works_without_script() {
    with_farm_and_browser!(Options { without_script: true }, async |farm: &Farm, browser: &Browser| {
        farm.add_open_rom("60D").await;
        farm.add_scenario(SCENARIO, &[("hello.png", HELLO)]).await;
        let hand = Hand::register(farm, "lab-1/slot-1").await;
        browser.sign_in(farm).await;
        browser.find_text("h1", "Nothing on the sheet yet").await;

        upload_without_camera(browser).await;
        browser.click(".tick:has([value='60D'])").await;
        let file = HelloFile::new();
        file.send(browser).await;
        browser.find_text("td b", "waiting").await;
        run(&hand).await;

        browser.web.refresh().await.unwrap();
        browser.find_text("td b", "passed").await;
        filter(browser).await;
        browser.click("td a").await;
        browser.find_text("#hero .verdict", "passed").await;
        search_log(browser).await;
        browser.click(".film li:nth-child(1) a").await;
        browser.find_text("h1", "hello").await;
        browser.goto("/").await;
        browser.click(".who button").await;
        browser.find_text("h1", "Sign in").await;
    });
}

/// A bare build without a camera is refused beside the field, and what was entered stays.
async fn upload_without_camera(browser: &Browser) {
    browser.click("nav a[href='/upload']").await;
    browser.click(".tick:has([value=hello])").await;
    browser.click(".tick:has([value=boot])").await;
    browser.find("#name").await.send_keys("first light").await.unwrap();
    let file = HelloFile::new();
    file.send(browser).await;
    browser.find_text("#cameras-error", "does not say which camera it is for").await;
    assert_eq!(browser.find("#name").await.prop("value").await.unwrap().as_deref(), Some("first light"));
    browser.find("[value=hello]:checked").await;
}

async fn run(hand: &Hand) {
    let mut job = hand.take().await;
    job.log("hello: started\nhello: page drawn\nhello: bye\n").await;
    job.frame("hello", HELLO).await;
    for (step, title) in (0..).zip(CHECKS) {
        job.check(step, title, CheckOutcome::Passed, "").await;
    }
    let report = job.report(Verdict::Passed, None);
    job.finish(report).await;
}

async fn filter(browser: &Browser) {
    browser.click(".filter .v-passed a").await;
    browser.find_text("#notes-title", "Frames marked passed").await;
    assert!(browser.path().await.ends_with("?verdict=passed"));
}

async fn search_log(browser: &Browser) {
    browser.find("#q").await.send_keys("DRAWN").await.unwrap();
    browser.click(".log-tools button").await;
    browser.find_text("#log-hits", "1 line with “DRAWN”").await;
    assert_eq!(browser.web.find_all(By::Css("#lines li")).await.unwrap().len(), 1);
    browser.click(".log-tools a").await;
    browser.find("#L3").await;
}

//! The same with the real worker: sample builds run on the open ROM in the emulator, watched in the browser.

use crate::browser::{Browser, Options, Theme};
use crate::farm::Farm;
use crate::sample::{HELLO, HelloFile};
use crate::screens::screens;
use crate::with_farm_and_browser;
use darkroom_orchestrator::auth::Scope;
use darkroom_orchestrator::fleet::{Backend, Join, ProcessFleet, WorkerProgram};
use std::path::PathBuf;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// The card's LED is drawn into the corner of the reference and blinks, so that corner is left out.
const SCENARIO: &str = r#"name = "hello"
description = "Draws the hello page and powers down."

[[step]]
action = "wait-log"
text = "picture drawn"
within = 10.0

[[step]]
action = "screenshot"
name = "page"

[[step]]
action = "expect-screen"
name = "hello"
exclude = [{ x = 704, y = 464, width = 16, height = 16 }]

[[step]]
action = "wait-power-down"
within = 10.0
"#;

/// A worker process that is kept alive until it is stopped.
struct Workers {
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Workers {
    async fn start(farm: &Farm, program: PathBuf) -> Self {
        let token = farm.server.state.auth.create_token("workers", &[Scope::Worker], None).await.unwrap();
        let join = Join { server: farm.url(""), token: token.secret };
        let fleet = ProcessFleet::new(WorkerProgram { program, arguments: Vec::new() });
        let stop = CancellationToken::new();
        let until = stop.clone();
        Self { stop, task: tokio::spawn(async move { fleet.run(1, join, until).await }) }
    }

    async fn stop(self) {
        self.stop.cancel();
        self.task.await.unwrap();
    }
}

/// The worker program that was built beside this test.
fn worker_program() -> Option<PathBuf> {
    let deps = std::env::current_exe().ok()?;
    let program = deps.parent()?.parent()?.join("darkroom-worker");
    program.exists().then_some(program)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sample_builds_run_before_our_eyes() {
    let Some(program) = worker_program() else {
        return println!("skipped: darkroom-worker is not built");
    };
    with_farm_and_browser!(Options::default(), async |farm: &Farm, browser: &Browser| {
        farm.add_open_rom("60D").await;
        farm.add_scenario(SCENARIO, &[("hello.png", HELLO)]).await;
        browser.sign_in(farm).await;
        upload_hello(browser).await;
        let workers = Workers::start(farm, program.clone()).await;
        browser.find_text("td b", "passed").await;
        assert_eq!(browser.eval("window.untouched").await, true, "the verdict came without a reload");
        look_at_hello(browser).await;

        let wrong = farm.add_sample("wrong-picture", &["60D"]).await;
        let batch = farm.submit("wrong", &[wrong], "hello").await;
        browser.goto(&format!("/batches/{batch}")).await;
        browser.find_text("td b", "failed").await;
        look_at_difference(browser).await;

        let crash = farm.add_sample("crash", &["60D"]).await;
        let batch = farm.submit("crash", &[crash], "hello").await;
        browser.goto(&format!("/batches/{batch}")).await;
        browser.find_text("td b", "crashed").await;
        browser.click("td a").await;
        browser.find_text("#faults .registers", "cpsr").await;
        photograph(browser, "real-crash").await;
        assert_eq!(browser.complaints().await, Vec::<String>::new());
        workers.stop().await;
    });
}

async fn upload_hello(browser: &Browser) {
    browser.goto("/upload").await;
    let file = HelloFile::new();
    browser.click(".tick:has([value='60D'])").await;
    browser.click(".tick:has([value=hello])").await;
    browser.click(".tick:has([value=boot])").await;
    file.send(browser).await;
    browser.find_text("td b", "waiting").await;
    browser.eval("window.untouched = true").await;
}

async fn look_at_hello(browser: &Browser) {
    browser.click("td a").await;
    browser.find_text("#hero .verdict", "passed").await;
    browser.find_text("#lines", "Hello from 60D").await;
    browser.find_text("#card", "ML/LOGS/HELLO.LOG").await;
    photograph(browser, "real-hello").await;
    browser.click(".film li:nth-child(1) a").await;
    browser.find_text("h1", "page").await;
    let hello = "fetch(document.querySelector('.enlargement img').src).then(r => r.arrayBuffer()).then(b => b.byteLength)";
    assert!(browser.eval(hello).await.as_u64().unwrap() > 500, "the frame is a picture");
}

async fn look_at_difference(browser: &Browser) {
    browser.click("td a").await;
    photograph(browser, "real-wrong").await;
    browser.click("#checks a.prints").await;
    let pictures = "Promise.all([...document.querySelectorAll('.light-table img')].map(i => i.decode().then(() => i.naturalWidth)))";
    assert_eq!(browser.eval(pictures).await, serde_json::json!([720, 720, 720]));
    photograph(browser, "real-difference").await;
}

async fn photograph(browser: &Browser, name: &str) {
    std::fs::create_dir_all(screens()).unwrap();
    for theme in [Theme::Light, Theme::Dark] {
        browser.look(theme, 1280).await;
        let file = format!("{name}-{}-1280.png", theme.word());
        std::fs::write(screens().join(file), browser.photograph().await).unwrap();
    }
}

//! The dashboard with nothing but a keyboard.

use crate::browser::{Browser, Options};
use crate::farm::Farm;
use crate::with_farm_and_browser;
use serde_json::Value;
use thirtyfour::Key;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_is_in_reach_of_the_keyboard() {
    with_farm_and_browser!(Options::default(), async |farm: &Farm, browser: &Browser| {
        for camera in ["60D", "5D2"] {
            farm.add_open_rom(camera).await;
        }
        let build = farm.add_sample("hello", &["60D", "5D2"]).await;
        farm.submit("by keyboard", &[build], "boot").await;
        browser.goto("/login").await;
        assert_eq!(focus(browser).await, "INPUT token", "the only field has the focus");
        press(browser, farm.token.as_str()).await;
        press(browser, Key::Enter + "").await;
        browser.find_text("h1", "by keyboard").await;
        skip_to_content(browser).await;
        walk_to_a_cell(browser).await;
        assert_eq!(browser.complaints().await, Vec::<String>::new());
    });
}

/// The first stop leads past the navigation.
async fn skip_to_content(browser: &Browser) {
    press(browser, Key::Tab + "").await;
    assert_eq!(focus(browser).await, "A Skip to content");
    assert_visible_focus(browser).await;
    press(browser, Key::Enter + "").await;
    press(browser, Key::Tab + "").await;
    assert_eq!(focus(browser).await, "A by keyboard", "the next stop lies in the content");
}

/// Sheet, camera heads, build, first cell: in reading order, each with a visible focus.
async fn walk_to_a_cell(browser: &Browser) {
    for stop in ["DIV", "A 5D2", "A 60D", "A hello", "A waiting"] {
        press(browser, Key::Tab + "").await;
        let at = focus(browser).await;
        assert!(at.starts_with(stop), "expected {stop}, got {at}");
        assert_visible_focus(browser).await;
    }
    press(browser, Key::Enter + "").await;
    browser.find_text("h1", "hello on 5D2").await;
}

async fn press(browser: &Browser, keys: impl Into<thirtyfour::TypingData>) {
    browser.web.active_element().await.unwrap().send_keys(keys).await.unwrap();
}

/// Tag, and id or text, of what has the focus.
async fn focus(browser: &Browser) -> String {
    let script = "(a => `${a.tagName} ${a.id || a.textContent.trim()}`)(document.activeElement)";
    browser.eval(script).await.as_str().unwrap_or_default().to_owned()
}

async fn assert_visible_focus(browser: &Browser) {
    let outline = browser.eval("getComputedStyle(document.activeElement).outlineStyle").await;
    assert_ne!(outline, Value::from("none"), "focus on {} can be seen", focus(browser).await);
}

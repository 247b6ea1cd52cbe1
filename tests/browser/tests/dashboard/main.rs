//! The dashboard in headless Chromium over a whole farm: real Postgres, real HTTP, and a worker that the test moves by
//! hand, so that every moment of a run can be looked at.
//!
//! Without Chromium, chromedriver or Postgres each test says `skipped: …` and why.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod browser;
mod driver;
mod farm;
mod hand;
mod keyboard;
mod live;
mod no_script;
mod real;
mod sample;
mod screens;

/// Runs a test body with a farm and a browser, or says why it cannot.
macro_rules! with_farm_and_browser {
    ($options:expr, $body:expr) => {{
        let farm = match crate::farm::Farm::start().await {
            Ok(farm) => farm,
            Err(missing) => return println!("skipped: {missing}"),
        };
        let browser = match crate::browser::Browser::open($options, &farm).await {
            Ok(browser) => browser,
            Err(missing) => return println!("skipped: {missing}"),
        };
        let body = $body;
        body(&farm, &browser).await;
        browser.close().await;
        farm.stop().await;
    }};
}
pub(crate) use with_farm_and_browser;

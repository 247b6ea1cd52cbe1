//! Chromium with the few verbs that the tests need.

use crate::driver::Driver;
use crate::farm::Farm;
use base64::Engine;
use serde_json::{Value, json};
use std::time::Duration;
use thirtyfour::extensions::query::ElementQueryable;
use thirtyfour::prelude::*;
use thirtyfour::{ChromiumLikeCapabilities, LoggingPrefsLogLevel};

/// How long something may take to appear; a page that never shows it fails the test.
const PATIENCE: Duration = Duration::from_secs(20);
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// How the browser is set up.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Options {
    /// Whether scripts are off.
    pub(crate) without_script: bool,
}

/// Light or dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Theme {
    Light,
    Dark,
}

impl Theme {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

pub(crate) struct Browser {
    pub(crate) web: WebDriver,
    base: String,
    _driver: Driver,
}

impl Browser {
    /// Opens it, or says what is missing.
    pub(crate) async fn open(options: Options, farm: &Farm) -> Result<Self, String> {
        let driver = Driver::start().await?;
        // Built with the whole workspace, the driver's HTTP client is one that wants a provider of its own, and a
        // second call finds the first one's.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let web =
            WebDriver::new(driver.url.as_str(), capabilities(options)).await.expect("a browser session");
        Ok(Self { web, base: farm.url(""), _driver: driver })
    }

    pub(crate) async fn close(self) {
        self.web.quit().await.expect("the session ends");
    }

    pub(crate) async fn goto(&self, path: &str) {
        self.web.goto(format!("{}{path}", self.base)).await.expect("the page loads");
    }

    /// Signs in and goes to the front page.
    pub(crate) async fn sign_in(&self, farm: &Farm) {
        self.goto("/login").await;
        self.find("#token").await.send_keys(&farm.token).await.expect("typed");
        self.find("main form button").await.click().await.expect("clicked");
        self.find(".top nav [aria-current=page]").await;
    }

    /// The first element, as soon as there is one.
    pub(crate) async fn find(&self, css: &str) -> WebElement {
        let query = self.web.query(By::Css(css)).wait(PATIENCE, LOOK_AGAIN);
        match query.first().await {
            Ok(element) => element,
            Err(error) => panic!("{css} at {}: {error}", self.path().await),
        }
    }

    /// Waits until the text of an element contains something.
    pub(crate) async fn find_text(&self, css: &str, text: &str) {
        let wanted = text.to_owned();
        let query = self.web.query(By::Css(css)).wait(PATIENCE, LOOK_AGAIN).with_filter(
            move |element: WebElement| {
                let wanted = wanted.clone();
                async move { Ok(element.text().await.unwrap_or_default().contains(&wanted)) }
            },
        );
        if query.first().await.is_err() {
            let path = self.path().await;
            panic!("{css} never said '{text}' at {path}:\n{}", self.text("main").await);
        }
    }

    pub(crate) async fn click(&self, css: &str) {
        self.find(css).await.click().await.unwrap_or_else(|error| panic!("{css}: {error}"));
    }

    pub(crate) async fn text(&self, css: &str) -> String {
        self.find(css).await.text().await.expect("its text")
    }

    /// Path and query of the page.
    pub(crate) async fn path(&self) -> String {
        let url = self.web.current_url().await.expect("an address").to_string();
        url.strip_prefix(&self.base).unwrap_or(&url).to_owned()
    }

    /// Value of an expression in the page.
    pub(crate) async fn eval(&self, expression: &str) -> Value {
        let result = self.web.execute(format!("return {expression}"), Vec::new()).await.expect(expression);
        result.json().clone()
    }

    /// Everything that the page complained about since the last call: script errors, refused loads, broken addresses.
    pub(crate) async fn complaints(&self) -> Vec<String> {
        let entries = self.web.browser_log().await.expect("the console");
        entries.into_iter().map(|entry| format!("{}: {}", entry.level, entry.message)).collect()
    }

    /// Sets width of the window and colour scheme.
    pub(crate) async fn look(&self, theme: Theme, width: u32) {
        let size = json!({"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false});
        self.command("Emulation.setDeviceMetricsOverride", size).await;
        let media = json!({"features": [
            {"name": "prefers-color-scheme", "value": theme.word()},
            {"name": "prefers-reduced-motion", "value": "reduce"},
        ]});
        self.command("Emulation.setEmulatedMedia", media).await;
    }

    /// The whole page as PNG, however long.
    pub(crate) async fn photograph(&self) -> Vec<u8> {
        let shot = json!({"format": "png", "captureBeyondViewport": true, "clip": self.extent().await});
        let shot = self.command("Page.captureScreenshot", shot).await;
        let data = shot["data"].as_str().expect("a picture");
        base64::engine::general_purpose::STANDARD.decode(data).expect("base64")
    }

    async fn extent(&self) -> Value {
        let metrics = self.command("Page.getLayoutMetrics", json!({})).await;
        let size = &metrics["cssContentSize"];
        json!({"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1})
    }

    async fn command(&self, name: &str, parameters: Value) -> Value {
        self.web.cdp().send_raw(name, parameters).await.unwrap_or_else(|error| panic!("{name}: {error}"))
    }
}

fn capabilities(options: Options) -> thirtyfour::ChromeCapabilities {
    let mut wanted = DesiredCapabilities::chrome();
    let arguments =
        ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"];
    for argument in arguments {
        wanted.add_arg(argument).expect("a plain argument");
    }
    wanted.add_arg("--window-size=1280,900").expect("a plain argument");
    wanted.set_logging_prefs("browser", LoggingPrefsLogLevel::Warning).expect("a plain setting");
    if options.without_script {
        let off = json!({"profile.managed_default_content_settings.javascript": 2});
        wanted.add_experimental_option("prefs", off).expect("a plain setting");
    }
    wanted
}

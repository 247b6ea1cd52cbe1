//! What the hand-moved worker reports: frames that the open ROM and the sample builds really drew.

use crate::browser::Browser;
use std::path::PathBuf;
use tempfile::TempDir;

/// What `hello` draws on a 60D.
pub(crate) const HELLO: &[u8] = include_bytes!("../../../../firmware/golden/60D/hello.png");
/// What `wrong-picture` draws on a 60D.
pub(crate) const WRONG: &[u8] = include_bytes!("../../../../firmware/golden/60D/wrong-picture.png");
/// What the open ROM draws on a 60D whose card has no build.
pub(crate) const NO_BUILD: &[u8] = include_bytes!("../../../../firmware/golden/60D/no-autoexec.png");

/// What `hello` is put through.
pub(crate) const SCENARIO: &str = r#"name = "hello"
description = "The hello sample draws its page and powers down."

[[step]]
action = "wait-log"
text = "hello: page drawn"
within = 5.0

[[step]]
action = "expect-screen"
name = "hello"

[[step]]
action = "wait-power-down"
within = 5.0
"#;

/// Titles of its checks.
pub(crate) const CHECKS: [&str; 3] =
    ["log says “hello: page drawn” within 5 s", "screen equals “hello”", "powers down within 5 s"];

/// The sample `hello` as a file to upload. It must live until the browser has sent it.
pub(crate) struct HelloFile {
    file: PathBuf,
    _folder: TempDir,
}

impl HelloFile {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("autoexec.bin");
        std::fs::write(&file, darkroom_firmware::sample("hello", "60D").unwrap().autoexec).unwrap();
        Self { file, _folder: folder }
    }

    /// Chooses it in the upload form.
    pub(crate) async fn choose(&self, browser: &Browser) {
        browser.find("#file").await.send_keys(self.file.to_str().unwrap()).await.unwrap();
    }

    /// Chooses it and sends the form.
    pub(crate) async fn send(&self, browser: &Browser) {
        self.choose(browser).await;
        browser.click(".go button").await;
    }
}

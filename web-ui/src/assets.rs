//! Style sheet, script and icon, embedded in the program and addressed by their content.
//!
//! A URL carries a piece of the file's SHA-256, so a browser may keep it for ever and never shows a stale one.

use rust_embed::RustEmbed;
use std::borrow::Cow;
use std::sync::LazyLock;

#[derive(RustEmbed)]
#[folder = "assets/"]
struct Files;

/// A file ready to be sent.
#[derive(Debug, Clone)]
pub struct Asset {
    /// Its bytes.
    pub bytes: Cow<'static, [u8]>,
    /// Value of `Content-Type`.
    pub content_type: &'static str,
}

/// URL of the style sheet.
pub static CSS: LazyLock<String> = LazyLock::new(|| url("app.css"));
/// URL of the script.
pub static JS: LazyLock<String> = LazyLock::new(|| url("app.js"));
/// URL of the icon.
pub static ICON: LazyLock<String> = LazyLock::new(|| url("icon.svg"));

/// The file that `/assets/{name}` names, where `name` carries the content hash; `None` for any other name.
pub fn find(name: &str) -> Option<Asset> {
    let plain = [("app.css", &CSS), ("app.js", &JS), ("icon.svg", &ICON)]
        .into_iter()
        .find_map(|(plain, url)| (url.strip_prefix("/assets/") == Some(name)).then_some(plain))?;
    let file = Files::get(plain)?;
    Some(Asset { bytes: file.data, content_type: content_type(plain) })
}

fn url(plain: &str) -> String {
    let hash = Files::get(plain).map(|file| file.metadata.sha256_hash()).unwrap_or_default();
    let short: String = hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let (stem, extension) = plain.rsplit_once('.').unwrap_or((plain, ""));
    format!("/assets/{stem}-{short}.{extension}")
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_url_leads_to_its_file() {
        for url in [&*CSS, &*JS, &*ICON] {
            let asset = find(url.strip_prefix("/assets/").unwrap()).expect("a known asset");
            assert!(!asset.bytes.is_empty());
        }
    }

    #[test]
    fn other_names_and_stale_hashes_are_unknown() {
        assert!(find("app.css").is_none());
        assert!(find("app-0000000000000000.css").is_none());
        assert!(find("../Cargo.toml").is_none());
    }
}

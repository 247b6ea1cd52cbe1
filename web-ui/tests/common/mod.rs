//! A farm's worth of sample pages, each empty and full.

pub(crate) mod html;
pub(crate) mod jobs;
pub(crate) mod lists;
pub(crate) mod sheets;

use darkroom_web_ui::view::{Room, Shell};
use time::OffsetDateTime;
use time::macros::datetime;

pub(crate) const NOW: OffsetDateTime = datetime!(2026-11-22 13:15:00 UTC);

/// Text that would break out of any place that forgot to escape it.
pub(crate) const NASTY: &str = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>";

pub(crate) fn shell(title: &str, room: Room) -> Shell {
    Shell::new(title, room, Some("alice".to_owned()))
}

/// Every page of the dashboard by name, empty and full.
pub(crate) fn pages() -> Vec<(&'static str, String)> {
    let mut pages = sheets::pages();
    pages.extend(jobs::pages());
    pages.extend(lists::pages());
    pages
}

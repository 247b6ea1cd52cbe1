//! Every page, empty and full: it renders, its HTML holds together, nothing hostile gets through.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod common;

use askama::Template;
use common::{NASTY, html, jobs, pages};
use darkroom_protocol::verdict::{Reason, ReasonCode, Verdict};
use darkroom_web_ui::Mark;

/// Where the rendered samples are left for a look.
const SAMPLES: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/pages");

#[test]
fn every_page_holds_together() {
    std::fs::create_dir_all(SAMPLES).unwrap();
    for (name, page) in pages() {
        std::fs::write(format!("{SAMPLES}/{name}.html"), &page).unwrap();
        let faults = html::faults(&page);
        assert!(faults.is_empty(), "{name}: {faults:#?}");
    }
}

#[test]
fn the_reader_of_html_finds_faults() {
    let broken = "<p id=\"a\"><b></p><img src=\"x\"><i id=\"a\" style=\"top:0\" onclick=\"x()\"></i><a href=\"#no\"></a>";
    let faults = html::faults(broken).join("\n");
    for fault in [
        "</p> closes",
        "without alternative",
        "id a twice",
        "inline style",
        "inline handler",
        "leads nowhere",
    ] {
        assert!(faults.contains(fault), "{fault} missing in {faults}");
    }
}

#[test]
fn every_page_has_one_title_and_one_heading() {
    for (name, page) in pages() {
        let tags = html::read(&page, &mut Vec::new());
        let count = |wanted: &str| tags.iter().filter(|tag| tag.name == wanted).count();
        assert_eq!((count("title"), count("h1"), count("main")), (1, 1, 1), "{name}");
    }
}

#[test]
fn every_field_has_a_label() {
    for (name, page) in pages() {
        let tags = html::read(&page, &mut Vec::new());
        let labels = html::values(&tags, "label", "for");
        for field in tags.iter().filter(|tag| ["input", "select"].contains(&tag.name.as_str())) {
            let kind = field.attributes.get("type").map(String::as_str);
            let labelled = field.attributes.get("id").is_some_and(|id| labels.contains(&id.as_str()));
            assert!(labelled || matches!(kind, Some("hidden" | "checkbox")), "{name}: {field:?}");
        }
    }
}

#[test]
fn a_full_sheet_stays_small() {
    for (name, page) in pages() {
        assert!(page.len() < 100_000, "{name} has {} bytes", page.len());
    }
}

#[test]
fn nothing_from_a_job_becomes_markup() {
    let mut page = jobs::full();
    let nasty = || NASTY.to_owned();
    page.head.build_name = nasty();
    page.head.camera = nasty();
    page.head.reason = Some(Reason { code: ReasonCode::StepFailed, detail: nasty() });
    page.frames[0].label = nasty();
    page.checks[0].title = nasty();
    page.checks[0].detail = nasty();
    page.changes[0].path = format!("{NASTY}/{NASTY}");
    page.faults[0].instruction = nasty();
    page.attempts[0].supervisor_log = nasty();
    page.steps[0].title = nasty();
    page.unknown[0].direction = nasty();
    page.inside.tasks[0].name = nasty();
    page.inside.modules[0].status = nasty();
    page.inside.missing_calls[0].name = nasty();
    page.inside.ml_version = Some(nasty());
    page.log.view = jobs::log(NASTY, darkroom_web_ui::log::Want::Matching("script".into()), NASTY);
    let html = page.render().unwrap();
    assert!(!html.contains("<script>alert"), "a script got through");
    assert!(!html.contains("<img src=x"), "a picture got through");
    assert_eq!(html::faults(&html), Vec::<String>::new());
}

#[test]
fn log_lines_are_escaped_and_coloured() {
    let html = jobs::lines("\x1b[31m<b>&amp;\x1b[0m ok\x07\n");
    assert!(html.contains("<span class=\"a-ink1\">&#60;b&#62;&#38;amp;</span> ok</span>"), "{html}");
    assert!(html.contains("href=\"#L1\""));
}

#[test]
fn marks_speak_without_colour() {
    for mark in Mark::all() {
        let html = jobs::bare(mark).render().unwrap();
        assert!(html.contains(&format!("#m-{}\"", mark.class())), "{} has its sign", mark.class());
        assert!(html.contains(mark.word()), "{} has its word", mark.class());
    }
}

#[test]
fn only_unfinished_pages_listen() {
    let all = pages();
    let page = |name: &str| &all.iter().find(|(known, _)| *known == name).unwrap().1;
    for (name, live) in [("batch", false), ("batch-running", true), ("job", false), ("job-running", true)] {
        assert_eq!(page(name).contains("data-events"), live, "{name}");
    }
}

#[test]
fn parts_of_a_page_render_alone_and_alike() {
    let page = jobs::bare(Mark::Done(Verdict::Passed));
    let whole = page.render().unwrap();
    for part in [page.as_upper().render().unwrap(), page.as_lower().render().unwrap()] {
        assert!(whole.contains(part.trim()), "the part is the same text as on the page");
        assert!(!part.contains("<html"));
    }
}

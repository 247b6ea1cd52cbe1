//! Every ink on every ground that it stands on keeps the contrast of WCAG 2 level AA, by day and by night.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;

const CSS: &str = include_str!("../assets/app.css");
/// Normal text.
const AA: f64 = 4.5;
const INKS: [&str; 9] = [
    "--ink",
    "--ink-2",
    "--accent",
    "--passed",
    "--failed",
    "--guest-crashed",
    "--timed-out",
    "--infra-error",
    "--quiet-mark",
];

type Colours = BTreeMap<String, String>;

/// The colours that a rule block declares.
fn declared(block: &str) -> Colours {
    let lines = block.lines().map(str::trim).take_while(|line| !line.starts_with('}'));
    let pair = |line: &str| {
        let (name, value) = line.strip_suffix(';')?.split_once(": ")?;
        value.starts_with('#').then(|| (name.to_owned(), value.to_owned()))
    };
    lines.filter_map(pair).collect()
}

/// Day, and night over it.
fn themes() -> [Colours; 2] {
    let mut blocks = CSS.split(":root {").skip(1);
    let day = declared(blocks.next().unwrap());
    let mut night = day.clone();
    night.extend(declared(blocks.next().unwrap()));
    [day, night]
}

fn luminance(colour: &str) -> f64 {
    let channel = |at: usize| {
        let value = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap()) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
}

fn contrast(one: &str, other: &str) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn inks_can_be_read_on_every_ground() {
    for (theme, colours) in ["day", "night"].into_iter().zip(themes()) {
        for ground in ["--desk", "--paper", "--sheet"] {
            for ink in INKS {
                let ratio = contrast(&colours[ink], &colours[ground]);
                assert!(ratio >= AA, "{theme}: {ink} on {ground} has {ratio:.2}");
            }
        }
        let button = contrast(&colours["--accent-ink"], &colours["--accent"]);
        assert!(button >= AA, "{theme}: buttons have {button:.2}");
        let edge = contrast(&colours["--film-edge"], &colours["--film"]);
        assert!(edge >= AA, "{theme}: edge print has {edge:.2}");
    }
}

#[test]
fn marks_can_be_read_on_film() {
    let films: Vec<String> = themes().iter().map(|colours| colours["--film"].clone()).collect();
    let marks: Vec<&str> =
        CSS.split("--v-film: ").skip(1).map(|rest| &rest[..rest.find(';').unwrap()]).collect();
    assert!(marks.len() >= 8);
    for mark in marks.into_iter().filter(|mark| mark.len() == 7) {
        for film in &films {
            let ratio = contrast(mark, film);
            assert!(ratio >= AA, "{mark} on {film} has {ratio:.2}");
        }
    }
}

#[test]
fn the_measure_is_right() {
    assert!((contrast("#000000", "#ffffff") - 21.0).abs() < 0.01);
    assert!(contrast("#777777", "#ffffff") < AA, "the famous grey that just misses");
}

//! The open firmware's file system against losses of power, on the host: `firmware/dryos/fs` compiled with gcc for a card in memory,
//! thousands of random steps, the power failing before any sector write. What a card reader then finds is judged by two programs
//! that are not ours: `fsck.fat` says whether the volume is sound, mtools what is on it.
//!
//! `DARKROOM_TORTURE_STEPS` (default 600) is how many steps all runs together do, `DARKROOM_TORTURE_SEED` (default 1) where their seeds
//! begin. The same numbers do the same.

mod checker;
mod manifest;
mod program;
mod run;
mod table;

use std::path::Path;
use std::process::Command;

use program::{Card, Program};
use tempfile::TempDir;

/// Points of each step at which the power is made to fail.
const CUTS: u32 = 4;

/// Roomy, with a root folder that gets full, with hardly any space, with large clusters, and FAT32.
const CARDS: [Card; 5] = [
    Card { name: "FAT16", kib: 5 << 10, options: &["-F", "16", "-s", "1"] },
    Card { name: "FAT16, small root", kib: 10 << 10, options: &["-F", "16", "-s", "4", "-r", "32"] },
    Card { name: "FAT16, little space", kib: 2300, options: &["-F", "16", "-s", "1", "-n", "NARROW"] },
    Card { name: "FAT16, clusters of 16 KiB", kib: 68 << 10, options: &["-F", "16", "-s", "32"] },
    Card { name: "FAT32", kib: 36 << 10, options: &["-F", "32", "-s", "1", "-n", "WIDE"] },
];

fn number(name: &str, default: u64) -> u64 {
    let text = std::env::var(name).ok();
    text.map_or(default, |text| text.parse().unwrap_or_else(|_| panic!("{name}={text} is not a number")))
}

/// A run is short: what a card looks like after many steps differs less from step to step than fresh cards do.
const STEPS_OF_A_RUN: u64 = 250;

/// A folder for a test's card and program; none, and it says so, where a tool is missing.
fn workshop() -> Option<TempDir> {
    if let Some(missing) = program::missing_tool() {
        eprintln!("skipped: needs {missing}");
        return None;
    }
    Some(tempfile::tempdir().expect("a temporary folder"))
}

#[test]
fn what_was_closed_survives_every_loss_of_power() {
    let Some(folder) = workshop() else { return };
    let program = Program::build(folder.path(), "undefined");
    let (steps, first_seed) = (number("DARKROOM_TORTURE_STEPS", 600), number("DARKROOM_TORTURE_SEED", 1));
    let runs = steps.div_ceil(STEPS_OF_A_RUN).max(CARDS.len() as u64);
    let mut losses = 0;
    for (seed, card) in (first_seed..first_seed + runs).zip(CARDS.iter().cycle()) {
        let outcome = run::run(&program, folder.path(), card, seed, steps.div_ceil(runs), CUTS);
        losses += outcome.unwrap_or_else(|trouble| panic!("{}, seed {seed}: {trouble}", card.name));
    }
    eprintln!("{steps} steps in {runs} runs, {losses} losses of power");
    assert!(losses > steps / 2, "the power failed only {losses} times");
}

/// Does one of the program's other works on a fresh card.
fn on_card(program: &Program, image: &Path, card: &Card, work: &[&str]) {
    card.format(image);
    let status = program.command().arg(image).args(work).status().expect("it was just built");
    assert!(status.success(), "{}: {work:?} ended with {status}", card.name);
}

/// Without the allowances of a loss of power.
fn assert_sound(image: &Path) {
    let output = Command::new("/usr/sbin/fsck.fat").arg("-n").arg(image).output().expect("it is installed");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn names_renames_handles_and_taken_cards() {
    let cards = [
        Card { name: "FAT16", kib: 68 << 10, options: &["-F", "16", "-s", "32", "-n", "CASES"] },
        Card { name: "FAT32", kib: 300 << 10, options: &["-F", "32", "-s", "8", "-n", "CASES"] },
    ];
    let Some(folder) = workshop() else { return };
    let (program, image) = (Program::build(folder.path(), "undefined"), folder.path().join("card.img"));
    for card in &cards {
        on_card(&program, &image, card, &["cases"]);
        assert_sound(&image);
    }
}

#[test]
fn a_file_may_be_as_large_as_fat_allows() {
    let Some(folder) = workshop() else { return };
    let (program, image) = (Program::build(folder.path(), "undefined"), folder.path().join("card.img"));
    let card = Card { name: "4.4 GB", kib: 4_400_000, options: &["-F", "32", "-s", "64"] };
    on_card(&program, &image, &card, &["large"]);
    assert_sound(&image);
}

#[test]
fn nonsense_on_a_card_does_no_harm() {
    let Some(folder) = workshop() else { return };
    let (program, image) =
        (Program::build(folder.path(), "address,undefined"), folder.path().join("card.img"));
    for seed in ["1", "2", "3", "4"] {
        on_card(&program, &image, &CARDS[0], &["damage", seed, "60"]);
        on_card(&program, &image, &CARDS[4], &["damage", seed, "60"]);
    }
}

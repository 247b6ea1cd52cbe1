use std::fmt::Write;

use super::figures::{ColdReport, PEER, Row};

/// The figures for people: nanoseconds for a block with all its executions, and the speed by QEMU's.
#[must_use]
pub fn table(report: &ColdReport) -> String {
    let mut text = String::new();
    // Writing into a String does not fail.
    let _ = writeln!(
        text,
        "\ncold code: {} blocks, nanoseconds per block, median of {}",
        report.blocks, report.repeats
    );
    let engines: Vec<&str> = report
        .rows
        .first()
        .map_or_else(Vec::new, |row| row.figures.iter().map(|figure| figure.engine).collect());
    heading(&mut text, &engines);
    report.rows.iter().for_each(|row| line(&mut text, row));
    text
}

fn heading(text: &mut String, engines: &[&str]) {
    let _ = write!(text, "{:<11}{:>8}{:>14}", "code", "rounds", "insns/block");
    for engine in engines {
        let _ = write!(text, "{:>14}", format!("{engine} ns"));
    }
    for engine in engines.iter().filter(|engine| **engine != PEER) {
        let _ = write!(text, "{:>14}", format!("{engine}/{PEER}"));
    }
    text.push('\n');
}

fn line(text: &mut String, row: &Row) {
    let _ = write!(text, "{:<11}{:>8}{:>14.1}", row.variant, row.rounds, row.block_length);
    for figure in &row.figures {
        let _ = write!(text, "{:>14.0}", figure.seconds_per_block * 1e9);
    }
    for figure in row.figures.iter().filter(|figure| figure.engine != PEER) {
        let ratio = row.ratio(figure.engine).map_or_else(|| "-".to_owned(), |ratio| format!("{ratio:.2}"));
        let _ = write!(text, "{ratio:>14}");
    }
    text.push('\n');
}

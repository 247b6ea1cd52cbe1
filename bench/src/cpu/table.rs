use std::fmt::Write;

use super::figures::{CpuReport, PEER, Row};

/// The figures for people: million instructions per second, and the speed by QEMU's.
#[must_use]
pub fn table(report: &CpuReport) -> String {
    let mut text = String::new();
    let engines = engines(report);
    let mut variant = "";
    for row in &report.rows {
        if row.variant != variant {
            variant = row.variant;
            heading(&mut text, variant, report, &engines);
        }
        line(&mut text, row, &engines);
        if is_last(report, row) {
            means(&mut text, report, variant, &engines);
        }
    }
    text
}

fn engines(report: &CpuReport) -> Vec<&'static str> {
    report.rows.first().map_or_else(Vec::new, |row| row.figures.iter().map(|figure| figure.engine).collect())
}

fn is_last(report: &CpuReport, row: &Row) -> bool {
    let last = report.rows.iter().rfind(|other| other.variant == row.variant);
    last.is_some_and(|last| last.kernel == row.kernel)
}

// Writing into a String does not fail.
fn heading(text: &mut String, variant: &str, report: &CpuReport, engines: &[&str]) {
    let _ = writeln!(text, "\n{variant} -{}, median of {}", report.level, report.repeats);
    let _ = write!(text, "{:<11}", "kernel");
    for engine in engines {
        if *engine != "native" {
            let _ = write!(text, "{:>14}", format!("{engine} MIPS"));
        }
    }
    for engine in engines.iter().filter(|engine| **engine != PEER) {
        let _ = write!(text, "{:>14}", format!("{engine}/{PEER}"));
    }
    text.push('\n');
}

fn line(text: &mut String, row: &Row, engines: &[&str]) {
    let _ = write!(text, "{:<11}", row.kernel);
    for engine in engines.iter().filter(|engine| **engine != "native") {
        number(text, row.mips(engine), 0);
    }
    for engine in engines.iter().filter(|engine| **engine != PEER) {
        number(text, row.ratio(engine), 2);
    }
    text.push('\n');
}

fn means(text: &mut String, report: &CpuReport, variant: &str, engines: &[&str]) {
    let find =
        |engine: &str| report.summaries.iter().find(|line| line.variant == variant && line.engine == engine);
    let _ = write!(text, "{:<11}", "geo. mean");
    for engine in engines.iter().filter(|engine| **engine != "native") {
        number(text, find(engine).and_then(|line| line.mips), 0);
    }
    for engine in engines.iter().filter(|engine| **engine != PEER) {
        number(text, find(engine).map(|line| line.mean_ratio), 2);
    }
    text.push('\n');
}

fn number(text: &mut String, value: Option<f64>, decimals: usize) {
    let _ = match value {
        Some(value) => write!(text, "{value:>14.decimals$}"),
        None => write!(text, "{:>14}", "-"),
    };
}

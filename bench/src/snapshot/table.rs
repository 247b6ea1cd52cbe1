use std::fmt::Write;

use super::figures::{Row, SnapshotReport};

/// The figures for people.
#[must_use]
pub fn table(report: &SnapshotReport) -> String {
    let mut text = String::new();
    // Writing into a String does not fail.
    let _ = writeln!(
        text,
        "\nsnapshots: RAM of {} MiB, {} MiB dirty, milliseconds (p50 / p99 of {})",
        report.ram_mib, report.dirty_mib, report.repeats
    );
    let _ = writeln!(
        text,
        "{:<18}{:<14}{:>16}{:>16}{:>16}{:>16}{:>18}{:>12}",
        "RAM in use", "dirty pages", "snapshot", "fork", "both", "memcpy", "clone", "clone/both"
    );
    report.rows.iter().for_each(|row| line(&mut text, row));
    text
}

fn line(text: &mut String, row: &Row) {
    let _ = write!(text, "{:<18}{:<14}", row.used, row.dirty);
    for (times, width) in
        [(&row.snapshot, 16), (&row.fork, 16), (&row.both, 16), (&row.memcpy, 16), (&row.clone, 18)]
    {
        let _ = write!(text, "{:>width$}", format!("{:.2} / {:.2}", times.p50_ms, times.p99_ms));
    }
    let _ = writeln!(text, "{:>12.1}", row.clone.p50_ms / row.both.p50_ms);
}

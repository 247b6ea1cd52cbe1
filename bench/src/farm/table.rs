use std::fmt::Write;

use super::figures::FarmReport;
use crate::Distribution;

/// The figures for people.
#[must_use]
pub fn table(report: &FarmReport) -> String {
    let (latency, throughput) = (&report.latency, &report.throughput);
    let mut text = String::new();
    // Writing into a String does not fail.
    let _ = writeln!(
        text,
        "\nfarm, one after another: {} jobs, {} at a time, {} passed, {} needed more than one attempt",
        latency.jobs, latency.outstanding, latency.passed, latency.retried
    );
    let _ = writeln!(text, "{:<18}{:>12}{:>12}{:>12}", "milliseconds", "p50", "p99", "longest");
    line(&mut text, "queued to claimed", &latency.enqueue_to_claim);
    line(&mut text, "claimed to verdict", &latency.claim_to_verdict);
    let _ = writeln!(
        text,
        "\nfarm, all at once: {} jobs on {} workers in {:.1} s, {} passed: {:.0} jobs a minute",
        throughput.jobs,
        throughput.workers,
        throughput.seconds,
        throughput.passed,
        throughput.jobs_per_minute
    );
    text
}

fn line(text: &mut String, name: &str, times: &Distribution) {
    let _ = writeln!(text, "{name:<18}{:>12.1}{:>12.1}{:>12.1}", times.p50_ms, times.p99_ms, times.max_ms);
}

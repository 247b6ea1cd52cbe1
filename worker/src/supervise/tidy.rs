//! Reports and check rows from a job's process, cut to size.

use std::collections::BTreeSet;

use darkroom_protocol::Digest;
use darkroom_protocol::report::{GuestFault, RunReport};
use darkroom_protocol::verdict::{CheckResult, Verdict};

use super::ledger::Violation;

/// Longest sentence passed on, in bytes.
const MAX_TEXT: usize = 4096;
/// Pieces of evidence of one check.
const MAX_EVIDENCE: usize = 4;
/// Changed files listed in a report.
pub(super) const MAX_CHANGES: usize = 2000;
/// Longest path on a card: 255 UTF-16 units a name, some levels deep.
const MAX_PATH: usize = 4096;
const MAX_FAULTS: usize = 16;
const MAX_UNKNOWN: usize = 100;
/// Registers of one core.
const REGISTERS: usize = 16;

/// A check row as it may be passed on.
pub(super) fn tidy_check(mut check: CheckResult, known: &BTreeSet<Digest>) -> Result<CheckResult, Violation> {
    let strange = check.evidence.len() > MAX_EVIDENCE
        || check.evidence.iter().any(|evidence| !known.contains(&evidence.digest));
    if strange {
        return Err(Violation(format!("the check of step {} names evidence that never came", check.step)));
    }
    cut(&mut check.detail);
    Ok(check)
}

/// A report as it may be passed on. `rows` are the expected checks, as far as they are known.
pub(super) fn tidy_report(
    mut report: RunReport,
    rows: &[CheckResult],
    known: &BTreeSet<Digest>,
) -> Result<RunReport, Violation> {
    let mine =
        [Verdict::Passed, Verdict::Failed, Verdict::GuestCrashed, Verdict::TimedOut, Verdict::InfraError];
    if !mine.contains(&report.verdict) {
        return Err(Violation(format!("a job cannot end as {}", report.verdict.word())));
    }
    if (report.verdict == Verdict::Passed) != report.reason.is_none() {
        return Err(Violation("a verdict needs a reason unless it is passed".to_owned()));
    }
    let same =
        |row: &CheckResult, expected: &CheckResult| row.step == expected.step && row.title == expected.title;
    if report.checks.len() != rows.len()
        || !report.checks.iter().zip(rows).all(|(row, expected)| same(row, expected))
    {
        return Err(Violation("the report's checks are not those of the scenario".to_owned()));
    }
    report.checks =
        report.checks.into_iter().map(|check| tidy_check(check, known)).collect::<Result<_, _>>()?;
    check_files(&report, known)?;
    cut(&mut report.stop);
    cut(&mut report.engine);
    cut(&mut report.state_hash);
    if let Some(reason) = &mut report.reason {
        cut(&mut reason.detail);
    }
    report.faults.truncate(MAX_FAULTS);
    report.faults.iter_mut().for_each(tidy_fault);
    report.unknown_accesses.truncate(MAX_UNKNOWN);
    report.unknown_accesses.iter_mut().for_each(|access| cut(&mut access.direction));
    Ok(report)
}

fn check_files(report: &RunReport, known: &BTreeSet<Digest>) -> Result<(), Violation> {
    if report.card_changes.len() > MAX_CHANGES {
        return Err(Violation(format!("{} changed files are too many", report.card_changes.len())));
    }
    for change in &report.card_changes {
        if change.path.len() > MAX_PATH || change.digest.is_some_and(|digest| !known.contains(&digest)) {
            return Err(Violation("a changed file has a content that never came".to_owned()));
        }
    }
    Ok(())
}

fn tidy_fault(fault: &mut GuestFault) {
    fault.registers.truncate(REGISTERS);
    cut(&mut fault.kind);
    cut(&mut fault.instruction);
}

/// Cuts a text to [`MAX_TEXT`] bytes, between characters.
fn cut(text: &mut String) {
    if text.len() > MAX_TEXT {
        text.truncate(text.floor_char_boundary(MAX_TEXT));
    }
}

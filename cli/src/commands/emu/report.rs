//! The end of a local run, for people.

use darkroom_protocol::report::{CardChangeKind, GuestFault, RunReport};
use darkroom_protocol::verdict::{CheckOutcome, CheckResult};

/// Registers printed on one line.
const REGISTERS_A_LINE: usize = 4;
/// Unknown registers printed.
const SHOWN_UNKNOWN: usize = 10;

/// Prints why the run stopped, what was checked, and the figures.
pub(super) fn print(report: &RunReport) {
    say!("\nstopped: {}", report.stop);
    say!("verdict: {}", report.verdict.word());
    if let Some(reason) = &report.reason {
        say!("reason: {} ({})", reason.detail, reason.code.word());
    }
    report.checks.iter().for_each(print_check);
    report.faults.iter().take(1).for_each(print_fault);
    super::inside::print(&report.guest);
    print_figures(report);
    for access in report.unknown_accesses.iter().take(SHOWN_UNKNOWN) {
        say!(
            "unknown register: {} {:08X} at pc {:08X}, {} times",
            access.direction,
            access.address,
            access.pc,
            access.count
        );
    }
    for change in &report.card_changes {
        let mark = match change.kind {
            CardChangeKind::Added => '+',
            CardChangeKind::Changed => '~',
            CardChangeKind::Removed => '-',
        };
        say!("card: {mark} {} ({} bytes)", change.path, change.size);
    }
}

fn print_check(check: &CheckResult) {
    let word = match check.outcome {
        CheckOutcome::Passed => "passed",
        CheckOutcome::Failed => "FAILED",
        CheckOutcome::NotReached => "not reached",
    };
    let detail = if check.detail.is_empty() { String::new() } else { format!(": {}", check.detail) };
    say!("check: {word}: {}{detail}", check.title);
}

fn print_fault(fault: &GuestFault) {
    let address = fault.address.map(|address| format!(", address {address:08X}")).unwrap_or_default();
    say!("fault: {} at pc {:08X}{address}, cpsr {:08X}", fault.kind, fault.pc, fault.cpsr);
    for (line, registers) in fault.registers.chunks(REGISTERS_A_LINE).enumerate() {
        let named = registers
            .iter()
            .enumerate()
            .map(|(n, value)| format!("  r{:<2} {value:08X}", line * REGISTERS_A_LINE + n));
        say!("{}", named.collect::<String>());
    }
}

fn print_figures(report: &RunReport) {
    say!(
        "guest {:.3} s, host {:.3} s, {} instructions",
        report.guest_ns as f64 / 1e9,
        report.host_ms as f64 / 1e3,
        report.instructions
    );
    say!("executed by: {}", report.engine);
    say!("state hash: {}", report.state_hash);
}

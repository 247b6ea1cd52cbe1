//! Why a run ended before the scenario's last step.

use darkroom_emu_core::clock::GuestTime;
use darkroom_protocol::report::GuestFault;
use darkroom_protocol::verdict::{Reason, ReasonCode, Verdict};

/// An early end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ending {
    pub verdict: Verdict,
    pub reason: Reason,
}

impl Ending {
    pub(super) fn new(verdict: Verdict, code: ReasonCode, detail: impl Into<String>) -> Self {
        Self { verdict, reason: Reason { code, detail: detail.into() } }
    }

    /// The verdict of a check that did not hold.
    pub(super) fn verdict_of(code: ReasonCode) -> Verdict {
        match code {
            ReasonCode::GuestAssert => Verdict::GuestCrashed,
            ReasonCode::GuestHalted => Verdict::TimedOut,
            _ => Verdict::Failed,
        }
    }

    pub(super) fn failed(code: ReasonCode, detail: impl Into<String>) -> Self {
        Self::new(Self::verdict_of(code), code, detail)
    }

    pub(super) fn timed_out(code: ReasonCode, detail: impl Into<String>) -> Self {
        Self::new(Verdict::TimedOut, code, detail)
    }

    pub(super) fn crashed(fault: &GuestFault) -> Self {
        Self::new(Verdict::GuestCrashed, ReasonCode::GuestFault, describe_fault(fault))
    }

    pub(super) fn early_power_down(now: GuestTime) -> Self {
        let detail = format!("the guest powered down at {} before the scenario's end", seconds(now));
        Self::failed(ReasonCode::EarlyPowerDown, detail)
    }

    pub(super) fn halted(now: GuestTime) -> Self {
        let detail = format!("at {} the CPU waits for an interrupt that can never come", seconds(now));
        Self::timed_out(ReasonCode::GuestHalted, detail)
    }
}

/// Guest time as people read it: `1.250 s`.
pub(super) fn seconds(time: GuestTime) -> String {
    format!("{}.{:03} s", time.as_nanos() / 1_000_000_000, time.as_nanos() / 1_000_000 % 1_000)
}

fn describe_fault(fault: &GuestFault) -> String {
    let place = fault.address.map_or_else(String::new, |address| format!(" on address {address:#010x}"));
    let what = if fault.instruction.is_empty() { String::new() } else { format!(" ({})", fault.instruction) };
    let when = seconds(GuestTime::from_nanos(fault.guest_ns));
    format!("{}{place} at pc {:#010x}{what}, {when} after power-on", fault.kind, fault.pc)
}

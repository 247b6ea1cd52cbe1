//! What becomes of a job when an attempt ends. Pure: no database here.

use crate::db::{Blame, Ending, Expected};
use darkroom_protocol::report::RunReport;
use darkroom_protocol::verdict::{CheckOutcome, Reason, ReasonCode, Verdict};
use std::time::Duration;

/// Times and limits of the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueueRules {
    /// How long a claim or a heartbeat holds a job.
    pub lease: Duration,
    /// How often workers are asked to send heartbeats.
    pub heartbeat: Duration,
    /// How long a job that ended by a worker's trouble is kept for other workers.
    pub prefer_others: Duration,
    /// Attempts that may end by trouble of the farm before the job ends as `infra-error`.
    pub infra_limit: u32,
    /// Pause between sweeps for ended leases and missed wake-ups.
    pub sweep: Duration,
}

impl Default for QueueRules {
    fn default() -> Self {
        Self {
            lease: Duration::from_secs(45),
            heartbeat: Duration::from_secs(10),
            prefer_others: Duration::from_secs(5),
            infra_limit: 3,
            sweep: Duration::from_secs(1),
        }
    }
}

impl QueueRules {
    fn may_retry(&self, infra_ends_before: i32) -> bool {
        i64::from(infra_ends_before) + 1 < i64::from(self.infra_limit)
    }

    /// What becomes of a job whose worker was lost.
    pub(super) fn after_loss(&self, infra_ends_before: i32, worker: &str) -> Ending {
        if self.may_retry(infra_ends_before) {
            return Ending::Retry;
        }
        let detail =
            format!("{} workers were lost while they ran it; the last was {worker}", self.infra_limit);
        Ending::Final {
            verdict: Verdict::InfraError,
            reason: Some(Reason { code: ReasonCode::WorkerLost, detail }),
        }
    }

    /// What becomes of a job that a worker reports as ended. `cancelled`: somebody asked for that.
    pub(super) fn after_report(
        &self,
        report: &RunReport,
        expected: &Expected,
        infra_ends_before: i32,
        cancelled: bool,
    ) -> (Ending, Blame) {
        let (verdict, reason) = believable(report, expected, cancelled);
        let ending = Ending::Final { verdict, reason };
        match verdict {
            Verdict::InfraError if cancelled => (cancelled_ending(), Blame::Unclear),
            Verdict::InfraError if self.may_retry(infra_ends_before) => (Ending::Retry, blame_of(report)),
            Verdict::InfraError => (ending, blame_of(report)),
            _ => (ending, Blame::Worked),
        }
    }
}

fn cancelled_ending() -> Ending {
    let reason = Reason { code: ReasonCode::CancelledByUser, detail: "cancelled while it ran".to_owned() };
    Ending::Final { verdict: Verdict::Cancelled, reason: Some(reason) }
}

/// A child that died may have been killed by the build it ran; anything else is the worker's own trouble.
fn blame_of(report: &RunReport) -> Blame {
    let child = report.reason.as_ref().is_some_and(|reason| reason.code == ReasonCode::ChildDied);
    if child { Blame::Unclear } else { Blame::WorkerFailed }
}

/// The verdict of a report, unless the report contradicts itself: that is trouble of the farm and no verdict on the
/// build.
fn believable(report: &RunReport, expected: &Expected, cancelled: bool) -> (Verdict, Option<Reason>) {
    let broken =
        |detail: String| (Verdict::InfraError, Some(Reason { code: ReasonCode::WorkerError, detail }));
    match report.verdict {
        Verdict::Passed => match unproven(report, expected) {
            Some(step) => {
                broken(format!("the worker reports 'passed', but the check of step {step} did not pass"))
            }
            None => (Verdict::Passed, None),
        },
        Verdict::Cancelled if !cancelled => {
            broken("the worker reports 'cancelled', but nobody asked".to_owned())
        }
        Verdict::Skipped | Verdict::Missing => {
            broken(format!("the worker reports '{}', which is not its to say", report.verdict.word()))
        }
        verdict => match &report.reason {
            Some(reason) => (verdict, Some(reason.clone())),
            None => broken(format!("the worker reports '{}' without a reason", verdict.word())),
        },
    }
}

/// An expected check that the report does not show as passed.
fn unproven(report: &RunReport, expected: &Expected) -> Option<u32> {
    let passed = |step: u32| {
        let mut rows = report.checks.iter().filter(|check| check.step == step);
        rows.next().is_some_and(|check| check.outcome == CheckOutcome::Passed)
    };
    let mut failed = report.checks.iter().filter(|check| check.outcome != CheckOutcome::Passed);
    let missing = expected.iter().copied().find(|step| !passed(*step));
    missing.or_else(|| failed.next().map(|check| check.step))
}

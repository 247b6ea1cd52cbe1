//! How a job ended, why, and what proves it.

use crate::Digest;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The verdict of a job. Trouble of the farm is never shown as a failed build.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Every expected check ran and passed.
    Passed,
    /// A check failed.
    Failed,
    /// The guest took a fault or reported an assertion.
    GuestCrashed,
    /// A limit of guest or host time was reached first.
    TimedOut,
    /// The farm could not run the job; says nothing about the build.
    InfraError,
    /// Somebody cancelled it.
    Cancelled,
    /// Not run on purpose: the build has no payload for that camera.
    Skipped,
    /// Expected, and no result ever came.
    Missing,
}

impl Verdict {
    /// All verdicts, in the order in which summaries list them.
    pub const ALL: [Self; 8] = [
        Self::Passed,
        Self::Failed,
        Self::GuestCrashed,
        Self::TimedOut,
        Self::InfraError,
        Self::Cancelled,
        Self::Skipped,
        Self::Missing,
    ];

    /// The kebab-case word used in JSON, SQL and CSS classes.
    pub fn word(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::GuestCrashed => "guest-crashed",
            Self::TimedOut => "timed-out",
            Self::InfraError => "infra-error",
            Self::Cancelled => "cancelled",
            Self::Skipped => "skipped",
            Self::Missing => "missing",
        }
    }

    /// The verdict of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verdict| verdict.word() == word)
    }

    /// Whether the verdict speaks about the build (and so makes `darkroom wait` exit with 1).
    pub fn blames_build(self) -> bool {
        matches!(self, Self::Failed | Self::GuestCrashed | Self::TimedOut)
    }

    /// Whether the verdict speaks about the farm (exit code 2).
    pub fn blames_farm(self) -> bool {
        matches!(self, Self::InfraError | Self::Missing)
    }
}

/// Why a verdict is not `passed`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ReasonCode {
    /// Expected log text did not come, or forbidden text came.
    LogMismatch,
    /// A frame differs from its reference.
    ScreenDiffers,
    /// There is no reference frame to compare with.
    ReferenceMissing,
    /// A file on the card is missing or has other content.
    FileMismatch,
    /// A step could not be carried out (unknown key, no such door …).
    StepFailed,
    /// A `wait` step ran out of its time.
    WaitExpired,
    /// A task that should be there is not.
    TaskMissing,
    /// The guest called what its firmware does not offer.
    MissingCall,
    /// A module of the build was not loaded.
    ModuleFailed,
    /// The boot code refused the build's program: it is damaged, or made for another camera or firmware.
    BuildRefused,
    /// Data abort, prefetch abort or undefined instruction.
    GuestFault,
    /// The guest reported an assertion.
    GuestAssert,
    /// The CPU can never run again (interrupts masked, no event pending) before the scenario's end.
    GuestHalted,
    /// The guest powered down before the scenario's end.
    EarlyPowerDown,
    /// The guest-time limit.
    GuestTimeLimit,
    /// The host-time limit.
    HostTimeLimit,
    /// The instruction limit.
    InstructionLimit,
    /// The console log reached its cap.
    LogFlood,
    /// The frames reached their cap.
    FrameFlood,
    /// The build cannot be put on a card (bad zip, too large …).
    BadBuild,
    /// The ROM files do not fit the camera.
    BadRom,
    /// The build has no payload for this camera.
    NoPayload,
    /// The build says that it is for another camera.
    WrongCamera,
    /// The build says that it is for another firmware version than the one asked for.
    WrongVersion,
    /// No ROM set for this camera.
    NoRomSet,
    /// The sandboxed child died.
    ChildDied,
    /// The worker stopped answering, more often than the retry limit.
    WorkerLost,
    /// The worker could not prepare or deliver (storage, network).
    WorkerError,
    /// Cancelled by a person or by a newer submit.
    CancelledByUser,
}

impl ReasonCode {
    /// The kebab-case word used in JSON, SQL and pages.
    pub fn word(self) -> String {
        serde_json::to_value(self).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
    }
}

/// A reason with its sentence for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Reason {
    /// Machine-readable code.
    pub code: ReasonCode,
    /// One sentence: what was seen, where, when in guest time.
    pub detail: String,
}

/// How one expectation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CheckOutcome {
    /// Held.
    Passed,
    /// Did not hold.
    Failed,
    /// The run ended before it.
    NotReached,
}

/// One expectation of the scenario and its result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CheckResult {
    /// Index of the step in the scenario, from 0.
    pub step: u32,
    /// The step in words, as [`crate::scenario::Step::describe`] gives it.
    pub title: String,
    /// Result.
    pub outcome: CheckOutcome,
    /// What was seen.
    pub detail: String,
    /// Pictures that prove it: expected, actual, difference.
    pub evidence: Vec<Evidence>,
}

/// A blob that proves something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Evidence {
    /// What it shows.
    pub kind: EvidenceKind,
    /// The blob (a PNG for pictures).
    pub digest: Digest,
}

/// What a piece of evidence shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum EvidenceKind {
    /// The reference frame.
    Expected,
    /// The frame seen.
    Actual,
    /// Where they differ.
    Difference,
    /// A file from the card.
    File,
}

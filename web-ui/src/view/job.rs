//! A job: verdict, film strip, log, checks, and everything that proves them.

use super::Shell;
use crate::format::{Address, Figure, Moment};
use crate::log::LogView;
use crate::{Mark, format, mark};
use askama::Template;
use darkroom_protocol::api::Attempt;
use darkroom_protocol::report::{
    CardChange, CardChangeKind, FrameInfo, GuestFault, GuestInside, UnknownAccess,
};
use darkroom_protocol::verdict::{CheckResult, Evidence, EvidenceKind, Reason};
use darkroom_protocol::{BatchId, BuildId, Digest, JobId, RomSetId};
use time::OffsetDateTime;

/// Which cell a job is.
#[derive(Debug, Clone)]
pub struct JobHead {
    /// The job.
    pub id: JobId,
    /// Its batch.
    pub batch: BatchId,
    /// The batch's name.
    pub batch_name: String,
    /// Its build.
    pub build: BuildId,
    /// The build's name.
    pub build_name: String,
    /// Camera.
    pub camera: String,
    /// Scenario.
    pub scenario: String,
    /// ROM set and its firmware version; `None` when the farm has none for the camera.
    pub rom_set: Option<(RomSetId, String)>,
    /// Version that the open firmware stands for, when the job runs on that.
    pub open_firmware: Option<String>,
    /// State or verdict.
    pub mark: Mark,
    /// Why, unless passed.
    pub reason: Option<Reason>,
    /// When it was queued.
    pub queued_at: OffsetDateTime,
    /// When the deciding attempt was claimed.
    pub claimed_at: Option<OffsetDateTime>,
    /// When it ended.
    pub finished_at: Option<OffsetDateTime>,
}

impl JobHead {
    /// Name of the job for titles: `hello on 60D`.
    pub fn name(&self) -> String {
        format!("{} on {}", self.build_name, self.camera)
    }

    /// The reason's sentence, or what the mark says by itself.
    pub fn sentence(&self) -> &str {
        match &self.reason {
            Some(reason) if !reason.detail.is_empty() => &reason.detail,
            _ => self.mark.sentence(),
        }
    }
}

/// A step that began.
#[derive(Debug, Clone)]
pub struct StepView {
    /// Index from 0.
    pub index: u32,
    /// In words.
    pub title: String,
    /// When it began, in guest time.
    pub guest_ns: u64,
}

/// Figures of the run's report.
#[derive(Debug, Clone)]
pub struct Figures {
    /// Why the machine stopped.
    pub stop: String,
    /// Virtual nanoseconds.
    pub guest_ns: u64,
    /// Instructions.
    pub instructions: u64,
    /// Real milliseconds.
    pub host_ms: u64,
    /// Who executed the guest; empty when the machine never started.
    pub engine: String,
    /// Hash of the machine's state at the end.
    pub state_hash: String,
}

impl Figures {
    /// Guest seconds per host second; `None` when the run was too short to say.
    pub fn speed(&self) -> Option<String> {
        let host_ns = u128::from(self.host_ms) * 1_000_000;
        (host_ns > 0).then(|| format!("{:.1}×", self.guest_ns as f64 / host_ns as f64))
    }
}

/// The log's surroundings.
#[derive(Debug, Clone)]
pub struct JobLog {
    /// The lines shown.
    pub view: LogView,
    /// Bytes of the whole log that are kept.
    pub bytes: u64,
    /// Bytes that the guest printed in all, when the log was cut at its cap.
    pub capped_at: Option<u64>,
}

impl JobLog {
    /// Query that shows this same piece again, for line addresses; empty when the whole log is on the page.
    pub fn place(&self) -> String {
        let view = &self.view;
        match (&view.matches, view.is_whole()) {
            (Some(_), _) => format!("?q={}", format::query_value(&view.query)),
            (None, true) => String::new(),
            (None, false) => format!("?from={}", view.first()),
        }
    }
}

/// `/jobs/{id}`
#[derive(Debug, Clone, Template)]
#[template(path = "job.html", blocks = ["upper", "lower"])]
pub struct JobPage {
    /// Frame.
    pub shell: Shell,
    /// Which cell.
    pub head: JobHead,
    /// Why it waits, in one sentence; empty when it does not.
    pub why: String,
    /// Film strip.
    pub frames: Vec<FrameInfo>,
    /// Whether frames were dropped at their cap.
    pub frames_capped: bool,
    /// Checks.
    pub checks: Vec<CheckResult>,
    /// Steps that began.
    pub steps: Vec<StepView>,
    /// Log.
    pub log: JobLog,
    /// Card files.
    pub changes: Vec<CardChange>,
    /// Faults.
    pub faults: Vec<GuestFault>,
    /// Registers nobody models.
    pub unknown: Vec<UnknownAccess>,
    /// What ran in the camera.
    pub inside: GuestInside,
    /// Tries.
    pub attempts: Vec<Attempt>,
    /// Figures, once there is a report.
    pub figures: Option<Figures>,
    /// Whether the signed-in token may cancel or retry.
    pub may_submit: bool,
}

impl JobPage {
    /// Whether the job may still change.
    pub fn is_live(&self) -> bool {
        !self.head.mark.is_done()
    }

    /// Checks by outcome, in words: `3 passed, 1 failed`.
    pub fn check_words(&self) -> String {
        let of = |word| self.checks.iter().filter(|check| mark::outcome(&check.outcome).1 == word).count();
        let parts = ["passed", "failed", "not reached"].map(|word| (of(word), word));
        let parts: Vec<String> =
            parts.iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{n} {word}")).collect();
        parts.join(", ")
    }
}

/// Lines that came after those on the page: `/jobs/{id}/log/lines?after=N`.
#[derive(Debug, Clone, Template)]
#[template(path = "log_lines.html")]
pub struct LogLines {
    /// The lines.
    pub view: LogView,
    /// Query of their addresses.
    pub place: String,
}

/// `/jobs/{id}/frames/{seq}`
#[derive(Debug, Clone, Template)]
#[template(path = "frame.html")]
pub struct FramePage {
    /// Frame of the page.
    pub shell: Shell,
    /// Which cell.
    pub head: JobHead,
    /// The frame shown.
    pub frame: FrameInfo,
    /// Frames of the strip.
    pub of: usize,
    /// The one before.
    pub earlier: Option<u32>,
    /// The one after.
    pub later: Option<u32>,
}

/// `/jobs/{id}/checks/{step}`: the pictures of one check, large.
#[derive(Debug, Clone, Template)]
#[template(path = "check.html")]
pub struct CheckPage {
    /// Frame.
    pub shell: Shell,
    /// Which cell.
    pub head: JobHead,
    /// The check.
    pub check: CheckResult,
}

/// The pictures among a check's evidence.
pub fn pictures(check: &CheckResult) -> impl Iterator<Item = &Evidence> {
    check.evidence.iter().filter(|evidence| evidence.kind != EvidenceKind::File)
}

/// The files among a check's evidence.
pub fn files(check: &CheckResult) -> impl Iterator<Item = &Digest> {
    check
        .evidence
        .iter()
        .filter(|evidence| evidence.kind == EvidenceKind::File)
        .map(|evidence| &evidence.digest)
}

/// Caption of a picture.
pub fn caption(kind: &EvidenceKind) -> &'static str {
    match kind {
        EvidenceKind::Expected => "expected",
        EvidenceKind::Actual => "actual",
        EvidenceKind::Difference => "difference",
        EvidenceKind::File => "file",
    }
}

/// Word for what happened to a card file.
pub fn change_word(kind: &CardChangeKind) -> &'static str {
    match kind {
        CardChangeKind::Added => "added",
        CardChangeKind::Changed => "changed",
        CardChangeKind::Removed => "removed",
    }
}

/// Name of ARM register `index`.
pub fn register_name(index: &usize) -> String {
    match index {
        13 => "sp".to_owned(),
        14 => "lr".to_owned(),
        15 => "pc".to_owned(),
        _ => format!("r{index}"),
    }
}

//! Checks everything that a job's process says against what that job may say.
//!
//! Assume that the guest has taken the process over: it may then lie about its own job, and nothing else. It cannot flood,
//! name blobs that it did not hand over, or send bytes in a form that others would have to parse.

use std::collections::BTreeSet;

use bytes::Bytes;
use darkroom_emu_core::frame::{Frame, encode_png};
use darkroom_protocol::Digest;
use darkroom_protocol::job::JobSpec;
use darkroom_protocol::report::{FrameInfo, RunReport};
use darkroom_protocol::scenario::{Scenario, Step};
use darkroom_protocol::verdict::{CheckResult, Reason, ReasonCode, Verdict};
use darkroom_protocol::worker::Event;
use sha2::{Digest as _, Sha256};
use thiserror::Error;

use super::tidy::{tidy_check, tidy_report};
use crate::run::{MAX_PROOF_BYTES, never_started};
use crate::wire::Message;

/// Pictures that one screen check may hand over: expected, actual, difference.
const PICTURES_PER_CHECK: u64 = 3;
/// Bytes of pixels that one job may hand over; several times what the largest honest one does.
const MAX_PIXEL_BYTES: u64 = 4 << 30;

/// A message that this job may not send.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct Violation(pub(super) String);

/// Something to pass on to the orchestrator.
#[derive(Debug, Clone, PartialEq)]
pub enum Delivery {
    /// Console bytes that follow those before.
    Log(Bytes),
    /// A blob, checked: the digest is that of the bytes.
    Blob(Digest, Bytes),
    /// An event; its blobs were passed on before.
    Event(Event),
}

/// What a message came to.
#[derive(Debug)]
pub enum Admitted {
    /// Pass it on.
    Deliver(Delivery),
    /// The end of the run.
    Report(Box<RunReport>),
}

/// What a job has said so far.
#[derive(Debug)]
pub struct Ledger {
    scenario: Scenario,
    log_cap: u64,
    frame_cap: u32,
    picture_cap: u64,
    file_cap: u64,
    event_cap: u64,
    log: Sha256,
    log_bytes: u64,
    frames: u32,
    pictures: u64,
    pixel_bytes: u64,
    file_bytes: u64,
    files: u64,
    events: u64,
    known: BTreeSet<Digest>,
    checks: Vec<CheckResult>,
}

impl Ledger {
    /// An empty ledger for a job.
    pub fn new(spec: &JobSpec, scenario: Scenario) -> Self {
        let checks = scenario.expected_checks();
        let steps = scenario.steps.len() as u64;
        let file_checks =
            scenario.steps.iter().filter(|step| matches!(step, Step::ExpectFile { .. })).count() as u64;
        let frames = u64::from(spec.limits.frames);
        Self {
            log_cap: spec.limits.log_bytes,
            frame_cap: spec.limits.frames,
            picture_cap: frames + PICTURES_PER_CHECK * checks.len() as u64,
            file_cap: spec.limits.artefact_bytes + file_checks * MAX_PROOF_BYTES as u64,
            // Started, a step each, a check each, a frame each.
            event_cap: 1 + steps + checks.len() as u64 + frames,
            log: Sha256::new(),
            log_bytes: 0,
            frames: 0,
            pictures: 0,
            pixel_bytes: 0,
            file_bytes: 0,
            files: 0,
            events: 0,
            known: BTreeSet::new(),
            scenario,
            checks,
        }
    }

    /// Checks a message.
    ///
    /// # Errors
    /// When the job may not say that.
    pub fn admit(&mut self, message: Message) -> Result<Admitted, Violation> {
        Ok(Admitted::Deliver(match message {
            Message::Log(bytes) => self.admit_log(bytes)?,
            Message::Event(event) => self.admit_event(event)?,
            Message::Picture(picture) => self.admit_picture(&picture)?,
            Message::File(bytes) => self.admit_file(bytes)?,
            Message::Report(report) => return self.admit_report(*report),
        }))
    }

    fn admit_log(&mut self, bytes: Vec<u8>) -> Result<Delivery, Violation> {
        self.log_bytes += bytes.len() as u64;
        within("bytes of log", self.log_bytes, self.log_cap)?;
        self.log.update(&bytes);
        Ok(Delivery::Log(bytes.into()))
    }

    fn admit_picture(&mut self, picture: &Frame) -> Result<Delivery, Violation> {
        self.pictures += 1;
        within("pictures", self.pictures, self.picture_cap)?;
        self.pixel_bytes += picture.rgba().len() as u64;
        within("bytes of pixels", self.pixel_bytes, MAX_PIXEL_BYTES)?;
        let png = encode_png(picture).map_err(|error| Violation(error.to_string()))?;
        Ok(self.keep(png))
    }

    fn admit_file(&mut self, bytes: Vec<u8>) -> Result<Delivery, Violation> {
        self.files += 1;
        within("files", self.files, super::tidy::MAX_CHANGES as u64 + self.checks.len() as u64)?;
        self.file_bytes += bytes.len() as u64;
        within("bytes of files", self.file_bytes, self.file_cap)?;
        Ok(self.keep(bytes))
    }

    fn keep(&mut self, bytes: Vec<u8>) -> Delivery {
        let digest = Digest::of(&bytes);
        self.known.insert(digest);
        Delivery::Blob(digest, bytes.into())
    }

    fn admit_event(&mut self, event: Event) -> Result<Delivery, Violation> {
        self.events += 1;
        within("events", self.events, self.event_cap)?;
        let event = match event {
            Event::Started => Event::Started,
            Event::Step { index, guest_ns, .. } => {
                let step = self.scenario.steps.get(index as usize);
                let title = step
                    .map(Step::describe)
                    .ok_or_else(|| Violation(format!("step {index} does not exist")))?;
                Event::Step { index, title, guest_ns }
            }
            Event::Frame(frame) => Event::Frame(self.admit_frame(frame)?),
            Event::Check(check) => {
                let check = tidy_check(check, &self.known)?;
                let row =
                    self.checks.iter_mut().find(|row| row.step == check.step && row.title == check.title);
                *row.ok_or_else(|| Violation(format!("step {} has no such check", check.step)))? =
                    check.clone();
                Event::Check(check)
            }
        };
        Ok(Delivery::Event(event))
    }

    fn admit_frame(&mut self, frame: FrameInfo) -> Result<FrameInfo, Violation> {
        if frame.seq != self.frames || frame.seq >= self.frame_cap {
            return Err(Violation(format!(
                "frame {} comes after {} of {}",
                frame.seq, self.frames, self.frame_cap
            )));
        }
        if !self.known.contains(&frame.digest) {
            return Err(Violation(format!("frame {} names a picture that never came", frame.seq)));
        }
        if frame.label.len() > 64 || !["on", "off", "never"].contains(&frame.led.as_str()) {
            return Err(Violation(format!("frame {} has a strange label", frame.seq)));
        }
        self.frames += 1;
        Ok(frame)
    }

    fn admit_report(&mut self, report: RunReport) -> Result<Admitted, Violation> {
        let report = tidy_report(report, &self.checks, &self.known)?;
        if report.log_digest != self.log_digest() || report.log_bytes < self.log_bytes {
            return Err(Violation("the report speaks of another log than the one that came".to_owned()));
        }
        Ok(Admitted::Report(Box::new(report)))
    }

    fn log_digest(&self) -> Digest {
        Digest(self.log.clone().finalize().into())
    }

    /// The report of a job whose process ended without one: what it said until then stands.
    pub fn report_without(&self, verdict: Verdict, code: ReasonCode, detail: &str) -> RunReport {
        RunReport {
            reason: Some(Reason { code, detail: detail.to_owned() }),
            stop: detail.to_owned(),
            checks: self.checks.clone(),
            log_bytes: self.log_bytes,
            log_digest: self.log_digest(),
            ..never_started(None, verdict, code, detail)
        }
    }
}

fn within(what: &str, found: u64, most: u64) -> Result<(), Violation> {
    if found <= most { Ok(()) } else { Err(Violation(format!("{found} {what}, at most {most} are allowed"))) }
}

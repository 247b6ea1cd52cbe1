//! The report of a run.

use std::io;
use std::time::Duration;

use darkroom_protocol::Digest;
use darkroom_protocol::report::{GuestInside, RunReport};
use darkroom_protocol::scenario::Scenario;
use darkroom_protocol::verdict::{Reason, ReasonCode, Verdict};

use super::ending::{Ending, seconds};
use super::engine::{Engine, Power};
use super::film::Place;

impl Engine<'_> {
    /// Plays the scenario and reports.
    pub(super) fn run(mut self) -> io::Result<RunReport> {
        self.sink.event(darkroom_protocol::worker::Event::Started)?;
        let ending = self.play()?;
        let host = self.started.elapsed();
        self.close_log()?;
        let last = self.guest.picture();
        self.keep_frame("last", &last, Place::Last)?;
        let (card_changes, note) = self.card_changes()?;
        let stop = [Some(self.stop_words(ending.as_ref())), note]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join("; ");
        self.look_inside_if_on();
        self.inside.ml_version = super::inside::ml_version(&self.log.text());
        let (verdict, reason) = self.verdict(ending);
        Ok(RunReport {
            verdict,
            reason,
            stop,
            guest_ns: self.guest.now().as_nanos(),
            instructions: self.guest.instructions(),
            host_ms: millis(host),
            engine: self.guest.engine(),
            state_hash: self.guest.state_hash(),
            log_bytes: self.log.produced(),
            log_capped: self.log.flooded(),
            log_digest: self.log.digest(),
            frames_capped: self.film.capped(),
            card_changes,
            faults: self.guest.faults(),
            unknown_accesses: self.guest.unknown_accesses(),
            guest: self.inside,
            checks: self.checks,
        })
    }

    fn verdict(&self, ending: Option<Ending>) -> (Verdict, Option<Reason>) {
        match (ending, &self.blame) {
            (Some(ending), _) => (ending.verdict, Some(ending.reason)),
            (None, Some(blame)) => (Ending::verdict_of(blame.code), Some(blame.clone())),
            (None, None) => (Verdict::Passed, None),
        }
    }

    fn stop_words(&self, ending: Option<&Ending>) -> String {
        let now = seconds(self.guest.now());
        match (ending, self.power) {
            (Some(ending), _) => ending.reason.detail.clone(),
            (None, Power::On) => format!("the scenario was played to its end at {now}"),
            (None, Power::Down) => format!("the guest powered down at {now}"),
            (None, Power::Cut) => format!("the scenario cut the power at {now}"),
        }
    }
}

/// The report of a run that never started, every check not reached.
pub fn never_started(
    scenario: Option<&Scenario>,
    verdict: Verdict,
    code: ReasonCode,
    detail: &str,
) -> RunReport {
    RunReport {
        verdict,
        reason: Some(Reason { code, detail: detail.to_owned() }),
        checks: scenario.map(Scenario::expected_checks).unwrap_or_default(),
        stop: format!("the machine never started: {detail}"),
        guest_ns: 0,
        instructions: 0,
        host_ms: 0,
        engine: String::new(),
        state_hash: String::new(),
        log_bytes: 0,
        log_capped: false,
        log_digest: Digest::of(b""),
        frames_capped: false,
        card_changes: Vec::new(),
        faults: Vec::new(),
        unknown_accesses: Vec::new(),
        guest: GuestInside::default(),
    }
}

fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}

//! Runs the guest in slices of guest time and keeps what it produces.
//!
//! Nothing here looks at the host's clock but the host-time limit, so equal inputs give equal logs, frames and checks.

use std::collections::BTreeMap;
use std::io;
use std::time::{Duration, Instant};

use darkroom_emu_core::clock::GuestTime;
use darkroom_emu_core::frame::Frame;
use darkroom_protocol::Digest;
use darkroom_protocol::report::{FrameInfo, GuestInside, MissingCall};
use darkroom_protocol::scenario::Scenario;
use darkroom_protocol::verdict::{CheckResult, Reason, ReasonCode};
use darkroom_protocol::worker::Event;

use super::ending::{Ending, seconds};
use super::film::{self, Film, Place};
use super::guest::{Guest, Pause};
use super::inside;
use super::logbook::Logbook;
use super::references::References;
use super::sink::RunSink;

/// Longest slice: conditions are looked at on this grid of guest time.
const SLICE: Duration = Duration::from_millis(10);

/// Whether the camera is powered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Power {
    On,
    /// The guest switched itself off.
    Down,
    /// The scenario cut it.
    Cut,
}

/// What one slice came to.
#[derive(Debug)]
pub(super) enum Slice {
    Ran,
    PoweredDown,
    Halted,
    Ended(Ending),
}

/// One run of a scenario.
pub(super) struct Engine<'a> {
    pub(super) guest: &'a mut dyn Guest,
    pub(super) sink: &'a mut dyn RunSink,
    pub(super) scenario: &'a Scenario,
    pub(super) limits: &'a darkroom_protocol::limits::Limits,
    pub(super) references: &'a References,
    pub(super) log: Logbook,
    pub(super) film: Film,
    /// Screens that the scenario remembered, by name.
    pub(super) remembered: BTreeMap<String, Frame>,
    /// What ran in the camera, as of the last time that somebody looked.
    pub(super) inside: GuestInside,
    /// Calls in vain before the camera was switched on again.
    pub(super) missed_before: Vec<MissingCall>,
    pub(super) checks: Vec<CheckResult>,
    /// The first thing that went wrong without ending the run.
    pub(super) blame: Option<Reason>,
    pub(super) power: Power,
    pub(super) started: Instant,
    /// Guest time for which no instruction was executed.
    pub(super) idle: Duration,
    /// The CPU waits for an interrupt that cannot come, unless something happens from outside.
    pub(super) halted: bool,
    next_look: GuestTime,
    looked_at: u64,
}

impl<'a> Engine<'a> {
    pub(super) fn new(
        guest: &'a mut dyn Guest,
        sink: &'a mut dyn RunSink,
        scenario: &'a Scenario,
        limits: &'a darkroom_protocol::limits::Limits,
        references: &'a References,
    ) -> Self {
        let now = guest.now();
        let film = Film::new(limits.frames, now, guest.picture());
        Self {
            looked_at: guest.instructions(),
            guest,
            sink,
            scenario,
            limits,
            references,
            log: Logbook::new(limits.log_bytes),
            film,
            remembered: BTreeMap::new(),
            inside: GuestInside::default(),
            missed_before: Vec::new(),
            checks: scenario.expected_checks(),
            blame: None,
            power: Power::On,
            started: Instant::now(),
            idle: Duration::ZERO,
            halted: false,
            next_look: now + film::PERIOD,
        }
    }

    /// Runs one slice towards `deadline`, keeps what came out, and applies the limits.
    pub(super) fn slice(&mut self, deadline: GuestTime) -> io::Result<Slice> {
        let (from, executed) = (self.guest.now(), self.guest.instructions());
        let budget = self.limits.instructions.saturating_sub(executed);
        let until = deadline.min(next_on_grid(from)).min(self.time_limit());
        let pause = self.guest.run_until(until, budget);
        self.halted = pause == Pause::Halted;
        if pause == Pause::PoweredDown {
            self.look_inside();
            self.power = Power::Down;
        }
        self.count_idle(from, executed);
        self.collect_log()?;
        self.look_at_screen()?;
        if let Some(ending) = self.limit_reached() {
            return Ok(Slice::Ended(ending));
        }
        Ok(self.judge(pause))
    }

    /// Looks at the guest's kernel. What it called in vain after earlier starts is added.
    pub(super) fn look_inside(&mut self) {
        let modules = std::mem::take(&mut self.inside.modules);
        self.inside = GuestInside { modules, ..inside::look(self.guest) };
        inside::merge_missing(&mut self.inside.missing_calls, &self.missed_before);
    }

    /// A camera that is off was looked at just before.
    pub(super) fn look_inside_if_on(&mut self) {
        if self.power == Power::On {
            self.look_inside();
        }
    }

    fn judge(&self, pause: Pause) -> Slice {
        match pause {
            Pause::Reached => Slice::Ran,
            Pause::Halted => Slice::Halted,
            Pause::Fault(fault) => Slice::Ended(Ending::crashed(&fault)),
            Pause::PoweredDown => Slice::PoweredDown,
            Pause::Budget => {
                let detail = format!("{} instructions were executed", self.guest.instructions());
                Slice::Ended(Ending::timed_out(ReasonCode::InstructionLimit, detail))
            }
        }
    }

    fn count_idle(&mut self, from: GuestTime, executed: u64) {
        let idled = self.guest.instructions() == executed;
        let span = self.guest.now().since(from);
        self.idle = if idled { self.idle + span } else { Duration::ZERO };
    }

    pub(super) fn time_limit(&self) -> GuestTime {
        GuestTime::ZERO + span(self.limits.guest_seconds)
    }

    /// The run's own limits, but guest time, which waiting steps look at after their condition.
    fn limit_reached(&self) -> Option<Ending> {
        if self.log.flooded() {
            let detail = format!(
                "the guest printed more than {} bytes by {}",
                self.limits.log_bytes,
                seconds(self.guest.now())
            );
            return Some(Ending::failed(ReasonCode::LogFlood, detail));
        }
        if self.started.elapsed() >= span(self.limits.host_seconds) {
            let detail = format!(
                "{} s of real time passed; the guest is at {}",
                self.limits.host_seconds,
                seconds(self.guest.now())
            );
            return Some(Ending::timed_out(ReasonCode::HostTimeLimit, detail));
        }
        None
    }

    fn collect_log(&mut self) -> io::Result<()> {
        let mut bytes = self.guest.take_console();
        // A camera that is off prints no more: what stands unfinished is all there will be.
        if self.power == Power::Down {
            bytes.extend(self.guest.close_console());
        }
        self.keep_log(&bytes)
    }

    /// Keeps the unfinished lines too, at the end of the run.
    pub(super) fn close_log(&mut self) -> io::Result<()> {
        let rest = self.guest.close_console();
        self.keep_log(&rest)
    }

    fn keep_log(&mut self, bytes: &[u8]) -> io::Result<()> {
        let kept = self.log.add(bytes);
        if kept.is_empty() { Ok(()) } else { self.sink.log(kept) }
    }

    fn look_at_screen(&mut self) -> io::Result<()> {
        let now = self.guest.now();
        if now < self.next_look {
            return Ok(());
        }
        self.next_look = now + film::PERIOD;
        // A CPU that executed nothing has not drawn anything either.
        let executed = self.guest.instructions();
        let picture =
            if executed == self.looked_at { self.film.shown().clone() } else { self.guest.picture() };
        self.looked_at = executed;
        if self.film.look(now, picture) {
            let shown = self.film.shown().clone();
            self.keep_frame("", &shown, Place::Strip)?;
        }
        Ok(())
    }

    /// Keeps a frame and returns its digest, also when the strip is full and the frame is only evidence.
    pub(super) fn keep_frame(
        &mut self,
        label: &str,
        picture: &Frame,
        place: Place,
    ) -> io::Result<Option<Digest>> {
        let Some(seq) = self.film.place(picture, place) else { return Ok(None) };
        let digest = self.sink.picture(picture)?;
        self.sink.event(Event::Frame(FrameInfo {
            seq,
            label: label.to_owned(),
            guest_ns: self.guest.now().as_nanos(),
            width: picture.width(),
            height: picture.height(),
            digest,
            led: self.guest.led().word().to_owned(),
        }))?;
        Ok(Some(digest))
    }
}

/// Seconds of a scenario as a span of time. Validation keeps them in range; anything else is no time at all.
pub(super) fn span(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds).unwrap_or_default()
}

fn next_on_grid(now: GuestTime) -> GuestTime {
    let step = u64::try_from(SLICE.as_nanos()).unwrap_or(u64::MAX);
    GuestTime::from_nanos((now.as_nanos() / step + 1).saturating_mul(step))
}

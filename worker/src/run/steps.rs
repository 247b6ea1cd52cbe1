//! Carries out the steps of a scenario.

use std::io;

use darkroom_protocol::scenario::Step;
use darkroom_protocol::verdict::ReasonCode;
use darkroom_protocol::worker::Event;

use super::ending::{Ending, seconds};
use super::engine::{Engine, Power, Slice, span};
use super::film::Place;
use super::guest::Refused;

/// How waiting for something came out.
#[derive(Debug)]
pub(super) enum Waited {
    /// It came.
    Met,
    /// The step's time ran out.
    Expired,
    /// The guest powered down first.
    PoweredDown,
    /// The CPU can never run again.
    Halted,
    /// A limit or a crash ended the run. True: what was waited for had come by then.
    Ended(Ending, bool),
}

impl Engine<'_> {
    /// Plays all steps, until one ends the run.
    pub(super) fn play(&mut self) -> io::Result<Option<Ending>> {
        let scenario = self.scenario;
        for (index, step) in (0u32..).zip(&scenario.steps) {
            let guest_ns = self.guest.now().as_nanos();
            self.sink.event(Event::Step { index, title: step.describe(), guest_ns })?;
            if let Some(ending) = self.play_step(index, step)? {
                return Ok(Some(ending));
            }
        }
        Ok(None)
    }

    fn play_step(&mut self, index: u32, step: &Step) -> io::Result<Option<Ending>> {
        if step.is_check() {
            return self.play_check(index, step);
        }
        if matches!(step, Step::PowerOn) {
            return Ok(self.power_on(step));
        }
        if self.power != Power::On && !matches!(step, Step::Screenshot { .. }) {
            return Ok(Some(self.without_power(step)));
        }
        match step {
            Step::Wait { seconds } => self.pass_time(*seconds),
            Step::Press { key, hold } => self.press(key, *hold),
            Step::Screenshot { name } => {
                let picture = self.guest.picture();
                self.keep_frame(name, &picture, Place::Strip).map(|_| None)
            }
            Step::RememberScreen { name } => {
                let picture = self.guest.picture();
                self.keep_frame(name, &picture, Place::Strip)?;
                self.remembered.insert(name.clone(), picture);
                Ok(None)
            }
            Step::Type { text } => {
                let typed = self.guest.type_bytes(format!("{text}\n").as_bytes());
                Ok(refused(step, typed))
            }
            Step::CardDoor { open } => Ok(refused(step, self.guest.card_door(*open))),
            Step::BatteryDoor { open } => Ok(refused(step, self.guest.battery_door(*open))),
            Step::PowerDown => Ok(refused(step, self.guest.switch_off())),
            _ => {
                self.look_inside();
                self.power = Power::Cut;
                Ok(None)
            }
        }
    }

    fn power_on(&mut self, step: &Step) -> Option<Ending> {
        if self.power == Power::On {
            let why = Refused("the camera is on".to_owned());
            return refused(step, Err(why));
        }
        self.missed_before.clone_from(&self.inside.missing_calls);
        let outcome = self.guest.power_on();
        self.power = Power::On;
        self.idle = std::time::Duration::ZERO;
        refused(step, outcome)
    }

    /// Why `step` cannot be played while the camera is off.
    pub(super) fn without_power(&self, step: &Step) -> Ending {
        if self.power == Power::Cut {
            let detail = format!("“{}” comes after the power was cut", step.describe());
            return Ending::failed(ReasonCode::StepFailed, detail);
        }
        Ending::early_power_down(self.guest.now())
    }

    /// Lets the guest run until `met` holds, looking on a grid of guest time.
    pub(super) fn wait(&mut self, within: f64, met: &mut dyn FnMut(&Self) -> bool) -> io::Result<Waited> {
        let deadline = self.guest.now() + span(within);
        loop {
            if met(self) {
                return Ok(Waited::Met);
            }
            let now = self.guest.now();
            if now >= self.time_limit() {
                return Ok(Waited::Ended(self.out_of_time(), false));
            }
            if now >= deadline {
                return Ok(Waited::Expired);
            }
            match self.slice(deadline)? {
                Slice::Ran => {}
                Slice::Ended(ending) => return Ok(Waited::Ended(ending, met(self))),
                stopped => return Ok(last_chance(stopped, met(self))),
            }
        }
    }

    fn out_of_time(&self) -> Ending {
        let detail = format!("{} of guest time passed", seconds(self.guest.now()));
        Ending::timed_out(ReasonCode::GuestTimeLimit, detail)
    }

    fn pass_time(&mut self, length: f64) -> io::Result<Option<Ending>> {
        Ok(match self.wait(length, &mut |_| false)? {
            Waited::Ended(ending, _) => Some(ending),
            Waited::PoweredDown => Some(Ending::early_power_down(self.guest.now())),
            Waited::Met | Waited::Expired | Waited::Halted => None,
        })
    }

    fn press(&mut self, key: &str, hold: f64) -> io::Result<Option<Ending>> {
        if let Err(Refused(why)) = self.guest.key(key, true) {
            return Ok(Some(Ending::failed(ReasonCode::StepFailed, format!("press {key}: {why}"))));
        }
        // A key may well switch the camera off: what comes of it is for the next steps to say.
        if let Waited::Ended(ending, _) = self.wait(hold, &mut |_| false)? {
            return Ok(Some(ending));
        }
        if self.power == Power::On
            && let Err(Refused(why)) = self.guest.key(key, false)
        {
            return Ok(Some(Ending::failed(ReasonCode::StepFailed, format!("release {key}: {why}"))));
        }
        Ok(None)
    }
}

/// The slice that stopped the machine may also have brought what was waited for.
fn last_chance(stopped: Slice, met: bool) -> Waited {
    match stopped {
        _ if met => Waited::Met,
        Slice::PoweredDown => Waited::PoweredDown,
        _ => Waited::Halted,
    }
}

fn refused(step: &Step, outcome: Result<(), Refused>) -> Option<Ending> {
    let Refused(why) = outcome.err()?;
    Some(Ending::failed(ReasonCode::StepFailed, format!("{}: {why}", step.describe())))
}

//! Carries out the expectations of a scenario and keeps their proof.

use std::io;

use darkroom_emu_core::frame::{Area, CompareRules, Comparison, Frame, compare};
use darkroom_protocol::scenario::{self, Step};
use darkroom_protocol::verdict::{CheckOutcome, Evidence, EvidenceKind, Reason, ReasonCode, Verdict};
use darkroom_protocol::worker::Event;

use super::ending::{Ending, seconds};
use super::engine::{Engine, Power, span};
use super::film::Place;
use super::logbook::LogSearch;
use super::steps::Waited;

/// How a check came out.
#[derive(Debug)]
pub(super) struct Finding {
    /// What is to blame when it did not hold.
    pub fault: Option<ReasonCode>,
    /// What was seen.
    pub detail: String,
    /// Pictures or files that prove it.
    pub evidence: Vec<Evidence>,
}

impl Finding {
    pub(super) fn held(detail: impl Into<String>) -> Self {
        Self { fault: None, detail: detail.into(), evidence: Vec::new() }
    }

    pub(super) fn broken(code: ReasonCode, detail: impl Into<String>) -> Self {
        Self { fault: Some(code), detail: detail.into(), evidence: Vec::new() }
    }

    fn with(mut self, evidence: Vec<Evidence>) -> Self {
        self.evidence = evidence;
        self
    }
}

/// What a screen is compared with.
struct Wanted<'a> {
    name: &'a str,
    rules: CompareRules,
    /// It must be something else.
    differs: bool,
}

impl Engine<'_> {
    /// Plays one expectation. A failed `wait` ends the run; a failed `expect` is noted and the run goes on.
    pub(super) fn play_check(&mut self, index: u32, step: &Step) -> io::Result<Option<Ending>> {
        let finding = match step {
            Step::ExpectLog { text, absent } => self.expect_log(text, *absent),
            Step::ExpectScreen { .. } => self.expect_screen(wanted(step))?,
            Step::ExpectFile { .. } => self.expect_file(step)?,
            Step::ExpectTasks { .. }
            | Step::ExpectNoMissing { .. }
            | Step::ExpectNoCrash
            | Step::ExpectModules => self.expect_guest(step)?,
            _ => return self.play_wait(index, step),
        };
        self.record(index, finding)?;
        Ok(None)
    }

    fn play_wait(&mut self, index: u32, step: &Step) -> io::Result<Option<Ending>> {
        if self.power == Power::Cut {
            return Ok(Some(self.without_power(step)));
        }
        let waited = self.wait_for(step)?;
        let finding = match waited {
            Waited::Ended(ending, met) => {
                if met {
                    self.record(index, Finding::held("just before the end"))?;
                }
                return Ok(Some(ending));
            }
            Waited::PoweredDown if matches!(step, Step::WaitPowerDown { .. }) => {
                Finding::held(format!("powered down at {}", seconds(self.guest.now())))
            }
            Waited::Halted if outlasts_halt(step) => {
                Finding::held("nothing can change any more: the CPU halted")
            }
            Waited::Met => self.waited_enough(step)?,
            missed => self.missed(step, &missed)?,
        };
        let broken = finding.fault.is_some();
        let halted = finding.fault == Some(ReasonCode::GuestHalted);
        self.record(index, finding)?;
        Ok(if halted {
            Some(Ending::halted(self.guest.now()))
        } else {
            self.blame.clone().filter(|_| broken).map(failed)
        })
    }

    fn wait_for(&mut self, step: &Step) -> io::Result<Waited> {
        match step {
            Step::WaitLog { text, within } => {
                let mut search = LogSearch::new(text);
                self.wait(*within, &mut |engine| search.found(&engine.log))
            }
            Step::WaitStable { seconds, within } => {
                self.wait(*within, &mut |engine| engine.film.age() >= span(*seconds))
            }
            Step::WaitIdle { seconds, within } => {
                self.wait(*within, &mut |engine| engine.idle >= span(*seconds))
            }
            Step::WaitPowerDown { within } => self.wait(*within, &mut |engine| engine.power == Power::Down),
            Step::WaitScreen { within, .. } => {
                let wanted = wanted(step);
                let references = self.references;
                let remembered = self.remembered.get(wanted.name).cloned();
                let reference = remembered.as_ref().or_else(|| references.get(wanted.name).ok());
                let mut seen: Option<(Frame, bool)> = None;
                self.wait(*within, &mut |engine| {
                    equals(engine.film.shown(), reference, &wanted.rules, &mut seen)
                })
            }
            _ => Ok(Waited::Expired),
        }
    }

    fn waited_enough(&mut self, step: &Step) -> io::Result<Finding> {
        match step {
            Step::WaitScreen { .. } => self.expect_screen(wanted(step)),
            _ => Ok(Finding::held(format!("at {}", seconds(self.guest.now())))),
        }
    }

    /// The finding of a wait that ended without what it waited for.
    fn missed(&mut self, step: &Step, waited: &Waited) -> io::Result<Finding> {
        let gave_up = matches!(waited, Waited::Expired | Waited::Halted);
        if let (true, Some(underlying)) = (gave_up, self.underlying()?) {
            return Ok(underlying);
        }
        let now = seconds(self.guest.now());
        let (code, detail) = match waited {
            Waited::PoweredDown => (ReasonCode::EarlyPowerDown, format!("the guest powered down at {now}")),
            Waited::Halted => (ReasonCode::GuestHalted, format!("the CPU halted for good by {now}")),
            _ => (ReasonCode::WaitExpired, format!("“{}” did not come true by {now}", step.describe())),
        };
        if !matches!(step, Step::WaitScreen { .. }) {
            return Ok(Finding::broken(code, detail));
        }
        let screen = self.expect_screen(wanted(step))?;
        let code = if screen.fault == Some(ReasonCode::ReferenceMissing) {
            ReasonCode::ReferenceMissing
        } else {
            code
        };
        Ok(Finding::broken(code, format!("{detail}; {}", screen.detail)).with(screen.evidence))
    }

    fn expect_log(&self, text: &str, absent: bool) -> Finding {
        match (self.log.contains(text), absent) {
            (true, false) => Finding::held("found"),
            (false, true) => Finding::held("not found, as it should be"),
            (false, false) => {
                Finding::broken(ReasonCode::LogMismatch, format!("the log never says “{text}”"))
            }
            (true, true) => Finding::broken(ReasonCode::LogMismatch, format!("the log says “{text}”")),
        }
    }

    fn expect_screen(&mut self, wanted: Wanted<'_>) -> io::Result<Finding> {
        let actual = self.guest.picture();
        let kept = self.keep_frame(wanted.name, &actual, Place::Strip)?;
        let digest = match kept {
            Some(digest) => digest,
            None => self.sink.picture(&actual)?,
        };
        let proof = Evidence { kind: EvidenceKind::Actual, digest };
        let references = self.references;
        let remembered = self.remembered.get(wanted.name).cloned();
        let expected = match remembered.as_ref().map_or_else(|| references.get(wanted.name), Ok) {
            Ok(expected) => expected,
            Err(why) => return Ok(Finding::broken(ReasonCode::ReferenceMissing, why).with(vec![proof])),
        };
        let found = compare(&actual, expected, &wanted.rules);
        let detail = found.as_ref().map_or_else(ToString::to_string, |found| describe(found, &wanted.rules));
        if found.as_ref().is_ok_and(|found| found.matches != wanted.differs) {
            return Ok(Finding::held(detail).with(vec![proof]));
        }
        let mut evidence =
            vec![Evidence { kind: EvidenceKind::Expected, digest: self.sink.picture(expected)? }, proof];
        if let Ok(found) = found {
            let digest = self.sink.picture(&found.difference)?;
            evidence.push(Evidence { kind: EvidenceKind::Difference, digest });
        }
        Ok(Finding::broken(ReasonCode::ScreenDiffers, detail).with(evidence))
    }

    fn record(&mut self, index: u32, finding: Finding) -> io::Result<()> {
        let Some(row) = self.checks.iter_mut().find(|row| row.step == index) else { return Ok(()) };
        row.outcome = if finding.fault.is_none() { CheckOutcome::Passed } else { CheckOutcome::Failed };
        row.detail = finding.detail;
        row.evidence = finding.evidence;
        if let Some(code) = finding.fault {
            let detail = format!("{}: {}", row.title, row.detail);
            blame(&mut self.blame, Reason { code, detail });
        }
        self.sink.event(Event::Check(row.clone()))
    }
}

/// The first thing that went wrong is to blame, but a crash explains what went wrong before it was noticed.
fn blame(blamed: &mut Option<Reason>, reason: Reason) {
    let is_crash = |reason: &Reason| Ending::verdict_of(reason.code) == Verdict::GuestCrashed;
    if blamed.as_ref().is_none_or(|first| is_crash(&reason) && !is_crash(first)) {
        *blamed = Some(reason);
    }
}

fn failed(reason: Reason) -> Ending {
    Ending::failed(reason.code, reason.detail)
}

/// Waits that a halted CPU fulfils: nothing moves any more.
fn outlasts_halt(step: &Step) -> bool {
    matches!(step, Step::WaitStable { .. } | Step::WaitIdle { .. })
}

/// Compares only when the screen changed since the last comparison.
fn equals(
    shown: &Frame,
    reference: Option<&Frame>,
    rules: &CompareRules,
    seen: &mut Option<(Frame, bool)>,
) -> bool {
    let Some(reference) = reference else { return false };
    if let Some((picture, equal)) = seen
        && picture == shown
    {
        return *equal;
    }
    let equal = compare(shown, reference, rules).is_ok_and(|found| found.matches);
    *seen = Some((shown.clone(), equal));
    equal
}

/// The comparison in words, with figures.
fn describe(found: &Comparison, rules: &CompareRules) -> String {
    let Some(Area { x, y, width, height }) = found.bounds else {
        return format!("{} pixels agree", found.compared);
    };
    format!(
        "{} of {} pixels differ by more than {} (at most {} may), by up to {}, in {width}×{height} at ({x}, {y})",
        found.outliers, found.compared, rules.tolerance, rules.max_outliers, found.worst
    )
}

fn wanted(step: &Step) -> Wanted<'_> {
    match step {
        Step::WaitScreen { name, tolerance, max_outliers, areas, exclude, .. }
        | Step::ExpectScreen { name, tolerance, max_outliers, areas, exclude, .. } => {
            let rules = CompareRules {
                areas: to_areas(areas),
                ignore: to_areas(exclude),
                tolerance: *tolerance,
                max_outliers: u64::from(*max_outliers),
            };
            let differs = matches!(step, Step::ExpectScreen { differs: true, .. });
            Wanted { name, rules, differs }
        }
        _ => Wanted { name: "", rules: CompareRules::default(), differs: false },
    }
}

fn to_areas(areas: &[scenario::Area]) -> Vec<Area> {
    let convert =
        |area: &scenario::Area| Area { x: area.x, y: area.y, width: area.width, height: area.height };
    areas.iter().map(convert).collect()
}

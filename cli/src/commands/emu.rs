//! `darkroom emu`: one camera on the command line, by the same scenario engine that the farm uses.

mod inputs;
mod inside;
pub(super) mod open_version;
mod report;
mod sink;

use crate::args::{Emu as Arguments, EmuCard};
use crate::exit::{Outcome, Usage};
use anyhow::Context;
use darkroom_protocol::report::RunReport;
use darkroom_protocol::verdict::{Reason, ReasonCode, Verdict};
use darkroom_worker::run::run_job;
use sink::LocalSink;
use std::fs;

pub(crate) fn run(arguments: Arguments) -> anyhow::Result<Outcome> {
    let inputs = inputs::read(&arguments)?;
    let mut sink = LocalSink::new(&arguments)?;
    let report = run_job(inputs, &mut sink).context("writing the run's output")?;
    refuse_bad_build(&arguments.card, &report)?;
    if let Some(file) = &arguments.screenshot {
        let png = sink.last_frame().context("the camera drew no frame")?;
        fs::write(file, png).with_context(|| format!("writing {}", file.display()))?;
    }
    sink.keep_card_files(&report).context("keeping the card's files")?;
    if arguments.json {
        say!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        report::print(&report);
    }
    Ok(outcome(report.verdict, arguments.scenario.is_some()))
}

/// A build that fits no card never ran: that is the caller's error, not a build that failed.
fn refuse_bad_build(card: &EmuCard, report: &RunReport) -> Result<(), Usage> {
    let bad = report.reason.as_ref().filter(|reason| reason.code == ReasonCode::BadBuild);
    let named = |reason: &Reason| {
        let source = [&card.autoexec, &card.zip, &card.card].into_iter().flatten().next();
        let source = source.map(|file| format!("{}: ", file.display())).unwrap_or_default();
        Usage(format!("{source}{}", reason.detail))
    };
    bad.map_or(Ok(()), |reason| Err(named(reason)))
}

/// Without a scenario nothing is expected, so running to the end of the time is no failure; a crash or a flood is.
fn outcome(verdict: Verdict, expected: bool) -> Outcome {
    match verdict {
        Verdict::Passed => Outcome::Passed,
        verdict if verdict.blames_farm() => Outcome::Trouble,
        Verdict::TimedOut if !expected => Outcome::Passed,
        _ => Outcome::Failed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unwatched_run_fails_when_the_guest_crashes_or_floods() {
        assert_eq!(outcome(Verdict::TimedOut, false), Outcome::Passed);
        assert_eq!(outcome(Verdict::TimedOut, true), Outcome::Failed);
        assert_eq!(outcome(Verdict::GuestCrashed, false), Outcome::Failed);
        assert_eq!(outcome(Verdict::Failed, false), Outcome::Failed);
        assert_eq!(outcome(Verdict::InfraError, false), Outcome::Trouble);
    }
}

//! `darkroom emu`: one camera on the command line, by the same scenario engine that the farm uses.

mod inputs;
mod report;
mod sink;

use crate::args::Emu as Arguments;
use crate::exit::Outcome;
use anyhow::Context;
use darkroom_protocol::verdict::Verdict;
use darkroom_worker::run::run_job;
use sink::LocalSink;
use std::fs;

pub(crate) fn run(arguments: Arguments) -> anyhow::Result<Outcome> {
    let inputs = inputs::read(&arguments)?;
    let mut sink = LocalSink::new(&arguments)?;
    let report = run_job(inputs, &mut sink).context("writing the run's output")?;
    if let Some(file) = &arguments.screenshot {
        let png = sink.last_frame().context("the camera drew no frame")?;
        fs::write(file, png).with_context(|| format!("writing {}", file.display()))?;
    }
    sink.keep_card_files(&report).context("keeping the card's files")?;
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        report::print(&report);
    }
    Ok(outcome(report.verdict, arguments.scenario.is_some()))
}

/// Without a scenario nothing is expected, so only a crash is a failure.
fn outcome(verdict: Verdict, expected: bool) -> Outcome {
    match verdict {
        Verdict::Passed => Outcome::Passed,
        verdict if verdict.blames_farm() => Outcome::Trouble,
        Verdict::GuestCrashed => Outcome::Failed,
        _ if expected => Outcome::Failed,
        _ => Outcome::Passed,
    }
}

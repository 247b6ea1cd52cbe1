//! `darkroom cpu-fuzz`: guests that mean harm, in both engines. No panic, no hang, no growth, no difference.
//!
//! The work is done in a child process, so that the cases under way can be named even if it dies of a signal.

mod bare;
mod camera;
mod case;
mod journal;
mod memory;
mod run;

use crate::args::CpuFuzz as Arguments;
use crate::exit::Outcome;
use anyhow::Context;
use journal::Journal;
use std::process::{Command, ExitStatus};

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<Outcome> {
    match &arguments.journal {
        Some(file) => run::run(arguments, &Journal::open(file)?),
        None => in_child(arguments),
    }
}

/// Runs the same command in a child that keeps a journal.
fn in_child(arguments: &Arguments) -> anyhow::Result<Outcome> {
    let folder = tempfile::tempdir().context("making a folder for the journal")?;
    let file = folder.path().join("journal");
    let threads = arguments.threads.max(1);
    let journal = Journal::create(&file, threads)?;
    let options = [
        ("--seconds", arguments.seconds),
        ("--seed", arguments.seed),
        ("--first", arguments.first),
        ("--cases", arguments.cases),
        ("--threads", threads as u64),
    ];
    let mut command = Command::new(std::env::current_exe().context("finding this program")?);
    command.arg("cpu-fuzz").arg("--journal").arg(&file);
    for (option, value) in options {
        command.arg(option).arg(value.to_string());
    }
    let status = command.status().context("starting the child")?;
    judge(arguments, status, &journal)
}

fn judge(arguments: &Arguments, status: ExitStatus, journal: &Journal) -> anyhow::Result<Outcome> {
    match status.code() {
        Some(0) => Ok(Outcome::Passed),
        Some(1) => Ok(Outcome::Failed),
        Some(code) => anyhow::bail!("the child ended with code {code}"),
        None => {
            say!("the child died: {status}; one of these cases did it:");
            for case in journal.under_way()? {
                say!("  darkroom cpu-fuzz --seed {} --first {case} --cases 1", arguments.seed);
            }
            Ok(Outcome::Failed)
        }
    }
}

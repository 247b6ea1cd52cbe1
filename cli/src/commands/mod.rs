//! One module per command.

mod card;
mod card_source;
mod compare;
mod cpu_check;
mod cpu_compare;
mod cpu_fuzz;
mod demo;
mod emu;
mod engine;
mod junit;
mod models;
mod rom;
mod run_image;
mod sample;
mod scenario;
mod submit;
mod up;
mod wait;

use crate::args::Command;
use crate::exit::Outcome;
use std::future::Future;

/// Runs a command to its end.
pub(crate) fn run(command: Command) -> anyhow::Result<Outcome> {
    match command {
        Command::Up(arguments) => up::run(arguments),
        Command::Emu(arguments) => emu::run(arguments),
        Command::Models(arguments) => models::run(&arguments),
        Command::Card(arguments) => card::run(arguments),
        Command::Rom(arguments) => rom::run(arguments),
        Command::Submit(arguments) => block_on(submit::run(arguments)),
        Command::Wait(arguments) => block_on(wait::run(arguments)),
        Command::Junit(arguments) => block_on(junit::run(arguments)),
        Command::Compare(arguments) => block_on(compare::run(arguments)),
        Command::Scenario(arguments) => block_on(scenario::run(arguments)),
        Command::CpuCheck(arguments) => cpu_check::run(&arguments),
        Command::CpuCompare(arguments) => cpu_compare::run(&arguments),
        Command::CpuFuzz(arguments) => cpu_fuzz::run(&arguments),
        Command::RunImage(arguments) => run_image::run(&arguments),
        Command::Sample(arguments) => sample::run(&arguments),
        Command::Demo(arguments) => block_on(demo::run(arguments)),
    }
}

/// A client needs one thread only.
pub(crate) fn block_on<T>(future: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(future)
}

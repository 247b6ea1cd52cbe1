//! `darkroom`: the emulator on the command line, the farm's client, and the whole farm in one process.

#[macro_use]
mod say;

mod args;
mod commands;
mod exit;
mod farm;

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = match args::Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return exit::from_clap(&error),
    };
    exit::from_result(commands::run(arguments.command))
}

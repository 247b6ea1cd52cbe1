//! `darkroom run-image`: a bare image in plain RAM.

use super::engine::require_interpreter;
use crate::args::{Cpu, RunImage as Arguments};
use crate::exit::{Outcome, Usage};
use darkroom_emu_core::bare::{BareConfig, BareMachine, End};
use darkroom_emu_core::memory::GuestAddr;
use std::io::Write;
use std::time::Instant;

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<Outcome> {
    require_interpreter(arguments.engine)?;
    let mut machine = machine(arguments).map_err(|error| Usage(error.to_string()))?;
    let image = super::card_source::read(&arguments.file)?;
    machine.load(GuestAddr(arguments.load), &image).map_err(|error| Usage(error.to_string()))?;
    machine.start_at(GuestAddr(arguments.entry.unwrap_or(arguments.load)), arguments.thumb);
    let started = Instant::now();
    // A closed standard output must not end the run: the figures below still tell its end.
    let end = machine.run(arguments.max_insns, &mut |bytes| drop(std::io::stdout().write_all(bytes)));
    let seconds = started.elapsed().as_secs_f64();
    report(&machine, end, arguments.stats.then_some(seconds));
    Ok(if matches!(end, End::Exit(0)) { Outcome::Passed } else { Outcome::Failed })
}

fn machine(arguments: &Arguments) -> Result<BareMachine, darkroom_emu_core::bare::BareError> {
    let core = arguments.cpu.map_or(darkroom_emu_core::arm::Core::DIGIC4, Cpu::core);
    let mut config = BareConfig::new(core);
    if let Some(ram) = arguments.ram {
        config.ram = ram;
    }
    BareMachine::new(&config)
}

/// The figures follow the guest's own lines.
fn report(machine: &BareMachine, end: End, seconds: Option<f64>) {
    let instructions = machine.instructions();
    say!("stopped: {}", words(end));
    say!("instructions: {instructions}");
    if let Some(seconds) = seconds {
        say!("host seconds: {seconds:.3}");
        say!("MIPS: {:.1}", instructions as f64 / seconds.max(1e-9) / 1e6);
    }
    let hash: String = machine.state_hash().iter().map(|byte| format!("{byte:02x}")).collect();
    say!("state hash: {hash}");
}

fn words(end: End) -> String {
    match end {
        End::Exit(code) => format!("semihosting exit {code}"),
        End::Breakpoint => "breakpoint instruction".to_owned(),
        End::SelfBranch => "branch to itself".to_owned(),
        End::WaitForInterrupt => "waits for an interrupt that cannot come".to_owned(),
        End::Limit => "instruction limit".to_owned(),
    }
}

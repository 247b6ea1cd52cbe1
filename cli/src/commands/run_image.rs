//! `darkroom run-image`: a bare image in plain RAM.

use super::engine::engines;
use crate::args::{Cpu, RunImage as Arguments};
use crate::exit::{Outcome, Usage};
use darkroom_emu_core::arm::Engine;
use darkroom_emu_core::bare::{BareConfig, BareMachine, End};
use darkroom_emu_core::memory::GuestAddr;
use std::io::Write;
use std::time::Instant;

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<Outcome> {
    let mut ends = Vec::new();
    for engine in engines(arguments.engine) {
        ends.push(run_in(arguments, *engine)?);
    }
    let same = ends.windows(2).all(|pair| pair[0] == pair[1]);
    if !same {
        say!("the engines differ");
    }
    let passed = same && ends.iter().all(|(end, ..)| matches!(end, End::Exit(0)));
    Ok(if passed { Outcome::Passed } else { Outcome::Failed })
}

/// Runs the image in an engine: how it ended, after how many instructions, in which state.
fn run_in(arguments: &Arguments, engine: Engine) -> anyhow::Result<(End, u64, [u8; 32])> {
    let mut machine = machine(arguments).map_err(|error| Usage(error.to_string()))?;
    machine.cpu_mut().set_engine(engine)?;
    let image = super::card_source::read(&arguments.file)?;
    machine.load(GuestAddr(arguments.load), &image).map_err(|error| Usage(error.to_string()))?;
    machine.start_at(GuestAddr(arguments.entry.unwrap_or(arguments.load)), arguments.thumb);
    let started = Instant::now();
    // A closed standard output must not end the run: the figures below still tell its end.
    let end = machine.run(arguments.max_insns, &mut |bytes| drop(std::io::stdout().write_all(bytes)));
    let seconds = started.elapsed().as_secs_f64();
    report(&machine, end, arguments.stats.then_some(seconds));
    Ok((end, machine.instructions(), machine.state_hash()))
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
        let jit = machine.cpu().jit_stats();
        say!("blocks compiled: {}", jit.blocks);
        say!(
            "regions compiled: {} ({} bytes, {} stale, {} flushes)",
            jit.regions,
            jit.bytes,
            jit.stale,
            jit.flushes
        );
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

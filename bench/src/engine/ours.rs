use darkroom_emu_core::arm;
use darkroom_emu_core::bare::{BareConfig, BareMachine, End};

use super::{Engine, Outcome, Work, clock};
use crate::kernels::LOAD_ADDRESS;
use crate::{BenchError, Result};

/// A run that takes more instructions than this has gone astray.
const MOST_INSTRUCTIONS: u64 = 100_000_000_000;
/// No kernel causes exceptions: this often it is checked that none has.
const SLICE: u64 = 10_000_000;

/// One of our engines, in this very thread.
#[derive(Clone, Copy, Debug)]
pub struct Ours(pub arm::Engine);

impl Engine for Ours {
    fn name(&self) -> &'static str {
        match self.0 {
            arm::Engine::Interpreter => "interp",
            arm::Engine::Jit => "jit",
        }
    }

    fn run(&self, work: Work<'_>) -> Result<Outcome> {
        let start = clock::of_this_thread();
        let mut machine = BareMachine::new(&BareConfig::new(work.variant.core()))?;
        let failed = |error: arm::ArenaError| BenchError::Run {
            engine: self.name(),
            kernel: work.kernel.name.clone(),
            why: error.to_string(),
        };
        machine.cpu_mut().set_engine(self.0).map_err(failed)?;
        machine.load(LOAD_ADDRESS, work.told_image().bytes())?;
        machine.start_at(LOAD_ADDRESS, false);
        let mut console = Vec::new();
        let end = run_to_the_end(&mut machine, &mut console);
        let cpu_time = clock::of_this_thread().saturating_sub(start);
        let console = String::from_utf8_lossy(&console).into_owned();
        if end == End::Exit(0) {
            return Ok(Outcome { console, cpu_time, instructions: Some(machine.instructions()) });
        }
        let fault = machine.cpu_mut().take_faults().first().map(ToString::to_string);
        let why = format!(
            "ended with {end:?} at {} after {} instructions; first fault: {}; printed {console:?}",
            machine.cpu().pc(),
            machine.instructions(),
            fault.unwrap_or_else(|| "none".to_owned())
        );
        Err(BenchError::Run { engine: self.name(), kernel: work.kernel.name.clone(), why })
    }
}

fn run_to_the_end(machine: &mut BareMachine, console: &mut Vec<u8>) -> End {
    loop {
        let end = machine.run(SLICE, &mut |bytes| console.extend_from_slice(bytes));
        let astray = machine.cpu().fault_count() > 0 || machine.instructions() >= MOST_INSTRUCTIONS;
        if end != End::Limit || astray {
            return end;
        }
    }
}

use std::path::PathBuf;
use std::process::Command;

use super::{Engine, Outcome, Work, clock};
use crate::{BenchError, Result};

/// The same sources, compiled for the host: the limit.
#[derive(Clone, Debug)]
pub struct Native {
    /// The program.
    pub program: PathBuf,
}

impl Engine for Native {
    fn name(&self) -> &'static str {
        "native"
    }

    fn run(&self, work: Work<'_>) -> Result<Outcome> {
        let mut command = Command::new(&self.program);
        command.arg(work.rounds.to_string()).arg(&work.kernel.name);
        let (output, cpu_time) = clock::run_child(&mut command).map_err(BenchError::io(&self.program))?;
        if !output.status.success() {
            let why = format!("ended with {}", output.status);
            return Err(BenchError::Run { engine: self.name(), kernel: work.kernel.name.clone(), why });
        }
        let console = String::from_utf8_lossy(&output.stdout).into_owned();
        Ok(Outcome { console, cpu_time, instructions: None })
    }
}

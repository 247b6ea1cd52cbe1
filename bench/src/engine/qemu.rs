use std::process::{Command, Stdio};

use super::{Engine, Outcome, Work, clock};
use crate::kernels::{LOAD_ADDRESS, Variant};
use crate::{BenchError, Result};

const PROGRAM: &str = "qemu-system-arm";
/// Seconds of real time after which a run is given up.
const PATIENCE: &str = "300";

/// Debian's `qemu-system-arm` with its machine `none`: a core and plain RAM at 0, like our bare machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct Qemu;

impl Qemu {
    /// First line of `qemu-system-arm --version`.
    ///
    /// # Errors
    /// [`BenchError::Io`] when it is not installed.
    pub fn version() -> Result<String> {
        let output = Command::new(PROGRAM).arg("--version").output().map_err(BenchError::io(PROGRAM))?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        Ok(text.lines().next().unwrap_or_default().to_owned())
    }
}

impl Engine for Qemu {
    fn name(&self) -> &'static str {
        "qemu"
    }

    fn run(&self, work: Work<'_>) -> Result<Outcome> {
        let image = tempfile::NamedTempFile::new().map_err(BenchError::io("a temporary file"))?;
        std::fs::write(image.path(), work.told_image().bytes()).map_err(BenchError::io(image.path()))?;
        let mut command = Command::new("timeout");
        command.args([PATIENCE, PROGRAM]).args(machine(work.variant)).stdin(Stdio::null());
        command.arg("-device").arg(format!(
            "loader,file={},addr={:#x},cpu-num=0,force-raw=on",
            image.path().display(),
            LOAD_ADDRESS.0
        ));
        let (output, cpu_time) = clock::run_child(&mut command).map_err(BenchError::io(PROGRAM))?;
        if !output.status.success() {
            let why = format!("{}: {}", output.status, String::from_utf8_lossy(&output.stderr));
            return Err(BenchError::Run { engine: self.name(), kernel: work.kernel.name.clone(), why });
        }
        let console = String::from_utf8_lossy(&output.stdout).into_owned();
        Ok(Outcome { console, cpu_time, instructions: None })
    }
}

fn machine(variant: Variant) -> Vec<&'static str> {
    let mut arguments = vec!["-M", "none", "-cpu", variant.qemu_cpu(), "-m", "64M"];
    arguments.extend([
        "-display",
        "none",
        "-serial",
        "none",
        "-monitor",
        "none",
        "-chardev",
        "stdio,id=console",
    ]);
    arguments.extend(["-semihosting-config", "enable=on,target=native,chardev=console"]);
    arguments
}

//! Starts the processes that jobs run in.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::process::Stdio;

use darkroom_protocol::Digest;
use darkroom_protocol::job::JobSpec;
use darkroom_protocol::worker::SandboxProbe;
use tokio::process::{Child, Command};

use super::sealed::Sealed;
use crate::child::manifest::{Attached, Manifest};
use crate::child::sandbox::Budget;

/// CPU seconds allowed beyond the job's host-time limit.
const CPU_SLACK: u64 = 10;

/// Knows how to start the worker program again as a job's process.
///
/// Start jobs from the thread that lives as long as the worker: the kernel ends a child when the *thread* that started it
/// ends. A current-thread runtime does that.
#[derive(Debug, Clone)]
pub struct Launcher {
    program: PathBuf,
    memory_bytes: u64,
}

impl Launcher {
    /// Starts `program` (the worker's own) with that much address space for each job.
    pub fn new(program: PathBuf, memory_bytes: u64) -> Self {
        Self { program, memory_bytes }
    }

    /// Starts the process of a job, with its blobs.
    ///
    /// # Errors
    /// When the process cannot be started.
    pub fn start(&self, spec: &JobSpec, blobs: &BTreeMap<Digest, Sealed>) -> io::Result<Child> {
        let inherited: BTreeMap<_, _> = blobs
            .iter()
            .map(|(digest, blob)| Ok((*digest, (blob.inheritable()?, blob.size()))))
            .collect::<io::Result<_>>()?;
        let attached = |(digest, (blob, size)): (&Digest, &(super::sealed::Inherited, u64))| {
            (*digest, Attached { fd: blob.number(), size: *size })
        };
        let manifest = Manifest { spec: spec.clone(), blobs: inherited.iter().map(attached).collect() };
        let manifest = Sealed::copy_of(&serde_json::to_vec(&manifest)?)?;
        let budget = self.budget(spec);
        self.command()
            .arg("child")
            .args(["--parent", &std::process::id().to_string()])
            .args(["--memory-bytes", &budget.memory_bytes.to_string()])
            .args(["--cpu-seconds", &budget.cpu_seconds.to_string()])
            .stdin(manifest.as_input()?)
            .spawn()
        // The inheritable duplicates are closed here: only this child has them.
    }

    /// Runs the sandbox's probes in a process that is started as a job's is.
    ///
    /// # Errors
    /// When it cannot be started or does not answer as a probe does.
    pub async fn probe(&self) -> io::Result<Vec<SandboxProbe>> {
        let output = self
            .command()
            .arg("caged-probe")
            .args(["--memory-bytes", &self.memory_bytes.to_string()])
            .stdin(Stdio::null())
            .output()
            .await?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            return Err(io::Error::other(format!("the probe ended with {}: {said}", output.status)));
        }
        Ok(serde_json::from_slice(&output.stdout)?)
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        // Nothing of the worker's environment, above all not its token.
        command.env_clear().stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        command
    }

    fn budget(&self, spec: &JobSpec) -> Budget {
        let host = spec.limits.host_seconds.clamp(0.0, 86_400.0).ceil();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to a day")]
        let seconds = host as u64;
        Budget { memory_bytes: self.memory_bytes, cpu_seconds: seconds + CPU_SLACK }
    }
}

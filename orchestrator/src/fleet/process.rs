//! Workers as child processes of this host.

use super::backoff::Backoff;
use super::{Backend, Join, WorkerProgram};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::net::{IpAddr, Ipv4Addr};
use std::process::Stdio;
use std::time::{Duration, Instant};
use tokio::process::{Child, Command};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// How long a worker may take to hand its job back before it is killed.
const STOP_WITHIN: Duration = Duration::from_secs(10);
/// Variables that a worker inherits; all others stay here (`DATABASE_URL` among them).
const INHERITED: [&str; 4] = ["PATH", "DARKROOM_LOG", "TMPDIR", "RUST_BACKTRACE"];

/// Starts a program per slot, again when it ends.
#[derive(Debug, Clone)]
pub struct ProcessFleet {
    program: WorkerProgram,
}

impl ProcessFleet {
    /// With that program.
    pub fn new(program: WorkerProgram) -> Self {
        Self { program }
    }

    fn command(&self, join: &Join, slot: usize) -> Command {
        let mut command = Command::new(&self.program.program);
        let inherited = INHERITED.into_iter().filter_map(|name| Some((name, std::env::var_os(name)?)));
        command.args(&self.program.arguments).env_clear().envs(inherited);
        command.envs(join.environment(&format!("{}-{slot}", host_name()), self.name()));
        // When we are killed, nobody is left to stop the worker: it watches for that.
        command.env("DARKROOM_WORKER_PARENT", std::process::id().to_string());
        // A group of its own: Ctrl-C in a terminal reaches only us, and we end the workers in order.
        command.stdin(Stdio::null()).stdout(Stdio::null()).process_group(0).kill_on_drop(true);
        command
    }

    async fn keep_alive(self, join: Join, slot: usize, stop: CancellationToken) {
        let mut backoff = Backoff::new();
        while !stop.is_cancelled() {
            let started = Instant::now();
            match self.command(&join, slot).spawn() {
                Ok(child) => watch(child, slot, &stop).await,
                Err(error) => {
                    let program = self.program.program.display();
                    tracing::error!(slot, %error, %program, "worker does not start");
                }
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(backoff.pause(started.elapsed())) => {}
            }
        }
    }
}

/// Waits until the worker ends, or ends it when told to stop.
async fn watch(mut child: Child, slot: usize, stop: &CancellationToken) {
    tokio::select! {
        ended = child.wait() => {
            let status = ended.map(|status| status.to_string()).unwrap_or_else(|error| error.to_string());
            tracing::warn!(slot, status, "worker ended; starting it again");
        }
        () = stop.cancelled() => end(&mut child, slot).await,
    }
}

async fn end(child: &mut Child, slot: usize) {
    if let Some(id) = child.id() {
        let _ = kill(Pid::from_raw(id.cast_signed()), Signal::SIGTERM);
    }
    if tokio::time::timeout(STOP_WITHIN, child.wait()).await.is_err() {
        tracing::warn!(slot, "worker does not stop; killing it");
        let _ = child.kill().await;
    }
}

fn host_name() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname");
    name.map(|name| name.trim().to_owned()).unwrap_or_else(|_| "worker".to_owned())
}

impl Backend for ProcessFleet {
    fn name(&self) -> &'static str {
        "process"
    }

    fn host_address(&self) -> IpAddr {
        Ipv4Addr::LOCALHOST.into()
    }

    async fn run(&self, count: usize, join: Join, stop: CancellationToken) {
        let mut slots = JoinSet::new();
        for slot in 1..=count {
            slots.spawn(self.clone().keep_alive(join.clone(), slot, stop.clone()));
        }
        slots.join_all().await;
    }
}

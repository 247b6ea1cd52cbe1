//! A server that outlived its orchestrator (killed with SIGKILL), or the note of one that is gone.

use super::EmbeddedError;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

const STOP_WITHIN: Duration = Duration::from_secs(20);
const PAUSE: Duration = Duration::from_millis(20);

/// Stops the server that still runs on `data`, and removes its note when it belongs to nobody.
pub(super) fn stop(data: &Path) -> Result<(), EmbeddedError> {
    let note = data.join("postmaster.pid");
    let Ok(text) = fs::read_to_string(&note) else { return Ok(()) };
    match server_on(data, &text) {
        Some(pid) => stop_process(pid),
        None => fs::remove_file(&note).map_err(EmbeddedError::file(&note)),
    }
}

/// Stops the server that runs on `data`, and leaves its note: the next server looks there for processes of the last one.
pub(super) fn stop_running(data: &Path) -> Result<(), EmbeddedError> {
    let Ok(text) = fs::read_to_string(data.join("postmaster.pid")) else { return Ok(()) };
    server_on(data, &text).map_or(Ok(()), stop_process)
}

/// The running server that the note names. Process ids are used again: it must be Postgres, on this folder.
fn server_on(data: &Path, note: &str) -> Option<Pid> {
    let pid: i32 = note.lines().next()?.trim().parse().ok()?;
    let command = fs::read(format!("/proc/{pid}/cmdline")).ok()?;
    let mut words = command.split(|byte| *byte == 0).map(String::from_utf8_lossy);
    let is_postgres = words.next().is_some_and(|program| program.ends_with("postgres"));
    let on_folder = words.any(|word| Path::new(word.as_ref()) == data);
    (is_postgres && on_folder).then(|| Pid::from_raw(pid))
}

fn stop_process(pid: Pid) -> Result<(), EmbeddedError> {
    tracing::info!(%pid, "stopping a Postgres that an earlier darkroom left behind");
    for signal in [Signal::SIGINT, Signal::SIGQUIT] {
        let _ = kill(pid, signal);
        let deadline = Instant::now() + STOP_WITHIN;
        while Instant::now() < deadline {
            if is_gone(pid) {
                return Ok(());
            }
            std::thread::sleep(PAUSE);
        }
    }
    Err(EmbeddedError::Start(format!("an earlier server (process {pid}) does not stop")))
}

/// Whether the process ended; one that nobody has waited for yet has no command line any more.
fn is_gone(pid: Pid) -> bool {
    fs::read(format!("/proc/{pid}/cmdline")).map_or(true, |command| command.is_empty())
}

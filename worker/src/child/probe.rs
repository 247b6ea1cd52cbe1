//! Tries from inside the cage what a hijacked job would try, and says how it went.

use std::collections::BTreeSet;
use std::io;

use darkroom_emu_core::machine::EngineChoice;
use darkroom_protocol::worker::SandboxProbe;

use super::raw;
use super::sandbox::{self, Budget, PathRules, SandboxError};

/// Every probe, in the order in which they are tried. The process is caged afterwards.
///
/// # Errors
/// When the cage cannot be closed.
pub fn probe_sandbox(budget: &Budget) -> Result<Vec<SandboxProbe>, SandboxError> {
    super::close_strangers(&BTreeSet::new());
    let descriptors = descriptors();
    // As a job has it: what there is of executable memory must not make more of it possible.
    let _engine = EngineChoice::reserve();
    let code = writable_code();
    let paths = sandbox::enter(budget)?;
    let mut probes = try_everything();
    probes.extend([descriptors, code]);
    probes.push(SandboxProbe {
        name: "landlock".to_owned(),
        // Seccomp alone refuses every path too: a missing Landlock is worth a note, not a refusal to work.
        refused: true,
        detail: paths.describe().to_owned(),
    });
    Ok(probes)
}

/// The same attempts without a cage: what they look like when nothing stops them.
pub fn probe_nothing() -> Vec<SandboxProbe> {
    let mut probes = try_everything();
    let detail = PathRules::None.describe().to_owned();
    probes.push(SandboxProbe { name: "landlock".to_owned(), refused: false, detail });
    probes
}

fn try_everything() -> Vec<SandboxProbe> {
    let mut probes: Vec<_> = raw::FORBIDDEN.iter().map(|call| judge(call.name, call.attempt())).collect();
    probes.push(judge("fork", raw::attempt_fork()));
    probes.push(secrets());
    probes
}

/// Only EPERM, which the filter gives, counts as refused: any other answer means that the kernel looked at the call.
fn judge(name: &str, answer: io::Result<libc::c_long>) -> SandboxProbe {
    let refused = matches!(&answer, Err(error) if error.raw_os_error() == Some(libc::EPERM));
    let detail = match answer {
        Ok(result) => format!("went through, result {result}"),
        Err(error) => error.to_string(),
    };
    SandboxProbe { name: name.to_owned(), refused, detail }
}

/// The worker's token must not be in the environment of a job.
fn secrets() -> SandboxProbe {
    let found: Vec<_> = std::env::vars_os().map(|(name, _)| name.to_string_lossy().into_owned()).collect();
    let detail = if found.is_empty() { "empty".to_owned() } else { format!("holds {}", found.join(", ")) };
    SandboxProbe { name: "environment".to_owned(), refused: found.is_empty(), detail }
}

/// Nothing but the standard streams may be inherited (a job has its blobs besides). Looked at before the cage closes, which
/// hides `/proc`.
fn descriptors() -> SandboxProbe {
    // The folder's own descriptor is gone by the time the links are read.
    let open =
        std::fs::read_dir("/proc/self/fd").map(|folder| folder.flatten().map(|entry| entry.path()).collect());
    let open: Vec<std::path::PathBuf> = open.unwrap_or_default();
    let name = |path: &std::path::PathBuf| {
        Some((path.file_name()?.to_str()?.parse::<u32>().ok()?, path.read_link().ok()?))
    };
    let strangers: Vec<_> = open.iter().filter_map(name).filter(|(number, _)| *number > 2).collect();
    let detail =
        if strangers.is_empty() { "standard streams only".to_owned() } else { format!("{strangers:?}") };
    SandboxProbe { name: "descriptors".to_owned(), refused: strangers.is_empty(), detail }
}

/// No address may be writable and executable, generated code's memory included. Looked at before the cage closes, which
/// hides `/proc`.
fn writable_code() -> SandboxProbe {
    let maps = std::fs::read_to_string("/proc/self/maps");
    let both = |line: &&str| line.split(' ').nth(1).is_some_and(|rights| rights.starts_with("rwx"));
    let found = maps.as_ref().map(|maps| maps.lines().filter(both).map(str::to_owned).collect::<Vec<_>>());
    let (refused, detail) = match found {
        Ok(found) if found.is_empty() => (true, "no address is writable and executable".to_owned()),
        Ok(found) => (false, found.join("; ")),
        Err(error) => (false, format!("the mappings cannot be read: {error}")),
    };
    SandboxProbe { name: "writable-code".to_owned(), refused, detail }
}

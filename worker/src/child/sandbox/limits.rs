//! Resource limits and process flags.

use std::io;

use nix::sys::prctl;
use nix::sys::resource::{Resource, setrlimit};

use super::SandboxError;

/// What the process may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Address space in bytes.
    pub memory_bytes: u64,
    /// CPU time in seconds.
    pub cpu_seconds: u64,
}

impl Default for Budget {
    /// Room for the largest camera (512 MiB of RAM, two ROM chips) and its card, and an hour.
    fn default() -> Self {
        Self { memory_bytes: 2 << 30, cpu_seconds: 3600 }
    }
}

/// Niceness of a job, so that it never starves the heartbeat of the process that watches it.
const NICE: i32 = 10;

pub(super) fn apply(budget: &Budget) -> Result<(), SandboxError> {
    let limits = [
        ("RLIMIT_AS", Resource::RLIMIT_AS, budget.memory_bytes),
        ("RLIMIT_CPU", Resource::RLIMIT_CPU, budget.cpu_seconds),
        // Descriptors that are open stay usable; no new one can be made.
        ("RLIMIT_NOFILE", Resource::RLIMIT_NOFILE, 0),
        ("RLIMIT_FSIZE", Resource::RLIMIT_FSIZE, 0),
        ("RLIMIT_CORE", Resource::RLIMIT_CORE, 0),
        ("RLIMIT_NPROC", Resource::RLIMIT_NPROC, 0),
        ("RLIMIT_MEMLOCK", Resource::RLIMIT_MEMLOCK, 0),
    ];
    for (what, resource, value) in limits {
        setrlimit(resource, value, value).map_err(|errno| refused(what, errno))?;
    }
    prctl::set_no_new_privs().map_err(|errno| refused("no_new_privs", errno))?;
    // Nobody may look into the process, not even another one of the same user.
    prctl::set_dumpable(false).map_err(|errno| refused("dumpable", errno))?;
    rustix::process::nice(NICE)
        .map_err(|errno| SandboxError::Limit { what: "niceness", source: errno.into() })?;
    Ok(())
}

fn refused(what: &'static str, errno: nix::Error) -> SandboxError {
    SandboxError::Limit { what, source: io::Error::from(errno) }
}

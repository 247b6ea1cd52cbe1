//! The cage that a job's process locks itself into before it touches anything that came from outside.
//!
//! Assume that the guest can take over this process (docs/security.md): what is left to it is to read the descriptors it
//! was given, to write to one pipe, and to use memory and CPU time up to its limits. Three walls, each enough by itself:
//! resource limits, Landlock (no path, no TCP port), and a seccomp allow-list (no new descriptors, processes or executable memory).

mod filter;
mod landlock;
mod limits;

use thiserror::Error;

pub use landlock::PathRules;
pub use limits::Budget;

/// The cage could not be closed; the process must not go on.
#[derive(Debug, Error)]
pub enum SandboxError {
    /// A resource limit or process flag was refused.
    #[error("setting {what}: {source}")]
    Limit {
        /// Which one.
        what: &'static str,
        /// The kernel's answer.
        source: std::io::Error,
    },
    /// Landlock is there but failed.
    #[error("landlock: {0}")]
    Landlock(#[from] ::landlock::RulesetError),
    /// The system call filter could not be built or loaded.
    #[error("seccomp: {0}")]
    Seccomp(#[from] seccompiler::BackendError),
    /// The kernel refused the system call filter.
    #[error("seccomp: {0}")]
    Load(#[from] seccompiler::Error),
}

/// Closes the cage around the calling process, which must have a single thread. There is no way back.
///
/// Returns how far Landlock could help; it is missing on old kernels, and then the other walls stand alone.
///
/// # Errors
/// When a wall that every supported kernel has cannot be put up.
pub fn enter(budget: &Budget) -> Result<PathRules, SandboxError> {
    // Landlock needs one more descriptor, which the limits then forbid.
    let paths = landlock::deny_all()?;
    limits::apply(budget)?;
    filter::load()?;
    Ok(paths)
}

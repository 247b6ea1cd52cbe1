//! Exit codes: 0 passed, 1 failed, 2 trouble of the farm, 3 usage.

use std::process::ExitCode;

/// How a command ended when it did not break.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Everything passed.
    Passed,
    /// A build failed.
    Failed,
    /// The farm had trouble.
    Trouble,
}

/// An error that is the caller's: wrong file, unknown camera, refused input.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Usage(pub(crate) String);

/// The exit code of what clap said; help and version are no errors.
pub(crate) fn from_clap(error: &clap::Error) -> ExitCode {
    // A closed pipe while printing help is nobody's trouble.
    let _ = error.print();
    ExitCode::from(if error.use_stderr() { 3 } else { 0 })
}

/// The exit code of a command's result; an error is printed with its causes.
pub(crate) fn from_result(result: anyhow::Result<Outcome>) -> ExitCode {
    match result {
        Ok(Outcome::Passed) => ExitCode::SUCCESS,
        Ok(Outcome::Failed) => ExitCode::from(1),
        Ok(Outcome::Trouble) => ExitCode::from(2),
        Err(error) => {
            eprintln!("darkroom: {error:#}");
            ExitCode::from(if error.chain().any(|cause| cause.is::<Usage>()) { 3 } else { 2 })
        }
    }
}

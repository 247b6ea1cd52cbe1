use std::path::{Path, PathBuf};

/// What every function here gives.
pub type Result<T> = std::result::Result<T, BenchError>;

/// Why a figure cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    /// A file or program could not be used.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or program.
        path: PathBuf,
        /// Cause.
        source: std::io::Error,
    },
    /// The kernels do not build.
    #[error("building the kernels failed (is arm-none-eabi-gcc installed?):\n{output}")]
    Make {
        /// What make printed.
        output: String,
    },
    /// A file of the build is not what it should be.
    #[error("{}: {why}", path.display())]
    BadImage {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// A bare machine cannot be put together.
    #[error(transparent)]
    Bare(#[from] darkroom_emu_core::bare::BareError),
    /// A run did not come to its end.
    #[error("{engine}, kernel {kernel}: {why}")]
    Run {
        /// Which engine.
        engine: &'static str,
        /// Which kernel.
        kernel: String,
        /// What happened instead.
        why: String,
    },
    /// An engine computed something else than the host, or than another engine.
    #[error("{engine} printed {got:?} instead of {expected:?}")]
    WrongResult {
        /// Which engine.
        engine: &'static str,
        /// The right line.
        expected: String,
        /// The engine's line.
        got: String,
    },
    /// The host would not save or fork a machine.
    #[error(transparent)]
    Snapshot(#[from] darkroom_emu_core::memory::SnapshotError),
    /// A fork differs from what it is a fork of.
    #[error("the fork of a machine has another content at {at:#010x}")]
    WrongFork {
        /// Address of the first page that differs.
        at: u32,
    },
    /// The farm did not answer.
    #[error("no answer from the farm: {0}")]
    Http(#[from] reqwest::Error),
    /// The farm refused a call.
    #[error("the farm refused {call} ({status}): {message}")]
    Refused {
        /// What was asked.
        call: String,
        /// HTTP status.
        status: u16,
        /// The farm's words.
        message: String,
    },
    /// The farm's data do not fit what was asked for.
    #[error("{0}")]
    Farm(String),
}

impl BenchError {
    /// An [`BenchError::Io`] for this file.
    pub(crate) fn io(path: impl AsRef<Path>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.as_ref().to_owned();
        move |source| Self::Io { path, source }
    }
}

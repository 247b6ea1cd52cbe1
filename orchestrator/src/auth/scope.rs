//! What a token allows.

use serde::{Deserialize, Serialize};

/// One scope of a token.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, clap::ValueEnum,
)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// Read batches, jobs, logs, frames, artefacts.
    Read,
    /// Upload builds, ROM sets, scenarios; start and cancel. Includes `read`.
    Submit,
    /// Be a worker.
    Worker,
    /// Cameras, tokens, ROM files. Includes `submit`; not `worker`.
    Admin,
}

impl Scope {
    /// All scopes.
    pub const ALL: [Self; 4] = [Self::Read, Self::Submit, Self::Worker, Self::Admin];

    /// Its word in SQL and JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Submit => "submit",
            Self::Worker => "worker",
            Self::Admin => "admin",
        }
    }

    /// The scope of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.word() == word)
    }

    /// Whether a token with this scope may do what `wanted` allows.
    pub fn includes(self, wanted: Self) -> bool {
        match self {
            Self::Admin => wanted != Self::Worker,
            Self::Submit => matches!(wanted, Self::Submit | Self::Read),
            own => own == wanted,
        }
    }
}

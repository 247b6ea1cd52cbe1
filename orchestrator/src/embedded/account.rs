//! The user that the server runs as when we are root.

use super::EmbeddedError;
use nix::unistd::{User, geteuid};
use std::path::Path;

/// Users to take, best first.
const CANDIDATES: [&str; 2] = ["postgres", "nobody"];

/// An unprivileged user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Account {
    pub(super) uid: u32,
    pub(super) gid: u32,
}

impl Account {
    /// The user to drop to; none is needed unless we are root.
    pub(super) fn for_server() -> Result<Option<Self>, EmbeddedError> {
        if !geteuid().is_root() {
            return Ok(None);
        }
        let found = CANDIDATES.into_iter().find_map(|name| User::from_name(name).ok().flatten());
        let user = found.ok_or(EmbeddedError::NoAccount)?;
        Ok(Some(Self { uid: user.uid.as_raw(), gid: user.gid.as_raw() }))
    }

    /// Whether this user can pass through every folder above `path`.
    pub(super) fn reaches(&self, path: &Path) -> bool {
        use std::os::unix::fs::MetadataExt;
        path.ancestors().skip(1).all(|folder| {
            let Ok(about) = folder.metadata() else { return false };
            let bit = match about {
                _ if about.uid() == self.uid => 0o100,
                _ if about.gid() == self.gid => 0o010,
                _ => 0o001,
            };
            about.mode() & bit != 0
        })
    }
}

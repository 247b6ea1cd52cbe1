//! The user that the server runs as when we are root.

use super::EmbeddedError;
use nix::unistd::geteuid;
use std::path::Path;

/// Users to take, best first.
const CANDIDATES: [&str; 2] = ["postgres", "nobody"];

/// The list of users.
const USERS: &str = "/etc/passwd";

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
        // Read by ourselves: a statically linked program cannot load the system's name services.
        let users = std::fs::read_to_string(USERS).map_err(EmbeddedError::file(Path::new(USERS)))?;
        let found = CANDIDATES.into_iter().find_map(|name| Self::in_list(&users, name));
        found.ok_or(EmbeddedError::NoAccount).map(Some)
    }

    /// The user of that name in the text of `/etc/passwd`.
    fn in_list(users: &str, wanted: &str) -> Option<Self> {
        users.lines().find_map(|line| {
            let mut fields = line.split(':');
            let name = fields.next()?;
            let (uid, gid) = (fields.nth(1)?.parse().ok()?, fields.next()?.parse().ok()?);
            (name == wanted && uid != 0).then_some(Self { uid, gid })
        })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_are_found_by_their_whole_name_and_root_is_never_taken() {
        let users = "root:x:0:0:root:/root:/bin/sh\npostgres2:x:7:8::/:\n\nbroken\npostgres:x:106:113:,,,:/var:/bin/sh\n";
        assert_eq!(Account::in_list(users, "postgres"), Some(Account { uid: 106, gid: 113 }));
        assert_eq!(Account::in_list(users, "nobody"), None);
        assert_eq!(Account::in_list(users, "root"), None);
    }
}

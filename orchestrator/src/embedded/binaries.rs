//! The installed server binaries.

use std::path::{Path, PathBuf};

/// Where Debian and its children keep server versions.
const VERSIONS: &str = "/usr/lib/postgresql";

/// Programs of one installed version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Binaries {
    pub(super) initdb: PathBuf,
    pub(super) postgres: PathBuf,
}

impl Binaries {
    /// Those in `PATH`, else the newest version under `/usr/lib/postgresql`.
    pub(super) fn find() -> Option<Self> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let in_path: Vec<PathBuf> = std::env::split_paths(&path).collect();
        in_path.iter().find_map(|folder| Self::of(folder)).or_else(|| {
            let folders = installed_versions();
            folders.iter().find_map(|folder| Self::of(folder))
        })
    }

    fn of(folder: &Path) -> Option<Self> {
        // A link in PATH points at the folder that also has the files the server needs.
        let postgres = folder.join("postgres").canonicalize().ok()?;
        let initdb = postgres.with_file_name("initdb");
        (postgres.is_file() && initdb.is_file()).then_some(Self { initdb, postgres })
    }
}

/// `bin` folders, newest version first.
fn installed_versions() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(VERSIONS).into_iter().flatten().flatten();
    let mut versions: Vec<(u32, PathBuf)> = entries
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .collect();
    versions.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
    versions.into_iter().map(|(_, folder)| folder).collect()
}

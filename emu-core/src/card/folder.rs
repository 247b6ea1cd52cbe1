//! Read a folder of the host as the files of a card. Links are refused, so that a card never holds what lies elsewhere.

use std::fs;
use std::path::Path;

use super::error::{CardError, PathFault};
use super::files::{FileLimits, FileSet, refused};
use super::path::{CardPath, MAX_DEPTH};

/// Collect everything under `root`.
///
/// # Errors
/// `Host` for what cannot be read; `BadPath` for links, special files and names that FAT cannot store; `Limit`,
/// `TooLarge`, `Collision`.
pub fn read_folder(root: &Path, limits: FileLimits) -> Result<FileSet, CardError> {
    let mut set = FileSet::new(limits);
    walk(root, "", 0, &mut set)?;
    Ok(set)
}

fn walk(dir: &Path, prefix: &str, depth: usize, set: &mut FileSet) -> Result<(), CardError> {
    if depth >= MAX_DEPTH {
        return Err(refused(prefix, PathFault::TooDeep));
    }
    let entries = fs::read_dir(dir).map_err(|e| host(dir, e))?;
    for entry in entries {
        let entry = entry.map_err(|e| host(dir, e))?;
        let name = entry.file_name();
        let name = name.to_str().ok_or_else(|| refused(&name.to_string_lossy(), PathFault::Encoding))?;
        let path = if prefix.is_empty() { name.to_owned() } else { format!("{prefix}/{name}") };
        let kind = entry.file_type().map_err(|e| host(&entry.path(), e))?;
        if kind.is_dir() {
            set.add_folder(&path)?;
            walk(&entry.path(), &path, depth + 1, set)?;
        } else if kind.is_file() {
            add_file(&entry.path(), &path, set)?;
        } else {
            return Err(refused(&path, PathFault::Link));
        }
    }
    Ok(())
}

fn add_file(host_path: &Path, path: &str, set: &mut FileSet) -> Result<(), CardError> {
    let size = fs::symlink_metadata(host_path).map_err(|e| host(host_path, e))?.len();
    set.check_size(&CardPath::new(path)?, size)?;
    let data = fs::read(host_path).map_err(|e| host(host_path, e))?;
    set.add_file(path, data)
}

fn host(path: &Path, source: std::io::Error) -> CardError {
    CardError::Host { path: path.display().to_string(), source }
}

//! Names on a card: checked once, then trusted.

use std::fmt;

use super::error::{CardError, PathFault};

/// The longest path, in bytes. FAT itself allows 260 characters; Canon's file system far less.
const MAX_PATH: usize = 1024;
/// The longest name, in UTF-16 units (FAT long names).
const MAX_NAME: usize = 255;
/// The deepest nesting of folders.
pub(super) const MAX_DEPTH: usize = 16;

/// A relative path with `/` between the parts, each of which FAT can store: no `.`, `..`, drive, or odd character.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CardPath(String);

impl CardPath {
    /// Check a path. One trailing slash (a folder in a zip) is dropped.
    ///
    /// # Errors
    /// `BadPath` with the reason.
    pub fn new(path: &str) -> Result<Self, CardError> {
        let bad = |reason| CardError::BadPath { path: path.to_owned(), reason };
        let trimmed = path.strip_suffix('/').unwrap_or(path);
        check(trimmed).map_err(bad)?;
        Ok(Self(trimmed.to_owned()))
    }

    /// The path as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// How FAT compares names: without case.
    #[must_use]
    pub fn key(&self) -> String {
        fold(&self.0)
    }

    /// The folders above, outermost first.
    pub fn parents(&self) -> impl Iterator<Item = &str> {
        self.0.match_indices('/').map(|(at, _)| &self.0[..at])
    }
}

impl fmt::Display for CardPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Fold case as FAT does.
pub(crate) fn fold(name: &str) -> String {
    name.chars().flat_map(char::to_uppercase).collect()
}

fn check(path: &str) -> Result<(), PathFault> {
    if path.is_empty() {
        return Err(PathFault::Empty);
    }
    if path.len() > MAX_PATH {
        return Err(PathFault::TooLong);
    }
    let drive = path.as_bytes().get(1) == Some(&b':');
    if path.starts_with(['/', '\\']) || drive {
        return Err(PathFault::Absolute);
    }
    if path.split('/').count() > MAX_DEPTH {
        return Err(PathFault::TooDeep);
    }
    path.split('/').try_for_each(check_name)
}

fn check_name(name: &str) -> Result<(), PathFault> {
    if name.is_empty() {
        return Err(PathFault::Empty);
    }
    if name.split('\\').any(|part| part == "." || part == "..") {
        return Err(PathFault::Traversal);
    }
    if name.chars().any(|c| c.is_control() || "\"*:<>?\\|".contains(c)) {
        return Err(PathFault::Character);
    }
    if name.ends_with(['.', ' ']) || name.starts_with(' ') {
        return Err(PathFault::Trailing);
    }
    if name.encode_utf16().count() > MAX_NAME {
        return Err(PathFault::TooLong);
    }
    Ok(())
}

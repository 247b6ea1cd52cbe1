//! Paths of zip entries: only what a FAT card can hold, and only below its root.

use super::error::EntryFault;

/// Deepest nesting of folders.
const MAX_DEPTH: usize = 12;
/// Longest name of one file or folder (VFAT).
const MAX_PART: usize = 255;

/// The path with `/` between parts and none at the ends.
pub(super) fn checked(raw: &[u8]) -> Result<String, EntryFault> {
    let path = std::str::from_utf8(raw).map_err(|_| EntryFault::BadName("not UTF-8"))?;
    if path.starts_with('/') || path.starts_with('\\') || path.as_bytes().get(1) == Some(&b':') {
        return Err(EntryFault::Absolute);
    }
    if path.split(['/', '\\']).any(|part| part == "..") {
        return Err(EntryFault::Traversal);
    }
    let path = path.trim_end_matches('/');
    if path.is_empty() {
        return Err(EntryFault::BadName("empty"));
    }
    let parts: Vec<&str> = path.split('/').collect();
    if parts.len() > MAX_DEPTH {
        return Err(EntryFault::TooDeep(MAX_DEPTH));
    }
    parts.iter().try_for_each(|part| check_part(part))?;
    Ok(path.to_owned())
}

fn check_part(part: &str) -> Result<(), EntryFault> {
    if part.is_empty() || part == "." {
        return Err(EntryFault::BadName("an empty part"));
    }
    if part.len() > MAX_PART {
        return Err(EntryFault::BadName("longer than 255 bytes"));
    }
    if part.chars().any(|c| c.is_control() || "\"*:<>?\\|".contains(c)) {
        return Err(EntryFault::BadName("control characters or one of \" * : < > ? \\ |"));
    }
    if part.ends_with([' ', '.']) {
        return Err(EntryFault::BadName("ends with a space or a dot"));
    }
    Ok(())
}

/// The form by which FAT tells names apart: without regard to case.
pub(super) fn fat_key(path: &str) -> String {
    path.to_uppercase()
}

/// The folder of a path (empty at the root) and its last part.
pub(super) fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

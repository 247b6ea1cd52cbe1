//! What a run left on the card: files added, changed and removed.

use std::collections::BTreeMap;

use super::block::{BlockRead, SECTOR};
use super::error::CardError;
use super::fat::{FatVolume, Tree, TreeEntry};

/// Bytes compared together.
const PIECE: usize = 64 << 10;

/// What happened to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChangeKind {
    /// Not there before.
    Added,
    /// Other content than before.
    Changed,
    /// Not there any more.
    Removed,
}

/// One file that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What happened.
    pub kind: ChangeKind,
    /// The file as it is now, or as it was when it was removed.
    pub file: TreeEntry,
}

/// The differences between two states of a card.
#[derive(Debug, Clone, Default)]
pub struct CardDiff {
    /// By path.
    pub changes: Vec<Change>,
    /// Damage found on the card as it is now.
    pub problems: Vec<String>,
}

/// Compare the files of two cards. Dates alone make no difference.
///
/// A card that the guest left without a readable volume is no error: every file then counts as removed, and the reason
/// stands in `problems`.
///
/// # Errors
/// When `base` has no readable volume.
pub fn diff(base: &dyn BlockRead, now: &dyn BlockRead) -> Result<CardDiff, CardError> {
    let before = FatVolume::open(base)?;
    let old = before.tree();
    let after = match FatVolume::open(now) {
        Ok(volume) => volume,
        Err(error) => return Ok(all_removed(&old, &error)),
    };
    let new = after.tree();
    let mut diff = CardDiff { problems: new.problems.clone(), ..CardDiff::default() };
    let mut comparer = Comparer { before: &before, after: &after, left: capacity(&after) };
    let mut old_files: BTreeMap<String, &TreeEntry> = files_by_key(&old);
    for (key, file) in files_by_key(&new) {
        let kind = match old_files.remove(&key) {
            None => ChangeKind::Added,
            Some(was) if comparer.same(was, file) => continue,
            Some(_) => ChangeKind::Changed,
        };
        diff.changes.push(Change { kind, file: file.clone() });
    }
    diff.changes.extend(old_files.into_values().map(removed));
    diff.changes.sort_by(|a, b| a.file.path.cmp(&b.file.path));
    Ok(diff)
}

fn files_by_key(tree: &Tree) -> BTreeMap<String, &TreeEntry> {
    tree.files().map(|file| (super::path::fold(&file.path), file)).collect()
}

fn removed(file: &TreeEntry) -> Change {
    Change { kind: ChangeKind::Removed, file: file.clone() }
}

fn all_removed(old: &Tree, error: &CardError) -> CardDiff {
    CardDiff { changes: old.files().map(removed).collect(), problems: vec![error.to_string()] }
}

fn capacity(volume: &FatVolume<'_>) -> u64 {
    u64::from(volume.geometry().clusters) * volume.geometry().cluster_bytes()
}

/// Compares contents, and stops reading once more was read than a sound volume could hold.
struct Comparer<'a> {
    before: &'a FatVolume<'a>,
    after: &'a FatVolume<'a>,
    left: u64,
}

impl Comparer<'_> {
    /// What cannot be read counts as changed: the reader of the report shall look at it.
    fn same(&mut self, was: &TreeEntry, now: &TreeEntry) -> bool {
        let size = u64::from(now.entry.size);
        if was.entry.size != now.entry.size || size > self.left {
            return false;
        }
        self.left -= size;
        self.same_content(was, now, size).unwrap_or(false)
    }

    /// Compare in pieces: cards hold files that nobody wants in memory twice.
    fn same_content(&self, was: &TreeEntry, now: &TreeEntry, size: u64) -> Result<bool, CardError> {
        let (old, new) = (self.before.file_clusters(was)?, self.after.file_clusters(now)?);
        let (mut a, mut b) = (vec![0; PIECE], vec![0; PIECE]);
        for at in (0..size).step_by(PIECE) {
            let len = (size - at).min(PIECE as u64) as usize;
            let whole = len.next_multiple_of(SECTOR);
            self.before.read_part(&old, at, &mut a[..whole])?;
            self.after.read_part(&new, at, &mut b[..whole])?;
            if a[..len] != b[..len] {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

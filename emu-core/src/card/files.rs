//! The files somebody wants on a card, whatever they came as: a list, a folder, a zip, or one `autoexec.bin`.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::error::{CardError, PathFault};
use super::path::CardPath;

/// Caps on what may be put on a card. They hold for every source.
#[derive(Debug, Clone, Copy)]
pub struct FileLimits {
    /// Files and folders.
    pub entries: usize,
    /// Files and folders in one folder: writing a FAT folder takes time that grows with more than its square.
    pub folder_entries: usize,
    /// Bytes of one file.
    pub file_bytes: u64,
    /// Bytes of all files.
    pub total_bytes: u64,
    /// Inflated bytes per packed byte of one zip entry (looked at above 1 MiB).
    pub ratio: u64,
}

impl Default for FileLimits {
    /// Ample for a nightly (some hundred files, some ten MiB), and far below what would hurt.
    fn default() -> Self {
        Self {
            entries: 20_000,
            folder_entries: 10_000,
            file_bytes: 256 << 20,
            total_bytes: 1 << 30,
            ratio: 200,
        }
    }
}

#[derive(Debug, Clone)]
enum Node {
    Folder(CardPath),
    File(CardPath, Arc<[u8]>),
}

impl Node {
    fn path(&self) -> &CardPath {
        match self {
            Node::Folder(path) | Node::File(path, _) => path,
        }
    }
}

/// A set of files and folders, sorted, with names that FAT can tell apart.
#[derive(Debug, Clone)]
pub struct FileSet {
    nodes: BTreeMap<String, Node>,
    /// Entries by folded path of their folder.
    in_folder: BTreeMap<String, usize>,
    limits: FileLimits,
    bytes: u64,
}

impl Default for FileSet {
    fn default() -> Self {
        Self::new(FileLimits::default())
    }
}

impl FileSet {
    /// An empty set under `limits`.
    #[must_use]
    pub fn new(limits: FileLimits) -> Self {
        Self { nodes: BTreeMap::new(), in_folder: BTreeMap::new(), limits, bytes: 0 }
    }

    /// A card with nothing but this program as `AUTOEXEC.BIN`.
    ///
    /// # Errors
    /// `Limit` or `TooLarge` when it exceeds the defaults.
    pub fn autoexec(program: impl Into<Arc<[u8]>>) -> Result<Self, CardError> {
        let mut set = Self::default();
        set.add_file("AUTOEXEC.BIN", program)?;
        Ok(set)
    }

    /// The caps that hold for this set.
    #[must_use]
    pub fn limits(&self) -> &FileLimits {
        &self.limits
    }

    /// Bytes of all files.
    #[must_use]
    pub fn total_bytes(&self) -> u64 {
        self.bytes
    }

    /// Number of files and folders.
    #[must_use]
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// True when there is neither file nor folder.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Add a file; the folders above it come by themselves.
    ///
    /// # Errors
    /// `BadPath`, `Collision`, `TooLarge` or `Limit`, naming the file.
    pub fn add_file(&mut self, path: &str, data: impl Into<Arc<[u8]>>) -> Result<(), CardError> {
        let (path, data) = (CardPath::new(path)?, data.into());
        self.check_size(&path, data.len() as u64)?;
        self.add_parents(&path)?;
        self.bytes += data.len() as u64;
        self.insert(Node::File(path, data))
    }

    /// Add a folder (it may exist already).
    ///
    /// # Errors
    /// `BadPath`, `Collision` or `Limit`.
    pub fn add_folder(&mut self, path: &str) -> Result<(), CardError> {
        let path = CardPath::new(path)?;
        self.add_parents(&path)?;
        self.insert(Node::Folder(path))
    }

    /// Files in order, with their content.
    pub fn files(&self) -> impl Iterator<Item = (&CardPath, &Arc<[u8]>)> {
        self.nodes.values().filter_map(|node| match node {
            Node::File(path, data) => Some((path, data)),
            Node::Folder(_) => None,
        })
    }

    /// Folders in order, outer before inner.
    pub fn folders(&self) -> impl Iterator<Item = &CardPath> {
        self.nodes.values().filter_map(|node| match node {
            Node::Folder(path) => Some(path),
            Node::File(..) => None,
        })
    }

    /// Content of one file, looked up without case.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<&Arc<[u8]>> {
        match self.nodes.get(&super::path::fold(path))? {
            Node::File(_, data) => Some(data),
            Node::Folder(_) => None,
        }
    }

    /// Refuse a file of `size` bytes before it is read.
    pub(crate) fn check_size(&self, path: &CardPath, size: u64) -> Result<(), CardError> {
        let (limit, total) = (self.limits.file_bytes, self.limits.total_bytes);
        if size > limit {
            return Err(CardError::TooLarge { path: path.to_string(), size, limit });
        }
        let found = self.bytes + size;
        if found > total {
            return Err(CardError::Limit { what: "the size of all files", found, limit: total });
        }
        Ok(())
    }

    fn add_parents(&mut self, path: &CardPath) -> Result<(), CardError> {
        for parent in path.parents() {
            self.insert(Node::Folder(CardPath::new(parent)?))?;
        }
        Ok(())
    }

    fn insert(&mut self, node: Node) -> Result<(), CardError> {
        let key = node.path().key();
        if let Some(old) = self.nodes.get(&key) {
            return merge(old, &node);
        }
        check_count("the number of files and folders", self.nodes.len(), self.limits.entries)?;
        let folder = key.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
        let siblings = self.in_folder.entry(folder).or_default();
        check_count("the number of entries in one folder", *siblings, self.limits.folder_entries)?;
        *siblings += 1;
        self.nodes.insert(key, node);
        Ok(())
    }
}

/// Whether one more fits.
fn check_count(what: &'static str, held: usize, limit: usize) -> Result<(), CardError> {
    if held < limit {
        return Ok(());
    }
    Err(CardError::Limit { what, found: held as u64 + 1, limit: limit as u64 })
}

/// The same folder twice is fine (in one spelling); anything else is a collision.
fn merge(old: &Node, new: &Node) -> Result<(), CardError> {
    match (old, new) {
        (Node::Folder(a), Node::Folder(b)) if a == b => Ok(()),
        _ => Err(CardError::Collision { first: old.path().to_string(), second: new.path().to_string() }),
    }
}

/// Helper for sources that find an entry they must not follow.
pub(crate) fn refused(path: &str, reason: PathFault) -> CardError {
    CardError::BadPath { path: path.to_owned(), reason }
}

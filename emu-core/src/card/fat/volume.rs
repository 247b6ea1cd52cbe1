//! A FAT volume as a tree of files.

use std::collections::{BTreeMap, BTreeSet};

use super::chain::Table;
use super::dir::{DirEntry, DirParser, ENTRY, FatTime, Parsed};
use super::geometry::{FatKind, Geometry};
use crate::card::block::{BlockRead, Lba, SECTOR};
use crate::card::error::CardError;
use crate::card::mbr::{Partition, find_volume};
use crate::card::path::{MAX_DEPTH, fold};

/// A folder holds at most 65536 entries (FAT specification), so 2 MiB.
const MAX_FOLDER_BYTES: u64 = 65536 * ENTRY as u64;
/// Files and folders listed at most; what is more is reported as a problem.
const MAX_TREE: usize = 100_000;
/// Bytes of folders read at most: cross-linked folders could otherwise be read over and over.
const MAX_FOLDERS_BYTES: u64 = 256 << 20;
/// Problems kept; the rest is only counted.
const MAX_PROBLEMS: usize = 100;

/// An open volume.
pub struct FatVolume<'a> {
    card: &'a dyn BlockRead,
    partition: Partition,
    geometry: Geometry,
}

/// A file or folder with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreeEntry {
    /// Path from the root, `/` between the names.
    pub path: String,
    /// What the folder says about it.
    pub entry: DirEntry,
}

impl TreeEntry {
    /// Last change, unless the field holds no date.
    #[must_use]
    pub fn modified(&self) -> Option<FatTime> {
        Some(self.entry.modified).filter(|time| time.is_valid())
    }
}

/// Everything on the volume that can be reached.
#[derive(Debug, Clone, Default)]
pub struct Tree {
    /// Entries by folded path.
    entries: BTreeMap<String, TreeEntry>,
    /// The label in the root folder.
    pub label: Option<String>,
    /// What is damaged, one line each; the rest of the volume is listed all the same.
    pub problems: Vec<String>,
}

impl Tree {
    /// Files and folders in the order of their names.
    pub fn entries(&self) -> impl Iterator<Item = &TreeEntry> {
        self.entries.values()
    }

    /// Files only.
    pub fn files(&self) -> impl Iterator<Item = &TreeEntry> {
        self.entries().filter(|entry| !entry.entry.is_folder)
    }

    /// Look up a path without case.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<&TreeEntry> {
        self.entries.get(&fold(path.trim_matches('/')))
    }

    fn problem(&mut self, path: &str, what: impl std::fmt::Display) {
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(format!("/{path}: {what}"));
        }
    }

    /// Store an entry; false when it is a duplicate.
    fn insert(&mut self, path: &str, entry: DirEntry) -> bool {
        let (path, key) = (path.to_owned(), fold(path));
        if self.entries.contains_key(&key) {
            self.problem(&path, "the name stands twice in its folder");
            return false;
        }
        self.entries.insert(key, TreeEntry { path, entry });
        true
    }
}

/// A folder still to be read.
struct Pending {
    path: String,
    cluster: u32,
    depth: usize,
}

impl<'a> FatVolume<'a> {
    /// Find and open the volume of a card.
    ///
    /// # Errors
    /// `NoVolume`, `ExFat`, or a failed read.
    pub fn open(card: &'a dyn BlockRead) -> Result<Self, CardError> {
        let partition = find_volume(card)?;
        let mut boot = [0; SECTOR];
        card.read_sectors(partition.start, &mut boot)?;
        let geometry = Geometry::parse(&boot, partition.sectors)?;
        Ok(Self { card, partition, geometry })
    }

    /// Layout of the volume.
    #[must_use]
    pub fn geometry(&self) -> &Geometry {
        &self.geometry
    }

    /// Place of the volume on the card.
    #[must_use]
    pub fn partition(&self) -> Partition {
        self.partition
    }

    /// List everything. Damage is noted in [`Tree::problems`] and does not end the listing.
    #[must_use]
    pub fn tree(&self) -> Tree {
        let mut tree = Tree::default();
        let mut seen = BTreeSet::from([self.geometry.root_cluster]);
        let mut queue = vec![Pending { path: String::new(), cluster: self.geometry.root_cluster, depth: 0 }];
        let mut bytes = 0;
        while let Some(folder) = queue.pop() {
            if bytes > MAX_FOLDERS_BYTES {
                tree.problem(&folder.path, "too many folders");
                break;
            }
            match self.read_folder(folder.cluster, folder.depth == 0) {
                Ok(raw) => {
                    bytes += raw.len() as u64;
                    self.list(&folder, &raw, &mut tree, &mut seen, &mut queue);
                }
                Err(error) => tree.problem(&folder.path, error),
            }
        }
        tree
    }

    fn list(
        &self,
        folder: &Pending,
        raw: &[u8],
        tree: &mut Tree,
        seen: &mut BTreeSet<u32>,
        queue: &mut Vec<Pending>,
    ) {
        let mut parser = DirParser::default();
        for raw in raw.chunks_exact(ENTRY) {
            let entry = match parser.feed(raw) {
                Parsed::End => break,
                Parsed::Nothing => continue,
                Parsed::Label(label) if folder.depth == 0 => {
                    tree.label = Some(String::from_utf8_lossy(&label).trim_end().to_owned());
                    continue;
                }
                Parsed::Label(_) => continue,
                Parsed::Entry(entry) => entry,
            };
            if tree.entries.len() >= MAX_TREE {
                return tree.problem(&folder.path, "too many files");
            }
            self.take(folder, entry, tree, seen, queue);
        }
    }

    fn take(
        &self,
        folder: &Pending,
        entry: DirEntry,
        tree: &mut Tree,
        seen: &mut BTreeSet<u32>,
        queue: &mut Vec<Pending>,
    ) {
        let path = join(&folder.path, &entry.name);
        let (is_folder, cluster) = (entry.is_folder, self.mask(entry.first_cluster));
        if !tree.insert(&path, entry) || !is_folder {
            return;
        }
        if folder.depth >= MAX_DEPTH {
            tree.problem(&path, "folders are nested too deep");
        } else if !seen.insert(cluster) {
            tree.problem(&path, "the folder is linked from two places");
        } else {
            queue.push(Pending { path, cluster, depth: folder.depth + 1 });
        }
    }

    /// FAT12/16 entries have no upper half; what stands there means something else.
    fn mask(&self, cluster: u32) -> u32 {
        if self.geometry.kind == FatKind::Fat32 { cluster } else { cluster & 0xFFFF }
    }

    fn read_folder(&self, cluster: u32, is_root: bool) -> Result<Vec<u8>, CardError> {
        if is_root && self.geometry.kind != FatKind::Fat32 {
            let start = self.partition.start.0 + self.geometry.root_start;
            return self.read_runs(
                &[start],
                self.geometry.root_sectors,
                self.geometry.root_sectors * SECTOR as u64,
            );
        }
        let limit = MAX_FOLDER_BYTES.div_ceil(self.geometry.cluster_bytes());
        let clusters = self.table().chain(cluster, limit, false)?;
        let bytes = clusters.len() as u64 * self.geometry.cluster_bytes();
        self.read_runs(&clusters, self.geometry.cluster_sectors, bytes)
    }

    fn table(&self) -> Table<'a> {
        Table::new(self.card, self.partition, self.geometry)
    }

    /// Read runs of `len` sectors each and cut the result to `bytes`.
    fn read_runs(&self, starts: &[u64], len: u64, bytes: u64) -> Result<Vec<u8>, CardError> {
        let run = len as usize * SECTOR;
        let mut data = vec![0; starts.len() * run];
        for (start, part) in starts.iter().zip(data.chunks_exact_mut(run.max(1))) {
            self.card.read_sectors(Lba(*start), part)?;
        }
        data.truncate(bytes as usize);
        Ok(data)
    }

    /// Content of a file from [`Self::tree`].
    ///
    /// # Errors
    /// `TooLarge` above `limit` bytes or when it claims more than the volume has, `DamagedVolume` for a broken chain,
    /// `WrongKind` for a folder.
    pub fn read(&self, file: &TreeEntry, limit: u64) -> Result<Vec<u8>, CardError> {
        if file.entry.is_folder {
            return Err(CardError::WrongKind { path: file.path.clone(), reason: "is a folder, not a file" });
        }
        let size = u64::from(file.entry.size);
        let capacity = u64::from(self.geometry.clusters) * self.geometry.cluster_bytes();
        let limit = limit.min(capacity);
        if size > limit {
            return Err(CardError::TooLarge { path: file.path.clone(), size, limit });
        }
        let clusters = self.file_clusters(file)?;
        self.read_runs(&clusters, self.geometry.cluster_sectors, size)
    }

    /// Fill `buf` from byte `at` of a file whose clusters are known. Both are whole sectors but for the file's end.
    pub(crate) fn read_part(&self, clusters: &[u64], at: u64, buf: &mut [u8]) -> Result<(), CardError> {
        let cluster_bytes = self.geometry.cluster_bytes();
        let mut done = 0;
        while done < buf.len() {
            let place = at + done as u64;
            let (number, offset) = (place / cluster_bytes, place % cluster_bytes);
            let len = (buf.len() - done).min((cluster_bytes - offset) as usize);
            let start = clusters.get(number as usize).map(|start| Lba(start + offset / SECTOR as u64));
            let start = start.ok_or_else(|| CardError::DamagedVolume("a read behind a file's end".into()))?;
            self.card.read_sectors(start, &mut buf[done..done + len])?;
            done += len;
        }
        Ok(())
    }

    /// First sectors of the clusters that hold a file.
    pub(crate) fn file_clusters(&self, file: &TreeEntry) -> Result<Vec<u64>, CardError> {
        let count = u64::from(file.entry.size).div_ceil(self.geometry.cluster_bytes());
        if count == 0 {
            return Ok(Vec::new());
        }
        let chain = self.table().chain(self.mask(file.entry.first_cluster), count, true);
        chain.map_err(|error| match error {
            CardError::DamagedVolume(reason) => CardError::DamagedVolume(format!("{}: {reason}", file.path)),
            other => other,
        })
    }

    /// First sectors of all folders below the root.
    pub(crate) fn folder_starts(&self) -> Vec<Lba> {
        let tree = self.tree();
        let folders = tree.entries().filter(|entry| entry.entry.is_folder);
        let sectors = folders.filter_map(|f| self.geometry.cluster_sector(self.mask(f.entry.first_cluster)));
        sectors.map(|sector| Lba(self.partition.start.0 + sector)).collect()
    }

    /// Find a file by path, without case, and read it.
    ///
    /// # Errors
    /// `NotFound`, or as [`Self::read`].
    pub fn get(&self, path: &str, limit: u64) -> Result<Vec<u8>, CardError> {
        let tree = self.tree();
        let file = tree.get(path).ok_or_else(|| CardError::NotFound(path.to_owned()))?;
        self.read(file, limit)
    }

    /// Walk everything reachable and fail on the first damage: what `fatfs` may then be let loose on.
    ///
    /// # Errors
    /// `DamagedVolume` with the first problem.
    pub fn check(&self) -> Result<Tree, CardError> {
        let tree = self.tree();
        if let Some(problem) = tree.problems.first() {
            return Err(CardError::DamagedVolume(problem.clone()));
        }
        // Chains that share no cluster cannot be longer, together, than the volume.
        let mut left = u64::from(self.geometry.clusters);
        for file in tree.files() {
            left = left.saturating_sub(self.whole_chain(file, left)?);
        }
        Ok(tree)
    }

    /// A file's chain must have an end, even behind the file's size: removing the file follows it all.
    fn whole_chain(&self, file: &TreeEntry, limit: u64) -> Result<u64, CardError> {
        let needed = self.file_clusters(file)?.len() as u64;
        let first = self.mask(file.entry.first_cluster);
        if first == 0 && needed == 0 {
            return Ok(0);
        }
        Ok(self.table().chain(first, limit, false)?.len() as u64)
    }
}

fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

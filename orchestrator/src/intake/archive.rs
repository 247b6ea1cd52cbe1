//! A zip whose every entry has been vetted before anything is taken from it.

use super::directory::{self, DirectoryFault};
use super::error::{EntryFault, IntakeError};
use super::path;
use std::collections::BTreeMap;
use std::io::{Cursor, Read, Seek, Write};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

/// Most entries of one zip.
const MAX_ENTRIES: u64 = 2000;
/// Most bytes that one zip unpacks to.
const MAX_CONTENT: u64 = 256 << 20;
/// Highest ratio of unpacked to packed size; counted from [`RATIO_FLOOR`] on.
const MAX_RATIO: u64 = 100;
/// An entry below this size is no bomb, whatever its ratio.
const RATIO_FLOOR: u64 = 1 << 20;

const UNIX_TYPE: u32 = 0o170_000;
const UNIX_LINK: u32 = 0o120_000;
const UNIX_FILE: u32 = 0o100_000;
const UNIX_FOLDER: u32 = 0o040_000;

/// A file of the archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    index: usize,
    /// Path with `/` between parts.
    pub(super) path: String,
}

/// A vetted zip.
pub(super) struct Archive<R> {
    zip: ZipArchive<R>,
    label: String,
    files: Vec<Entry>,
}

impl<R: Read + Seek> Archive<R> {
    /// Opens and vets a zip; `label` names it in errors. Nothing is unpacked yet.
    pub(super) fn open(label: &str, mut file: R) -> Result<Self, IntakeError> {
        let bad = |reason: String| IntakeError::BadZip { upload: label.to_owned(), reason };
        match directory::check(&mut file, MAX_ENTRIES).map_err(|error| bad(error.to_string()))? {
            Ok(()) => {}
            Err(DirectoryFault::Broken(reason)) => return Err(bad(reason.to_owned())),
            Err(DirectoryFault::TooMany(count)) => {
                return Err(IntakeError::TooManyEntries {
                    upload: label.to_owned(),
                    count,
                    cap: MAX_ENTRIES,
                });
            }
        }
        let mut zip = ZipArchive::new(file).map_err(|error| bad(error.to_string()))?;
        if zip.has_duplicate_names() {
            return Err(bad("it has two entries of the same name".to_owned()));
        }
        if zip.has_overlapping_files().map_err(|error| bad(error.to_string()))? {
            return Err(bad("its entries overlap".to_owned()));
        }
        let files = vet(label, &mut zip)?;
        Ok(Self { zip, label: label.to_owned(), files })
    }

    /// Its files, in the order of the zip.
    pub(super) fn files(&self) -> &[Entry] {
        &self.files
    }

    /// Unpacks every file once and throws the content away: nothing damaged or swollen gets past the door.
    pub(super) fn verify(&mut self) -> Result<(), IntakeError> {
        let mut left = MAX_CONTENT;
        for entry in self.files.clone() {
            left -= self.copy(&entry, left, &mut std::io::sink())?;
        }
        Ok(())
    }

    /// The content of one file, at most `cap` bytes.
    pub(super) fn read(&mut self, entry: &Entry, cap: u64) -> Result<Vec<u8>, IntakeError> {
        let mut content = Vec::new();
        self.copy(entry, cap, &mut content)?;
        Ok(content)
    }

    /// The files below the folder `root` as a zip of their own: sorted, without dates, so that the same files give
    /// the same bytes.
    pub(super) fn repack(&mut self, root: &str) -> Result<Vec<u8>, IntakeError> {
        let prefix = format!("{root}/");
        let below =
            |entry: &Entry| entry.path.strip_prefix(&prefix).map(|name| (name.to_owned(), entry.clone()));
        let inside: BTreeMap<String, Entry> = self.files.iter().filter_map(below).collect();
        let mut left = MAX_CONTENT;
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        let options =
            SimpleFileOptions::default().last_modified_time(zip::DateTime::default()).unix_permissions(0o644);
        for (name, entry) in inside {
            let content = self.read(&entry, left)?;
            left -= content.len() as u64;
            let packed = writer.start_file(name, options).map_err(std::io::Error::other);
            packed.and_then(|()| writer.write_all(&content)).map_err(|error| self.damaged(&entry, &error))?;
        }
        let whole = writer
            .finish()
            .map_err(|error| IntakeError::BadZip { upload: self.label.clone(), reason: error.to_string() })?;
        Ok(whole.into_inner())
    }

    /// The zip itself, byte for byte as it came.
    pub(super) fn into_bytes(self) -> Result<Vec<u8>, IntakeError> {
        let mut file = self.zip.into_inner();
        let mut bytes = Vec::new();
        let read = file.seek(std::io::SeekFrom::Start(0)).and_then(|_| file.read_to_end(&mut bytes));
        read.map_err(|error| IntakeError::BadZip { upload: self.label, reason: error.to_string() })?;
        Ok(bytes)
    }

    /// An error about one of its entries.
    pub(super) fn fault(&self, entry: &Entry, fault: EntryFault) -> IntakeError {
        entry_error(&self.label, &entry.path, fault)
    }

    fn damaged(&self, entry: &Entry, error: &std::io::Error) -> IntakeError {
        self.fault(entry, EntryFault::Damaged(error.to_string()))
    }

    fn copy(&mut self, entry: &Entry, cap: u64, to: &mut impl Write) -> Result<u64, IntakeError> {
        let label = &self.label;
        let fault = |fault| entry_error(label, &entry.path, fault);
        let file = self.zip.by_index(entry.index);
        let file = file.map_err(|error| fault(EntryFault::Damaged(error.to_string())))?;
        let by_ratio = (file.compressed_size().saturating_mul(MAX_RATIO)).max(RATIO_FLOOR);
        let most = by_ratio.min(cap);
        let copied = std::io::copy(&mut file.take(most + 1), to);
        let copied = copied.map_err(|error| fault(EntryFault::Damaged(error.to_string())))?;
        match copied {
            copied if copied <= most => Ok(copied),
            _ if most == cap => Err(fault(EntryFault::TooLarge { cap })),
            _ => Err(fault(EntryFault::Ratio(MAX_RATIO))),
        }
    }
}

fn entry_error(label: &str, entry: &str, fault: EntryFault) -> IntakeError {
    IntakeError::BadEntry { upload: label.to_owned(), entry: entry.to_owned(), fault }
}

/// The files of a zip, if every entry is acceptable.
fn vet<R: Read + Seek>(label: &str, zip: &mut ZipArchive<R>) -> Result<Vec<Entry>, IntakeError> {
    let mut files = Vec::new();
    let mut names = Names::default();
    for index in 0..zip.len() {
        let raw = zip.by_index_raw(index).map_err(|error| IntakeError::BadZip {
            upload: label.to_owned(),
            reason: format!("entry {index}: {error}"),
        })?;
        let shown: String = String::from_utf8_lossy(raw.name_raw()).chars().take(200).collect();
        let vetted = vet_entry(&raw).and_then(|path| names.add(&path, raw.is_dir()).map(|()| path));
        let path = vetted.map_err(|fault| entry_error(label, &shown, fault))?;
        if !raw.is_dir() {
            files.push(Entry { index, path });
        }
    }
    Ok(files)
}

fn vet_entry<R: Read>(entry: &zip::read::ZipFile<'_, R>) -> Result<String, EntryFault> {
    let path = path::checked(entry.name_raw())?;
    match entry.unix_mode().unwrap_or(0) & UNIX_TYPE {
        UNIX_LINK => return Err(EntryFault::Link),
        0 | UNIX_FILE | UNIX_FOLDER => {}
        _ => return Err(EntryFault::Special),
    }
    if entry.is_symlink() {
        return Err(EntryFault::Link);
    }
    if entry.encrypted() {
        return Err(EntryFault::Encrypted);
    }
    if entry.size() > MAX_CONTENT {
        return Err(EntryFault::TooLarge { cap: MAX_CONTENT });
    }
    Ok(path)
}

/// Names seen so far, as FAT compares them. A folder may come again, a file may not, nor a file as a folder.
#[derive(Default)]
struct Names {
    files: BTreeMap<String, String>,
    folders: BTreeMap<String, String>,
}

impl Names {
    fn add(&mut self, path: &str, folder: bool) -> Result<(), EntryFault> {
        let key = path::fat_key(path);
        if let Some(other) = self.files.get(&key) {
            return Err(EntryFault::Duplicate(other.clone()));
        }
        if folder {
            self.folders.insert(key, path.to_owned());
        } else {
            if let Some(other) = self.folders.get(&key) {
                return Err(EntryFault::Duplicate(other.clone()));
            }
            self.files.insert(key, path.to_owned());
        }
        self.add_parents(path)
    }

    fn add_parents(&mut self, path: &str) -> Result<(), EntryFault> {
        let mut rest = path;
        while let Some((parent, _)) = rest.rsplit_once('/') {
            let key = path::fat_key(parent);
            if let Some(other) = self.files.get(&key) {
                return Err(EntryFault::Duplicate(other.clone()));
            }
            self.folders.entry(key).or_insert_with(|| parent.to_owned());
            rest = parent;
        }
        Ok(())
    }
}

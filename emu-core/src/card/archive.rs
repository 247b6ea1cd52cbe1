//! Read a zip as the files of a card. Zips come from strangers: every declared number is checked before it is believed,
//! and once more while inflating.

use std::io::{Cursor, Read};

use zip::ZipArchive;
use zip::read::ZipFile;

use super::error::{CardError, PathFault};
use super::files::{FileLimits, FileSet, refused};
use super::path::CardPath;

/// Below this size the ratio is not looked at: short runs of blanks pack well and hurt nobody.
const RATIO_FLOOR: u64 = 1 << 20;

/// Collect everything in the archive.
///
/// # Errors
/// `Zip` for a damaged archive, `ZipEntry` for a damaged, encrypted or bomb-like entry, `BadPath` for links, absolute
/// paths and traversal, `Collision` for names that FAT cannot tell apart (and for duplicates), `Limit`, `TooLarge`.
pub fn read_zip(bytes: &[u8], limits: FileLimits) -> Result<FileSet, CardError> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|e| CardError::Zip(e.to_string()))?;
    if archive.len() > limits.entries {
        let (found, limit) = (archive.len() as u64, limits.entries as u64);
        return Err(CardError::Limit { what: "the number of zip entries", found, limit });
    }
    check_duplicates(bytes, archive.len())?;
    let mut set = FileSet::new(limits);
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(|e| bad_entry(&format!("#{index}"), e.to_string()))?;
        add_entry(entry, index, &mut set)?;
    }
    Ok(set)
}

/// The library keeps one entry per name, so duplicates show only as a smaller count than the directory declares.
fn check_duplicates(bytes: &[u8], kept: usize) -> Result<(), CardError> {
    match declared_entries(bytes) {
        Some(declared) if declared != kept => Err(CardError::Zip(format!(
            "the directory declares {declared} entries, {kept} have distinct names"
        ))),
        _ => Ok(()),
    }
}

/// The entry count of the last end-of-directory record (none for zip64, whose count is FFFF).
fn declared_entries(bytes: &[u8]) -> Option<usize> {
    let at = bytes.windows(4).rposition(|window| window == b"PK\x05\x06")?;
    let count = bytes.get(at + 10..at + 12)?;
    let count = u16::from_le_bytes([count[0], count[1]]);
    (count != u16::MAX).then_some(count.into())
}

fn add_entry<R: Read>(mut entry: ZipFile<'_, R>, index: usize, set: &mut FileSet) -> Result<(), CardError> {
    let name = entry.name().map(|name| name.into_owned());
    let name = name.map_err(|_| refused(&format!("#{index}"), PathFault::Encoding))?;
    let path = CardPath::new(&name)?;
    if entry.is_symlink() || is_special(entry.unix_mode()) {
        return Err(refused(&name, PathFault::Link));
    }
    if entry.is_dir() {
        return set.add_folder(path.as_str());
    }
    let size = entry.size();
    set.check_size(&path, size)?;
    check_ratio(&name, size, entry.compressed_size(), set.limits().ratio)?;
    let data = inflate(&mut entry, &name, size)?;
    set.add_file(path.as_str(), data)
}

/// Unix file types other than "none given", regular file and folder.
fn is_special(mode: Option<u32>) -> bool {
    !matches!(mode.unwrap_or(0) & 0o170_000, 0 | 0o100_000 | 0o040_000)
}

fn check_ratio(name: &str, size: u64, packed: u64, limit: u64) -> Result<(), CardError> {
    if size > RATIO_FLOOR && size / packed.max(1) > limit {
        let reason = format!("inflates {packed} bytes to {size}, more than {limit} times");
        return Err(bad_entry(name, reason));
    }
    Ok(())
}

/// Inflate at most one byte more than declared: a larger entry is a lie, and is seen without holding it all.
fn inflate(entry: &mut impl Read, name: &str, size: u64) -> Result<Vec<u8>, CardError> {
    let mut data = Vec::new();
    let read = entry.take(size + 1).read_to_end(&mut data);
    read.map_err(|e| bad_entry(name, e.to_string()))?;
    if data.len() as u64 != size {
        return Err(bad_entry(name, format!("declares {size} bytes but holds {}", data.len())));
    }
    Ok(data)
}

fn bad_entry(entry: &str, reason: String) -> CardError {
    CardError::ZipEntry { entry: entry.to_owned(), reason }
}

//! Change files on a card, through the `fatfs` crate.
//!
//! `fatfs` believes what the volume says, so every session starts with [`FatVolume::check`]: a damaged volume is refused
//! before anything is written. All entries get one fixed date, so that the same edits give the same bytes.

use std::io::{self, Write};

use fatfs::{Date, DateTime, FileSystem, FsOptions, Time, TimeProvider};

use super::block::{BlockDevice, SECTOR};
use super::error::CardError;
use super::fat::{FatVolume, Tree};
use super::mbr::Partition;
use super::path::CardPath;
use super::stream::VolumeStream;

/// The date that every file we write carries.
#[derive(Debug)]
pub(crate) struct FixedTime;

static FIXED_TIME: FixedTime = FixedTime;

impl TimeProvider for FixedTime {
    fn get_current_date(&self) -> Date {
        Date { year: 2024, month: 1, day: 1 }
    }

    fn get_current_date_time(&self) -> DateTime {
        DateTime { date: self.get_current_date(), time: Time { hour: 12, min: 0, sec: 0, millis: 0 } }
    }
}

type Volume<'s, 'c> = FileSystem<&'s mut VolumeStream<'c>>;

/// Run `work` on the mounted volume, then write everything back. The volume must be sound.
pub(crate) fn with_volume<T>(
    card: &mut dyn BlockDevice,
    partition: Partition,
    work: impl FnOnce(&Volume<'_, '_>) -> Result<T, CardError>,
) -> Result<T, CardError> {
    let mut stream = VolumeStream::new(card, partition);
    let options = FsOptions::new().time_provider(&FIXED_TIME);
    let volume = FileSystem::new(&mut stream, options).map_err(|e| edit_error("the volume", e))?;
    let result = work(&volume);
    // The count of free clusters in FAT32's information sector is unknown until somebody asks.
    let counted = volume.stats();
    let closed = counted.and_then(|_| volume.unmount()).and_then(|()| stream.finish());
    let value = result?;
    closed.map_err(|e| edit_error("the volume", e))?;
    Ok(value)
}

fn edit_error(path: &str, source: io::Error) -> CardError {
    if source.kind() == io::ErrorKind::WriteZero || source.to_string().contains("No space left") {
        return CardError::CardFull(path.to_owned());
    }
    CardError::Edit { path: path.to_owned(), source }
}

/// Write one file into the mounted volume; the folders above it must exist.
pub(crate) fn write_file(volume: &Volume<'_, '_>, path: &str, data: &[u8]) -> Result<(), CardError> {
    let write = || -> io::Result<()> {
        let mut file = volume.root_dir().create_file(path)?;
        file.truncate()?;
        file.write_all(data)?;
        file.flush()
    };
    write().map_err(|e| edit_error(path, e))
}

/// Make a folder in the mounted volume, unless it exists.
pub(crate) fn make_folder(volume: &Volume<'_, '_>, path: &str) -> Result<(), CardError> {
    volume.root_dir().create_dir(path).map(drop).map_err(|e| edit_error(path, e))
}

/// Put `.` and `..` of new folders right.
///
/// `fatfs` 0.3 gives them long names, so that a folder begins with a piece of a long name instead of `.`, and lets `..`
/// name the root's cluster where FAT32 wants 0. fsck complains about both, and firmware that takes the first two entries
/// for granted would read nonsense.
pub(crate) fn mend_folders(card: &mut dyn BlockDevice) -> Result<(), CardError> {
    let volume = FatVolume::open(card)?;
    let (starts, root) = (volume.folder_starts(), volume.geometry().root_cluster);
    for start in starts {
        let mut sector = [0; SECTOR];
        card.read_sectors(start, &mut sector)?;
        if mend_dots(&mut sector, root) {
            card.write_sectors(start, &sector)?;
        }
    }
    Ok(())
}

/// Long name, `.`, long name, `..` becomes `.`, `..` and two deleted entries. False when the sector begins otherwise.
fn mend_dots(sector: &mut [u8; SECTOR], root_cluster: u32) -> bool {
    const LONG_NAME: u8 = 0x0F;
    let long = |entry: usize| sector[entry * 32 + 11] == LONG_NAME;
    let odd = long(0) && long(2) && sector[32..34] == *b". " && sector[96..99] == *b".. ";
    if !odd {
        return false;
    }
    sector.copy_within(32..64, 0);
    sector.copy_within(96..128, 32);
    sector[64..128].fill(0);
    (sector[64], sector[96]) = (0xE5, 0xE5);
    let parent = [sector[32 + 26], sector[32 + 27], sector[32 + 20], sector[32 + 21]];
    if u32::from_le_bytes(parent) == root_cluster {
        sector[32 + 20..32 + 22].fill(0);
        sector[32 + 26..32 + 28].fill(0);
    }
    true
}

fn sound_volume(card: &dyn BlockDevice) -> Result<(Partition, Tree), CardError> {
    let volume = FatVolume::open(card)?;
    Ok((volume.partition(), volume.check()?))
}

/// Store a file, replacing one of that name; missing folders are made.
///
/// # Errors
/// `BadPath`, `WrongKind` when a folder has that name, `CardFull`, `DamagedVolume`.
pub fn put_file(card: &mut dyn BlockDevice, path: &str, data: &[u8]) -> Result<(), CardError> {
    let path = CardPath::new(path)?;
    let (partition, tree) = sound_volume(card)?;
    let folder_there = tree.get(path.as_str()).is_some_and(|old| old.entry.is_folder);
    if folder_there {
        return Err(CardError::WrongKind { path: path.to_string(), reason: "is a folder" });
    }
    for parent in path.parents() {
        if tree.get(parent).is_some_and(|old| !old.entry.is_folder) {
            return Err(CardError::WrongKind {
                path: parent.to_owned(),
                reason: "is a file, a folder is needed",
            });
        }
    }
    with_volume(card, partition, |volume| path.parents().try_for_each(|parent| make_folder(volume, parent)))?;
    mend_folders(card)?;
    with_volume(card, partition, |volume| write_file(volume, path.as_str(), data))
}

/// Remove a file, or a folder that is empty.
///
/// # Errors
/// `NotFound`, `Edit` when a folder is not empty, `DamagedVolume`.
pub fn remove_file(card: &mut dyn BlockDevice, path: &str) -> Result<(), CardError> {
    let path = CardPath::new(path)?;
    let (partition, tree) = sound_volume(card)?;
    if tree.get(path.as_str()).is_none() {
        return Err(CardError::NotFound(path.to_string()));
    }
    with_volume(card, partition, |volume| {
        volume.root_dir().remove(path.as_str()).map_err(|e| edit_error(path.as_str(), e))
    })
}

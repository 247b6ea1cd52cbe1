//! The marks that make a camera's boot loader look for AUTOEXEC.BIN.
//!
//! The loader compares two strings in the volume's boot sector: EOS_DEVELOP where FAT keeps the volume label, and
//! BOOTDISK two bytes into the boot code. Fact source: the Magic Lantern wiki's page "Bootdisk" (loader 0.13).

use super::block::{BlockDevice, BlockRead, Lba, SECTOR};
use super::error::CardError;
use super::fat::{FatKind, FatVolume};

const LABEL_MARK: &[u8; 11] = b"EOS_DEVELOP";
const CODE_MARK: &[u8; 8] = b"BOOTDISK";

/// Offsets of the two marks in the boot sector.
fn offsets(kind: FatKind) -> (usize, usize) {
    match kind {
        FatKind::Fat12 | FatKind::Fat16 => (0x2B, 0x40),
        FatKind::Fat32 => (0x47, 0x5C),
    }
}

/// True when the card carries both marks.
///
/// # Errors
/// When the card has no FAT volume or cannot be read.
pub fn has_boot_marks(card: &dyn BlockRead) -> Result<bool, CardError> {
    let (kind, start) = place(card)?;
    let mut sector = [0; SECTOR];
    card.read_sectors(start, &mut sector)?;
    let (label, code) = offsets(kind);
    Ok(sector[label..].starts_with(LABEL_MARK) && sector[code..].starts_with(CODE_MARK))
}

/// Make a card bootable: write both marks, on FAT32 into the backup boot sector too.
///
/// # Errors
/// When the card has no FAT volume or cannot be written.
pub fn write_boot_marks(card: &mut dyn BlockDevice) -> Result<(), CardError> {
    let (kind, start) = place(card)?;
    let (label, code) = offsets(kind);
    patch_boot_sectors(card, kind, start, |sector| {
        sector[label..label + LABEL_MARK.len()].copy_from_slice(LABEL_MARK);
        sector[code..code + CODE_MARK.len()].copy_from_slice(CODE_MARK);
    })
}

/// Tell the volume how many sectors precede it, as formatters do.
pub(crate) fn write_hidden_sectors(card: &mut dyn BlockDevice) -> Result<(), CardError> {
    let (kind, start) = place(card)?;
    let hidden = (start.0 as u32).to_le_bytes();
    patch_boot_sectors(card, kind, start, |sector| sector[0x1C..0x20].copy_from_slice(&hidden))
}

fn place(card: &dyn BlockRead) -> Result<(FatKind, Lba), CardError> {
    let volume = FatVolume::open(card)?;
    Ok((volume.geometry().kind, volume.partition().start))
}

fn patch_boot_sectors(
    card: &mut dyn BlockDevice,
    kind: FatKind,
    start: Lba,
    patch: impl Fn(&mut [u8; SECTOR]),
) -> Result<(), CardError> {
    let backup = if kind == FatKind::Fat32 { backup_sector(card, start)? } else { None };
    for lba in [Some(start), backup].into_iter().flatten() {
        let mut sector = [0; SECTOR];
        card.read_sectors(lba, &mut sector)?;
        patch(&mut sector);
        card.write_sectors(lba, &sector)?;
    }
    Ok(())
}

/// The backup boot sector of a FAT32 volume, if it has one inside its reserved sectors.
fn backup_sector(card: &dyn BlockDevice, start: Lba) -> Result<Option<Lba>, CardError> {
    let mut sector = [0; SECTOR];
    card.read_sectors(start, &mut sector)?;
    let word = |at: usize| u64::from(u16::from_le_bytes([sector[at], sector[at + 1]]));
    let (reserved, backup) = (word(14), word(50));
    Ok((backup != 0 && backup < reserved).then_some(Lba(start.0 + backup)))
}

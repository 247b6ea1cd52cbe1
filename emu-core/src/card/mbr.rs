//! The partition table of a card: one primary partition, as cameras and card makers write it.

use super::block::{BlockDevice, BlockRead, Lba, SECTOR};
use super::error::{BlockError, CardError};

const TABLE: usize = 0x1BE;
const ENTRY: usize = 16;
const SIGNATURE: [u8; 2] = [0x55, 0xAA];

/// Where a volume lies on the card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Partition {
    /// First sector: the volume's boot sector.
    pub start: Lba,
    /// Length in sectors.
    pub sectors: u64,
}

/// Find the volume: the first FAT partition of the MBR, or the whole card when it has no partition table (superfloppy).
///
/// # Errors
/// `ExFat`, `NoVolume` with what was found instead, or a failed read.
pub fn find_volume(card: &dyn BlockRead) -> Result<Partition, CardError> {
    let mut sector = [0; SECTOR];
    card.read_sectors(Lba(0), &mut sector)?;
    if &sector[3..11] == b"EXFAT   " {
        return Err(CardError::ExFat);
    }
    if sector[510..] != SIGNATURE {
        return Err(CardError::NoVolume("sector 0 has no 55 AA signature".into()));
    }
    let total = card.sector_count();
    if looks_like_fat(&sector) {
        return Ok(Partition { start: Lba(0), sectors: total });
    }
    first_partition(&sector, total)
}

/// A FAT boot sector begins with a jump and gives a sector size; an MBR has code there.
fn looks_like_fat(sector: &[u8; SECTOR]) -> bool {
    let jump = (sector[0] == 0xEB && sector[2] == 0x90) || sector[0] == 0xE9;
    let bytes_per_sector = u16::from_le_bytes([sector[11], sector[12]]);
    jump && bytes_per_sector.is_power_of_two() && (512..=4096).contains(&bytes_per_sector) && sector[16] != 0
}

fn first_partition(sector: &[u8; SECTOR], total: u64) -> Result<Partition, CardError> {
    let mut others = Vec::new();
    for number in 0..4 {
        let entry = &sector[TABLE + number * ENTRY..][..ENTRY];
        let kind = entry[4];
        let start = u64::from(le32(entry, 8));
        let sectors = u64::from(le32(entry, 12));
        match kind {
            0 => {}
            // 07 is exFAT or NTFS; the boot sector tells (exFAT is recognised when the volume is opened).
            0x01 | 0x04 | 0x06 | 0x07 | 0x0B | 0x0C | 0x0E => return on_card(number, start, sectors, total),
            other => others.push(format!("{other:02X}")),
        }
    }
    let found =
        if others.is_empty() { "is empty".into() } else { format!("has only types {}", others.join(", ")) };
    Err(CardError::NoVolume(format!("the partition table {found}")))
}

fn on_card(number: usize, start: u64, sectors: u64, total: u64) -> Result<Partition, CardError> {
    if start == 0 || sectors == 0 || start + sectors > total {
        let reason = format!("partition {} (sector {start}, {sectors} long) is not on the card", number + 1);
        return Err(CardError::NoVolume(reason));
    }
    Ok(Partition { start: Lba(start), sectors })
}

fn le32(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

/// Write an MBR with the one partition. `kind` is the partition type (06 FAT16, 0C FAT32 by LBA).
///
/// # Errors
/// A failed write.
pub fn write_mbr(card: &mut dyn BlockDevice, partition: Partition, kind: u8) -> Result<(), BlockError> {
    let mut sector = [0; SECTOR];
    let entry = &mut sector[TABLE..TABLE + ENTRY];
    let last = partition.start.0 + partition.sectors - 1;
    entry[1..4].copy_from_slice(&chs(partition.start.0));
    entry[4] = kind;
    entry[5..8].copy_from_slice(&chs(last));
    entry[8..12].copy_from_slice(&(partition.start.0 as u32).to_le_bytes());
    entry[12..16].copy_from_slice(&(partition.sectors as u32).to_le_bytes());
    sector[510..].copy_from_slice(&SIGNATURE);
    card.write_sectors(Lba(0), &sector)
}

/// Cylinder, head and sector by the usual 255 × 63 geometry; FE FF FF where the number does not fit.
fn chs(lba: u64) -> [u8; 3] {
    let (sector, head, cylinder) = (lba % 63 + 1, lba / 63 % 255, lba / 63 / 255);
    if cylinder > 1023 {
        return [0xFE, 0xFF, 0xFF];
    }
    [head as u8, (sector | cylinder >> 2 & 0xC0) as u8, cylinder as u8]
}

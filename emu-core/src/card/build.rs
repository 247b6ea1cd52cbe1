//! Build a card image from files: the same files give the same bytes, on every host.

use fatfs::{FatType, FormatVolumeOptions};

use super::block::{Lba, SECTOR};
use super::boot_marks::{write_boot_marks, write_hidden_sectors};
use super::edit::{make_folder, mend_folders, with_volume, write_file};
use super::error::CardError;
use super::fat::FatKind;
use super::files::FileSet;
use super::mbr::{Partition, write_mbr};
use super::overlay::Overlay;
use super::stream::VolumeStream;

const MIB: u64 = 1 << 20;
/// Sizes that cards are sold in, roughly; the automatic choice takes the first that fits.
const CARD_SIZES: [u64; 10] = [64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768];
/// Room left for what the firmware and ML write during a run.
const SPARE: u64 = 32 * MIB;
/// The smallest and largest card we build, in bytes.
const SIZE_RANGE: std::ops::RangeInclusive<u64> = (8 * MIB)..=(128 << 30);
/// The volume starts here: aligned to 1 MiB, as card makers and formatters do.
const VOLUME_START: u64 = 2048;
/// From this size on, FAT16 cannot be used.
const FAT16_LIMIT: u64 = 2 << 30;

/// Cards above this many bytes are SDHC (addressed by sector), smaller ones SD (addressed by byte).
/// Fact source: reference storage.md §4.
pub const SDHC_THRESHOLD: u64 = 1 << 30;

/// Size and label of a card to build, and whether it shall boot.
#[derive(Debug, Clone)]
pub struct CardBuilder {
    size: Option<u64>,
    kind: Option<FatKind>,
    label: String,
    boot: bool,
}

impl Default for CardBuilder {
    fn default() -> Self {
        Self { size: None, kind: None, label: "EOS_DIGITAL".into(), boot: true }
    }
}

impl CardBuilder {
    /// A bootable card with the label EOS_DIGITAL, as large as its files need and at least 64 MiB.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Fix the size in bytes (rounded up to 512 KiB, the unit in which cards state their size).
    #[must_use]
    pub fn size(mut self, bytes: u64) -> Self {
        self.size = Some(bytes);
        self
    }

    /// Fix the file system. FAT12 is refused: cameras format no card with it.
    #[must_use]
    pub fn kind(mut self, kind: FatKind) -> Self {
        self.kind = Some(kind);
        self
    }

    /// Set the volume label (at most 11 ASCII characters are kept, in capitals).
    #[must_use]
    pub fn label(mut self, label: &str) -> Self {
        self.label = label.to_owned();
        self
    }

    /// With (the default) or without the marks that make cameras load AUTOEXEC.BIN.
    #[must_use]
    pub fn bootable(mut self, boot: bool) -> Self {
        self.boot = boot;
        self
    }

    /// Make the card.
    ///
    /// # Errors
    /// `BadSize` when size and file system do not go together, `CardFull` when the files do not fit.
    pub fn build(&self, files: &FileSet) -> Result<Overlay, CardError> {
        let size = self.card_size(files)?;
        let kind = self.kind.unwrap_or(if size > FAT16_LIMIT { FatKind::Fat32 } else { FatKind::Fat16 });
        let sectors = size / SECTOR as u64;
        let partition = Partition { start: Lba(VOLUME_START), sectors: sectors - VOLUME_START };
        let cluster = cluster_bytes(kind, partition.sectors)?;
        let mut card = Overlay::blank(sectors).with_limit(size);
        write_mbr(&mut card, partition, if kind == FatKind::Fat32 { 0x0C } else { 0x06 })?;
        self.format(&mut card, partition, kind, cluster)?;
        fill(&mut card, partition, files)?;
        write_hidden_sectors(&mut card)?;
        if self.boot {
            write_boot_marks(&mut card)?;
        }
        Ok(card)
    }

    fn card_size(&self, files: &FileSet) -> Result<u64, CardError> {
        let wanted = match self.size {
            Some(size) => size.checked_next_multiple_of(512 << 10).unwrap_or(u64::MAX),
            None => automatic_size(files)?,
        };
        if SIZE_RANGE.contains(&wanted) {
            return Ok(wanted);
        }
        let (low, high) = (SIZE_RANGE.start() / MIB, SIZE_RANGE.end() / MIB);
        Err(CardError::BadSize { size: wanted, reason: format!("cards have {low} to {high} MiB") })
    }

    fn format(
        &self,
        card: &mut Overlay,
        partition: Partition,
        kind: FatKind,
        cluster: u32,
    ) -> Result<(), CardError> {
        let fat_type = if kind == FatKind::Fat32 { FatType::Fat32 } else { FatType::Fat16 };
        let options = FormatVolumeOptions::new()
            .fat_type(fat_type)
            .bytes_per_cluster(cluster)
            .total_sectors(partition.sectors as u32)
            .sectors_per_track(63)
            .heads(255)
            .volume_id(0x4541_524B)
            .volume_label(self.label_bytes());
        let mut stream = VolumeStream::new(card, partition);
        let bad = |e: std::io::Error| {
            let size = partition.sectors * SECTOR as u64;
            CardError::BadSize { size, reason: format!("cannot be formatted as {kind}: {e}") }
        };
        fatfs::format_volume(&mut stream, options).map_err(bad)?;
        stream.finish().map_err(bad)
    }

    fn label_bytes(&self) -> [u8; 11] {
        let mut label = [b' '; 11];
        let legal = self.label.bytes().filter(|b| b.is_ascii_graphic() || *b == b' ');
        for (slot, byte) in label.iter_mut().zip(legal) {
            *slot = byte.to_ascii_uppercase();
        }
        label
    }
}

/// The first usual size that holds the files and leaves some room. Every file may waste most of a 32 KiB cluster.
fn automatic_size(files: &FileSet) -> Result<u64, CardError> {
    let needed = files.total_bytes() + files.len() as u64 * (32 << 10) + SPARE;
    let size = CARD_SIZES.iter().map(|size| size * MIB).find(|&size| size >= needed);
    size.ok_or_else(|| CardError::BadSize {
        size: needed,
        reason: "the files need more than the largest card".into(),
    })
}

/// Cluster size by volume size, so that the count of clusters lies safely inside what the kind of FAT allows.
fn cluster_bytes(kind: FatKind, sectors: u64) -> Result<u32, CardError> {
    let bytes = sectors * SECTOR as u64;
    let clusters = match kind {
        FatKind::Fat12 => {
            return Err(CardError::BadSize { size: bytes, reason: "FAT12 cards are not built".into() });
        }
        FatKind::Fat16 => 4200..65_520,
        FatKind::Fat32 => 66_000..u64::from(u32::MAX >> 4),
    };
    // Prefer the large clusters that cameras use on large cards, the small ones on small cards.
    let preferred: u32 = match bytes >> 20 {
        0..=256 => 2 << 10,
        257..=1024 => 4 << 10,
        1025..=4096 => 16 << 10,
        _ => 32 << 10,
    };
    let sizes = [preferred, 512, 1 << 10, 2 << 10, 4 << 10, 8 << 10, 16 << 10, 32 << 10];
    let fits = |size: &u32| clusters.contains(&(bytes / u64::from(*size)));
    let reason = || format!("too small or too large for {kind}");
    sizes.into_iter().find(fits).ok_or_else(|| CardError::BadSize { size: bytes, reason: reason() })
}

fn fill(card: &mut Overlay, partition: Partition, files: &FileSet) -> Result<(), CardError> {
    with_volume(card, partition, |volume| {
        files.folders().try_for_each(|folder| make_folder(volume, folder.as_str()))
    })?;
    mend_folders(card)?;
    with_volume(card, partition, |volume| {
        files.files().try_for_each(|(path, data)| write_file(volume, path.as_str(), data))
    })
}

//! The layout of a FAT volume, read from its boot sector and checked before anything relies on it.

use crate::card::error::CardError;

/// Which of the three formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FatKind {
    /// 12-bit entries, below 4085 clusters.
    Fat12,
    /// 16-bit entries, below 65525 clusters.
    Fat16,
    /// 28-bit entries.
    Fat32,
}

impl std::fmt::Display for FatKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            FatKind::Fat12 => "FAT12",
            FatKind::Fat16 => "FAT16",
            FatKind::Fat32 => "FAT32",
        })
    }
}

/// Where everything is, in sectors of 512 bytes from the start of the volume.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Geometry {
    /// Width of the table's entries.
    pub kind: FatKind,
    /// Sectors of a cluster, a power of two.
    pub cluster_sectors: u64,
    /// First sector of the first table.
    pub fat_start: u64,
    /// First sector of the fixed root folder (FAT12/16).
    pub root_start: u64,
    /// Sectors of the fixed root folder; 0 for FAT32.
    pub root_sectors: u64,
    /// First sector of cluster 2.
    pub data_start: u64,
    /// Number of clusters; the last one is `clusters + 1`.
    pub clusters: u32,
    /// First cluster of the root folder (FAT32), else 0.
    pub root_cluster: u32,
}

impl Geometry {
    /// Read a boot sector for a volume of `sectors` sectors.
    ///
    /// # Errors
    /// `ExFat`, or `NoVolume` naming the field that makes no sense.
    pub fn parse(boot: &[u8; 512], sectors: u64) -> Result<Self, CardError> {
        if &boot[3..11] == b"EXFAT   " {
            return Err(CardError::ExFat);
        }
        let raw = Raw::read(boot);
        raw.check(sectors)?;
        raw.layout()
    }

    /// Bytes of a cluster.
    #[must_use]
    pub fn cluster_bytes(&self) -> u64 {
        self.cluster_sectors * 512
    }

    /// The first sector of a cluster, if there is such a cluster.
    #[must_use]
    pub fn cluster_sector(&self, cluster: u32) -> Option<u64> {
        let valid = (2..self.clusters + 2).contains(&cluster);
        valid.then(|| self.data_start + u64::from(cluster - 2) * self.cluster_sectors)
    }
}

/// The boot sector's numbers as they stand there (names after Microsoft's FAT specification).
struct Raw {
    signature: bool,
    bytes_per_sector: u64,
    sectors_per_cluster: u64,
    reserved: u64,
    fats: u64,
    root_entries: u64,
    total: u64,
    fat_sectors: u64,
    is_fat32: bool,
    root_cluster: u32,
}

impl Raw {
    fn read(boot: &[u8; 512]) -> Self {
        let le16 = |at: usize| u64::from(u16::from_le_bytes([boot[at], boot[at + 1]]));
        let le32 = |at: usize| u32::from_le_bytes([boot[at], boot[at + 1], boot[at + 2], boot[at + 3]]);
        let (total16, fat16) = (le16(19), le16(22));
        Self {
            signature: boot[510..] == [0x55, 0xAA],
            bytes_per_sector: le16(11),
            sectors_per_cluster: boot[13].into(),
            reserved: le16(14),
            fats: boot[16].into(),
            root_entries: le16(17),
            total: if total16 != 0 { total16 } else { le32(32).into() },
            fat_sectors: if fat16 != 0 { fat16 } else { le32(36).into() },
            is_fat32: fat16 == 0,
            root_cluster: if fat16 == 0 { le32(44) } else { 0 },
        }
    }

    fn check(&self, sectors: u64) -> Result<(), CardError> {
        let fault = if !self.signature {
            "the boot sector has no 55 AA signature".into()
        } else if self.bytes_per_sector != 512 {
            format!("sectors of {} bytes", self.bytes_per_sector)
        } else if !self.sectors_per_cluster.is_power_of_two() {
            format!("clusters of {} sectors", self.sectors_per_cluster)
        } else if self.reserved == 0 || self.fats == 0 || self.fat_sectors == 0 {
            "no reserved sector or no table".into()
        } else if self.total > sectors {
            format!("it claims {} sectors where there are {sectors}", self.total)
        } else {
            return Ok(());
        };
        Err(CardError::NoVolume(fault))
    }

    fn layout(&self) -> Result<Geometry, CardError> {
        let root_start = self.reserved + self.fats * self.fat_sectors;
        let root_sectors = (self.root_entries * 32).div_ceil(512);
        let data_start = root_start + root_sectors;
        let data = self.total.checked_sub(data_start);
        let data = data.ok_or_else(|| CardError::NoVolume("its tables are larger than the volume".into()))?;
        let clusters = data / self.sectors_per_cluster;
        let kind = self.kind(clusters);
        let clusters = clusters.min(self.entries_in_table(kind).saturating_sub(2));
        if clusters == 0 {
            return Err(CardError::NoVolume("it has no clusters".into()));
        }
        let (cluster_sectors, fat_start) = (self.sectors_per_cluster, self.reserved);
        let (clusters, root_cluster) = (clusters as u32, self.root_cluster);
        Ok(Geometry {
            kind,
            cluster_sectors,
            fat_start,
            root_start,
            root_sectors,
            data_start,
            clusters,
            root_cluster,
        })
    }

    fn kind(&self, clusters: u64) -> FatKind {
        match clusters {
            _ if self.is_fat32 => FatKind::Fat32,
            0..4085 => FatKind::Fat12,
            _ => FatKind::Fat16,
        }
    }

    /// How many entries the table has room for: no cluster behind it can be reached. Never more than 28 bits.
    fn entries_in_table(&self, kind: FatKind) -> u64 {
        let bytes = self.fat_sectors * 512;
        match kind {
            FatKind::Fat12 => (bytes * 2 / 3).min(0xFF5),
            FatKind::Fat16 => (bytes / 2).min(0xFFF5),
            FatKind::Fat32 => (bytes / 4).min(0x0FFF_FFF5),
        }
    }
}

//! The file allocation table of a card, read here: its copies may differ in the sectors that were being written, and what a FAT32
//! volume says of its free clusters is true or "unknown".

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

const SECTOR: usize = 512;
const UNKNOWN: u32 = 0xFFFF_FFFF;

struct Volume {
    /// The two copies.
    tables: [Vec<u8>; 2],
    /// The sector in which a FAT32 volume tells of its free clusters.
    info: Option<Vec<u8>>,
    clusters: usize,
}

fn sectors(image: &File, first: usize, count: usize) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; count * SECTOR];
    image.read_exact_at(&mut bytes, (first * SECTOR) as u64)?;
    Ok(bytes)
}

impl Volume {
    fn read(path: &Path) -> io::Result<Self> {
        let image = File::open(path)?;
        let boot = sectors(&image, 0, 1)?;
        let half = |at: usize| usize::from(u16::from_le_bytes([boot[at], boot[at + 1]]));
        let word = |at: usize| half(at) + (half(at + 2) << 16);
        let wide = half(22) == 0;
        let (start, length) = (half(14), if wide { word(36) } else { half(22) });
        let total = if half(19) == 0 { word(32) } else { half(19) };
        let used = start + 2 * length + half(17) * 32 / SECTOR;
        Ok(Self {
            tables: [sectors(&image, start, length)?, sectors(&image, start + length, length)?],
            info: if wide { Some(sectors(&image, 1, 1)?) } else { None },
            clusters: (total - used) / usize::from(boot[13]),
        })
    }

    fn free_clusters(&self) -> usize {
        let entries = self.tables[0].chunks_exact(4).skip(2).take(self.clusters);
        entries.filter(|entry| entry.iter().all(|byte| *byte == 0)).count()
    }

    /// What the volume says of its free clusters, if it says anything.
    fn told(&self) -> Option<usize> {
        let bytes = self.info.as_ref()?.get(488..492)?;
        let told = bytes.iter().rev().fold(0, |word, byte| word << 8 | u32::from(*byte));
        (told != UNKNOWN).then_some(told as usize)
    }
}

/// `losses`: how often the power has failed.
pub(crate) fn judge(path: &Path, losses: usize) -> Result<(), String> {
    let volume = Volume::read(path).map_err(|error| error.to_string())?;
    let [first, second] = &volume.tables;
    let pairs = first.chunks(SECTOR).zip(second.chunks(SECTOR));
    let different = pairs.filter(|(first, second)| first != second).count();
    if different > losses {
        return Err(format!("the copies of the table differ in {different} sectors"));
    }
    match volume.told() {
        Some(told) if told != volume.free_clusters() => {
            Err(format!("{} clusters are free, the volume says {told}", volume.free_clusters()))
        }
        _ => Ok(()),
    }
}

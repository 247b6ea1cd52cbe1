//! Following cluster chains, with a bound for every walk.

use std::cell::RefCell;

use super::geometry::{FatKind, Geometry};
use crate::card::block::{BlockRead, Lba, SECTOR};
use crate::card::error::{BlockError, CardError};
use crate::card::mbr::Partition;

/// Reads table entries through a cache of one sector.
pub(super) struct Table<'a> {
    card: &'a dyn BlockRead,
    partition: Partition,
    geometry: Geometry,
    cache: RefCell<(Option<u64>, [u8; SECTOR])>,
}

/// What stands behind a cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    Cluster(u32),
    End,
    Free,
    Bad,
}

impl<'a> Table<'a> {
    pub(super) fn new(card: &'a dyn BlockRead, partition: Partition, geometry: Geometry) -> Self {
        Self { card, partition, geometry, cache: RefCell::new((None, [0; SECTOR])) }
    }

    fn byte(&self, offset: u64) -> Result<u8, BlockError> {
        let sector = self.partition.start.0 + self.geometry.fat_start + offset / SECTOR as u64;
        let mut cache = self.cache.borrow_mut();
        if cache.0 != Some(sector) {
            cache.0 = None;
            self.card.read_sectors(Lba(sector), &mut cache.1)?;
            cache.0 = Some(sector);
        }
        Ok(cache.1[(offset % SECTOR as u64) as usize])
    }

    fn bytes<const N: usize>(&self, offset: u64) -> Result<[u8; N], BlockError> {
        let mut bytes = [0; N];
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = self.byte(offset + at as u64)?;
        }
        Ok(bytes)
    }

    fn next(&self, cluster: u32) -> Result<Next, BlockError> {
        let n = u64::from(cluster);
        let (value, top) = match self.geometry.kind {
            FatKind::Fat12 => {
                let pair = u16::from_le_bytes(self.bytes(n + n / 2)?);
                (u32::from(if n % 2 == 0 { pair & 0xFFF } else { pair >> 4 }), 0xFFF)
            }
            FatKind::Fat16 => (u16::from_le_bytes(self.bytes(n * 2)?).into(), 0xFFFF),
            FatKind::Fat32 => (u32::from_le_bytes(self.bytes(n * 4)?) & 0x0FFF_FFFF, 0x0FFF_FFFF),
        };
        Ok(match value {
            0 => Next::Free,
            v if v >= top - 7 => Next::End,
            v if v == top - 8 => Next::Bad,
            v => Next::Cluster(v),
        })
    }

    /// The sectors (first of each cluster) of a chain, at most `limit` clusters.
    ///
    /// `exact`: the chain must have at least `limit` clusters, more are ignored (a file). Otherwise it must end within
    /// `limit` (a folder, whose length stands nowhere else).
    pub(super) fn chain(&self, first: u32, limit: u64, exact: bool) -> Result<Vec<u64>, CardError> {
        let mut sectors = Vec::new();
        let mut cluster = first;
        while (sectors.len() as u64) < limit {
            let Some(sector) = self.geometry.cluster_sector(cluster) else {
                return damaged(format!("cluster {cluster} (chain from {first}) is not on the card"));
            };
            sectors.push(self.partition.start.0 + sector);
            match self.next(cluster)? {
                Next::Cluster(next) => cluster = next,
                Next::End if !exact || sectors.len() as u64 == limit => return Ok(sectors),
                Next::End => return damaged(format!("the chain from cluster {first} ends too early")),
                Next::Free | Next::Bad => {
                    return damaged(format!(
                        "the chain from cluster {first} runs into a free or bad cluster"
                    ));
                }
            }
        }
        if exact { Ok(sectors) } else { damaged(format!("the chain from cluster {first} has no end")) }
    }
}

fn damaged<T>(reason: String) -> Result<T, CardError> {
    Err(CardError::DamagedVolume(reason))
}

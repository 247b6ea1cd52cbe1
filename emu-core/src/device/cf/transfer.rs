//! The drive's data: blocks of sectors through the data port.
//!
//! Times: 100 µs until the first sector is there, 100 µs to store a block, and 20 MB/s in between (PIO mode 4 less its
//! overhead). The reference moves one sector per 256 µs tick.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::drive::{CfDrive, DRQ, IDNF, Pending, READY, UNC};
use crate::card::{BlockDevice, BlockRead, Lba, SECTOR};

pub(super) const ACCESS_TIME: Duration = Duration::from_micros(100);
const PROGRAM_TIME: Duration = Duration::from_micros(100);
const NANOS_PER_BYTE: u64 = 50;

/// What the command moves.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) enum Job {
    #[default]
    None,
    /// To the host: `left` sectors from `lba` on are still to be fetched; `block` is taken from `at` on.
    In { lba: u64, left: u32, per_block: u32, block: Vec<u8>, at: usize },
    /// From the host: `left` sectors from `lba` on are still to be stored, with what stands in `block`.
    Out { lba: u64, left: u32, per_block: u32, block: Vec<u8> },
}

fn moving_time(bytes: usize) -> Duration {
    Duration::from_nanos(bytes as u64 * NANOS_PER_BYTE)
}

impl CfDrive {
    /// Put the next block into the buffer and offer it. A block that was filled by the command itself is only offered.
    pub(super) fn fetch_block(&mut self) {
        let total = self.total();
        let Job::In { lba, left, per_block, block, at } = &mut self.state.job else { return };
        if *left > 0 {
            if *lba >= total {
                return self.fail_at(IDNF);
            }
            let count = u64::from((*left).min(*per_block)).min(total - *lba);
            let mut data = vec![0; count as usize * SECTOR];
            if self.image.read_sectors(Lba(*lba), &mut data).is_err() {
                return self.fail_at(UNC);
            }
            (*block, *at) = (data, 0);
            *lba += count;
            *left -= count as u32;
        }
        self.offer();
    }

    /// Ask for the next block of a write.
    pub(super) fn want_block(&mut self) {
        if let Job::Out { block, .. } = &mut self.state.job {
            block.clear();
        }
        self.offer();
    }

    fn offer(&mut self) {
        self.state.status = READY | DRQ;
        self.state.interrupt = true;
    }

    /// Leave the failing sector and the count of sectors not moved in the task file.
    fn fail_at(&mut self, error: u8) {
        if let Job::In { lba, left, .. } | Job::Out { lba, left, .. } = self.state.job {
            for (place, register) in self.state.lba.iter_mut().enumerate() {
                register.now = (lba >> (8 * place)) as u8;
            }
            self.state.device = self.state.device & 0xF0 | (lba >> 24) as u8 & 0xF;
            self.state.count.now = left as u8;
        }
        self.finish(error);
    }

    /// Sectors of the block that a write waits for.
    fn wanted_sectors(&self) -> u32 {
        match self.state.job {
            Job::Out { left, per_block, .. } => left.min(per_block),
            _ => 0,
        }
    }

    pub(super) fn store_block(&mut self) {
        let total = self.total();
        let Job::Out { lba, left, block, .. } = &mut self.state.job else { return };
        let count = (block.len() / SECTOR) as u64;
        // What lies on the card is stored, what lies behind it is the error.
        let fits = count.min(total.saturating_sub(*lba));
        if self.image.write_sectors(Lba(*lba), &block[..fits as usize * SECTOR]).is_err() {
            return self.fail_at(UNC);
        }
        *lba += fits;
        *left -= fits as u32;
        if fits < count {
            return self.fail_at(IDNF);
        }
        if *left > 0 {
            return self.want_block();
        }
        self.state.count.now = 0;
        self.finish(0);
    }

    /// True while a block is on offer, or one is wanted.
    fn offers_data(&self) -> bool {
        self.status() & DRQ != 0
    }

    /// True while data can be moved in this direction.
    pub(super) fn can_move(&self, to_card: bool) -> bool {
        self.offers_data() && to_card == matches!(self.state.job, Job::Out { .. })
    }

    /// Take bytes of the block on offer; gives how many there were.
    pub(super) fn read_data(&mut self, buffer: &mut [u8]) -> usize {
        if !self.offers_data() {
            return 0;
        }
        let Job::In { left, per_block, block, at, .. } = &mut self.state.job else { return 0 };
        let len = buffer.len().min(block.len() - *at);
        buffer[..len].copy_from_slice(&block[*at..*at + len]);
        *at += len;
        if *at < block.len() {
            return len;
        }
        if *left > 0 {
            let next = (*left).min(*per_block) as usize * SECTOR;
            self.work(moving_time(next), Pending::Fetch);
        } else {
            self.end_of_read();
        }
        len
    }

    /// The last block has been taken: no interrupt, the host knows.
    fn end_of_read(&mut self) {
        self.state.job = Job::None;
        self.state.status = READY;
        self.state.count.now = 0;
    }

    /// Give bytes for the block that is wanted; gives how many were taken.
    pub(super) fn write_data(&mut self, bytes: &[u8]) -> usize {
        if !self.offers_data() {
            return 0;
        }
        let wanted = self.wanted_sectors() as usize * SECTOR;
        let Job::Out { block, .. } = &mut self.state.job else { return 0 };
        let len = bytes.len().min(wanted - block.len());
        block.extend_from_slice(&bytes[..len]);
        if block.len() == wanted {
            self.work(PROGRAM_TIME + moving_time(wanted), Pending::Store);
        }
        len
    }
}

//! The data lines: blocks to and from the card.

use serde::{Deserialize, Serialize};

use super::card::SdCard;
use super::status::{CardPhase, ERROR, OUT_OF_RANGE};
use crate::card::{BlockDevice, BlockRead, Lba, SECTOR};

/// What moves over the data lines.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) enum Data {
    /// Nothing.
    #[default]
    None,
    /// Content, `left` bytes from byte `at` on in blocks of `length`; `sector` is the one last read from the image.
    Read { at: u64, length: u64, left: u64, sector: Option<(u64, Vec<u8>)> },
    /// A register or a status, sent as one block.
    Register { block: Vec<u8>, at: usize },
    /// Content to be stored from sector `next` on; `gathered` is the block that is coming in.
    Write { next: u64, multiple: bool, gathered: Vec<u8> },
}

impl Data {
    pub(super) fn can_send(&self) -> bool {
        matches!(self, Data::Read { .. } | Data::Register { .. })
    }

    pub(super) fn can_take(&self) -> bool {
        matches!(self, Data::Write { .. })
    }
}

impl SdCard {
    /// Take bytes from the card, at most `buffer.len()`; gives how many there were. A card that has sent everything, or
    /// has reached its end, gives fewer (the next status then tells why).
    pub fn read_data(&mut self, buffer: &mut [u8]) -> usize {
        let mut done = 0;
        while done < buffer.len() && self.has_data() {
            done += self.read_some(&mut buffer[done..]);
        }
        done
    }

    /// At most the rest of one sector.
    fn read_some(&mut self, buffer: &mut [u8]) -> usize {
        match &mut self.state.data {
            Data::Register { block, at } => {
                let len = buffer.len().min(block.len() - *at);
                buffer[..len].copy_from_slice(&block[*at..*at + len]);
                *at += len;
                if *at == block.len() {
                    self.finish_data();
                }
                len
            }
            Data::Read { .. } => self.read_content(buffer),
            Data::None | Data::Write { .. } => 0,
        }
    }

    fn read_content(&mut self, buffer: &mut [u8]) -> usize {
        let capacity = self.capacity();
        let Data::Read { at, left, sector, .. } = &mut self.state.data else { return 0 };
        if *at >= capacity {
            return self.end_data_with(OUT_OF_RANGE);
        }
        let number = *at / SECTOR as u64;
        if sector.as_ref().is_none_or(|(held, _)| *held != number) {
            let mut bytes = vec![0; SECTOR];
            if self.image.read_sectors(Lba(number), &mut bytes).is_err() {
                return self.end_data_with(ERROR);
            }
            *sector = Some((number, bytes));
        }
        let Some((_, bytes)) = sector else { return 0 };
        let offset = (*at % SECTOR as u64) as usize;
        let len = buffer.len().min(SECTOR - offset).min(usize::try_from(*left).unwrap_or(usize::MAX));
        buffer[..len].copy_from_slice(&bytes[offset..offset + len]);
        *at += len as u64;
        // A stream of several blocks goes on until CMD12.
        if *left != u64::MAX {
            *left -= len as u64;
        }
        if *left == 0 {
            self.finish_data();
        }
        len
    }

    /// Give bytes to the card; gives how many it took. A card that has its block, or has reached its end, takes no more.
    pub fn write_data(&mut self, bytes: &[u8]) -> usize {
        let mut done = 0;
        while done < bytes.len() && self.wants_data() {
            done += self.write_some(&bytes[done..]);
        }
        done
    }

    fn write_some(&mut self, bytes: &[u8]) -> usize {
        let total = self.image.sector_count();
        let Data::Write { next, gathered, .. } = &mut self.state.data else { return 0 };
        if *next >= total {
            return self.end_data_with(OUT_OF_RANGE);
        }
        let len = bytes.len().min(SECTOR - gathered.len());
        gathered.extend_from_slice(&bytes[..len]);
        if gathered.len() == SECTOR {
            self.store_block();
        }
        len
    }

    fn store_block(&mut self) {
        let Data::Write { next, multiple, gathered } = &mut self.state.data else { return };
        let stored = self.image.write_sectors(Lba(*next), gathered);
        gathered.clear();
        *next += 1;
        let more = *multiple;
        if stored.is_err() {
            self.end_data_with(ERROR);
            return;
        }
        self.state.blocks_written = self.state.blocks_written.saturating_add(1);
        if !more {
            self.finish_data();
        }
    }

    fn finish_data(&mut self) {
        self.state.data = Data::None;
        self.state.phase = CardPhase::Transfer;
    }

    /// Note an error and stop moving data. The card stays in its data state until CMD12, as the specification wants.
    fn end_data_with(&mut self, error: u32) -> usize {
        self.state.errors |= error;
        self.state.data = Data::None;
        0
    }
}

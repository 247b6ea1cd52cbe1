//! Bulk access: DMA by devices, and the debugger's access without side effects.

use super::addr::{GuestAddr, PAGE_SIZE};
use super::space::{AddressSpace, Miss};

/// Part of a DMA transfer met no RAM. The rest was carried out.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("DMA touched {addr}, which is not memory ({miss:?})")]
pub struct DmaFault {
    /// First address that could not be accessed.
    pub addr: GuestAddr,
    /// What stands there.
    pub miss: Miss,
}

impl AddressSpace {
    /// A device reads memory. Parts that are not RAM or ROM read as zero (reference: boot-and-memory.md §7).
    ///
    /// # Errors
    /// [`DmaFault`] names the first bad address; the buffer is filled nevertheless.
    pub fn dma_read(&self, addr: GuestAddr, buf: &mut [u8]) -> Result<(), DmaFault> {
        let mut fault = None;
        for (at, chunk) in chunks_mut(addr, buf) {
            if !self.read_chunk(at, chunk) {
                chunk.fill(0);
                fault.get_or_insert_with(|| DmaFault { addr: at, miss: self.read_miss(at) });
            }
        }
        fault.map_or(Ok(()), Err)
    }

    /// A device writes memory. Parts that are not RAM vanish (reference: boot-and-memory.md §7).
    ///
    /// # Errors
    /// [`DmaFault`] names the first bad address; the other parts are written nevertheless.
    pub fn dma_write(&mut self, addr: GuestAddr, data: &[u8]) -> Result<(), DmaFault> {
        let mut fault = None;
        for (at, chunk) in chunks(addr, data) {
            match self.check_writable(at) {
                Ok(()) => self.store(self.entry(at), at, chunk),
                Err(miss) => {
                    fault.get_or_insert(DmaFault { addr: at, miss });
                }
            }
        }
        fault.map_or(Ok(()), Err)
    }

    /// Reads memory as a debugger does: no device is asked. Gives the number of bytes read before the first address
    /// that is not RAM or ROM.
    pub fn peek(&self, addr: GuestAddr, buf: &mut [u8]) -> usize {
        let mut done = 0;
        for (at, chunk) in chunks_mut(addr, buf) {
            if !self.read_chunk(at, chunk) {
                break;
            }
            done += chunk.len();
        }
        done
    }

    /// Reads a word as a debugger does, or `None` where it is not all RAM or ROM.
    #[must_use]
    pub fn peek_u32(&self, addr: GuestAddr) -> Option<u32> {
        let mut word = [0; 4];
        (self.peek(addr, &mut word) == 4).then(|| u32::from_le_bytes(word))
    }

    /// Writes memory as a debugger does, ROM included: no device is asked. Gives the number of bytes written before
    /// the first address that is not RAM or ROM.
    pub fn poke(&mut self, addr: GuestAddr, data: &[u8]) -> usize {
        let mut done = 0;
        for (at, chunk) in chunks(addr, data) {
            let entry = self.entry(at);
            if !entry.is_storage() {
                break;
            }
            self.store(entry, at, chunk);
            done += chunk.len();
        }
        done
    }

    fn read_chunk(&self, at: GuestAddr, chunk: &mut [u8]) -> bool {
        let Some(page) = self.storage_page(at) else { return false };
        let from = at.page_offset() as usize;
        chunk.copy_from_slice(&self.page(page)[from..from + chunk.len()]);
        true
    }
}

fn room_in_page(addr: GuestAddr, wanted: usize) -> usize {
    wanted.min((PAGE_SIZE - addr.page_offset()) as usize)
}

/// Cuts a range at page borders. Addresses wrap at 4 GiB.
fn chunks(mut addr: GuestAddr, mut data: &[u8]) -> impl Iterator<Item = (GuestAddr, &[u8])> {
    std::iter::from_fn(move || {
        let (head, tail) = data.split_at(room_in_page(addr, data.len()));
        let at = addr;
        addr = addr.wrapping_add(head.len() as u32);
        data = tail;
        (!head.is_empty()).then_some((at, head))
    })
}

fn chunks_mut(mut addr: GuestAddr, mut data: &mut [u8]) -> impl Iterator<Item = (GuestAddr, &mut [u8])> {
    std::iter::from_fn(move || {
        let room = room_in_page(addr, data.len());
        let (head, tail) = std::mem::take(&mut data).split_at_mut(room);
        let at = addr;
        addr = addr.wrapping_add(head.len() as u32);
        data = tail;
        (!head.is_empty()).then_some((at, head))
    })
}

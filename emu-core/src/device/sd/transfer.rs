//! Moving data between card and memory or FIFO, in guest time.
//!
//! The reference moves everything at once. Here an answer takes 5 µs (two 48-bit frames at 25 MHz and the gap between
//! them), a card needs 50 µs to find its data and 200 µs to store it, and data moves at 20 MB/s (a 4-bit bus at 50 MHz
//! less its overhead). Status bits and interrupts come when the thing they announce has happened, so firmware may poll or
//! sleep.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::card::SdCard;
use super::host::{COMMAND_DONE, DATA_DONE, FAILED, FLAGS_READ, FLAGS_READ_ALT, FLAGS_WRITE, SdHost};
use crate::bus::{DeviceContext, DmaAddr, EventToken};

const ANSWER: EventToken = EventToken(0);
const DATA: EventToken = EventToken(1);
const BUSY: EventToken = EventToken(2);

const ANSWER_TIME: Duration = Duration::from_micros(5);
const ACCESS_TIME: Duration = Duration::from_micros(50);
const PROGRAM_TIME: Duration = Duration::from_micros(200);
const NANOS_PER_BYTE: u64 = 50;
/// A host gives up waiting for data after 100 ms (SD specification 2.00, §4.6.2.1).
const DATA_TIMEOUT: Duration = Duration::from_millis(100);
/// Bytes moved in one step.
const STEP: u32 = 16 << 10;

/// What the data part of the controller is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) enum Work {
    /// Nothing.
    #[default]
    Idle,
    /// The answer will start a DMA read.
    ReadOrdered { dma: bool },
    /// Card to memory.
    DmaRead { address: u32, left: u32, moved: u32 },
    /// Card to FIFO; words can be taken once it is ready.
    FifoRead { ready: bool, moved: u32 },
    /// A write was commanded; neither FIFO nor DMA has moved anything.
    WriteOrdered,
    /// Memory to card.
    DmaWrite { address: u32, left: u32, moved: u32 },
    /// FIFO to card.
    FifoWrite { moved: u32 },
    /// The card stores the last block.
    Programming { moved: u32 },
    /// The card sends or takes nothing more; the host waits.
    Stalled { moved: u32 },
    /// All bytes are there.
    Complete { moved: u32 },
}

fn moving_time(bytes: u32) -> Duration {
    Duration::from_nanos(u64::from(bytes) * NANOS_PER_BYTE)
}

impl SdHost {
    /// A new transfer, CMD0 and CMD12 end what is going on; other commands (CMD13) do not disturb it.
    pub(super) fn stop_work(&mut self, ctx: &mut DeviceContext<'_>, flags: u32, index: u8) {
        let transfer = matches!(flags, FLAGS_WRITE | FLAGS_READ | FLAGS_READ_ALT);
        if transfer || matches!(index, 0 | 12) {
            ctx.cancel(DATA);
            self.state.work = Work::Idle;
        }
    }

    pub(super) fn prepare_work(&mut self, flags: u32) {
        match flags {
            FLAGS_READ | FLAGS_READ_ALT => {
                self.state.work = Work::ReadOrdered { dma: self.state.dma_mode != 0 };
            }
            FLAGS_WRITE => self.state.work = Work::WriteOrdered,
            _ => {}
        }
    }

    pub(super) fn schedule_answer(&mut self, ctx: &mut DeviceContext<'_>) {
        ctx.schedule(ANSWER, ANSWER_TIME);
        if let Some(time) = self.card.as_mut().and_then(SdCard::take_busy_time) {
            ctx.schedule(BUSY, time);
        }
    }

    /// While the card erases, another erase gets no answer, not even from a card that was reset in between: erasing is
    /// the one command whose work is paid for afterwards.
    pub(super) fn refuses(&self, ctx: &DeviceContext<'_>, index: u8) -> bool {
        index == 38 && ctx.scheduled(BUSY).is_some()
    }

    pub(super) fn handle_event(&mut self, ctx: &mut DeviceContext<'_>, token: EventToken) {
        match token {
            ANSWER => self.answer_arrived(ctx),
            DATA => self.data_step(ctx),
            BUSY => self.card.iter_mut().for_each(SdCard::end_busy),
            _ => {}
        }
    }

    fn answer_arrived(&mut self, ctx: &mut DeviceContext<'_>) {
        let Some(bit) = self.state.answer.take() else { return };
        self.state.status |= bit;
        match self.state.work {
            // The interrupt of a read comes with its data, unless there will be none.
            Work::ReadOrdered { dma } if bit & FAILED == 0 => self.start_read(ctx, dma),
            _ => self.check_interrupts(ctx),
        }
    }

    fn start_read(&mut self, ctx: &mut DeviceContext<'_>, dma: bool) {
        let (address, left) = (self.state.dma_address, self.state.dma_count & !3);
        self.state.work = if dma {
            Work::DmaRead { address, left, moved: 0 }
        } else {
            Work::FifoRead { ready: false, moved: 0 }
        };
        let first = if dma { moving_time(left.min(STEP)) } else { Duration::ZERO };
        ctx.schedule(DATA, ACCESS_TIME + first);
    }

    /// Start a commanded write by DMA, unless it runs already or DMA is off. Starts are asked for by writing the
    /// interrupt flags or the DMA's enable bit (reference storage.md §2.4).
    pub(super) fn start_dma_write(&mut self, ctx: &mut DeviceContext<'_>) {
        if self.state.work != Work::WriteOrdered || self.state.dma_mode == 0 {
            return;
        }
        let (address, left) = (self.state.dma_address, self.state.dma_count & !3);
        self.state.work = Work::DmaWrite { address, left, moved: 0 };
        ctx.schedule(DATA, ANSWER_TIME + ACCESS_TIME + moving_time(left.min(STEP)));
    }

    fn data_step(&mut self, ctx: &mut DeviceContext<'_>) {
        match self.state.work {
            Work::DmaRead { address, left, moved } => self.dma_read_step(ctx, address, left, moved),
            Work::DmaWrite { address, left, moved } => self.dma_write_step(ctx, address, left, moved),
            Work::FifoRead { moved, .. } => self.fifo_ready(ctx, moved),
            Work::Programming { moved } => self.complete(ctx, moved),
            Work::Stalled { .. } => self.fail(ctx),
            Work::Idle | Work::ReadOrdered { .. } | Work::WriteOrdered => {}
            Work::FifoWrite { .. } | Work::Complete { .. } => {}
        }
    }

    fn dma_read_step(&mut self, ctx: &mut DeviceContext<'_>, address: u32, left: u32, moved: u32) {
        let wanted = left.min(STEP);
        let mut buffer = vec![0; wanted as usize];
        let got = self.card.as_mut().map_or(0, |card| card.read_data(&mut buffer)) as u32;
        ctx.dma_write(DmaAddr(address), &buffer[..got as usize]);
        let (moved, left) = (moved.saturating_add(got), left - got);
        if got < wanted {
            return self.stall(ctx, moved);
        }
        if left == 0 {
            return self.complete(ctx, moved);
        }
        self.state.work = Work::DmaRead { address: address.wrapping_add(got), left, moved };
        ctx.schedule(DATA, moving_time(left.min(STEP)));
    }

    fn dma_write_step(&mut self, ctx: &mut DeviceContext<'_>, address: u32, left: u32, moved: u32) {
        let wanted = left.min(STEP);
        let mut buffer = vec![0; wanted as usize];
        ctx.dma_read(DmaAddr(address), &mut buffer);
        let took = self.card.as_mut().map_or(0, |card| card.write_data(&buffer)) as u32;
        let (moved, left) = (moved.saturating_add(took), left - took);
        if took < wanted {
            return self.stall(ctx, moved);
        }
        if left == 0 {
            return self.program(ctx, moved);
        }
        self.state.work = Work::DmaWrite { address: address.wrapping_add(took), left, moved };
        ctx.schedule(DATA, moving_time(left.min(STEP)));
    }

    fn stall(&mut self, ctx: &mut DeviceContext<'_>, moved: u32) {
        self.state.work = Work::Stalled { moved };
        ctx.schedule(DATA, DATA_TIMEOUT);
    }

    fn program(&mut self, ctx: &mut DeviceContext<'_>, moved: u32) {
        self.state.work = Work::Programming { moved };
        ctx.schedule(DATA, PROGRAM_TIME);
    }

    fn complete(&mut self, ctx: &mut DeviceContext<'_>, moved: u32) {
        self.state.work = Work::Complete { moved };
        self.state.status |= DATA_DONE | COMMAND_DONE;
        self.check_interrupts(ctx);
    }

    fn fail(&mut self, ctx: &mut DeviceContext<'_>) {
        self.state.status |= FAILED;
        self.check_interrupts(ctx);
    }

    /// The first word waits in the FIFO, or the card has nothing to send. No interrupt: it comes after the last word
    /// (reference storage.md §2.4).
    fn fifo_ready(&mut self, ctx: &mut DeviceContext<'_>, moved: u32) {
        if self.card.as_ref().is_none_or(|card| !card.has_data()) {
            return self.stall(ctx, moved);
        }
        self.state.work = Work::FifoRead { ready: true, moved };
        self.state.status |= DATA_DONE;
    }

    /// Bytes of the whole transfer as the registers say; a block size of 0 counts as 512, no blocks as one.
    fn transfer_bytes(&self, block: u32) -> u64 {
        let block = if block == 0 { 512 } else { block };
        u64::from(self.state.blocks.max(1)) * u64::from(block)
    }

    /// Take a word. Firmware that does not wait for the data is held by the bus until it is there.
    pub(super) fn read_fifo(&mut self, ctx: &mut DeviceContext<'_>) -> u32 {
        if self.state.answer.is_some() && ctx.cancel(ANSWER) {
            self.answer_arrived(ctx);
        }
        if let Work::FifoRead { ready: false, moved } = self.state.work {
            ctx.cancel(DATA);
            self.fifo_ready(ctx, moved);
        }
        let Work::FifoRead { ready: true, moved } = self.state.work else { return 0 };
        let mut word = [0; 4];
        let got = self.card.as_mut().map_or(0, |card| card.read_data(&mut word)) as u32;
        let moved = moved.saturating_add(got);
        self.state.work = Work::FifoRead { ready: true, moved };
        if u64::from(moved) >= self.transfer_bytes(self.state.read_block) {
            self.complete(ctx, moved);
        } else if got == 0 {
            self.stall(ctx, moved);
        }
        u32::from_le_bytes(word)
    }

    /// Give a word to the card. The reference ends its process here; hardware takes it.
    pub(super) fn write_fifo(&mut self, ctx: &mut DeviceContext<'_>, value: u32) {
        let moved = match self.state.work {
            Work::WriteOrdered => 0,
            Work::FifoWrite { moved } => moved,
            _ => return,
        };
        let took = self.card.as_mut().map_or(0, |card| card.write_data(&value.to_le_bytes())) as u32;
        let moved = moved.saturating_add(took);
        self.state.work = Work::FifoWrite { moved };
        if took == 0 {
            self.stall(ctx, moved);
        } else if u64::from(moved) >= self.transfer_bytes(self.state.write_block) {
            self.program(ctx, moved);
        }
    }

    /// Whole blocks moved so far; after a complete transfer exactly what was asked for.
    pub(super) fn blocks_moved(&self) -> u32 {
        match self.state.work {
            Work::Complete { .. } => self.state.blocks,
            Work::Idle | Work::ReadOrdered { .. } | Work::WriteOrdered => 0,
            Work::DmaRead { moved, .. }
            | Work::FifoRead { moved, .. }
            | Work::DmaWrite { moved, .. }
            | Work::FifoWrite { moved }
            | Work::Programming { moved }
            | Work::Stalled { moved } => moved / 512,
        }
    }
}

//! The SD host controller: registers (reference storage.md §2.2) and its DMA channel (§3).

use std::hash::Hash;

use serde::{Deserialize, Serialize};

use super::card::{Response, SdCard, SdCardState};
use super::transfer::Work;
use crate::bus::{Access, Device, DeviceContext, EventToken, IrqId, Port, Read, StateHasher, Write};
use crate::card::Overlay;

/// Status: the command is complete.
pub(super) const COMMAND_DONE: u32 = 1;
/// Status: no answer, or the data did not come.
pub(super) const FAILED: u32 = 2;
/// Status: data can be read, or the transfer is complete.
pub(super) const DATA_DONE: u32 = 0x20_0000;

/// Command flags: answer ignored, always complete.
const FLAGS_NO_ANSWER: u32 = 0x11;
/// Command flags: data follows from host to card.
pub(super) const FLAGS_WRITE: u32 = 0x13;
/// Command flags: data follows from card to host.
pub(super) const FLAGS_READ: u32 = 0x14;
/// The same, seen in other firmware.
pub(super) const FLAGS_READ_ALT: u32 = 0x04;

/// The two interrupts of a controller, if the camera connects them (reference storage.md §2.5).
#[derive(Clone, Copy, Debug, Default)]
pub struct SdInterrupts {
    /// Command or transfer complete.
    pub driver: Option<IrqId>,
    /// The same, when DMA is on.
    pub dma: Option<IrqId>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct HostState {
    pub(super) dma_mode: u32,
    pub(super) flags: u32,
    pub(super) status: u32,
    pub(super) irq_flags: u32,
    pub(super) command_low: u32,
    pub(super) command_high: u32,
    pub(super) response: [u32; 4],
    pub(super) write_block: u32,
    pub(super) read_block: u32,
    pub(super) blocks: u32,
    pub(super) dma_address: u32,
    pub(super) dma_count: u32,
    /// Status bit that the answer on its way will set.
    pub(super) answer: Option<u32>,
    pub(super) work: Work,
}

/// Everything that changes while the guest runs, but the card's content (see [`Overlay::changes`]).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SdState {
    host: HostState,
    card: Option<SdCardState>,
}

/// The controller and its slot. All its windows on the bus show one and the same state.
#[derive(Clone, Debug)]
pub struct SdHost {
    pub(super) state: HostState,
    pub(super) card: Option<SdCard>,
    pub(super) interrupts: SdInterrupts,
}

impl SdHost {
    /// The register window; offsets repeat every 4 KiB.
    pub const CONTROLLER: Port = Port(0);
    /// The DMA window; offsets repeat every 32 bytes.
    pub const DMA: Port = Port(1);

    /// A controller with an empty slot.
    #[must_use]
    pub fn new(interrupts: SdInterrupts) -> Self {
        Self { state: HostState::default(), card: None, interrupts }
    }

    /// Put a card in, in place of the one that was there.
    pub fn insert(&mut self, image: Overlay) {
        self.card = Some(SdCard::new(image));
    }

    /// Take the card out. What is on its way fails by timeout, as with a real card.
    pub fn eject(&mut self) -> Option<Overlay> {
        self.card.take().map(|card| card.image)
    }

    /// Whether a card is in the slot.
    #[must_use]
    pub fn present(&self) -> bool {
        self.card.is_some()
    }

    /// The card in the slot.
    #[must_use]
    pub fn card(&self) -> Option<&SdCard> {
        self.card.as_ref()
    }

    /// The card in the slot.
    pub fn card_mut(&mut self) -> Option<&mut SdCard> {
        self.card.as_mut()
    }

    /// The state to be saved.
    #[must_use]
    pub fn state(&self) -> SdState {
        SdState { host: self.state.clone(), card: self.card.as_ref().map(|card| card.state.clone()) }
    }

    /// Put a saved state back, with the content the card had. Without content the slot is empty.
    pub fn restore(&mut self, state: SdState, image: Option<Overlay>) {
        self.state = state.host;
        self.card = state.card.zip(image).map(|(state, image)| SdCard { state, image });
    }

    fn command(&mut self, ctx: &mut DeviceContext<'_>, flags: u32) {
        self.state.flags = flags;
        self.state.status = 0;
        let frame = u64::from(self.state.command_high & 0xFFFF) << 32 | u64::from(self.state.command_low);
        let (index, argument) = ((frame >> 40) as u8 & 0x3F, (frame >> 8) as u32);
        self.stop_work(ctx, flags, index);
        let refused = self.refuses(ctx, index);
        let card = self.card.as_mut().filter(|_| !refused);
        let response = card.map_or(Response::None, |card| card.command(index, argument));
        self.state.answer = Some(self.take_response(flags, response));
        self.prepare_work(flags);
        self.schedule_answer(ctx);
    }

    /// Store the answer's words; gives the status bit that comes with it. A short answer stands one byte to the left, its
    /// CRC reads 0 (reference storage.md §2.3).
    fn take_response(&mut self, flags: u32, response: Response) -> u32 {
        match response {
            _ if flags == FLAGS_NO_ANSWER => return COMMAND_DONE,
            Response::None => return FAILED,
            Response::Short(value) => self.state.response = [value << 8, value >> 24, 0, 0],
            Response::Long(bytes) => {
                let bits = u128::from_be_bytes(bytes);
                self.state.response = [0, 32, 64, 96].map(|shift| (bits >> shift) as u32);
            }
        }
        COMMAND_DONE
    }

    /// Raise what is due (reference storage.md §2.5). Unlike there, a failed transfer raises too: hardware reports
    /// timeouts, and firmware that sleeps until the interrupt must see them.
    pub(super) fn check_interrupts(&mut self, ctx: &mut DeviceContext<'_>) {
        let status = self.state.status;
        let transfer = matches!(self.state.flags, FLAGS_WRITE | FLAGS_READ);
        if (transfer && status & (DATA_DONE | FAILED) == 0) || self.state.irq_flags == 0 {
            return;
        }
        if status & (COMMAND_DONE | FAILED) == 0 {
            return;
        }
        let dma = self.interrupts.dma.filter(|_| self.state.dma_mode != 0);
        [self.interrupts.driver, dma].into_iter().flatten().for_each(|irq| ctx.raise(irq));
    }

    fn peek_controller(&self, offset: u32) -> Option<u32> {
        let state = &self.state;
        Some(match offset {
            0x08 => state.dma_mode,
            0x0C => 0x10,
            0x10 => state.status,
            0x14 => state.irq_flags,
            0x20 => state.command_low,
            0x24 => state.command_high,
            0x34 => state.response[0],
            0x38 => state.response[1],
            0x3C => state.response[2],
            0x40 => state.response[3],
            0x5C => state.write_block,
            0x68 => state.read_block,
            // The FIFO shows nothing to a debugger: taking a word would move it.
            0x6C => 0,
            0x7C => state.blocks,
            0x80 => self.blocks_moved(),
            // Initialisation, response setup, bus width, transfer status, and three that firmware only writes.
            0x18 | 0x28 | 0x2C | 0x58 | 0x64 | 0x70 | 0x84 | 0x88 | 0xD4 => 0,
            _ => return None,
        })
    }

    fn write_controller(&mut self, ctx: &mut DeviceContext<'_>, offset: u32, value: u32) -> Write {
        match offset {
            0x08 => self.state.dma_mode = value,
            0x0C => self.command(ctx, value),
            0x10 => self.state.status &= value,
            0x14 => {
                self.state.irq_flags = value;
                if value != 0 {
                    self.start_dma_write(ctx);
                }
                self.check_interrupts(ctx);
            }
            0x20 => self.state.command_low = value,
            0x24 => self.state.command_high = value,
            0x5C => self.state.write_block = value,
            0x68 => self.state.read_block = value,
            0x6C => self.write_fifo(ctx, value),
            0x7C => self.state.blocks = value,
            0x18 | 0x28 | 0x2C | 0x34..=0x40 | 0x58 | 0x64 | 0x70 | 0x80 | 0x84 | 0x88 | 0xD4 => {}
            _ => return Write::Unknown,
        }
        Write::Done
    }

    fn peek_dma(&self, offset: u32) -> Option<u32> {
        Some(match offset {
            0x00 => self.state.dma_address,
            0x04 | 0x10 | 0x18 => 0,
            0x14 => {
                if self.state.dma_mode != 0 {
                    0x81
                } else {
                    0
                }
            }
            _ => return None,
        })
    }

    fn write_dma(&mut self, ctx: &mut DeviceContext<'_>, offset: u32, value: u32) -> Write {
        match offset {
            0x00 => self.state.dma_address = value,
            0x04 => self.state.dma_count = value,
            0x10 => {
                self.state.dma_mode = value & 1;
                self.start_dma_write(ctx);
                self.check_interrupts(ctx);
            }
            0x14 | 0x18 => {}
            _ => return Write::Unknown,
        }
        Write::Done
    }
}

impl Device for SdHost {
    fn read(&mut self, ctx: &mut DeviceContext<'_>, access: Access) -> Read {
        let offset = access.offset & 0xFFF;
        if access.port == Self::CONTROLLER && offset == 0x6C {
            return Read::Value(self.read_fifo(ctx));
        }
        let value = self.peek(access);
        // Reading the interrupt flags looks at the state as writing does (reference storage.md §2.2).
        if access.port == Self::CONTROLLER && offset == 0x14 {
            self.check_interrupts(ctx);
        }
        value.map_or(Read::Unknown, Read::Value)
    }

    fn write(&mut self, ctx: &mut DeviceContext<'_>, access: Access, value: u32) -> Write {
        match access.port {
            Self::CONTROLLER => self.write_controller(ctx, access.offset & 0xFFF, value),
            Self::DMA => self.write_dma(ctx, access.offset & 0x1F, value),
            _ => Write::Unknown,
        }
    }

    fn event(&mut self, ctx: &mut DeviceContext<'_>, token: EventToken) {
        self.handle_event(ctx, token);
    }

    fn peek(&self, access: Access) -> Option<u32> {
        match access.port {
            Self::CONTROLLER => self.peek_controller(access.offset & 0xFFF),
            Self::DMA => self.peek_dma(access.offset & 0x1F),
            _ => None,
        }
    }

    fn hash_state(&self, hasher: &mut StateHasher) {
        self.state.hash(hasher);
        self.card.as_ref().map(|card| &card.state).hash(hasher);
        if let Some(card) = &self.card {
            card.image.hash_into(hasher.blake3());
        }
    }
}

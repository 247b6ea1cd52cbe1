//! The ways to the chip: chip select, serial channel, bulk controller, DMA (reference storage.md §6.2 and §6.4).

use std::hash::Hash;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::chip::{FlashChip, FlashChipState};
use crate::bus::{Access, Device, DeviceContext, DmaAddr, EventToken, IrqId, Port, Read, StateHasher, Write};
use crate::card::Overlay;

const STEP: EventToken = EventToken(0);

/// Bytes that a block brings to memory, and by how much the chip's address moves for it: the rest is spare data.
const BLOCK_OUT: u32 = 0x7F0;
const BLOCK_IN: u32 = 0x800;
/// Blocks moved in one step.
const STEP_BLOCKS: u32 = 8;
/// Four data lines at 50 MHz.
const NANOS_PER_BYTE: u64 = 40;
/// Status: done, and data there.
const DONE: u32 = 0x20_0001;

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
struct ControllerState {
    serial_mode: u32,
    dma_mode: u32,
    /// Registers that firmware sets up as it does for an SD card: 14 20 24 5C 68 7C.
    setup: [u32; 6],
    dma_address: u32,
    dma_count: u32,
    transfer: Option<Transfer>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
struct Transfer {
    /// Place in the chip; none while it is not selected.
    source: Option<u32>,
    target: u32,
    blocks: u32,
    raise: bool,
}

/// Everything that changes while the guest runs, but the chip's content (see [`Overlay::changes`]).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SerialFlashState {
    controller: ControllerState,
    chip: FlashChipState,
}

/// The chip with everything around it.
#[derive(Clone, Debug)]
pub struct SerialFlash {
    state: ControllerState,
    chip: FlashChip,
    /// The chip select bit of the select register; set means deselected.
    select_bit: u32,
    interrupt: Option<IrqId>,
}

impl SerialFlash {
    /// The serial channel that the chip hangs on.
    pub const SERIAL: Port = Port(0);
    /// The chip select register, a single word inside the GPIO window.
    pub const SELECT: Port = Port(1);
    /// The bulk controller; offsets repeat every 4 KiB.
    pub const BULK: Port = Port(2);
    /// The bulk controller's DMA window; offsets repeat every 32 bytes.
    pub const DMA: Port = Port(3);

    /// A chip with this content (see [`super::flash_content`]).
    #[must_use]
    pub fn new(content: Overlay, select_bit: u32, interrupt: Option<IrqId>) -> Self {
        Self { state: ControllerState::default(), chip: FlashChip::new(content), select_bit, interrupt }
    }

    /// The chip.
    #[must_use]
    pub fn chip(&self) -> &FlashChip {
        &self.chip
    }

    /// The state to be saved.
    #[must_use]
    pub fn state(&self) -> SerialFlashState {
        SerialFlashState { controller: self.state.clone(), chip: self.chip.state.clone() }
    }

    /// Put a saved state back, with the content the chip had.
    pub fn restore(&mut self, state: SerialFlashState, content: Overlay) {
        self.state = state.controller;
        self.chip = FlashChip { state: state.chip, content };
    }

    fn write_serial(&mut self, ctx: &mut DeviceContext<'_>, offset: u32, value: u32) -> Write {
        match offset {
            // The chip needs no start bit.
            0x04 | 0x10 => {}
            0x18 => {
                if !self.chip.shift_in(value as u8) {
                    ctx.note(&format!("serial flash: unknown command {:02X}", value as u8));
                }
            }
            0x38 => self.state.serial_mode = value,
            _ => return Write::Unknown,
        }
        Write::Done
    }

    fn start(&mut self, ctx: &mut DeviceContext<'_>, raise: bool) {
        if self.state.transfer.is_some() {
            return;
        }
        let blocks = std::mem::take(&mut self.state.dma_count).div_ceil(BLOCK_OUT);
        let (source, target) = (self.chip.pointer(), self.state.dma_address);
        self.state.transfer = Some(Transfer { source, target, blocks, raise });
        Self::plan(ctx, blocks);
    }

    fn plan(ctx: &mut DeviceContext<'_>, blocks: u32) {
        let bytes = u64::from(blocks.min(STEP_BLOCKS)) * u64::from(BLOCK_IN);
        ctx.schedule(STEP, Duration::from_nanos(bytes * NANOS_PER_BYTE));
    }

    fn step(&mut self, ctx: &mut DeviceContext<'_>) {
        let Some(mut transfer) = self.state.transfer else { return };
        for _ in 0..transfer.blocks.min(STEP_BLOCKS) {
            let block = self.block(transfer.source);
            ctx.dma_write(DmaAddr(transfer.target), &block);
            transfer.source = transfer.source.map(|source| source.wrapping_add(BLOCK_IN));
            transfer.target = transfer.target.wrapping_add(BLOCK_OUT);
            transfer.blocks -= 1;
        }
        if transfer.blocks > 0 {
            self.state.transfer = Some(transfer);
            return Self::plan(ctx, transfer.blocks);
        }
        self.state.transfer = None;
        if let Some(irq) = self.interrupt.filter(|_| transfer.raise) {
            ctx.raise(irq);
        }
    }

    /// A block as it arrives in memory: half a byte late, because the first four bits on the lines are the chip's answer to
    /// the address.
    fn block(&self, source: Option<u32>) -> Vec<u8> {
        let mut raw = vec![0xFF; BLOCK_OUT as usize + 1];
        if let Some(source) = source {
            self.chip.copy_out(source, &mut raw);
        }
        raw.windows(2).map(|pair| pair[0] << 4 | pair[1] >> 4).collect()
    }

    fn write_bulk(&mut self, ctx: &mut DeviceContext<'_>, offset: u32, value: u32) -> Write {
        match offset {
            0x08 => self.state.dma_mode = value,
            0x0C if value == 0x14 => self.start(ctx, false),
            0x88 if value == 0x20 => self.start(ctx, true),
            0x0C | 0x88 | 0x10 | 0x34..=0x44 | 0x80 => {}
            _ => match setup_index(offset) {
                Some(index) => self.state.setup[index] = value,
                None => return Write::Unknown,
            },
        }
        Write::Done
    }

    fn peek_bulk(&self, offset: u32) -> Option<u32> {
        Some(match offset {
            0x08 => self.state.dma_mode,
            // 0 while a transfer runs; the reference's takes no time and always reads as done.
            0x10 => u32::from(self.state.transfer.is_none()) * DONE,
            0x0C | 0x34..=0x44 | 0x88 => 0,
            0x80 => self.state.setup[5],
            _ => self.state.setup[setup_index(offset)?],
        })
    }

    fn write_dma(&mut self, offset: u32, value: u32) -> Write {
        match offset {
            0x00 => self.state.dma_address = value,
            0x04 => self.state.dma_count = value,
            0x10 => self.state.dma_mode = value & 1,
            0x14 | 0x18 => {}
            _ => return Write::Unknown,
        }
        Write::Done
    }

    fn peek_dma(&self, offset: u32) -> Option<u32> {
        match offset {
            0x00 => Some(self.state.dma_address),
            0x04 | 0x10 | 0x14 | 0x18 => Some(0),
            _ => None,
        }
    }
}

fn setup_index(offset: u32) -> Option<usize> {
    [0x14, 0x20, 0x24, 0x5C, 0x68, 0x7C].iter().position(|&known| known == offset)
}

impl Device for SerialFlash {
    fn read(&mut self, _ctx: &mut DeviceContext<'_>, access: Access) -> Read {
        match (access.port, access.offset & 0xFF) {
            (Self::SERIAL, 0x04) => Read::Value(self.chip.poll_busy().into()),
            (Self::SERIAL, 0x1C) => Read::Value(self.chip.shift_out().into()),
            _ => self.peek(access).map_or(Read::Unknown, Read::Value),
        }
    }

    fn write(&mut self, ctx: &mut DeviceContext<'_>, access: Access, value: u32) -> Write {
        match access.port {
            Self::SERIAL => self.write_serial(ctx, access.offset & 0xFF, value),
            Self::SELECT => {
                if value & self.select_bit != 0 {
                    self.chip.deselect();
                }
                Write::Done
            }
            Self::BULK => self.write_bulk(ctx, access.offset & 0xFFF, value),
            Self::DMA => self.write_dma(access.offset & 0x1F, value),
            _ => Write::Unknown,
        }
    }

    fn event(&mut self, ctx: &mut DeviceContext<'_>, token: EventToken) {
        if token == STEP {
            self.step(ctx);
        }
    }

    fn peek(&self, access: Access) -> Option<u32> {
        match access.port {
            Self::SERIAL => match access.offset & 0xFF {
                // Busy and data move when they are read; a debugger sees neither.
                0x04 | 0x10 | 0x18 | 0x1C => Some(0),
                0x38 => Some(self.state.serial_mode),
                _ => None,
            },
            Self::SELECT => Some(0),
            Self::BULK => self.peek_bulk(access.offset & 0xFFF),
            Self::DMA => self.peek_dma(access.offset & 0x1F),
            _ => None,
        }
    }

    fn hash_state(&self, hasher: &mut StateHasher) {
        self.state.hash(hasher);
        self.chip.state.hash(hasher);
        self.chip.content.hash_into(hasher.blake3());
    }
}

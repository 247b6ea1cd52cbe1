//! The slot's windows: task file (two layouts), interrupt mask, and the DMA engine that works on the data port
//! (reference storage.md §5.1 to §5.3).
//!
//! One difference: the reference raises an interrupt one tick after *every* command. Here it follows the drive's own line,
//! as on hardware: when a block is offered, when a write is stored, when a command without data ends.

use std::hash::Hash;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::drive::{CfDrive, CfDriveState};
use crate::bus::{
    Access, Device, DeviceContext, DmaAddr, EventToken, IrqId, Port, Read, StateHasher, Width, Write,
};
use crate::card::Overlay;

const DRIVE: EventToken = EventToken(0);
const DMA_STEP: EventToken = EventToken(1);

/// The DMA engine needs this long to set up a burst.
const DMA_SETUP: Duration = Duration::from_micros(2);

/// Mask: the drive's interrupt.
const MASK_DRIVE: u32 = 1;
/// Mask: either bit lets the end of a DMA raise the driver interrupt.
const MASK_DRIVER: u32 = 0x0200_0001;
/// Mask: the end of a DMA raises the DMA interrupt.
const MASK_DMA: u32 = 0x1_0000;

/// What an empty slot shows: the bus is pulled up, but for the busy bit.
const FLOATING: u32 = 0x7F;

/// The slot's two interrupts, if the camera connects them.
#[derive(Clone, Copy, Debug, Default)]
pub struct CfInterrupts {
    /// Drive, and end of DMA.
    pub driver: Option<IrqId>,
    /// End of DMA.
    pub dma: Option<IrqId>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
struct Dma {
    to_card: bool,
    address: u32,
    left: u32,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
struct ControllerState {
    mask: u32,
    /// Device control said that the drive may interrupt. Off at power-on.
    drive_may_interrupt: bool,
    dma_address: u32,
    dma_count: u32,
    /// Bytes moved by the last DMA from the card.
    dma_read: u32,
    dma: Option<Dma>,
    /// The DMA engine serves the drive's current command, and takes its interrupts.
    dma_serves: bool,
}

/// Everything that changes while the guest runs, but the card's content (see [`Overlay::changes`]).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct CfState {
    controller: ControllerState,
    drive: Option<CfDriveState>,
}

/// The slot. All its windows on the bus show one and the same state.
#[derive(Clone, Debug)]
pub struct CfController {
    state: ControllerState,
    drive: Option<CfDrive>,
    interrupts: CfInterrupts,
}

impl CfController {
    /// The task file window; offsets repeat every 64 KiB.
    pub const ATA: Port = Port(0);
    /// The DMA window; offsets repeat every 32 bytes.
    pub const DMA: Port = Port(1);

    /// An empty slot.
    #[must_use]
    pub fn new(interrupts: CfInterrupts) -> Self {
        Self { state: ControllerState::default(), drive: None, interrupts }
    }

    /// Put a card in, in place of the one that was there.
    pub fn insert(&mut self, image: Overlay) {
        self.drive = Some(CfDrive::new(image));
    }

    /// Take the card out.
    pub fn eject(&mut self) -> Option<Overlay> {
        self.drive.take().map(|drive| drive.image)
    }

    /// Whether a card is in the slot.
    #[must_use]
    pub fn present(&self) -> bool {
        self.drive.is_some()
    }

    /// The card in the slot.
    #[must_use]
    pub fn drive(&self) -> Option<&CfDrive> {
        self.drive.as_ref()
    }

    /// The card in the slot.
    pub fn drive_mut(&mut self) -> Option<&mut CfDrive> {
        self.drive.as_mut()
    }

    /// The state to be saved.
    #[must_use]
    pub fn state(&self) -> CfState {
        CfState {
            controller: self.state.clone(),
            drive: self.drive.as_ref().map(|drive| drive.state.clone()),
        }
    }

    /// Put a saved state back, with the content the card had. Without content the slot is empty.
    pub fn restore(&mut self, state: CfState, image: Option<Overlay>) {
        self.state = state.controller;
        self.drive = state.drive.zip(image).map(|(state, image)| CfDrive { state, image });
    }

    /// After anything that may have moved the drive: plan its next step, pass its interrupt on, let a waiting DMA go.
    fn follow_drive(&mut self, ctx: &mut DeviceContext<'_>) {
        let Some(drive) = &mut self.drive else { return };
        if let Some(delay) = drive.state.delay.take() {
            ctx.schedule(DRIVE, delay);
        }
        let ready = self.state.dma.is_some_and(|dma| drive.can_move(dma.to_card));
        if ready && ctx.scheduled(DMA_STEP).is_none() {
            ctx.schedule(DMA_STEP, DMA_SETUP);
        }
        self.pass_drive_interrupt(ctx);
    }

    /// The drive's line reaches the camera only while the mask is exactly 1 (reference storage.md §5.3), and not for
    /// blocks that the DMA engine moves.
    fn pass_drive_interrupt(&mut self, ctx: &mut DeviceContext<'_>) {
        let Some(drive) = &mut self.drive else { return };
        if self.state.dma_serves {
            drive.state.interrupt = false;
            return;
        }
        if self.state.mask != MASK_DRIVE || !self.state.drive_may_interrupt || !drive.state.interrupt {
            return;
        }
        drive.state.interrupt = false;
        if let Some(irq) = self.interrupts.driver {
            ctx.raise(irq);
        }
    }

    fn start_dma(&mut self, ctx: &mut DeviceContext<'_>, to_card: bool) {
        let (address, left) = (self.state.dma_address, self.state.dma_count & !3);
        self.state.dma = Some(Dma { to_card, address, left });
        self.state.dma_serves = true;
        if !to_card {
            self.state.dma_read = 0;
        }
        if left == 0 || self.drive.as_ref().is_some_and(|drive| drive.can_move(to_card)) {
            ctx.schedule(DMA_STEP, DMA_SETUP);
        }
    }

    /// Move what the drive offers; the drive's own pace decides when the next block is there.
    fn dma_step(&mut self, ctx: &mut DeviceContext<'_>) {
        let Some(mut dma) = self.state.dma else { return };
        let moved = if dma.to_card { self.dma_to_card(ctx, dma) } else { self.dma_from_card(ctx, dma) };
        dma.address = dma.address.wrapping_add(moved);
        dma.left -= moved;
        self.state.dma = Some(dma).filter(|dma| dma.left > 0);
        if self.state.dma.is_none() {
            self.raise_dma_end(ctx);
        }
        self.follow_drive(ctx);
    }

    /// At most one block of the drive: 8 KiB.
    fn dma_from_card(&mut self, ctx: &mut DeviceContext<'_>, dma: Dma) -> u32 {
        let mut buffer = vec![0; dma.left.min(8192) as usize];
        let moved = self.drive.as_mut().map_or(0, |drive| drive.read_data(&mut buffer));
        ctx.dma_write(DmaAddr(dma.address), &buffer[..moved]);
        self.state.dma_read = self.state.dma_read.saturating_add(moved as u32);
        moved as u32
    }

    fn dma_to_card(&mut self, ctx: &mut DeviceContext<'_>, dma: Dma) -> u32 {
        let mut buffer = vec![0; dma.left.min(8192) as usize];
        ctx.dma_read(DmaAddr(dma.address), &mut buffer);
        self.drive.as_mut().map_or(0, |drive| drive.write_data(&buffer)) as u32
    }

    fn raise_dma_end(&mut self, ctx: &mut DeviceContext<'_>) {
        let driver = self.interrupts.driver.filter(|_| self.state.mask & MASK_DRIVER != 0);
        let dma = self.interrupts.dma.filter(|_| self.state.mask & MASK_DMA != 0);
        [driver, dma].into_iter().flatten().for_each(|irq| ctx.raise(irq));
    }

    /// The data port: 16 bits wide. A word access moves two halves; a byte access moves one byte of a drive in 8-bit mode,
    /// else a half of which only the low byte is seen.
    fn port_bytes(&self, width: Width) -> usize {
        let eight_bit = self.drive.as_ref().is_some_and(|drive| drive.state.eight_bit);
        match width {
            Width::Byte if eight_bit => 1,
            Width::Byte | Width::Half => 2,
            Width::Word => 4,
        }
    }

    fn read_port(&mut self, width: Width) -> u32 {
        let mut word = [0; 4];
        let len = self.port_bytes(width);
        if let Some(drive) = &mut self.drive {
            drive.read_data(&mut word[..len]);
        }
        u32::from_le_bytes(word)
    }

    fn write_port(&mut self, width: Width, value: u32) {
        let len = self.port_bytes(width);
        if let Some(drive) = &mut self.drive {
            drive.write_data(&value.to_le_bytes()[..len]);
        }
    }

    fn read_ata(&mut self, ctx: &mut DeviceContext<'_>, access: Access) -> Read {
        let value = match task_file(access.offset) {
            Some(0) => self.read_port(access.width),
            Some(7) => self.drive.as_mut().map_or(FLOATING, |drive| drive.read_status().into()),
            _ => return self.peek(access).map_or(Read::Unknown, Read::Value),
        };
        self.follow_drive(ctx);
        Read::Value(value)
    }

    fn peek_ata(&self, offset: u32) -> Option<u32> {
        let status = || self.drive.as_ref().map_or(FLOATING, |drive| drive.status().into());
        Some(match task_file(offset) {
            // The data port shows nothing to a debugger: taking data would move it.
            Some(0) => 0,
            Some(7) => status(),
            Some(index) => self.drive.as_ref().map_or(FLOATING, |drive| drive.read_register(index).into()),
            None => match offset & 0xFFFF {
                0x23F6 | 0x200E => status(),
                0x8104 => u32::from(self.state.dma.is_none()) * 4,
                0x8040 | 0x8044 => self.state.mask,
                _ => return None,
            },
        })
    }

    fn write_ata(&mut self, ctx: &mut DeviceContext<'_>, access: Access, value: u32) -> Write {
        match task_file(access.offset) {
            Some(0) => self.write_port(access.width, value),
            Some(index) => {
                self.state.dma_serves &= index != 7;
                if let Some(drive) = &mut self.drive {
                    drive.write_register(index, value as u8);
                }
            }
            None => match access.offset & 0xFFFF {
                0x23F6 | 0x200E => self.write_control(ctx, value),
                0x8040 => self.state.mask = value,
                0x8044 => {}
                0x8048 => self.state.mask = (self.state.mask & !MASK_DMA) | ((value & 1) * MASK_DMA),
                _ => return Write::Unknown,
            },
        }
        self.follow_drive(ctx);
        Write::Done
    }

    /// Device control: bit 1 keeps the drive from interrupting, bit 2 resets it.
    fn write_control(&mut self, ctx: &mut DeviceContext<'_>, value: u32) {
        self.state.drive_may_interrupt = value & 2 == 0;
        if let Some(drive) = &mut self.drive {
            if value & 4 != 0 {
                ctx.cancel(DRIVE);
            }
            drive.set_reset(value & 4 != 0);
        }
    }

    fn peek_dma(&self, offset: u32) -> Option<u32> {
        Some(match offset & 0x1F {
            0x00 => self.state.dma_address,
            0x04 => self.state.dma_read,
            0x10 | 0x18 => 0,
            0x14 => 3,
            _ => return None,
        })
    }

    fn write_dma(&mut self, ctx: &mut DeviceContext<'_>, offset: u32, value: u32) -> Write {
        match offset & 0x1F {
            0x00 => self.state.dma_address = value,
            0x04 => self.state.dma_count = value,
            0x10 => match value {
                0x3D | 0x2D => self.start_dma(ctx, true),
                0x39 | 0x29 | 0x21 => self.start_dma(ctx, false),
                _ => {}
            },
            0x14 | 0x18 => {}
            _ => return Write::Unknown,
        }
        Write::Done
    }
}

/// Register number 0 to 7 in either layout: 21F0 to 21F7 as on a PC's secondary port, or 2000 to 2007.
fn task_file(offset: u32) -> Option<u32> {
    match offset & 0xFFFF {
        low @ (0x21F0..=0x21F7 | 0x2000..=0x2007) => Some(low & 7),
        _ => None,
    }
}

impl Device for CfController {
    fn read(&mut self, ctx: &mut DeviceContext<'_>, access: Access) -> Read {
        match access.port {
            Self::ATA => self.read_ata(ctx, access),
            _ => self.peek(access).map_or(Read::Unknown, Read::Value),
        }
    }

    fn write(&mut self, ctx: &mut DeviceContext<'_>, access: Access, value: u32) -> Write {
        match access.port {
            Self::ATA => self.write_ata(ctx, access, value),
            Self::DMA => self.write_dma(ctx, access.offset, value),
            _ => Write::Unknown,
        }
    }

    fn event(&mut self, ctx: &mut DeviceContext<'_>, token: EventToken) {
        match token {
            DRIVE => {
                if let Some(drive) = &mut self.drive {
                    drive.wake();
                }
                self.follow_drive(ctx);
            }
            DMA_STEP => self.dma_step(ctx),
            _ => {}
        }
    }

    fn peek(&self, access: Access) -> Option<u32> {
        match access.port {
            Self::ATA => self.peek_ata(access.offset),
            Self::DMA => self.peek_dma(access.offset),
            _ => None,
        }
    }

    fn hash_state(&self, hasher: &mut StateHasher) {
        self.state.hash(hasher);
        self.drive.as_ref().map(|drive| &drive.state).hash(hasher);
        if let Some(drive) = &self.drive {
            drive.image.hash_into(hasher.blake3());
        }
    }
}

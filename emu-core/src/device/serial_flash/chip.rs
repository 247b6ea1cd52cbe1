//! The chip's command machine.
//!
//! As in the reference, a write replaces what was there; besides its commands the chip knows the usual erase commands
//! for 4 and 64 KiB (20, D8), which firmware that expects a flash chip may send.

use serde::{Deserialize, Serialize};

use crate::card::{BlockDevice, BlockRead, Lba, Overlay, SECTOR};

/// JEDEC id: manufacturer, type, capacity.
const ID: [u8; 3] = [0xC2, 0x10, 0x0C];
const WRITE_ENABLED: u8 = 2;
/// How often the busy bit is seen after an access.
const BUSY_POLLS: u8 = 10;

/// What the next byte means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
enum Phase {
    /// A command.
    #[default]
    Command,
    /// One of the three address bytes of `opcode`.
    Address { opcode: u8, got: u8 },
    /// Data is read; `stale` first gives what was in the shift register.
    Read { stale: bool },
    /// The status is read.
    ReadStatus,
    /// The id is read, from this byte on.
    ReadId(u8),
    /// A new status is written.
    WriteStatus,
    /// Data is written: one byte, or many.
    Write { many: bool },
}

/// Everything the chip remembers besides its content.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct FlashChipState {
    phase: Phase,
    pointer: Option<u32>,
    address: u32,
    shift: u8,
    status: u8,
    busy: u8,
}

/// The chip.
#[derive(Clone, Debug)]
pub struct FlashChip {
    pub(super) state: FlashChipState,
    pub(super) content: Overlay,
}

impl FlashChip {
    /// A chip with this content.
    #[must_use]
    pub fn new(content: Overlay) -> Self {
        Self { state: FlashChipState::default(), content }
    }

    /// The content.
    #[must_use]
    pub fn content(&self) -> &Overlay {
        &self.content
    }

    /// Where bulk transfers begin: the last address given, as long as the chip is selected.
    #[must_use]
    pub fn pointer(&self) -> Option<u32> {
        self.state.pointer
    }

    /// End the command: the chip select line went up.
    pub fn deselect(&mut self) {
        let status = self.state.status;
        self.state = FlashChipState { status, ..FlashChipState::default() };
    }

    /// Ask whether the chip is still busy; it looks so for a few polls after an access.
    pub fn poll_busy(&mut self) -> bool {
        let busy = self.state.busy > 0;
        self.state.busy = self.state.busy.saturating_sub(1);
        busy
    }

    /// Shift a byte in. False when it is a command that the chip does not know.
    pub fn shift_in(&mut self, byte: u8) -> bool {
        match self.state.phase {
            Phase::Command => return self.command(byte),
            Phase::Address { opcode, got } => self.address_byte(opcode, got, byte),
            Phase::WriteStatus => {
                self.state.status = byte;
                self.state.phase = Phase::Command;
            }
            Phase::Write { many } => {
                self.store(byte);
                if !many {
                    self.state.phase = Phase::Command;
                }
            }
            // While the chip sends, what comes in does not matter.
            Phase::Read { .. } | Phase::ReadStatus | Phase::ReadId(_) => {}
        }
        true
    }

    fn command(&mut self, opcode: u8) -> bool {
        let was_busy = self.poll_busy();
        self.state.busy = if opcode == 0x08 { self.state.busy } else { 0 };
        match opcode {
            0x01 => {
                self.state.status = 0;
                self.state.phase = Phase::WriteStatus;
            }
            0x02 | 0x03 | 0x07 | 0x6B | 0x20 | 0xD8 => {
                self.state.address = 0;
                self.state.phase = Phase::Address { opcode, got: 0 };
            }
            0x04 => self.state.status &= !WRITE_ENABLED,
            0x06 => self.state.status |= WRITE_ENABLED,
            0x05 => self.state.phase = Phase::ReadStatus,
            0x08 => self.state.shift = u8::from(was_busy),
            0x9F => self.state.phase = Phase::ReadId(0),
            _ => return false,
        }
        true
    }

    fn address_byte(&mut self, opcode: u8, got: u8, byte: u8) {
        self.state.busy = BUSY_POLLS;
        self.state.address = self.state.address << 8 | u32::from(byte);
        if got < 2 {
            self.state.phase = Phase::Address { opcode, got: got + 1 };
            return;
        }
        let pointer = self.state.address % self.size().max(1);
        self.state.pointer = Some(pointer);
        self.state.phase = match opcode {
            0x02 => Phase::Write { many: false },
            0x07 => Phase::Write { many: true },
            0x03 => Phase::Read { stale: false },
            0x6B => Phase::Read { stale: true },
            _ => Phase::Command,
        };
        match opcode {
            0x20 => self.erase(pointer & !0xFFF, 0x1000),
            0xD8 => self.erase(pointer & !0xFFFF, 0x1_0000),
            _ => {}
        }
    }

    /// Shift a byte out.
    pub fn shift_out(&mut self) -> u8 {
        match self.state.phase {
            Phase::Read { stale } => {
                self.state.busy = BUSY_POLLS;
                self.state.phase = Phase::Read { stale: false };
                if !stale {
                    self.state.shift = self.take();
                }
            }
            Phase::ReadStatus => {
                self.state.shift = self.state.status;
                self.state.phase = Phase::Command;
            }
            Phase::ReadId(at) => {
                self.state.shift = ID.get(usize::from(at)).copied().unwrap_or(0);
                let last = usize::from(at) + 1 >= ID.len();
                self.state.phase = if last { Phase::Command } else { Phase::ReadId(at + 1) };
            }
            Phase::Command | Phase::Address { .. } | Phase::WriteStatus | Phase::Write { .. } => {}
        }
        self.state.shift
    }

    fn size(&self) -> u32 {
        (self.content.sector_count() * SECTOR as u64) as u32
    }

    fn advance(&mut self) -> u32 {
        let at = self.state.pointer.unwrap_or(0);
        self.state.pointer = Some((at + 1) % self.size().max(1));
        at
    }

    fn take(&mut self) -> u8 {
        let at = self.advance();
        let mut byte = [0];
        self.copy_out(at, &mut byte);
        byte[0]
    }

    fn store(&mut self, byte: u8) {
        let at = self.advance();
        let (lba, offset) = (Lba(u64::from(at) / 512), at as usize % SECTOR);
        let mut sector = [0; SECTOR];
        // The content is as large as the chip, and the address was wrapped: neither access can fail but by the host.
        if self.content.read_sectors(lba, &mut sector).is_ok() {
            sector[offset] = byte;
            drop(self.content.write_sectors(lba, &sector));
        }
    }

    fn erase(&mut self, from: u32, bytes: u32) {
        let blank = [0xFF; 4096];
        let end = (u64::from(from) + u64::from(bytes)).min(self.size().into());
        for at in (u64::from(from)..end).step_by(blank.len()) {
            let len = (end - at).min(blank.len() as u64) as usize;
            drop(self.content.write_sectors(Lba(at / SECTOR as u64), &blank[..len]));
        }
    }

    /// Copy bytes from address `at` on, wrapping at the end.
    pub(super) fn copy_out(&self, at: u32, into: &mut [u8]) {
        let size = self.size().max(1) as usize;
        let mut sector = (None, [0xFF; SECTOR]);
        for (step, byte) in into.iter_mut().enumerate() {
            let place = (at as usize + step) % size;
            let number = (place / SECTOR) as u64;
            if sector.0 != Some(number) {
                let read = self.content.read_sectors(Lba(number), &mut sector.1);
                sector.0 = read.is_ok().then_some(number);
            }
            *byte = sector.1[place % SECTOR];
        }
    }
}

//! The drive's commands. What is not listed aborts, as do SMART, metadata storage, and the DMA commands: IDENTIFY offers
//! none of them.

use std::time::Duration;

use super::drive::{ABRT, CfDrive, DEVICE_LBA, Geometry, IDNF, Pending};
use super::identify::{Identity, MAX_MULTIPLE, identify};
use super::transfer::{ACCESS_TIME, Job};

/// Commands without data take this long.
const COMMAND_TIME: Duration = Duration::from_micros(20);

/// Codes of REQUEST EXTENDED ERROR (CompactFlash 4.1, table 56).
const EXT_INVALID_COMMAND: u8 = 0x20;
const EXT_INVALID_ADDRESS: u8 = 0x21;

impl CfDrive {
    pub(super) fn start_command(&mut self, opcode: u8) {
        self.state.error = 0;
        self.state.interrupt = false;
        if !matches!(opcode, 0x03) {
            self.state.extended_error = 0;
        }
        match opcode {
            0x20 | 0x21 => self.start_read(false, 1),
            0x24 => self.start_read(true, 1),
            0xC4 => self.start_multiple_read(false),
            0x29 => self.start_multiple_read(true),
            0x30 | 0x31 | 0x38 | 0x3C => self.start_write(false, 1),
            0x34 => self.start_write(true, 1),
            0xC5 | 0xCD => self.start_multiple_write(false),
            0x39 => self.start_multiple_write(true),
            0xEC => self.send_block(self.identity()),
            0x87 => self.translate_sector(),
            _ => self.start_short_command(opcode),
        }
    }

    /// Commands without data: their outcome is known now and shows when their time is over.
    fn start_short_command(&mut self, opcode: u8) {
        let error = match opcode {
            0x03 => return self.work(COMMAND_TIME, Pending::Tell(self.state.extended_error)),
            0x10..=0x1F | 0x94..=0x97 | 0x99 | 0xE0..=0xE3 | 0xE6 | 0xE7 | 0xEA => 0,
            0x40 | 0x41 | 0xC0 | 0x70..=0x7F => self.check_range(false),
            0x42 => self.check_range(true),
            0x27 => self.native_max(true),
            0xF8 => self.native_max(false),
            0x90 => return self.diagnose(),
            0x91 => self.initialise_parameters(),
            0x98 | 0xE5 => self.answer_count(0xFF),
            0xF5 => self.answer_count(0),
            0xC6 => self.set_multiple(),
            0xEF => self.set_features(),
            _ => self.reject(EXT_INVALID_COMMAND, ABRT),
        };
        self.work(COMMAND_TIME, Pending::Finish(error));
    }

    fn reject(&mut self, extended: u8, error: u8) -> u8 {
        self.state.extended_error = extended;
        error
    }

    fn answer_count(&mut self, value: u8) -> u8 {
        self.state.count.now = value;
        0
    }

    /// Sectors the command is about; 0 stands for the most.
    fn command_sectors(&self, wide: bool) -> u32 {
        let (count, most) =
            if wide { (self.state.count.wide().into(), 65536) } else { (self.state.count.now.into(), 256) };
        if count == 0 { most } else { count }
    }

    /// First sector of the command, by LBA or by cylinder, head and sector.
    fn command_lba(&self, wide: bool) -> Option<u64> {
        let [low, mid, high] = self.state.lba;
        let byte = |value: u8, place: u32| u64::from(value) << (8 * place);
        if wide {
            let before = byte(low.before, 3) | byte(mid.before, 4) | byte(high.before, 5);
            return Some(before | byte(low.now, 0) | byte(mid.now, 1) | byte(high.now, 2));
        }
        let top = self.state.device & 0xF;
        if self.state.device & DEVICE_LBA != 0 {
            return Some(byte(low.now, 0) | byte(mid.now, 1) | byte(high.now, 2) | byte(top, 3));
        }
        let Geometry { heads, sectors, .. } = self.state.geometry;
        let cylinder = u64::from(u16::from_le_bytes([mid.now, high.now]));
        let sector = u64::from(low.now).checked_sub(1).filter(|&s| s < u64::from(sectors))?;
        let head = Some(u64::from(top)).filter(|&h| h < u64::from(heads))?;
        Some((cylinder * u64::from(heads) + head) * u64::from(sectors) + sector)
    }

    /// The error of a command whose first sector does not exist.
    fn check_range(&mut self, wide: bool) -> u8 {
        match self.command_lba(wide) {
            Some(lba) if lba < self.total() => 0,
            _ => self.reject(EXT_INVALID_ADDRESS, IDNF),
        }
    }

    fn start_read(&mut self, wide: bool, per_block: u32) {
        match self.begin(wide) {
            Some(lba) => {
                let left = self.command_sectors(wide);
                self.state.job = Job::In { lba, left, per_block, block: Vec::new(), at: 0 };
                self.work(ACCESS_TIME, Pending::Fetch);
            }
            None => self.work(COMMAND_TIME, Pending::Finish(IDNF)),
        }
    }

    fn start_write(&mut self, wide: bool, per_block: u32) {
        match self.begin(wide) {
            Some(lba) => {
                let left = self.command_sectors(wide);
                self.state.job = Job::Out { lba, left, per_block, block: Vec::new() };
                self.want_block();
                // The first block of a write is asked for without an interrupt (ATA-6, §9.6).
                self.state.interrupt = false;
            }
            None => self.work(COMMAND_TIME, Pending::Finish(IDNF)),
        }
    }

    fn begin(&mut self, wide: bool) -> Option<u64> {
        let error = self.check_range(wide);
        self.command_lba(wide).filter(|_| error == 0)
    }

    fn start_multiple_read(&mut self, wide: bool) {
        match self.state.multiple {
            0 => self.abort(),
            multiple => self.start_read(wide, multiple.into()),
        }
    }

    fn start_multiple_write(&mut self, wide: bool) {
        match self.state.multiple {
            0 => self.abort(),
            multiple => self.start_write(wide, multiple.into()),
        }
    }

    fn abort(&mut self) {
        let error = self.reject(EXT_INVALID_COMMAND, ABRT);
        self.work(COMMAND_TIME, Pending::Finish(error));
    }

    fn send_block(&mut self, block: Vec<u8>) {
        self.state.job = Job::In { lba: 0, left: 0, per_block: 1, block, at: 0 };
        self.work(ACCESS_TIME, Pending::Fetch);
    }

    fn identity(&self) -> Vec<u8> {
        let sectors = self.total();
        identify(&Identity {
            sectors,
            native: Geometry::native(sectors),
            current: self.state.geometry,
            multiple: self.state.multiple,
        })
    }

    /// TRANSLATE SECTOR: a block with the address in both forms; nothing is erased in advance, nothing is worn.
    fn translate_sector(&mut self) {
        if self.check_range(false) != 0 {
            return self.work(COMMAND_TIME, Pending::Finish(IDNF));
        }
        let mut block = vec![0; 512];
        let [low, mid, high] = self.state.lba;
        block[..4].copy_from_slice(&[high.now, mid.now, self.state.device & 0xF, low.now]);
        let lba = self.command_lba(false).unwrap_or(0) as u32;
        block[4..7].copy_from_slice(&lba.to_be_bytes()[1..]);
        self.send_block(block);
    }

    fn native_max(&mut self, wide: bool) -> u8 {
        let last = self.total().saturating_sub(1);
        let last = if wide { last } else { last.min(0x0FFF_FFFE) };
        for (place, register) in self.state.lba.iter_mut().enumerate() {
            register.now = (last >> (8 * place)) as u8;
            register.before = (last >> (24 + 8 * place)) as u8;
        }
        if !wide {
            self.state.device = self.state.device & 0xF0 | (last >> 24) as u8 & 0xF;
        }
        0
    }

    /// EXECUTE DEVICE DIAGNOSTIC leaves the signature and "passed", which is no error.
    fn diagnose(&mut self) {
        self.sign();
        self.work(COMMAND_TIME, Pending::Tell(self.state.error));
    }

    fn initialise_parameters(&mut self) -> u8 {
        let (heads, sectors) = (u16::from(self.state.device & 0xF) + 1, u16::from(self.state.count.now));
        if sectors == 0 {
            return self.reject(EXT_INVALID_COMMAND, ABRT);
        }
        self.state.geometry = Geometry::with(self.total(), heads, sectors);
        0
    }

    fn set_multiple(&mut self) -> u8 {
        let count = self.state.count.now;
        if count != 0 && (!count.is_power_of_two() || u16::from(count) > MAX_MULTIPLE) {
            return self.reject(EXT_INVALID_COMMAND, ABRT);
        }
        self.state.multiple = count;
        0
    }

    /// SET FEATURES: 8-bit transfers; write cache, power levels, transfer modes and defaults need nothing here.
    fn set_features(&mut self) -> u8 {
        match self.state.feature {
            0x01 => self.state.eight_bit = true,
            0x81 => self.state.eight_bit = false,
            0x02 | 0x82 | 0x05 | 0x85 | 0x0A | 0x8A | 0x55 | 0xAA | 0x66 | 0xCC | 0x69 | 0x96 | 0x97
            | 0x9A => {}
            // Transfer mode: PIO only.
            0x03 if self.state.count.now >> 3 <= 1 => {}
            _ => return self.reject(EXT_INVALID_COMMAND, ABRT),
        }
        0
    }
}

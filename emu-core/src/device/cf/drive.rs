//! The drive: task file, status, and how it reacts to register accesses.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::transfer::Job;
use crate::card::{BlockRead, Overlay};

/// Status: the drive works; nothing else counts.
pub(super) const BSY: u8 = 0x80;
/// Status: ready.
pub(super) const DRDY: u8 = 0x40;
/// Status: seek complete.
pub(super) const DSC: u8 = 0x10;
/// Status: data wanted or there.
pub(super) const DRQ: u8 = 0x08;
/// Status: the error register says why.
pub(super) const ERR: u8 = 0x01;
/// Status of a drive that waits for a command.
pub(super) const READY: u8 = DRDY | DSC;

/// Error: command aborted.
pub(super) const ABRT: u8 = 0x04;
/// Error: no such sector.
pub(super) const IDNF: u8 = 0x10;
/// Error: the sector cannot be read or written.
pub(super) const UNC: u8 = 0x40;

/// Device register: LBA addressing.
pub(super) const DEVICE_LBA: u8 = 0x40;
/// Device register: the second drive, of which there is none.
const DEVICE_SECOND: u8 = 0x10;

/// Cylinders, heads, sectors per track.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct Geometry {
    pub(super) cylinders: u16,
    pub(super) heads: u16,
    pub(super) sectors: u16,
}

impl Geometry {
    /// The translation every card of ours has: 16 heads, 63 sectors.
    pub(super) fn native(total: u64) -> Self {
        Self::with(total, 16, 63)
    }

    pub(super) fn with(total: u64, heads: u16, sectors: u16) -> Self {
        let track = u64::from(heads.max(1)) * u64::from(sectors.max(1));
        Self { cylinders: (total / track).clamp(2, 16383) as u16, heads, sectors }
    }
}

/// One register of the task file with the value it had before: 48-bit commands use both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct Paired {
    pub(super) now: u8,
    pub(super) before: u8,
}

impl Paired {
    fn write(&mut self, value: u8) {
        (self.before, self.now) = (self.now, value);
    }

    /// Both values as 16 bits.
    pub(super) fn wide(self) -> u16 {
        u16::from_be_bytes([self.before, self.now])
    }
}

/// What the drive does when its time has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) enum Pending {
    #[default]
    None,
    /// Fetch the next block of a read.
    Fetch,
    /// Store the block that was written.
    Store,
    /// End the command with this error (0: none).
    Finish(u8),
    /// End the command well, with this code in the error register: an answer, not an error.
    Tell(u8),
}

/// Everything a drive remembers besides its content.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct CfDriveState {
    pub(super) feature: u8,
    pub(super) count: Paired,
    pub(super) lba: [Paired; 3],
    pub(super) device: u8,
    pub(super) status: u8,
    pub(super) error: u8,
    pub(super) extended_error: u8,
    pub(super) multiple: u8,
    pub(super) eight_bit: bool,
    pub(super) geometry: Geometry,
    pub(super) job: Job,
    pub(super) pending: Pending,
    /// How long until `pending` happens, for the controller to schedule.
    pub(super) delay: Option<Duration>,
    /// The interrupt line.
    pub(super) interrupt: bool,
    resetting: bool,
}

/// A drive in its slot.
#[derive(Clone, Debug)]
pub struct CfDrive {
    pub(super) state: CfDriveState,
    pub(super) image: Overlay,
}

impl CfDrive {
    /// A drive with this content, as it is after power-on.
    #[must_use]
    pub fn new(image: Overlay) -> Self {
        let mut drive = Self { state: CfDriveState::default(), image };
        drive.reset();
        drive
    }

    /// The content.
    #[must_use]
    pub fn image(&self) -> &Overlay {
        &self.image
    }

    /// The content, to be changed from outside while the guest does not run.
    pub fn image_mut(&mut self) -> &mut Overlay {
        &mut self.image
    }

    pub(super) fn total(&self) -> u64 {
        self.image.sector_count()
    }

    fn reset(&mut self) {
        let geometry = Geometry::native(self.total());
        self.state = CfDriveState { status: READY, multiple: 16, geometry, ..CfDriveState::default() };
        self.sign();
    }

    /// What a drive shows after a reset: passed, and "I am an ATA device".
    pub(super) fn sign(&mut self) {
        self.state.error = 1;
        self.state.count = Paired { now: 1, before: 0 };
        self.state.lba = [Paired { now: 1, before: 0 }, Paired::default(), Paired::default()];
        self.state.device = 0;
    }

    /// The device control register's reset bit. The drive is busy while it is set.
    pub(super) fn set_reset(&mut self, asserted: bool) {
        if asserted {
            self.reset();
            (self.state.resetting, self.state.status) = (true, BSY);
        } else if self.state.resetting {
            (self.state.resetting, self.state.status) = (false, READY);
        }
    }

    pub(super) fn is_second_selected(&self) -> bool {
        self.state.device & DEVICE_SECOND != 0
    }

    /// Status without acknowledging the interrupt. A drive that is not selected shows 0.
    pub(super) fn status(&self) -> u8 {
        if self.is_second_selected() { 0 } else { self.state.status }
    }

    /// Status; takes the interrupt off.
    pub(super) fn read_status(&mut self) -> u8 {
        self.state.interrupt = false;
        self.status()
    }

    /// Registers 1 to 6 of the task file.
    pub(super) fn read_register(&self, index: u32) -> u8 {
        let state = &self.state;
        match index {
            1 => state.error,
            2 => state.count.now,
            3..=5 => state.lba[index as usize - 3].now,
            _ => state.device,
        }
    }

    /// Registers 1 to 7. A busy drive, or one in the middle of its data, takes nothing.
    pub(super) fn write_register(&mut self, index: u32, value: u8) {
        if self.state.status & (BSY | DRQ) != 0 {
            return;
        }
        match index {
            1 => self.state.feature = value,
            2 => self.state.count.write(value),
            3..=5 => self.state.lba[index as usize - 3].write(value),
            6 => self.state.device = value,
            _ if self.is_second_selected() => {}
            _ => self.start_command(value),
        }
    }

    /// Work for `delay`, then do `pending`.
    pub(super) fn work(&mut self, delay: Duration, pending: Pending) {
        self.state.status = BSY;
        (self.state.pending, self.state.delay) = (pending, Some(delay));
    }

    /// End the command. An error sets the status bit.
    pub(super) fn finish(&mut self, error: u8) {
        self.state.job = Job::None;
        self.state.pending = Pending::None;
        self.state.error = error;
        self.state.status = if error == 0 { READY } else { READY | ERR };
        self.state.interrupt = true;
    }

    /// The scheduled time has come.
    pub(super) fn wake(&mut self) {
        match std::mem::take(&mut self.state.pending) {
            Pending::None => {}
            Pending::Fetch => self.fetch_block(),
            Pending::Store => self.store_block(),
            Pending::Finish(error) => self.finish(error),
            Pending::Tell(code) => {
                self.finish(0);
                self.state.error = code;
            }
        }
    }
}

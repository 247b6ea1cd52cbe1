//! The clock chip on the serial bus (reference: peripherals.md §6). Its time stands still at 2017-09-30 12:15:00, so that
//! runs are the same.

use darkroom_models::Rtc as RtcSpec;
use serde::{Deserialize, Serialize};

/// Registers 0 to 6: second, minute, hour, weekday, day, month, year, all BCD.
const POWER_ON: [u8; 7] = [0x00, 0x15, 0x12, 0x01, 0x30, 0x09, 0x17];
const TIME_CORRECTION: usize = 7;
const CONTROL_1: usize = 0xE;
const CONTROL_2: usize = 0xF;
/// 24-hour clock.
const HOURS_24: u8 = 0x20;

/// The clock chip.
#[derive(Clone, Debug)]
pub struct RtcChip {
    nibbles_swapped: bool,
    state: State,
}

#[derive(Clone, Debug, Hash, Serialize, Deserialize)]
struct State {
    registers: [u8; 16],
    phase: Phase,
}

/// What the next byte on the wire is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
enum Phase {
    /// Not selected.
    Inactive,
    /// A command.
    Ready,
    /// Anything; ignored until deselected.
    Ignore,
    /// Data to or from this register.
    Data { register: u8, write: bool, burst: bool },
}

impl RtcChip {
    /// The chip at power-on.
    pub fn new(spec: RtcSpec) -> Self {
        let mut registers = [0; 16];
        registers[..POWER_ON.len()].copy_from_slice(&POWER_ON);
        registers[TIME_CORRECTION] = spec.time_correct;
        registers[CONTROL_1] = HOURS_24;
        registers[CONTROL_2] = spec.control_2;
        Self { nibbles_swapped: spec.nibbles_swapped, state: State { registers, phase: Phase::Inactive } }
    }

    /// The chip select register was written.
    pub const fn select(&mut self, value: u32) {
        let active = value & 6 == 6 || value & 0x10_0000 != 0;
        self.state.phase = if active { Phase::Ready } else { Phase::Inactive };
    }

    /// Whether the chip listens.
    pub fn is_selected(&self) -> bool {
        self.state.phase != Phase::Inactive
    }

    /// One byte goes out; gives the byte that comes in at the same time, if the chip drives one.
    pub fn transfer(&mut self, byte: u8) -> Option<u8> {
        match self.state.phase {
            Phase::Inactive | Phase::Ignore => None,
            Phase::Ready => {
                self.state.phase = self.command(byte);
                None
            }
            Phase::Data { register, write, burst } => {
                self.state.phase = next_phase(register, write, burst);
                self.data(register, write, byte)
            }
        }
    }

    const fn command(&self, byte: u8) -> Phase {
        let (low, high) = (byte & 0xF, byte >> 4);
        let (command, register) = if self.nibbles_swapped { (high, low) } else { (low, high) };
        match command {
            0x0 | 0x1 => Phase::Data { register, write: true, burst: true },
            0x4 | 0x9 => Phase::Data { register, write: false, burst: true },
            0x8 => Phase::Data { register, write: true, burst: false },
            0xC => Phase::Data { register, write: false, burst: false },
            _ => Phase::Ignore,
        }
    }

    fn data(&mut self, register: u8, write: bool, byte: u8) -> Option<u8> {
        let cell = &mut self.state.registers[usize::from(register & 0xF)];
        if !write {
            return Some(*cell);
        }
        *cell = byte;
        None
    }

    /// Feeds the state into a state hash.
    pub fn hash_state(&self, hasher: &mut crate::bus::StateHasher) {
        std::hash::Hash::hash(&self.state, hasher);
    }
}

const fn next_phase(register: u8, write: bool, burst: bool) -> Phase {
    if burst {
        return Phase::Data { register: (register + 1) & 0xF, write, burst };
    }
    Phase::Ready
}

#[cfg(test)]
mod tests {
    use darkroom_models::Catalog;

    use super::*;

    fn chip(camera: &str) -> RtcChip {
        let camera = Catalog::builtin().get(camera).expect("camera");
        RtcChip::new(camera.rtc)
    }

    #[test]
    fn a_burst_reads_the_date() {
        let mut chip = chip("60D");
        assert_eq!(chip.transfer(0x04), None);
        chip.select(0x46);
        assert_eq!(chip.transfer(0x04), None);
        let date: Vec<_> = (0..8).filter_map(|_| chip.transfer(0)).collect();
        assert_eq!(date, [0x00, 0x15, 0x12, 0x01, 0x30, 0x09, 0x17, 0x8D]);
    }

    #[test]
    fn single_writes_stay() {
        let mut chip = chip("60D");
        chip.select(6);
        chip.transfer(0x38);
        chip.transfer(0x55);
        chip.transfer(0x3C);
        assert_eq!(chip.transfer(0), Some(0x55));
        chip.select(0);
        assert!(!chip.is_selected());
    }

    #[test]
    fn some_cameras_swap_the_nibbles() {
        let mut chip = chip("5D2");
        chip.select(0x10_0000);
        chip.transfer(0xC2);
        assert_eq!(chip.transfer(0), Some(0x12));
    }
}

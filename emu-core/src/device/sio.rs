//! The plain serial channels, with the clock chip on them (reference: peripherals.md §6.2, §7.1).
//!
//! While its chip select is active, every channel reaches the clock chip.

use serde::{Deserialize, Serialize};

use super::rtc::RtcChip;
use crate::bus::{Access, Device, DeviceContext, Port, Read, StateHasher, Write};

/// Any serial channel.
pub const CHANNEL: Port = Port(0);
/// The clock chip's select register.
pub const RTC_SELECT: Port = Port(1);

const CONTROL: u32 = 0x04;
const TX: u32 = 0x18;
const RX: u32 = 0x1C;

const TRANSMIT: u32 = 1;

/// The serial channels share their registers; the clock chip has its own copies.
#[derive(Clone, Debug)]
pub struct Sio {
    rtc: RtcChip,
    state: State,
}

#[derive(Clone, Debug, Default, Hash, Serialize, Deserialize)]
struct State {
    generic: Registers,
    clock: Registers,
}

#[derive(Clone, Debug, Default, Hash, Serialize, Deserialize)]
struct Registers {
    setup: [u32; 3],
    tx: u32,
    rx: u32,
}

impl Registers {
    const fn get(&self, offset: u32) -> Option<u32> {
        match offset {
            CONTROL => Some(0),
            0x0C | 0x10 | 0x14 => Some(self.setup[(offset as usize - 0x0C) / 4]),
            TX => Some(self.tx),
            RX => Some(self.rx),
            _ => None,
        }
    }

    fn set(&mut self, offset: u32, value: u32) -> Write {
        match offset {
            CONTROL => {}
            0x0C | 0x10 | 0x14 => self.setup[(offset as usize - 0x0C) / 4] = value,
            TX => self.tx = value,
            RX => self.rx = value,
            _ => return Write::Unknown,
        }
        Write::Done
    }
}

impl Sio {
    /// The channels, with this chip on them.
    pub fn new(rtc: RtcChip) -> Self {
        Self { rtc, state: State::default() }
    }

    fn active(&self) -> &Registers {
        if self.rtc.is_selected() { &self.state.clock } else { &self.state.generic }
    }

    fn transfer(&mut self) {
        if let Some(byte) = self.rtc.transfer(self.state.clock.tx as u8) {
            self.state.clock.rx = u32::from(byte);
        }
    }
}

impl Device for Sio {
    fn read(&mut self, _ctx: &mut DeviceContext<'_>, access: Access) -> Read {
        self.peek(access).map_or(Read::Unknown, Read::Value)
    }

    fn write(&mut self, _ctx: &mut DeviceContext<'_>, access: Access, value: u32) -> Write {
        if access.port == RTC_SELECT {
            self.rtc.select(value);
            return Write::Done;
        }
        if !self.rtc.is_selected() {
            return self.state.generic.set(access.offset, value);
        }
        if access.offset == CONTROL && value & TRANSMIT != 0 {
            self.transfer();
        }
        self.state.clock.set(access.offset, value)
    }

    fn peek(&self, access: Access) -> Option<u32> {
        match access.port {
            RTC_SELECT => Some(0),
            _ => self.active().get(access.offset),
        }
    }

    fn hash_state(&self, hasher: &mut StateHasher) {
        std::hash::Hash::hash(&self.state, hasher);
        self.rtc.hash_state(hasher);
    }
}

#[cfg(test)]
mod tests {
    use darkroom_models::Catalog;

    use super::*;
    use crate::bus::testing::Rig;

    #[test]
    fn the_selected_clock_answers_on_the_channel() {
        let camera = Catalog::builtin().get("60D").expect("camera");
        let mut rig = Rig::new(Sio::new(RtcChip::new(camera.rtc)));
        rig.write(CHANNEL.0, TX, 0x99);
        rig.write(RTC_SELECT.0, 0, 6);
        for byte in [0x2C, 0x00] {
            rig.write(CHANNEL.0, TX, byte);
            rig.write(CHANNEL.0, CONTROL, TRANSMIT);
        }
        assert_eq!(rig.value(CHANNEL.0, RX), 0x12);
        rig.write(RTC_SELECT.0, 0, 0);
        assert_eq!(rig.value(CHANNEL.0, TX), 0x99);
    }
}

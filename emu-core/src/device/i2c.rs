//! I2C master and the answers of the chips behind it (reference: peripherals.md §5).

use serde::{Deserialize, Serialize};

use crate::bus::{Access, Device, DeviceContext, Read, StateHasher, Write};

const STATUS: u32 = 0x08;
const LENGTH: u32 = 0x14;
const RX: u32 = 0x18;
const SLAVE: u32 = 0x1C;
const TX: u32 = 0x20;
const CONFIG: u32 = 0x24;

const TX_READY: u32 = 0x10;
const STOP: u32 = 0x20;
const RX_READY: u32 = 0x08;

/// Bit of [`CONFIG`]: a transaction is on. Clear: it ends.
const TRANSACTION: u32 = 0x20;
/// Bit of [`CONFIG`]: the master sends. Clear: it receives.
const SEND: u32 = 0x200;

/// Most bytes of one transaction.
const MAX_BYTES: usize = 1024;

/// What a slave answers, by (slave, first byte sent).
const ANSWERS: &[(u32, u8, &[u8])] = &[
    (0x3D, 0x62, &[0, 0]),
    (0x38, 0x02, &[0, 0]),
    (0x38, 0x04, &[0]),
    (0x38, 0x1F, &[1]),
    (0x38, 0x90, &[1]),
    (0x38, 0x97, &[0x10]),
];

/// The I2C master.
#[derive(Clone, Debug, Default)]
pub struct I2c {
    state: State,
}

#[derive(Clone, Debug, Default, Hash, Serialize, Deserialize)]
struct State {
    status: u32,
    length: u32,
    slave: u32,
    config: u32,
    sent: Vec<u8>,
    answer: Vec<u8>,
    position: u32,
}

impl I2c {
    fn send(&mut self, value: u32) {
        if self.state.sent.len() < MAX_BYTES {
            self.state.sent.push(value as u8);
        }
        self.state.status |= TX_READY;
        if self.state.sent.len() as u64 >= u64::from(self.state.length) {
            self.state.status |= STOP | RX_READY;
        }
    }

    fn configure(&mut self, value: u32) {
        self.state.config = value;
        if value & TRANSACTION == 0 {
            self.state.status = 0;
            self.state.sent.clear();
            self.state.position = 0;
        } else if value & SEND == 0 {
            let asked = (self.state.slave, self.state.sent.first().copied().unwrap_or(0));
            let answer = ANSWERS.iter().find(|entry| (entry.0, entry.1) == asked);
            self.state.answer = answer.map_or(&[][..], |entry| entry.2).to_vec();
        }
    }

    fn next_answer(&self) -> u32 {
        self.state.answer.get(self.state.position as usize).map_or(0, |byte| u32::from(*byte))
    }
}

impl Device for I2c {
    fn read(&mut self, _ctx: &mut DeviceContext<'_>, access: Access) -> Read {
        let value = self.peek(access);
        if access.offset == RX {
            self.state.position = self.state.position.saturating_add(1);
        }
        value.map_or(Read::Unknown, Read::Value)
    }

    fn write(&mut self, _ctx: &mut DeviceContext<'_>, access: Access, value: u32) -> Write {
        match access.offset {
            STATUS | RX => {}
            LENGTH => self.state.length = value,
            SLAVE => self.state.slave = value,
            TX => self.send(value),
            CONFIG => self.configure(value),
            _ => return Write::Unknown,
        }
        Write::Done
    }

    fn peek(&self, access: Access) -> Option<u32> {
        match access.offset {
            STATUS => Some(self.state.status),
            LENGTH => Some(self.state.length),
            RX => Some(self.next_answer()),
            SLAVE => Some(self.state.slave),
            TX => Some(0),
            CONFIG => Some(self.state.config),
            _ => None,
        }
    }

    fn hash_state(&self, hasher: &mut StateHasher) {
        std::hash::Hash::hash(&self.state, hasher);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bus::testing::Rig;

    #[test]
    fn a_slave_answers_its_register() {
        let mut rig = Rig::new(I2c::default());
        rig.write(0, SLAVE, 0x38);
        rig.write(0, LENGTH, 1);
        rig.write(0, TX, 0x97);
        assert_eq!(rig.value(0, STATUS), TX_READY | STOP | RX_READY);
        rig.write(0, CONFIG, TRANSACTION);
        assert_eq!((rig.value(0, RX), rig.value(0, RX)), (0x10, 0));
        rig.write(0, CONFIG, 0);
        assert_eq!(rig.value(0, STATUS), 0);
    }

    #[test]
    fn endless_sending_does_not_grow() {
        let mut rig = Rig::new(I2c::default());
        for byte in 0..5000 {
            rig.write(0, TX, byte);
        }
        assert_eq!(rig.device.state.sent.len(), MAX_BYTES);
    }
}

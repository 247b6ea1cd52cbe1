//! JPEG, H.264 and lossless cores (reference: engine.md §7): nothing is encoded, the interrupt comes.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::bus::{Access, Device, DeviceContext, IrqId, Read, StateHasher, Write};

const CONTROL: u32 = 0x0000;
const STATUS: u32 = 0x0030;
const POLLED: u32 = 0x0044;

const WORK_TIME: Duration = Duration::from_micros(2_560);

/// Registers with a known name and no effect here.
const IGNORED: &[u32] =
    &[0x04, 0x0C, 0x10, 0x14, 0x18, 0x1C, 0x24, 0x40, 0x80, 0x84, 0x8C, 0x94, 0xE8, 0xEC, 0x928, 0x92C];

/// The cores; all raise the same interrupt.
#[derive(Clone, Debug)]
pub struct Jpcore {
    interrupt: Option<IrqId>,
    state: State,
}

#[derive(Clone, Debug, Default, Hash, Serialize, Deserialize)]
struct State {
    /// What the polled register shows: it changes with every read.
    polled: u32,
}

impl Jpcore {
    /// Cores that raise `interrupt` when they are done.
    pub fn new(interrupt: Option<IrqId>) -> Self {
        Self { interrupt, state: State::default() }
    }
}

impl Device for Jpcore {
    fn read(&mut self, _ctx: &mut DeviceContext<'_>, access: Access) -> Read {
        if access.offset == POLLED {
            // The firmware waits for some bit to change: a counter changes all of them in turn.
            self.state.polled = self.state.polled.wrapping_add(0x0101_0101);
        }
        self.peek(access).map_or(Read::Unknown, Read::Value)
    }

    fn write(&mut self, ctx: &mut DeviceContext<'_>, access: Access, value: u32) -> Write {
        match access.offset {
            CONTROL if value & 1 != 0 => {
                if let Some(irq) = self.interrupt {
                    ctx.raise_after(irq, WORK_TIME);
                }
            }
            CONTROL | STATUS | POLLED => {}
            offset if IGNORED.contains(&offset) => {}
            _ => return Write::Unknown,
        }
        Write::Done
    }

    fn peek(&self, access: Access) -> Option<u32> {
        match access.offset {
            CONTROL => Some(0),
            STATUS => Some(0x1FF),
            POLLED => Some(self.state.polled),
            offset if IGNORED.contains(&offset) => Some(0),
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
    use crate::clock::GuestTime;

    #[test]
    fn starting_a_core_raises_and_the_polled_register_changes() {
        let mut rig = Rig::new(Jpcore::new(IrqId::new(0x64)));
        rig.write(0, CONTROL, 1);
        rig.run_to(GuestTime::from_micros(2_560));
        assert!(rig.raised(0x64));
        assert_ne!(rig.value(0, POLLED), rig.value(0, POLLED));
    }
}

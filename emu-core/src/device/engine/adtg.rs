//! DMA to the sensor's timing generator (reference: engine.md §9): the data goes nowhere, the interrupt comes.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::bus::{Access, Device, DeviceContext, IrqId, Read, StateHasher, Write};

/// The one command that starts a transfer.
const START: u32 = 0x0300_0025;
const TRANSFER_TIME: Duration = Duration::from_micros(25_600);

/// The timing generator's DMA.
#[derive(Clone, Debug)]
pub struct AdtgDma {
    interrupt: Option<IrqId>,
    state: State,
}

#[derive(Clone, Debug, Default, Hash, Serialize, Deserialize)]
struct State {
    address: u32,
    count: u32,
    status: u32,
}

impl AdtgDma {
    /// A channel that raises `interrupt` when a transfer is over.
    pub fn new(interrupt: Option<IrqId>) -> Self {
        Self { interrupt, state: State::default() }
    }
}

impl Device for AdtgDma {
    fn read(&mut self, _ctx: &mut DeviceContext<'_>, access: Access) -> Read {
        self.peek(access).map_or(Read::Unknown, Read::Value)
    }

    fn write(&mut self, ctx: &mut DeviceContext<'_>, access: Access, value: u32) -> Write {
        match access.offset {
            0x00 | 0x08 => self.state.address = value,
            0x04 | 0x0C => self.state.count = value,
            0x10 if value == START => {
                if let Some(irq) = self.interrupt {
                    ctx.raise_after(irq, TRANSFER_TIME);
                }
            }
            0x10 => {}
            0x14 => self.state.status = value,
            _ => return Write::Unknown,
        }
        Write::Done
    }

    fn peek(&self, access: Access) -> Option<u32> {
        match access.offset {
            0x00 | 0x08 => Some(self.state.address),
            0x04 | 0x0C => Some(self.state.count),
            0x10 => Some(0),
            0x14 => Some(self.state.status),
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
    fn only_the_start_command_raises() {
        let mut rig = Rig::new(AdtgDma::new(IrqId::new(0x37)));
        rig.write(0, 0x08, 0x1000);
        assert_eq!(rig.value(0, 0x00), 0x1000);
        rig.write(0, 0x10, 1);
        assert!(rig.board.events.is_empty());
        rig.write(0, 0x10, START);
        rig.run_to(GuestTime::from_micros(25_600));
        assert!(rig.raised(0x37));
    }
}

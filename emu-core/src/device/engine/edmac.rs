//! Engine DMA channels (reference: engine.md §2): the registers are stored, transfers are not carried out and are reported
//! as unknown.

use serde::{Deserialize, Serialize};

use crate::bus::{Access, Device, DeviceContext, Read, StateHasher, Write};

/// Three windows of sixteen channels.
const CHANNELS: usize = 48;
/// Words per channel that are stored: offsets 04 to 40.
const WORDS: usize = 17;

const START: u32 = 0x00;
const REASON: u32 = 0x30;
const ABORT: u32 = 0x34;

/// The channels. Port n holds channels 16n to 16n+15.
#[derive(Clone, Debug)]
pub struct Edmac {
    state: State,
}

#[derive(Clone, Debug, Hash, Serialize, Deserialize)]
struct State {
    words: Vec<[u32; WORDS]>,
}

impl Default for Edmac {
    fn default() -> Self {
        Self { state: State { words: vec![[0; WORDS]; CHANNELS] } }
    }
}

impl Edmac {
    /// Why the channel raised its interrupt.
    fn reason(&self, channel: usize) -> u32 {
        let words = &self.state.words[channel];
        let reads_memory = channel & 8 != 0;
        match (words[ABORT as usize / 4], words[1] & 0xF) {
            (3, _) => 0x10,
            (_, 6) => 4,
            _ => 1 + u32::from(reads_memory),
        }
    }
}

impl Device for Edmac {
    fn read(&mut self, _ctx: &mut DeviceContext<'_>, access: Access) -> Read {
        self.peek(access).map_or(Read::Unknown, Read::Value)
    }

    fn write(&mut self, _ctx: &mut DeviceContext<'_>, access: Access, value: u32) -> Write {
        match access.offset & 0xFF {
            START if value == 1 => Write::Unknown,
            START | REASON => Write::Done,
            offset if is_stored(offset) => {
                self.state.words[channel(access)][offset as usize / 4] = value;
                Write::Done
            }
            _ => Write::Unknown,
        }
    }

    fn peek(&self, access: Access) -> Option<u32> {
        match access.offset & 0xFF {
            START => Some(0),
            REASON => Some(self.reason(channel(access))),
            offset if is_stored(offset) => Some(self.state.words[channel(access)][offset as usize / 4]),
            _ => None,
        }
    }

    fn hash_state(&self, hasher: &mut StateHasher) {
        std::hash::Hash::hash(&self.state, hasher);
    }
}

fn is_stored(offset: u32) -> bool {
    offset.is_multiple_of(4) && matches!(offset, 0x04..=0x28 | ABORT | 0x40)
}

const fn channel(access: Access) -> usize {
    (access.port.0 as usize % 3) * 16 + (access.offset >> 8 & 0xF) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bus::testing::Rig;

    #[test]
    fn channels_keep_their_registers_apart() {
        let mut rig = Rig::new(Edmac::default());
        rig.write(0, 0x108, 0x1000);
        rig.write(1, 0x108, 0x2000);
        assert_eq!((rig.value(0, 0x108), rig.value(1, 0x108), rig.value(2, 0x108)), (0x1000, 0x2000, 0));
    }

    #[test]
    fn the_reason_follows_kind_and_abort() {
        let mut rig = Rig::new(Edmac::default());
        assert_eq!((rig.value(0, 0x030), rig.value(0, 0x830)), (1, 2));
        rig.write(0, 0x034, 3);
        assert_eq!(rig.value(0, 0x030), 0x10);
    }

    #[test]
    fn a_transfer_is_reported() {
        let mut rig = Rig::new(Edmac::default());
        assert_eq!(rig.write(0, 0x000, 1), Write::Unknown);
        assert_eq!(rig.write(0, 0x000, 0), Write::Done);
    }
}

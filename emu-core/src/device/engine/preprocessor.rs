//! The preprocessor's registers (reference: engine.md §4): switches are stored, no pixel is processed.

use serde::{Deserialize, Serialize};

use crate::bus::{Access, Device, DeviceContext, Read, StateHasher, Write};

/// Offsets of the stored switches.
const SWITCHES: [u32; 5] = [0x060, 0x0A0, 0x120, 0x180, 0x240];
const DEF_INTERRUPT: u32 = 0x0C8;

/// The preprocessor.
#[derive(Clone, Debug)]
pub struct Preprocessor {
    def_interrupt: u32,
    state: State,
}

#[derive(Clone, Debug, Default, Hash, Serialize, Deserialize)]
struct State {
    switches: [u32; SWITCHES.len()],
}

impl Preprocessor {
    /// `def_interrupt`: what the DEF unit's interrupt register reads, 0x20 on DIGIC 4 and 0x10 on DIGIC 5.
    pub fn new(def_interrupt: u32) -> Self {
        Self { def_interrupt, state: State::default() }
    }
}

impl Device for Preprocessor {
    fn read(&mut self, _ctx: &mut DeviceContext<'_>, access: Access) -> Read {
        self.peek(access).map_or(Read::Unknown, Read::Value)
    }

    fn write(&mut self, _ctx: &mut DeviceContext<'_>, access: Access, value: u32) -> Write {
        match switch(access.offset) {
            Some(index) => self.state.switches[index] = value,
            None if access.offset == DEF_INTERRUPT => {}
            None => return Write::Unknown,
        }
        Write::Done
    }

    fn peek(&self, access: Access) -> Option<u32> {
        let stored = switch(access.offset).map(|index| self.state.switches[index]);
        stored.or_else(|| (access.offset == DEF_INTERRUPT).then_some(self.def_interrupt))
    }

    fn hash_state(&self, hasher: &mut StateHasher) {
        std::hash::Hash::hash(&self.state, hasher);
    }
}

fn switch(offset: u32) -> Option<usize> {
    SWITCHES.iter().position(|at| *at == offset)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bus::testing::Rig;

    #[test]
    fn switches_are_kept() {
        let mut rig = Rig::new(Preprocessor::new(0x20));
        rig.write(0, 0x180, 1);
        assert_eq!((rig.value(0, 0x180), rig.value(0, 0x0C8)), (1, 0x20));
        assert_eq!(rig.read(0, 0x390), Read::Unknown);
    }
}

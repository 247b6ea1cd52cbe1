//! The card LED's latch (reference: storage.md §9).

use darkroom_models::CardLed as CardLedSpec;
use serde::{Deserialize, Serialize};

use crate::bus::{Access, Device, DeviceContext, Read, StateHasher, Write};

/// What the card LED shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Led {
    /// The guest has never touched it.
    #[default]
    Never,
    /// Dark.
    Off,
    /// Lit.
    On,
}

/// The card LED.
#[derive(Clone, Debug)]
pub struct CardLed {
    spec: CardLedSpec,
    state: State,
}

#[derive(Clone, Debug, Default, Hash, Serialize, Deserialize)]
struct State {
    latch: u32,
    led: Led,
}

impl CardLed {
    /// A LED never touched.
    pub fn new(spec: CardLedSpec) -> Self {
        Self { spec, state: State::default() }
    }

    /// What it shows.
    pub const fn led(&self) -> Led {
        self.state.led
    }
}

impl Device for CardLed {
    fn read(&mut self, _ctx: &mut DeviceContext<'_>, access: Access) -> Read {
        self.peek(access).map_or(Read::Unknown, Read::Value)
    }

    fn write(&mut self, _ctx: &mut DeviceContext<'_>, access: Access, value: u32) -> Write {
        if access.offset != 0 {
            return Write::Unknown;
        }
        self.state.latch = value;
        match self.spec.decode(value) {
            Some(lit) => self.state.led = if lit { Led::On } else { Led::Off },
            None => return Write::Unknown,
        }
        Write::Done
    }

    fn peek(&self, access: Access) -> Option<u32> {
        (access.offset == 0).then_some(self.state.latch)
    }

    fn hash_state(&self, hasher: &mut StateHasher) {
        std::hash::Hash::hash(&self.state, hasher);
    }
}

#[cfg(test)]
mod tests {
    use darkroom_models::Catalog;

    use super::*;
    use crate::bus::testing::Rig;

    #[test]
    fn known_values_switch_it_and_others_are_reported() {
        let camera = Catalog::builtin().get("60D").expect("camera");
        let mut rig = Rig::new(CardLed::new(camera.card_led.clone()));
        assert_eq!(rig.device.led(), Led::Never);
        rig.write(0, 0, 0x46);
        assert_eq!(rig.device.led(), Led::On);
        assert_eq!(rig.write(0, 0, 0x1234), Write::Unknown);
        assert_eq!(rig.device.led(), Led::On);
        rig.write(0, 0, 0x44);
        assert_eq!(rig.device.led(), Led::Off);
        assert_eq!(rig.value(0, 0), 0x44);
    }
}

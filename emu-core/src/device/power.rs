//! Power control and image power (reference: boot-and-memory.md §8.3, §8.4).

use darkroom_models::ImagePower as ImagePowerSpec;
use serde::{Deserialize, Serialize};

use crate::bus::{Access, Device, DeviceContext, IrqId, Port, Read, StateHasher, Write};
use std::time::Duration;

/// The window of plain latches.
pub const LATCHES: Port = Port(0);
/// The register that switches image power.
pub const CONFIG: Port = Port(1);
/// The register that shows whether image power is on.
pub const DETECT: Port = Port(2);

/// From the switch to the interrupt.
const SETTLE: Duration = Duration::from_micros(256);

/// Power control, with the switch of the image engine's supply.
#[derive(Clone, Debug)]
pub struct Power {
    spec: ImagePowerSpec,
    state: State,
}

#[derive(Clone, Debug, Hash, Serialize, Deserialize)]
struct State {
    latches: Vec<u32>,
    config: u32,
    detect: u32,
    enabled: bool,
}

impl Power {
    /// Power control with everything at 0.
    pub fn new(spec: ImagePowerSpec) -> Self {
        Self { spec, state: State { latches: vec![0; 64], config: 0, detect: 0, enabled: false } }
    }

    fn configure(&mut self, ctx: &mut DeviceContext<'_>, value: u32) {
        self.state.config = value;
        self.state.enabled = value & self.spec.config_bit != 0;
        if let Some(irq) = IrqId::new(u32::from(self.spec.interrupt.get())).filter(|_| self.state.enabled) {
            ctx.raise_after(irq, SETTLE);
        }
    }

    fn detect(&self) -> u32 {
        let bit = if self.state.enabled { self.spec.detect_bit } else { 0 };
        self.state.detect & !self.spec.detect_bit | bit
    }
}

impl Device for Power {
    fn read(&mut self, _ctx: &mut DeviceContext<'_>, access: Access) -> Read {
        self.peek(access).map_or(Read::Unknown, Read::Value)
    }

    fn write(&mut self, ctx: &mut DeviceContext<'_>, access: Access, value: u32) -> Write {
        match access.port {
            CONFIG => self.configure(ctx, value),
            DETECT => self.state.detect = value,
            _ => match self.state.latches.get_mut(access.offset as usize / 4) {
                Some(latch) => *latch = value,
                None => return Write::Unknown,
            },
        }
        Write::Done
    }

    fn peek(&self, access: Access) -> Option<u32> {
        match access.port {
            CONFIG => Some(self.state.config),
            DETECT => Some(self.detect()),
            _ => self.state.latches.get(access.offset as usize / 4).copied(),
        }
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
    use crate::clock::GuestTime;

    #[test]
    fn image_power_is_seen_and_raises() {
        let camera = Catalog::builtin().get("60D").expect("camera");
        let mut rig = Rig::new(Power::new(camera.image_power));
        rig.write(DETECT.0, 0, 0x46);
        assert_eq!(rig.value(DETECT.0, 0), 0x46);
        rig.write(CONFIG.0, 0, 0x20_0000);
        assert_eq!(rig.value(DETECT.0, 0), 0x47);
        rig.run_to(GuestTime::from_millis(1));
        assert!(rig.raised(0x52));
        rig.write(CONFIG.0, 0, 0);
        assert_eq!(rig.value(DETECT.0, 0), 0x46);
    }

    #[test]
    fn the_rest_are_latches() {
        let camera = Catalog::builtin().get("60D").expect("camera");
        let mut rig = Rig::new(Power::new(camera.image_power));
        rig.write(LATCHES.0, 0x44, 9);
        assert_eq!(rig.value(LATCHES.0, 0x44), 9);
        assert_eq!(rig.value(LATCHES.0, 0x40), 0);
    }
}

//! Port lines, as the camera's data describes them (reference: boot-and-memory.md §8.5).
//!
//! Registers of other devices inside the GPIO window have windows of their own and never come here.

use std::collections::BTreeMap;

use darkroom_models::{Gpio as GpioSpec, GpioBehaviour, GpioOffset};
use serde::{Deserialize, Serialize};

use crate::bus::{Access, Device, DeviceContext, IrqId, Read, StateHasher, Write};

/// Start of the sequence that "random" lines show: any number but 0.
const RANDOM_SEED: u32 = 0x2545_F491;

/// The port lines of a camera.
#[derive(Clone, Debug)]
pub struct Gpio {
    spec: GpioSpec,
    state: State,
}

#[derive(Clone, Debug, Hash, Serialize, Deserialize)]
struct State {
    latches: BTreeMap<u16, u32>,
    toggle: bool,
    random: u32,
    select_a: u32,
    select_b: u32,
}

impl Gpio {
    /// Lines at power-on.
    pub fn new(spec: GpioSpec) -> Self {
        let state =
            State { latches: BTreeMap::new(), toggle: false, random: RANDOM_SEED, select_a: 0, select_b: 0 };
        Self { spec, state }
    }

    fn behaviour(&self, offset: u32) -> Option<GpioBehaviour> {
        self.spec.registers.get(&GpioOffset(u16::try_from(offset).ok()?)).copied()
    }

    /// Next number of a fixed sequence (Marsaglia's xorshift): changing, and the same in every run.
    const fn next_random(&mut self) -> u32 {
        let mut x = self.state.random;
        x ^= x << 13;
        x ^= x >> 17;
        x ^= x << 5;
        self.state.random = x;
        x
    }

    const fn next_toggle(&mut self) -> u32 {
        let value = self.state.toggle as u32;
        self.state.toggle = !self.state.toggle;
        value
    }

    fn voltage(&self) -> u32 {
        let chosen = |v: &&darkroom_models::Voltage| (v.a, v.b) == (self.state.select_a, self.state.select_b);
        self.spec.voltages.iter().find(chosen).map_or(0, |voltage| voltage.reading)
    }

    fn read_voltage(&mut self) -> u32 {
        let reading = self.voltage();
        (self.state.select_a, self.state.select_b) = (0, 0);
        reading
    }

    fn latched(&self, offset: u32, reset: u32) -> u32 {
        self.state.latches.get(&(offset as u16)).copied().unwrap_or(reset)
    }
}

impl Device for Gpio {
    fn read(&mut self, _ctx: &mut DeviceContext<'_>, access: Access) -> Read {
        let Some(behaviour) = self.behaviour(access.offset) else { return Read::Unknown };
        Read::Value(match behaviour {
            GpioBehaviour::Constant(value) | GpioBehaviour::RaiseOnWrite { read: value, .. } => value,
            GpioBehaviour::Latch(reset) => self.latched(access.offset, reset),
            GpioBehaviour::Toggle => self.next_toggle(),
            GpioBehaviour::Random => self.next_random(),
            GpioBehaviour::VoltageReading => self.read_voltage(),
            _ => 0,
        })
    }

    fn write(&mut self, ctx: &mut DeviceContext<'_>, access: Access, value: u32) -> Write {
        match self.behaviour(access.offset) {
            None => return Write::Unknown,
            Some(GpioBehaviour::Latch(_)) => {
                self.state.latches.insert(access.offset as u16, value);
            }
            Some(GpioBehaviour::VoltageSelectA) => self.state.select_a = value,
            Some(GpioBehaviour::VoltageSelectB) => self.state.select_b = value,
            Some(GpioBehaviour::RaiseOnWrite { value: wanted, interrupt, .. }) if value == wanted => {
                if let Some(irq) = IrqId::new(u32::from(interrupt.get())) {
                    ctx.raise(irq);
                }
            }
            Some(_) => {}
        }
        Write::Done
    }

    fn peek(&self, access: Access) -> Option<u32> {
        match self.behaviour(access.offset)? {
            GpioBehaviour::Constant(value) | GpioBehaviour::RaiseOnWrite { read: value, .. } => Some(value),
            GpioBehaviour::Latch(reset) => Some(self.latched(access.offset, reset)),
            GpioBehaviour::Toggle => Some(u32::from(self.state.toggle)),
            GpioBehaviour::VoltageReading => Some(self.voltage()),
            _ => None,
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

    fn rig(camera: &str) -> Rig<Gpio> {
        let camera = Catalog::builtin().get(camera).expect("camera");
        Rig::new(Gpio::new(camera.gpio.clone()))
    }

    #[test]
    fn lines_read_what_the_camera_says() {
        let mut rig5d2 = rig("5D2");
        assert_eq!(rig5d2.value(0, 0xF480), 0x6000);
        assert_eq!(rig5d2.read(0, 0x4444), Read::Unknown);
        assert_eq!(rig("60D").value(0, 0xF480), 0xC0000);
    }

    #[test]
    fn toggles_share_one_state_and_latches_keep() {
        let mut rig = rig("60D");
        let seen = [rig.value(0, 0xF100), rig.value(0, 0xF198), rig.value(0, 0xF100)];
        assert_eq!(seen, [0, 1, 0]);
        assert_eq!(rig.value(0, 0x98), 1);
        rig.write(0, 0x98, 6);
        assert_eq!(rig.value(0, 0x98), 6);
    }

    #[test]
    fn random_lines_change_and_repeat_in_every_run() {
        let sequence = || {
            let mut rig = rig("60D");
            (0..4).map(|_| rig.value(0, 0xFA0C)).collect::<Vec<_>>()
        };
        let first = sequence();
        assert!(first.windows(2).all(|pair| pair[0] != pair[1]));
        assert_eq!(first, sequence());
    }

    #[test]
    fn the_100d_reads_its_voltages_once() {
        let mut rig = rig("100D");
        rig.write(0, 0xC288, 0x100800);
        rig.write(0, 0xC28C, 0x300000);
        assert_eq!(rig.value(0, 0xF498), 0x99);
        assert_eq!(rig.value(0, 0xF498), 0);
    }

    #[test]
    fn the_5d3_wakes_its_helper_processor() {
        let mut rig = rig("5D3");
        rig.write(0, 0x320C, 6);
        assert!(!rig.raised(0x111));
        rig.write(0, 0x320C, 7);
        assert!(rig.raised(0x111));
    }
}

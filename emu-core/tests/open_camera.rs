//! The open firmware by itself, without Magic Lantern: a camera that one can look at, set and turn off.

use darkroom_emu_core::bus::Source;
use darkroom_emu_core::card::{CardBuilder, FileSet};
use darkroom_emu_core::clock::GuestTime;
use darkroom_emu_core::device::mpu::KeyAction;
use darkroom_emu_core::frame::Frame;
use darkroom_emu_core::machine::{Machine, MachineConfig, Roms, Stop};
use darkroom_firmware::{firmwares, open_firmware};
use darkroom_models::{CardSlot, Catalog};

const START_MS: u64 = 1500;
const SETTLE_MS: u64 = 400;
const POWER_DOWN_MS: u64 = 6000;

struct Body {
    machine: Machine,
    at_ms: u64,
    said: String,
}

impl Body {
    /// A camera with an empty card whose boot flag says that it starts from its ROM, after it has started.
    fn new(name: &str, version: &str) -> Self {
        let camera = Catalog::builtin().get(name).expect("camera");
        let rom = open_firmware(name, Some(version)).expect("the camera has an open firmware");
        let roms = Roms { rom0: rom.rom0, rom1: Some(rom.rom1), serial_flash: rom.serial_flash };
        let card = CardBuilder::new().build(&FileSet::default()).expect("a card");
        let mut config = MachineConfig::new(camera, roms);
        config.boot_flag = false;
        if camera.has_slot(CardSlot::Cf) {
            config.cf = Some(card);
        } else {
            config.sd = Some(card);
        }
        let machine = Machine::new(config).expect("a machine");
        let mut body = Self { machine, at_ms: 0, said: String::new() };
        body.run(START_MS);
        body
    }

    fn run(&mut self, milliseconds: u64) -> Stop {
        self.at_ms += milliseconds;
        let stop = self.machine.run_until(GuestTime::from_millis(self.at_ms), u64::MAX);
        self.said.push_str(&self.machine.take_console().text(Source::Uart));
        stop
    }

    fn press(&mut self, key: &str) {
        for action in [KeyAction::Press, KeyAction::Release] {
            self.machine.key(key, action).expect("the camera has this key");
            self.run(SETTLE_MS);
        }
    }

    fn picture(&self) -> Frame {
        self.machine.frame()
    }
}

#[test]
fn every_camera_shows_its_state_and_a_menu_and_turns_off() {
    for (name, version) in firmwares() {
        let mut body = Body::new(name, version);
        let idle = body.picture();
        body.press("m");
        let menu = body.picture();
        assert!(menu != idle, "{name}: MENU shows nothing else\n{}", body.said);
        body.press("m");
        assert!(body.picture() == idle, "{name}: MENU does not come back\n{}", body.said);
        body.machine.power_switch().expect("a power switch");
        let stop = body.run(POWER_DOWN_MS);
        assert!(matches!(stop, Stop::PoweredDown), "{name}: {stop:?}\n{}", body.said);
        assert!(body.said.contains("power: off"), "{name}:\n{}", body.said);
    }
}

#[test]
fn a_setting_is_changed_in_the_menu_and_kept_by_the_mpu() {
    let mut body = Body::new("60D", "111");
    let idle = body.picture();
    for key in ["m", "down", "down", "right", "m"] {
        body.press(key);
    }
    assert!(body.picture() != idle, "another sensitivity is not shown");
    for key in ["m", "down", "down", "left", "m"] {
        body.press(key);
    }
    assert!(body.picture() == idle, "the first one does not come back");
}

#[test]
fn play_lists_the_card() {
    let mut body = Body::new("60D", "111");
    let idle = body.picture();
    body.press("p");
    assert!(body.picture() != idle);
    body.press("p");
    assert!(body.picture() == idle);
}

#[test]
fn the_card_door_is_told_and_turns_the_camera_off() {
    let mut body = Body::new("60D", "111");
    body.machine.key("c", KeyAction::Press).expect("a door");
    body.run(SETTLE_MS);
    assert!(body.said.contains("card door open"), "{}", body.said);
    body.machine.key("c", KeyAction::Release).expect("a door");
    let stop = body.run(POWER_DOWN_MS);
    assert!(matches!(stop, Stop::PoweredDown), "{stop:?}\n{}", body.said);
}

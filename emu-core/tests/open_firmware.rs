//! The open firmware keeps its contracts: a guest of ours calls it at the addresses where Magic Lantern does.

use darkroom_emu_core::bus::Source;
use darkroom_emu_core::card::{CardBuilder, FileSet};
use darkroom_emu_core::clock::GuestTime;
use darkroom_emu_core::machine::{EngineChoice, Machine, MachineConfig, Roms};
use darkroom_firmware::{contract_guest, firmwares, open_firmware};
use darkroom_models::{CardSlot, Catalog};

const GROUPS: [&str; 15] = [
    "start",
    "tasks",
    "semaphores",
    "queues",
    "timers",
    "memory",
    "suites",
    "debug",
    "calls",
    "files",
    "properties",
    "gui",
    "display",
    "engine",
    "sound",
];
/// Magic Lantern's port for this camera knows no calls for custom functions.
const WITHOUT_CUSTOM_FUNCTIONS: &str = "5D3";
const STEP_MS: u64 = 500;
const LONGEST_MS: u64 = 30_000;

fn machine(name: &str, version: &str, autoexec: &[u8], engine: EngineChoice) -> Machine {
    let camera = Catalog::builtin().get(name).expect("camera");
    let rom = open_firmware(name, Some(version)).expect("the camera has an open firmware");
    let roms = Roms { rom0: rom.rom0, rom1: Some(rom.rom1), serial_flash: rom.serial_flash };
    let files = FileSet::autoexec(autoexec.to_vec()).expect("a program");
    let card = CardBuilder::new().build(&files).expect("a card");
    let mut config = MachineConfig::new(camera, roms);
    if camera.has_slot(CardSlot::Cf) {
        config.cf = Some(card);
    } else {
        config.sd = Some(card);
    }
    config.engine = engine;
    Machine::new(config).expect("a machine")
}

/// What the camera says until a line of the guest ends it.
fn console_until(machine: &mut Machine, end: &str) -> String {
    let mut said = String::new();
    for step in 1..=LONGEST_MS / STEP_MS {
        machine.run_until(GuestTime::from_millis(step * STEP_MS), u64::MAX);
        said.push_str(&machine.take_console().text(Source::Uart));
        if said.contains(end) {
            break;
        }
    }
    said
}

#[test]
fn every_group_of_calls_keeps_its_contract_interpreted() {
    every_group_keeps_its_contract(|| EngineChoice::Interpreter);
}

#[cfg(target_arch = "x86_64")]
#[test]
fn every_group_of_calls_keeps_its_contract_in_generated_code() {
    every_group_keeps_its_contract(|| EngineChoice::Jit);
}

fn every_group_keeps_its_contract(engine: fn() -> EngineChoice) {
    for (camera, version) in firmwares() {
        let guest = contract_guest(camera, version).expect("every firmware has its guest");
        let said = console_until(&mut machine(camera, version, guest, engine()), "[contract] done\n");
        let checks: Vec<&str> = said.lines().filter(|line| line.starts_with("[contract] ")).collect();
        assert_eq!(checks.last(), Some(&"[contract] done"), "{camera} never came to its end:\n{said}");
        let broken: Vec<&&str> = checks.iter().filter(|line| line.contains(": FAIL ")).collect();
        assert!(broken.is_empty(), "{camera}: {broken:#?}\n{said}");
        for group in GROUPS {
            let begin = format!("[contract] {group}: ok ");
            assert!(
                checks.iter().any(|line| line.starts_with(&begin)),
                "{camera} did not check {group}:\n{said}"
            );
        }
        let has_custom_functions = said.contains("properties: ok a custom function keeps what is set");
        assert_eq!(has_custom_functions, camera != WITHOUT_CUSTOM_FUNCTIONS, "{camera}:\n{said}");
    }
}

#[test]
fn a_call_that_is_not_offered_is_told_with_its_caller() {
    let guest = contract_guest("60D", "111").expect("60D has a guest");
    let said = console_until(
        &mut machine("60D", "111", guest, EngineChoice::default()),
        "[missing] NoSuchCall caller=",
    );
    let line = said.lines().find(|line| line.starts_with("[missing] NoSuchCall ")).expect("told");
    assert!(line.ends_with(" count=1"), "{line}");
}

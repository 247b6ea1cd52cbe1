//! The open boot ROM and the sample builds on every camera. `firmware/golden/` holds what they printed and drew in the reference
//! emulator, with cards of the same bytes: here they must print the same lines and draw the same pixels.

use std::fs;
use std::path::{Path, PathBuf};

use darkroom_emu_core::bus::Source;
use darkroom_emu_core::card::{CardBuilder, FileSet};
use darkroom_emu_core::clock::GuestTime;
use darkroom_emu_core::device::card_led::Led;
use darkroom_emu_core::frame::{Frame, decode_png, overlay_led};
use darkroom_emu_core::machine::{Machine, MachineConfig, Roms, Stop};
use darkroom_firmware::{Sample, open_rom, sample};
use darkroom_models::{CardSlot, Catalog};

/// One DIGIC 4 and one DIGIC 5 camera for each card.
const GOLDEN_CAMERAS: [&str; 4] = ["60D", "5D2", "700D", "5D3"];
const LIMIT: GuestTime = GuestTime::from_millis(5_000);

fn card_files(sample: &Sample) -> FileSet {
    let mut files = FileSet::autoexec(sample.autoexec.clone()).expect("a program");
    for file in &sample.files {
        files.add_file(&file.path, file.data.clone()).expect("a file for the card");
    }
    files
}

/// A camera with the same card in each of its slots, as the reference was run.
fn machine(name: &str, files: &FileSet, boot_flag: bool) -> Machine {
    let camera = Catalog::builtin().get(name).expect("camera");
    let rom = open_rom(name).expect("the open ROM knows every camera");
    let roms = Roms { rom0: rom.rom0, rom1: Some(rom.rom1), serial_flash: rom.serial_flash };
    let card = |slot| camera.has_slot(slot).then(|| CardBuilder::new().build(files).expect("a card"));
    let mut config = MachineConfig::new(camera, roms);
    config.boot_flag = boot_flag;
    config.cf = card(CardSlot::Cf);
    config.sd = card(CardSlot::Sd);
    Machine::new(config).expect("a machine")
}

fn machine_with(name: &str, build: &str) -> Machine {
    machine(name, &card_files(&sample(build, name).expect("a sample build")), true)
}

fn golden(camera: &str, file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../firmware/golden").join(camera).join(file)
}

/// The picture with the LED's disc, as the reference draws it.
fn screenshot(machine: &Machine) -> Frame {
    let mut frame = machine.frame();
    match machine.led() {
        Led::On => overlay_led(&mut frame, true),
        Led::Off => overlay_led(&mut frame, false),
        _ => {}
    }
    frame
}

fn check_lines(machine: &mut Machine, camera: &str, case: &str) {
    let expected = fs::read_to_string(golden(camera, &format!("{case}.log"))).expect("golden log");
    let console = machine.take_console();
    assert_eq!(console.text(Source::Uart), expected, "{case} on {camera}");
    assert_eq!(console.text(Source::MlPrint), expected, "{case} on {camera}: print-char");
}

fn check_picture(machine: &Machine, camera: &str, case: &str) {
    let expected = fs::read(golden(camera, &format!("{case}.png"))).expect("golden picture");
    let expected = decode_png(&expected).expect("a PNG");
    assert!(screenshot(machine) == expected, "{case} on {camera}: the picture differs from the reference");
}

#[test]
fn hello_prints_draws_writes_and_powers_down_as_in_the_reference() {
    for camera in GOLDEN_CAMERAS {
        let mut machine = machine_with(camera, "hello");
        assert_eq!(machine.run_until(LIMIT, u64::MAX), Stop::PoweredDown, "{camera}");
        check_lines(&mut machine, camera, "hello");
        check_picture(&machine, camera, "hello");
    }
}

#[test]
fn wrong_picture_differs_from_hello_and_equals_the_reference() {
    for camera in GOLDEN_CAMERAS {
        let mut machine = machine_with(camera, "wrong-picture");
        assert_eq!(machine.run_until(LIMIT, u64::MAX), Stop::PoweredDown, "{camera}");
        check_lines(&mut machine, camera, "wrong-picture");
        check_picture(&machine, camera, "wrong-picture");
    }
}

#[test]
fn card_check_reads_and_writes_megabytes() {
    for camera in GOLDEN_CAMERAS {
        let mut machine = machine_with(camera, "card-check");
        assert_eq!(machine.run_until(LIMIT, u64::MAX), Stop::PoweredDown, "{camera}");
        check_lines(&mut machine, camera, "card-check");
    }
}

#[test]
fn a_card_without_a_program_and_a_cleared_boot_flag_are_told_on_console_and_screen() {
    let mut no_program = FileSet::default();
    no_program.add_file("README.TXT", b"no program here\n".to_vec()).expect("a file");
    for camera in GOLDEN_CAMERAS {
        let hello = card_files(&sample("hello", camera).expect("a sample build"));
        for (case, files, boot_flag) in [("no-autoexec", &no_program, true), ("boot-flag-off", &hello, false)]
        {
            let mut machine = machine(camera, files, boot_flag);
            assert_eq!(machine.run_until(LIMIT, u64::MAX), Stop::Halted, "{case} on {camera}");
            check_picture(&machine, camera, case);
            check_lines(&mut machine, camera, case);
        }
    }
}

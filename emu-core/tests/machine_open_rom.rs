//! The open boot ROM and the sample builds on every camera.

use darkroom_emu_core::bus::Source;
use darkroom_emu_core::card::{CardBuilder, CardDiff, FileLimits, FileSet, Overlay, diff};
use darkroom_emu_core::clock::GuestTime;
use darkroom_emu_core::device::card_led::Led;
use darkroom_emu_core::frame::{CompareRules, Frame, compare, decode_png, overlay_led};
use darkroom_emu_core::machine::{Console, Machine, MachineConfig, Report, Roms, Stop};
use darkroom_firmware::{OpenRom, open_rom, sample};
use darkroom_models::{Camera, CardSlot, Catalog};

const LIMIT: GuestTime = GuestTime::from_millis(20_000);

fn sample_card(name: &str, camera: &Camera) -> Overlay {
    CardBuilder::new().build(&sample_files(name, camera)).expect("a card")
}

fn sample_files(name: &str, camera: &Camera) -> FileSet {
    let sample = sample(name, camera.id.as_str()).expect("sample");
    let mut set = FileSet::new(FileLimits::default());
    set.add_file("AUTOEXEC.BIN", sample.autoexec).expect("a file for the card");
    for file in sample.files {
        set.add_file(&file.path, file.data).expect("a file for the card");
    }
    set
}

fn machine(camera: &Camera, slot: CardSlot, card: Option<Overlay>) -> Machine {
    machine_with(camera, slot, card, true)
}

fn machine_with(camera: &Camera, slot: CardSlot, card: Option<Overlay>, boot_flag: bool) -> Machine {
    let OpenRom { rom0, rom1, serial_flash, .. } = open_rom(camera.id.as_str()).expect("open ROM");
    let mut config = MachineConfig::new(camera, Roms { rom0, rom1: Some(rom1), serial_flash });
    config.boot_flag = boot_flag;
    match slot {
        CardSlot::Cf => config.cf = card,
        _ => config.sd = card,
    }
    Machine::new(config).expect("a machine")
}

/// Every camera with every slot it has.
fn slots() -> impl Iterator<Item = (&'static Camera, CardSlot)> {
    Catalog::builtin().iter().flat_map(|camera| camera.card_slots.iter().map(move |slot| (camera, *slot)))
}

/// What came of a run of a sample build.
struct Run {
    stop: Stop,
    uart: String,
    console: Console,
    report: Report,
    frame: Frame,
    changes: CardDiff,
}

fn run(name: &str, camera: &Camera, slot: CardSlot, limit: GuestTime) -> Run {
    let card = sample_card(name, camera).freeze();
    let mut machine = machine(camera, slot, Some(Overlay::new(card.clone())));
    let stop = machine.run_until(limit, u64::MAX);
    let console = machine.take_console();
    let changes = diff(&card, machine.card(slot).expect("the card")).expect("a readable card");
    Run {
        stop,
        uart: console.text(Source::Uart),
        console,
        report: machine.report(),
        frame: machine.frame(),
        changes,
    }
}

/// A run with a card of the reference's geometry, as its golden files were made.
fn golden_run(camera: &str, slot: CardSlot, what: &str) -> Machine {
    let camera = Catalog::builtin().get(camera).expect("camera");
    let files = match what {
        "no-autoexec" => FileSet::new(FileLimits::default()),
        "boot-flag-off" => sample_files("hello", camera),
        sample => sample_files(sample, camera),
    };
    let card = CardBuilder::new().build(&files).expect("a card");
    let mut machine = machine_with(camera, slot, Some(card), what != "boot-flag-off");
    machine.run_until(LIMIT, u64::MAX);
    machine
}

fn changed_paths(run: &Run) -> Vec<String> {
    run.changes.changes.iter().map(|change| change.file.path.clone()).collect()
}

#[test]
fn hello_greets_draws_writes_and_switches_off() {
    for (camera, slot) in slots() {
        let run = run("hello", camera, slot, LIMIT);
        let name = format!("{} on {slot}: {}", camera.id, run.uart);
        assert_eq!(run.stop, Stop::PoweredDown, "{name}");
        assert!(run.uart.contains(&format!("Hello from {}\n", camera.id)), "{name}");
        assert_eq!(run.uart, run.console.text(Source::MlPrint), "{name}");
        assert_eq!(changed_paths(&run), ["ML/LOGS/HELLO.LOG"], "{name}");
        assert_eq!((run.report.fault_count, &run.report.unknown[..]), (0, &[][..]), "{name}");
        assert_eq!(run.frame.pixel(80, 300), run.frame.pixel(100, 210), "{name}");
        assert!(run.frame.rgba().chunks(4).collect::<std::collections::BTreeSet<_>>().len() > 40, "{name}");
    }
}

#[test]
fn the_wrong_picture_is_another_one() {
    let camera = Catalog::builtin().get("60D").expect("camera");
    let (right, wrong) =
        (run("hello", camera, CardSlot::Sd, LIMIT), run("wrong-picture", camera, CardSlot::Sd, LIMIT));
    let found = compare(&wrong.frame, &right.frame, &CompareRules::default()).expect("same size");
    assert!(!found.matches);
    assert_eq!(wrong.stop, Stop::PoweredDown);
    assert_eq!(found.bounds.map(|area| (area.y, area.height)), Some((200, 120)));
}

#[test]
fn a_crash_is_reported_with_registers_and_address() {
    for camera in Catalog::builtin().iter() {
        let slot = camera.boot_slot().expect("a slot");
        let run = run("crash", camera, slot, LIMIT);
        assert_eq!(
            run.report.faults.first().map(|fault| fault.address.0),
            Some(0x7BAD_0000),
            "{}",
            camera.id
        );
        assert!(!run.uart.contains("still alive"), "{}", run.uart);
    }
}

#[test]
fn a_hang_costs_its_time_and_no_more() {
    let camera = Catalog::builtin().get("700D").expect("camera");
    let limit = GuestTime::from_millis(300);
    let run = run("hang", camera, CardSlot::Sd, limit);
    assert_eq!(run.stop, Stop::TimeReached);
    assert!(run.uart.ends_with("spinning on 700D\n"), "{}", run.uart);
    assert!(run.report.guest_time >= limit && run.report.guest_time < GuestTime::from_millis(301));
}

#[test]
fn noise_is_capped() {
    let camera = Catalog::builtin().get("550D").expect("camera");
    let run = run("noisy", camera, CardSlot::Sd, GuestTime::from_millis(1_500));
    let held: usize = run.console.chunks.iter().map(|chunk| chunk.bytes.len()).sum();
    assert_eq!(held as u64 + run.console.dropped, run.report.printed);
    assert!(run.console.dropped > 0 && held <= 1 << 20);
}

#[test]
fn cards_hold_what_is_written_to_them() {
    for (name, slot) in
        [("60D", CardSlot::Sd), ("6D", CardSlot::Sd), ("5D2", CardSlot::Cf), ("5D3", CardSlot::Cf)]
    {
        let camera = Catalog::builtin().get(name).expect("camera");
        let run = run("card-check", camera, slot, LIMIT);
        assert!(run.uart.contains("[card-check] OK"), "{name}: {}", run.uart);
        assert_eq!(changed_paths(&run), ["ML/LOGS/COPY.BIN"], "{name}");
    }
}

#[test]
fn without_a_card_the_rom_says_so_and_halts() {
    for camera in Catalog::builtin().iter() {
        let mut machine = machine(camera, CardSlot::Sd, None);
        assert_eq!(machine.run_until(LIMIT, u64::MAX), Stop::Halted, "{}", camera.id);
        let uart = machine.take_console().text(Source::Uart);
        assert!(uart.contains("no card"), "{}: {uart}", camera.id);
    }
}

/// Lines that tell the card's geometry differ: the golden runs had another card.
fn without_geometry(log: &str) -> Vec<&str> {
    log.lines().filter(|line| !line.contains("FAT") && !line.contains("KiB")).collect()
}

#[test]
fn the_reference_emulator_prints_and_shows_the_same() {
    let golden = concat!(env!("CARGO_MANIFEST_DIR"), "/../firmware/golden");
    for (camera, slot) in [("60D", CardSlot::Sd), ("5D2", CardSlot::Cf)] {
        for what in ["hello", "wrong-picture", "no-autoexec", "boot-flag-off"] {
            let mut machine = golden_run(camera, slot, what);
            let log = std::fs::read_to_string(format!("{golden}/{camera}/{what}.log")).expect("golden log");
            let uart = machine.take_console().text(Source::Uart);
            assert_eq!(without_geometry(&uart), without_geometry(&log), "{camera} {what}");
            let picture = std::fs::read(format!("{golden}/{camera}/{what}.png")).expect("golden picture");
            let mut frame = machine.frame();
            if machine.led() != Led::Never {
                overlay_led(&mut frame, machine.led() == Led::On);
            }
            let expected = decode_png(&picture).expect("a PNG");
            let found = compare(&frame, &expected, &CompareRules::default()).expect("same size");
            assert!(
                found.matches,
                "{camera} {what}: {} pixels differ, in {:?}",
                found.outliers, found.bounds
            );
        }
    }
}

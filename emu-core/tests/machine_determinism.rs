//! The same inputs give the same bytes, in whatever slices a machine is run.

mod machine_support;

#[cfg(target_arch = "x86_64")]
use darkroom_emu_core::arm::Engine;
use darkroom_emu_core::card::{CardBuilder, FileLimits, FileSet, Overlay};
use darkroom_emu_core::clock::GuestTime;
use darkroom_emu_core::device::mpu::KeyAction;
use darkroom_emu_core::machine::{Console, EngineChoice, Machine, MachineConfig, Roms, Stop};
use darkroom_firmware::{OpenRom, SAMPLES, open_rom, sample};
use darkroom_models::{CardSlot, Catalog};
use machine_support::{Asm, camera, machine};
use proptest::prelude::*;

const UART: u32 = 0xC080_0000;

/// Everything that can be seen of a machine from outside.
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    stop: Stop,
    console: Vec<(GuestTime, Vec<u8>)>,
    frame: [u8; 32],
    state: [u8; 32],
    instructions: u64,
}

fn seen(stop: Stop, machine: &mut Machine, mut console: Console) -> Seen {
    console.chunks.extend(machine.take_console().chunks);
    Seen {
        stop,
        console: lines(console),
        frame: machine.frame().hash(),
        state: machine.state_hash(),
        instructions: machine.instructions(),
    }
}

/// Chunks depend on when somebody drains; lines do not.
fn lines(console: Console) -> Vec<(GuestTime, Vec<u8>)> {
    let mut lines: Vec<(GuestTime, Vec<u8>)> = Vec::new();
    for chunk in console.chunks {
        match lines.last_mut().filter(|(_, bytes)| bytes.last() != Some(&b'\n')) {
            Some((_, bytes)) => bytes.extend(chunk.bytes),
            None => lines.push((chunk.time, chunk.bytes)),
        }
    }
    lines
}

/// Runs in slices of these lengths, again and again, to the end of the run or `end`.
fn run_sliced(machine: &mut Machine, end: GuestTime, slices: &[u64]) -> Seen {
    let mut console = Console::default();
    let mut target = GuestTime::ZERO;
    for slice in slices.iter().cycle() {
        target = end.min(GuestTime::from_nanos(target.as_nanos() + slice));
        let stop = machine.run_until(target, u64::MAX);
        console.chunks.extend(machine.take_console().chunks);
        if stop != Stop::TimeReached || target == end {
            return seen(stop, machine, console);
        }
    }
    unreachable!("there is at least one slice")
}

/// Goes on, after each of these times, in a fork of a snapshot; the machine that was left does something else.
fn run_forked(mut machine: Machine, end: GuestTime, pauses: &[GuestTime]) -> Seen {
    for pause in pauses {
        if machine.run_until(*pause, u64::MAX) != Stop::TimeReached {
            break;
        }
        let snapshot = machine.snapshot().expect("a snapshot");
        machine.send_uart(b"not for the fork");
        machine.run_until(end.min(GuestTime::from_nanos(pause.as_nanos() + 1_000_000)), u64::MAX);
        machine = snapshot.fork().expect("a fork");
    }
    let stop = machine.run_until(end, u64::MAX);
    seen(stop, &mut machine, Console::default())
}

fn hello(name: &str) -> Machine {
    booting("hello", name, EngineChoice::default())
}

/// A camera with a sample build on its card.
fn booting(program: &str, name: &str, engine: EngineChoice) -> Machine {
    let camera = camera(name);
    let program = sample(program, name).expect("sample");
    let mut files = FileSet::new(FileLimits::default());
    files.add_file("AUTOEXEC.BIN", program.autoexec).expect("a file");
    for file in program.files {
        files.add_file(&file.path, file.data).expect("a file");
    }
    let OpenRom { rom0, rom1, serial_flash, .. } = open_rom(name).expect("open ROM");
    let mut config = MachineConfig::new(camera, Roms { rom0, rom1: Some(rom1), serial_flash });
    config.engine = engine;
    let card =
        Some(CardBuilder::new().build(&files).map(|card| Overlay::new(card.freeze())).expect("a card"));
    if camera.boot_slot() == Some(CardSlot::Cf) {
        config.cf = card
    } else {
        config.sd = card
    }
    Machine::new(config).expect("a machine")
}

/// A heartbeat every millisecond; between two of them it waits, spins, or works, in turns.
fn heartbeat() -> Asm {
    let mut program = Asm::new();
    program
        .set(13, 0x8000)
        .set(8, 0)
        .poke(0xC020_1010, 0x0A)
        .poke(0xC021_0208, 999)
        .poke(0xC021_0200, 1)
        .unmask();
    let top = program.here();
    program.wait_for_interrupt();
    let work = program.here();
    program.subs(4, 4, 1).bne(work).ldr(9, 11, 0).str(9, 10, 0).add(10, 10, 4).b(top);
    program.interrupt_handler();
    program
        .set(0, 0xC020_1004)
        .ldr(1, 0, 0)
        .set(1, 0x0A)
        .str(1, 0, 12)
        .set(0, UART)
        .set(1, 0x2E)
        .str(1, 0, 0);
    program.set(4, 777).set(10, 0x10_0000).set(11, 0xC024_2014).return_from_interrupt();
    program
}

#[test]
fn two_runs_are_the_same() {
    let run = || run_sliced(&mut hello("600D"), GuestTime::from_millis(2_000), &[u64::MAX]);
    let (first, second) = (run(), run());
    assert_eq!(first.stop, Stop::PoweredDown);
    assert_eq!(first, second);
}

/// Where code can be generated at all, both engines come to the same.
#[cfg(target_arch = "x86_64")]
fn compare_engines(program: &str, camera: &str) {
    let end = GuestTime::from_millis(600);
    let mut compiled = booting(program, camera, EngineChoice::Jit);
    let by_jit = run_sliced(&mut compiled, end, &[u64::MAX]);
    assert_eq!((compiled.cpu().engine(), compiled.engine_refused()), (Engine::Jit, None));
    assert!(compiled.cpu().jit_stats().regions > 0, "{program} on {camera}: nothing was compiled");
    let mut interpreted = booting(program, camera, EngineChoice::Interpreter);
    assert_eq!(interpreted.cpu().engine(), Engine::Interpreter);
    let by_interpreter = run_sliced(&mut interpreted, end, &[u64::MAX]);
    assert_eq!(by_jit, by_interpreter, "{program} on {camera}");
}

#[cfg(target_arch = "x86_64")]
#[test]
fn generated_code_boots_every_camera_as_the_interpreter_does() {
    Catalog::builtin().iter().for_each(|camera| compare_engines("hello", camera.id.as_str()));
}

#[cfg(target_arch = "x86_64")]
#[test]
fn generated_code_runs_every_sample_as_the_interpreter_does() {
    for camera in ["60D", "5D2", "5D3"] {
        SAMPLES.iter().for_each(|program| compare_engines(program, camera));
    }
}

#[test]
fn a_fork_in_the_middle_of_a_boot_ends_like_the_rest() {
    let end = GuestTime::from_millis(2_000);
    for name in ["600D", "5D3"] {
        let whole = run_sliced(&mut hello(name), end, &[u64::MAX]);
        let forked = run_forked(hello(name), end, &[1, 60, 61, 150].map(GuestTime::from_millis));
        assert_eq!(whole.stop, Stop::PoweredDown);
        assert_eq!(whole, forked, "{name}");
    }
}

#[test]
fn a_snapshot_can_be_forked_from_any_thread() {
    let mut machine = hello("60D");
    machine.run_until(GuestTime::from_millis(100), u64::MAX);
    let snapshot = machine.snapshot().expect("a snapshot");
    let finish = |mut machine: Machine| {
        machine.run_until(GuestTime::from_millis(400), u64::MAX);
        machine.state_hash()
    };
    let forks = [snapshot.clone(), snapshot]
        .map(|snapshot| std::thread::spawn(move || finish(snapshot.fork().expect("a fork"))));
    let expected = finish(machine);
    for fork in forks {
        assert_eq!(fork.join().expect("a run"), expected);
    }
}

#[test]
fn a_machine_that_ended_stays_ended() {
    let mut machine = hello("60D");
    machine.run_until(GuestTime::from_millis(2_000), u64::MAX);
    let (hash, now) = (machine.state_hash(), machine.now());
    assert_eq!(machine.run_until(GuestTime::from_millis(9_000), u64::MAX), Stop::PoweredDown);
    assert_eq!((machine.state_hash(), machine.now()), (hash, now));
}

#[test]
fn the_state_hash_sees_memory_devices_and_time() {
    let mut hashes = std::collections::BTreeSet::new();
    for poke in
        [(0x2000, 1), (0x2000, 2), (0x4000_2000, 3), (0xC0F1_4080, 1), (0xC022_0098, 7), (0xC021_0108, 5)]
    {
        let mut program = Asm::new();
        // The same instructions in all of them: only what they store differs.
        program.set(0, poke.0).set(1, poke.1).str(1, 0, 0).set(0, 0).set(1, 0).stop();
        let mut machine = machine("60D", &program);
        machine.run_until(GuestTime::from_millis(1), u64::MAX);
        hashes.insert(machine.state_hash());
    }
    assert_eq!(hashes.len(), 6);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn slices_do_not_matter_to_a_build(slices in prop::collection::vec(1_000u64..40_000_000, 1..6)) {
        let whole = run_sliced(&mut hello("60D"), GuestTime::from_millis(400), &[u64::MAX]);
        let sliced = run_sliced(&mut hello("60D"), GuestTime::from_millis(400), &slices);
        prop_assert_eq!(whole, sliced);
    }

    #[test]
    fn slices_do_not_matter_to_interrupts_and_idling(slices in prop::collection::vec(2_000u64..700_000, 1..8)) {
        let end = GuestTime::from_nanos(20_500_003);
        let whole = run_sliced(&mut machine("550D", &heartbeat()), end, &[u64::MAX]);
        let sliced = run_sliced(&mut machine("550D", &heartbeat()), end, &slices);
        prop_assert_eq!(whole.console.iter().map(|(_, bytes)| bytes.len()).sum::<usize>(), 20);
        prop_assert_eq!(whole, sliced);
    }

    #[test]
    fn forks_do_not_matter_to_interrupts_and_idling(gaps in prop::collection::vec(1_000u64..4_000_000, 1..8)) {
        let end = GuestTime::from_nanos(20_500_003);
        let whole = run_sliced(&mut machine("550D", &heartbeat()), end, &[u64::MAX]);
        let pauses: Vec<GuestTime> = gaps
            .iter()
            .scan(0, |at, gap| { *at += gap; Some(GuestTime::from_nanos(*at)) })
            .take_while(|pause| *pause < end)
            .collect();
        let forked = run_forked(machine("550D", &heartbeat()), end, &pauses);
        prop_assert_eq!(whole, forked);
    }

    #[test]
    fn single_instructions_are_slices_too(slices in prop::collection::vec(1u64..40, 1..8)) {
        let end = GuestTime::from_nanos(1_030_007);
        let whole = run_sliced(&mut machine("550D", &heartbeat()), end, &[u64::MAX]);
        let sliced = run_sliced(&mut machine("550D", &heartbeat()), end, &slices);
        prop_assert_eq!(whole.console.len(), 1);
        prop_assert_eq!(whole, sliced);
    }

    #[test]
    fn input_at_the_same_time_is_the_same_input(split in 1_000u64..5_000_000, key in prop::sample::select(vec!["m", "up", "0"])) {
        let run = |slices: &[u64]| {
            let mut machine = machine("550D", &heartbeat());
            let first = run_sliced(&mut machine, GuestTime::from_nanos(5_000_000), slices);
            assert_eq!(machine.send_uart(b"abc"), 3);
            machine.key(key, KeyAction::Press).expect("a key of the 550D");
            (first, run_sliced(&mut machine, GuestTime::from_nanos(9_000_000), slices))
        };
        prop_assert_eq!(run(&[u64::MAX]), run(&[split]));
    }
}

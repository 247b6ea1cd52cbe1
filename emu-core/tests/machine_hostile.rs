//! Guests that mean harm: the host neither falls, nor hangs, nor grows.

mod machine_support;

use darkroom_emu_core::bus::Source;
use darkroom_emu_core::clock::GuestTime;
use darkroom_emu_core::machine::{Machine, Stop};
use darkroom_models::Camera;
use machine_support::{Asm, camera, machine};
use proptest::prelude::*;

/// Runs to the end that every guest must come to: a time, a number of instructions, or an end of its own.
fn run_bounded(machine: &mut Machine) {
    let limit = GuestTime::from_millis(20);
    let stop = machine.run_until(limit, 300_000);
    let bounded = match stop {
        Stop::TimeReached => machine.now() >= limit,
        Stop::InstructionLimit => machine.instructions() == 300_000,
        _ => true,
    };
    assert!(bounded, "{stop:?} at {} after {}", machine.now(), machine.instructions());
    let report = machine.report();
    assert!(report.unknown.len() <= 4096 && report.faults.len() <= 16);
    machine.frame();
    machine.state_hash();
}

/// An address in some window of the camera, aligned or not.
fn window_address(camera: &'static Camera) -> impl Strategy<Value = u32> {
    let windows: Vec<(u32, u32)> = camera.windows.values().map(|w| (w.start.0, w.end.0)).collect();
    prop::sample::select(windows).prop_flat_map(|(start, end)| start..=end.min(start + 0x4FF))
}

fn nasty_value() -> impl Strategy<Value = u32> {
    prop_oneof![
        Just(0),
        Just(1),
        Just(u32::MAX),
        Just(0x14),
        Just(0x8000_0000),
        0u32..0x200,
        any::<u32>(),
        Just(0xC0C1_0000),
    ]
}

fn storm(writes: &[(u32, u32)]) -> Asm {
    let mut program = Asm::new();
    program.set(13, 0x8000).unmask();
    let again = program.here();
    for (addr, value) in writes {
        program.poke(*addr, *value).ldr(2, 0, 0).strb(1, 0, 1);
    }
    program.b(again);
    assert!(program.words.len() < 0x1F0, "the program reaches into the handler");
    program.interrupt_handler();
    // Enables every interrupt again, whatever it was.
    program.set(0, 0xC020_1000).ldr(1, 0, 4).word(0xE1A0_1121).str(1, 0, 0x10).return_from_interrupt();
    program
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn random_code_does_no_harm(words in prop::collection::vec(any::<u32>(), 64..400), seed in any::<u32>()) {
        let mut program = Asm::new();
        // Registers point at devices, RAM and ROM, so that random loads and stores hit something.
        for (register, base) in [0xC020_0000, 0xC021_0000, 0xC080_0000, 0xC0F1_4000, 0x0010_0000, 0xF800_0000, seed].iter().enumerate() {
            program.set(register as u32, *base);
        }
        for word in words {
            program.word(word);
        }
        run_bounded(&mut machine("550D", &program));
    }

    #[test]
    fn register_storms_do_no_harm(
        writes in prop::collection::vec((window_address(camera("650D")), nasty_value()), 1..20),
    ) {
        run_bounded(&mut machine("650D", &storm(&writes)));
    }

    #[test]
    fn random_register_storms_on_digic_4(
        writes in prop::collection::vec((window_address(camera("1100D")), nasty_value()), 1..20),
    ) {
        run_bounded(&mut machine("1100D", &storm(&writes)));
    }
}

#[test]
fn a_heartbeat_without_a_period_is_bounded_by_microseconds() {
    let writes = [(0xC020_1010, 0x0A), (0xC021_0208, 0), (0xC021_0200, 1)];
    let mut machine = machine("60D", &storm(&writes));
    machine.run_until(GuestTime::from_millis(10), u64::MAX);
    let beats = machine.report().interrupts.iter().find(|irq| irq.id == 0x0A).map_or(0, |irq| irq.count);
    assert!((1..=10_000).contains(&beats), "{beats}");
}

#[test]
fn copies_of_the_whole_address_space_take_guest_time() {
    let mut program = Asm::new();
    for channel in 1..=8 {
        let base = 0xC0A0_0000 + channel * 0x1_0000;
        program
            .poke(base + 0x18, 0)
            .poke(base + 0x1C, 0xC000_0000)
            .poke(base + 0x20, u32::MAX)
            .poke(base + 8, 1);
    }
    program.print(0xC080_0000, "started").stop();
    let mut machine = machine("60D", &program);
    assert_eq!(machine.run_until(GuestTime::from_millis(50), u64::MAX), Stop::TimeReached);
    assert_eq!(machine.take_console().text(Source::Uart), "started");
    assert!(machine.report().interrupts.is_empty());
}

#[test]
fn a_guest_that_jumps_to_nowhere_is_found_out() {
    let mut program = Asm::new();
    // A handler that goes back to where it came from.
    program.words[3] = 0xE25E_F004;
    program.set(0, 0x7000_0000).word(0xE1A0_F000);
    let mut machine = machine("60D", &program);
    assert!(matches!(machine.run_until(GuestTime::from_millis(100), u64::MAX), Stop::Fault(_)));
}

#[test]
fn moving_the_data_tcm_about_shows_what_it_hid() {
    let move_to = |base: u32| base | 6;
    let mut program = Asm::new();
    program.poke(0x4000_0000, 1).poke(0x0030_0000, 2);
    for base in [0x0030_0000, 0x4000_0000] {
        program.set(1, move_to(base)).word(0xEE09_1F11).set(0, 0x0030_0000).ldr(4, 0, 0).str(4, 0, 4);
    }
    program.stop();
    let mut machine = machine("60D", &program);
    machine.run_until(GuestTime::from_millis(1), u64::MAX);
    let mut words = [0; 8];
    machine.peek(darkroom_emu_core::memory::GuestAddr(0x0030_0000), &mut words);
    assert_eq!(words[4], 2, "RAM shows again");
}

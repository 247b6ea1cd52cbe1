//! Small programs through the machine's public door.

mod machine_support;

use darkroom_emu_core::arm::Fidelity;
use darkroom_emu_core::bus::{Direction, Source};
use darkroom_emu_core::clock::GuestTime;
use darkroom_emu_core::device::card_led::Led;
use darkroom_emu_core::machine::{Machine, MachineConfig, MachineError, RomError, Roms, Stop};
use darkroom_emu_core::memory::GuestAddr;
use darkroom_models::Catalog;
use machine_support::{Asm, camera, machine, roms};

const UART: u32 = 0xC080_0000;
const ML_PRINT: u32 = 0xC012_3400;
const SECOND: GuestTime = GuestTime::from_millis(1000);

fn word(machine: &Machine, addr: u32) -> u32 {
    let mut bytes = [0; 4];
    assert_eq!(machine.peek(GuestAddr(addr), &mut bytes), 4, "memory at {addr:#x}");
    u32::from_le_bytes(bytes)
}

#[test]
fn every_camera_prints_on_its_uart_and_lights_its_led() {
    for camera in Catalog::builtin().iter() {
        let mut program = Asm::new();
        program.print(UART, "hello\n").poke(camera.card_led.register.0, 0x46).stop();
        let mut machine = machine(camera.id.as_str(), &program);
        assert_eq!(machine.run_until(SECOND, u64::MAX), Stop::Halted, "{}", camera.id);
        assert_eq!(machine.take_console().text(Source::Uart), "hello\n", "{}", camera.id);
        assert_eq!(machine.led(), Led::On, "{}", camera.id);
        assert_eq!(machine.report().unknown, [], "{}", camera.id);
    }
}

#[test]
fn helper_registers_print_characters_numbers_code_and_stack() {
    let mut program = Asm::new();
    program.set(13, 0x1000).print(ML_PRINT, "x=").poke(ML_PRINT + 0xC, 10).print(ML_PRINT, "\n");
    // A return address on the stack: behind a call at FFFF0FFC.
    program.poke(0x1008, 0xFFFF_1000).poke(0x100C, 0xFFFF_1004);
    program
        .poke(ML_PRINT + 0x10, 0xFFFF_0000)
        .poke(ML_PRINT + 0x10, 0xFFFF_1001)
        .poke(ML_PRINT + 0x30, 0)
        .stop();
    program.words.resize(0x3FF, 0);
    program.word(0xEB00_0010).word(0x4770_2001);
    let mut machine = machine("60D", &program);
    machine.run_until(SECOND, u64::MAX);
    let console = machine.take_console();
    assert_eq!(console.text(Source::MlPrint), "x=0xA (10) \n");
    let notes = console.text(Source::Machine);
    let lines: Vec<&str> = notes.lines().collect();
    assert_eq!(lines[0], "0xFFFF0000: ea00003e b #0xffff0100");
    assert_eq!(lines[1], "0xFFFF1000: 2001 movs r0, #1");
    assert!(lines[2].starts_with("call stack at 0xFFFF"), "{notes}");
    assert_eq!(lines[3..], ["  0xFFFF0FFC (on the stack at 0x00001008)"]);
}

#[test]
fn a_timer_interrupt_comes_at_the_exact_instruction() {
    let mut program = Asm::new();
    program.poke(0xC020_1010, 0x0A).poke(0xC021_0208, 99).poke(0xC021_0200, 1).unmask();
    let started = program.words.len() as u64;
    program.set(5, 0);
    let count = program.here();
    program.add(5, 5, 1).b(count);
    program
        .interrupt_handler()
        .set(6, 0xC020_1004)
        .ldr(7, 6, 0)
        .set(6, 0x2000)
        .str(7, 6, 0)
        .str(5, 6, 4)
        .stop();
    let mut machine = machine("60D", &program);
    machine.run_until(SECOND, 100_000);
    assert_eq!(word(&machine, 0x2000), 0x0A << 2);
    // One branch at the vector, then one instruction a word. The timer starts with the store before `unmask`.
    let start_nanos = (started - 0x40) * 8 - 8;
    let due = (start_nanos + 100_000).div_ceil(8);
    let setup = 1 + (started - 0x40) + 4;
    assert_eq!(u64::from(word(&machine, 0x2004)), (due - setup).div_ceil(2));
}

#[test]
fn waiting_costs_no_instructions() {
    for idle in [|asm: &mut Asm| asm.wait_for_interrupt().words.len(), |asm: &mut Asm| asm.stop().words.len()]
    {
        let mut program = Asm::new();
        program.poke(0xC020_1010, 0x0A).poke(0xC021_0208, 999_999).poke(0xC021_0200, 1).unmask();
        idle(&mut program);
        program.stop();
        program.interrupt_handler().print(UART, "tick").stop();
        let mut machine = machine("550D", &program);
        assert_eq!(machine.run_until(GuestTime::from_millis(999), u64::MAX), Stop::TimeReached);
        assert_eq!(machine.take_console().text(Source::Uart), "");
        machine.run_until(GuestTime::from_millis(1001), u64::MAX);
        let console = machine.take_console();
        assert_eq!(console.text(Source::Uart), "tick");
        assert_eq!(console.chunks[0].time.as_micros(), 1_000_000);
        assert!(machine.instructions() < 200, "{}", machine.instructions());
    }
}

#[test]
fn the_osd_is_drawn() {
    let osd = 0x0400_0000;
    let mut program = Asm::new();
    program.poke(0xC0F1_4084, 0x03FF_0000).poke(0xC0F1_40D0, osd).poke(osd + 360 * 2, 0x0000_1001).stop();
    let mut machine = machine("5D2", &program);
    machine.run_until(SECOND, u64::MAX);
    let frame = machine.frame();
    assert_eq!((frame.width(), frame.height()), (720, 480));
    assert_eq!([frame.pixel(0, 2), frame.pixel(1, 2), frame.pixel(3, 2)], [[255; 3], [0; 3], [255; 3]]);
}

#[test]
fn unknown_registers_are_reported_with_their_place() {
    let mut program = Asm::new();
    program.poke(0xC0FF_FFF0 - 0x30_0000, 5).set(0, 0xC045_0000).ldr(1, 0, 0).ldr(1, 0, 0).stop();
    let mut machine = machine("60D", &program);
    machine.run_until(SECOND, u64::MAX);
    let unknown = machine.report().unknown;
    let found: Vec<_> = unknown.iter().map(|entry| (entry.addr, entry.direction, entry.count)).collect();
    let write = (0xC0CF_FFF0, Direction::Write, 1);
    assert_eq!(found, [(0xC045_0000, Direction::Read, 1), (0xC045_0000, Direction::Read, 1), write]);
    assert_eq!(unknown[2].pc, 0xFFFF_0100 + 8 * 4);
}

#[test]
fn an_access_to_nothing_is_a_data_abort_in_the_report() {
    let mut program = Asm::new();
    program.set(0, 0x9000_0000).ldr(1, 0, 4).stop();
    let mut machine = machine("60D", &program);
    assert_eq!(machine.run_until(SECOND, u64::MAX), Stop::Halted);
    let report = machine.report();
    assert_eq!(
        (report.fault_count, report.faults[0].address.0, report.faults[0].pc.0),
        (1, 0x9000_0004, 0xFFFF_0110)
    );
    assert_eq!(report.faults[0].regs[0], 0x9000_0000);
}

#[test]
fn a_handler_that_faults_itself_ends_the_run() {
    let mut program = Asm::new();
    program.word(0xE7F0_00F0);
    let mut machine = machine("60D", &program);
    let Stop::Fault(record) = machine.run_until(SECOND, u64::MAX) else { panic!("not found out") };
    assert_eq!(record.pc.0, 0xFFFF_0004);
    assert!(machine.now() < GuestTime::from_millis(2));
}

#[test]
fn rom_takes_writes_in_every_mirror_and_answers_its_id() {
    let mut program = Asm::new();
    program.poke(0xF800_1000, 0x1234_5678).set(0, 0xF800_0000).set(1, 6).strb(1, 0, 0).stop();
    let mut machine = machine("1300D", &program);
    machine.run_until(SECOND, u64::MAX);
    assert_eq!((word(&machine, 0xF800_1000), word(&machine, 0xFA00_1000)), (0x1234_5678, 0x1234_5678));
    assert_eq!(word(&machine, 0xF800_0000), 0x0039_25C2);
}

#[test]
fn ram_shows_through_the_uncached_alias_and_below_the_tcms() {
    let mut program = Asm::new();
    program.poke(0x0123_4560, 7).poke(0x4123_4564, 8).poke(0x10, 9).poke(0x4000_0010, 10).stop();
    let mut machine = machine("5D3", &program);
    machine.run_until(SECOND, u64::MAX);
    assert_eq!((word(&machine, 0x4123_4560), word(&machine, 0x0123_4564)), (7, 8));
    assert_eq!((word(&machine, 0x10), word(&machine, 0x4000_0010)), (9, 10));
}

#[test]
fn the_boot_flag_is_set_or_cleared() {
    let camera = camera("60D");
    for (flag, word_there) in [(true, u32::MAX), (false, 0)] {
        let mut config = MachineConfig::new(camera, roms(camera, &Asm::new().words));
        config.boot_flag = flag;
        let machine = Machine::new(config).expect("a machine");
        assert_eq!(word(&machine, 0xF800_0004), word_there);
    }
}

#[test]
fn bytes_from_outside_reach_the_guest() {
    let mut program = Asm::new();
    program.set(0, UART);
    let echo = program.here();
    program.ldr(1, 0, 0x14).word(0xE311_0001).word(0x1590_1004).word(0x1580_1000).b(echo);
    let mut machine = machine("60D", &program);
    assert_eq!(machine.send_uart(b"echo"), 4);
    machine.run_until(GuestTime::from_millis(5), u64::MAX);
    assert_eq!(machine.take_console().text(Source::Uart), "echo");
}

#[test]
fn a_flood_of_output_is_capped() {
    let camera = camera("60D");
    let mut program = Asm::new();
    program.set(0, UART).set(1, 0x2E);
    let print = program.here();
    program.str(1, 0, 0).b(print);
    let mut config = MachineConfig::new(camera, roms(camera, &program.words));
    config.console_capacity = 10_000;
    let mut machine = Machine::new(config).expect("a machine");
    machine.run_until(SECOND, 1_000_000);
    let console = machine.take_console();
    let held = console.text(Source::Uart).len() as u64;
    assert!(held <= 10_000);
    assert_eq!(held + console.dropped, machine.report().printed);
}

#[test]
fn chips_are_checked() {
    let camera = camera("60D");
    let good = roms(camera, &Asm::new().words);
    let fails = |roms: Roms| Machine::new(MachineConfig::new(camera, roms)).err().expect("refused");
    let missing = fails(Roms { rom0: None, ..good.clone() });
    assert!(matches!(missing, MachineError::Rom(RomError::Missing { file: "ROM0.BIN", .. })), "{missing}");
    let short = fails(Roms { rom1: good.rom1.as_ref().map(|rom| rom[1..].to_vec()), ..good.clone() });
    assert_eq!(short.to_string(), "ROM1.BIN of 60D must have 0x1000000 bytes, but has 0xFFFFFF");
    let halves = fails(Roms { rom1: Some(vec![0xFF; 16 << 20]), ..good });
    assert!(matches!(halves, MachineError::Rom(RomError::EqualHalves { unique: 1, .. })), "{halves}");
}

#[test]
fn a_debugger_changes_nothing() {
    let mut program = Asm::new();
    program.poke(0xC020_1010, 0x0A).poke(0xC021_0208, 9).poke(0xC021_0200, 1).stop();
    let mut machine = machine("60D", &program);
    machine.run_until(GuestTime::from_millis(1), u64::MAX);
    let before = machine.state_hash();
    assert_eq!(machine.peek_register(GuestAddr(0xC021_0208)), Some(9));
    assert_eq!(machine.peek_register(GuestAddr(0xC022_F100)), Some(0));
    machine.peek_register(GuestAddr(0xC020_1004));
    machine.peek(GuestAddr(0xC020_1004), &mut [0; 4]);
    assert_eq!(machine.state_hash(), before);
}

#[test]
fn the_reference_loads_unaligned_words_and_the_core_rotates_them() {
    let loaded = |fidelity| {
        let camera = camera("60D");
        let mut program = Asm::new();
        program.set(0, 0x2000).set(1, 0x4433_2211).str(1, 0, 0).set(1, 0x8877_6655).str(1, 0, 4);
        program.ldr(2, 0, 1).str(2, 0, 8).stop();
        let mut config = MachineConfig::new(camera, roms(camera, &program.words));
        config.fidelity = fidelity;
        let mut machine = Machine::new(config).expect("a machine");
        machine.run_until(SECOND, u64::MAX);
        word(&machine, 0x2008)
    };
    assert_eq!(loaded(Fidelity::Hardware), 0x1144_3322);
    assert_eq!(loaded(Fidelity::Reference), 0x5544_3322);
}

#[test]
fn a_locked_cache_line_patches_rom_until_it_is_flushed() {
    let patched = 0xF800_2000;
    let mut program = Asm::new();
    let mcr = |rd: u32, opc1: u32, crm: u32| 0xEE00_0F10 | opc1 << 21 | 15 << 16 | rd << 12 | crm;
    // Index, data tag, data: then the word is read back, the instruction cache flushed, and the word read again.
    program.set(1, patched & 0x1C).word(mcr(1, 3, 0)).set(1, patched & !0x1F | 0x10).word(mcr(1, 3, 2));
    program.set(1, 0x1234_5678).word(mcr(1, 3, 4));
    program.set(0, patched).set(2, 0x2000).ldr(3, 0, 0).str(3, 2, 0).set(1, 0).word(0xEE07_1F15);
    program.ldr(3, 0, 0).str(3, 2, 4).stop();
    let mut machine = machine("60D", &program);
    machine.run_until(SECOND, u64::MAX);
    let original = 0xE7F0_00F0 ^ (0x2000 / 4) << 8;
    assert_eq!((word(&machine, 0x2000), word(&machine, 0x2004)), (0x1234_5678, original));
}

#[test]
fn a_machine_can_go_to_another_thread() {
    fn is_send<T: Send>() {}
    is_send::<Machine>();
}

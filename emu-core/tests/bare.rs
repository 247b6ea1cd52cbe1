//! The bare machine: how programs print, how they end, and what they cannot do.

use darkroom_emu_core::arm::{Core, Engine};
use darkroom_emu_core::bare::{BareConfig, BareError, BareMachine, End};
use darkroom_emu_core::memory::GuestAddr;

const AT: GuestAddr = GuestAddr(0x8000);
const SVC: u32 = 0xEF12_3456;
const BKPT: u32 = 0xE120_0070;
/// ADP_Stopped_ApplicationExit.
const APPLICATION_EXIT: u32 = 0x2_0026;

fn machine(words: &[u32]) -> BareMachine {
    let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    let mut machine = BareMachine::new(&BareConfig::new(Core::DIGIC4)).expect("64 MiB fit");
    machine.load(AT, &bytes).expect("it fits");
    machine.start_at(AT, false);
    machine
}

/// Where and with what a program ends.
fn run(machine: &mut BareMachine) -> (End, String) {
    let mut console = Vec::new();
    let end = machine.run(1000, &mut |bytes| console.extend_from_slice(bytes));
    (end, String::from_utf8(console).expect("text"))
}

#[test]
fn the_print_register_prints_and_a_branch_to_itself_ends() {
    let code = [
        0xE3A0_0041, // mov r0, #'A'
        0xE59F_1004, // ldr r1, =0xC0123400
        0xE581_0000, // str r0, [r1]
        0xEAFF_FFFE, // b .
        0xC012_3400,
    ];
    let mut machine = machine(&code);
    assert_eq!(run(&mut machine), (End::SelfBranch, "A".to_owned()));
    assert_eq!(machine.cpu().pc(), GuestAddr(0x800C));
}

#[test]
fn semihosting_ends_a_program_with_its_code() {
    let plain = |reason| {
        // mov r0, #SYS_EXIT; ldr r1, =reason; svc
        run(&mut machine(&[0xE3A0_0018, 0xE59F_1000, SVC, reason])).0
    };
    assert_eq!(plain(APPLICATION_EXIT), End::Exit(0));
    assert_eq!(plain(0x2_0023), End::Exit(1));
    // mov r0, #SYS_EXIT_EXTENDED; add r1, pc, #0; svc
    let extended = [0xE3A0_0020, 0xE28F_1000, SVC, APPLICATION_EXIT, 7];
    assert_eq!(run(&mut machine(&extended)).0, End::Exit(7));
}

/// A run without a limit is longer than what generated code can count at a time.
#[test]
fn a_run_without_a_limit_ends_alike_in_both_engines() {
    // ldr r2, =100000; subs r2, r2, #1; bne .-4; mov r0, #SYS_EXIT; ldr r1, =reason; svc
    let code =
        [0xE59F_2010, 0xE252_2001, 0x1AFF_FFFD, 0xE3A0_0018, 0xE59F_1004, SVC, 100_000, APPLICATION_EXIT];
    let end = |engine| {
        let mut machine = machine(&code);
        // Where no code can be generated, the interpreter is compared with itself.
        let _ = machine.cpu_mut().set_engine(engine);
        let end = machine.run(u64::MAX, &mut |_| {});
        (end, machine.instructions(), machine.state_hash())
    };
    let interpreted = end(Engine::Interpreter);
    assert_eq!((interpreted.0, interpreted.1), (End::Exit(0), 200_003));
    assert_eq!(end(Engine::Jit), interpreted);
}

#[test]
fn semihosting_ends_a_thumb_program() {
    // movs r0, #0x18; ldr r1, [pc, #4]; svc 0xAB; nop
    let code = [0x4901_2018, 0x46C0_DFAB, APPLICATION_EXIT];
    let mut machine = machine(&code);
    machine.start_at(AT, true);
    assert_eq!(run(&mut machine).0, End::Exit(0));
}

#[test]
fn semihosting_prints_text_and_the_program_goes_on_to_a_breakpoint() {
    let code = [
        0xE3A0_0004, // mov r0, #SYS_WRITE0
        0xE28F_1008, // add r1, pc, #8
        SVC,
        BKPT,
        0,
        u32::from_le_bytes(*b"Hi!\n"),
        0,
    ];
    let mut machine = machine(&code);
    assert_eq!(run(&mut machine), (End::Breakpoint, "Hi!\n".to_owned()));
    assert_eq!(machine.cpu().pc(), GuestAddr(0x800C));
}

#[test]
fn text_without_an_end_is_cut() {
    // All RAM behind the code is spaces; mov r0, #SYS_WRITE0; mov r1, #0x10000; svc; bkpt
    let mut machine = machine(&[0xE3A0_0004, 0xE3A0_1801, SVC, BKPT]);
    machine.load(GuestAddr(0x1_0000), &vec![b' '; 1 << 20]).expect("it fits");
    let (end, text) = run(&mut machine);
    assert_eq!(end, End::Breakpoint);
    assert_eq!(text.len(), 64 << 10);
}

#[test]
fn a_call_that_nobody_serves_fails_and_is_counted() {
    // mov r0, #SYS_CLOCK; svc; bkpt
    let mut machine = machine(&[0xE3A0_0010, SVC, BKPT]);
    assert_eq!(run(&mut machine).0, End::Breakpoint);
    assert_eq!(machine.cpu().reg(0), u32::MAX);
    let unserved = machine.unserved_calls();
    assert_eq!((unserved.count, unserved.first), (1, Some(0x10)));
}

#[test]
fn a_guest_that_prints_for_ever_is_handed_out_in_small_pieces() {
    // ldr r1, =0xC0123400; loop: str r0, [r1]; b loop
    let mut machine = machine(&[0xE59F_1004, 0xE581_0000, 0xEAFF_FFFD, 0xC012_3400]);
    let (mut total, mut largest) = (0, 0);
    let end = machine.run(100_001, &mut |bytes| {
        total += bytes.len();
        largest = largest.max(bytes.len());
    });
    assert_eq!((end, machine.instructions(), total), (End::Limit, 100_001, 50_000));
    assert!(largest <= 8192, "{largest} bytes were kept");
}

#[test]
fn waiting_for_an_interrupt_ends_the_run() {
    // mcr p15, 0, r0, c7, c0, 4
    assert_eq!(run(&mut machine(&[0xEE07_0F90])).0, End::WaitForInterrupt);
}

#[test]
fn beyond_ram_there_is_nothing() {
    // mov r1, #0xF0000000; ldr r0, [r1]
    let mut machine = machine(&[0xE3A0_120F, 0xE591_0000]);
    machine.run(2, &mut |_| {});
    let faults = machine.cpu_mut().take_faults();
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert_eq!(faults[0].address, GuestAddr(0xF000_0000));
}

#[test]
fn images_and_ram_must_fit() {
    let mut machine = machine(&[]);
    let outside = machine.load(GuestAddr(0x03FF_FFFE), &[0; 4]);
    assert!(matches!(outside, Err(BareError::OutsideRam { bytes: 4, .. })), "{outside:?}");
    assert!(machine.load(GuestAddr(0x03FF_FFFC), &[0; 4]).is_ok());
    let config = BareConfig { ram: 0xD000_0000, ..BareConfig::new(Core::DIGIC4) };
    assert!(matches!(BareMachine::new(&config), Err(BareError::TooMuchRam { .. })));
    let config = BareConfig { ram: 100, ..BareConfig::new(Core::DIGIC4) };
    assert!(matches!(BareMachine::new(&config), Err(BareError::Map(_))));
}

#[test]
fn the_state_hash_sees_registers_and_memory() {
    // mov r0, #1 or #2; then str r0, [r2] or nop.
    let hash = |words: &[u32]| {
        let mut machine = machine(words);
        machine.run(2, &mut |_| {});
        machine.state_hash()
    };
    assert_eq!(hash(&[0xE3A0_0001, 0xE582_0000]), hash(&[0xE3A0_0001, 0xE582_0000]));
    assert_ne!(hash(&[0xE3A0_0001, 0xE582_0000]), hash(&[0xE3A0_0002, 0xE582_0000]));
    assert_ne!(hash(&[0xE3A0_0001, 0xE582_0000]), hash(&[0xE3A0_0001, 0xE1A0_0000]));
}

/// Counts in r4, stores the count behind the code, and puts the instruction `add r4, r4, #1` or `add r4, r4, #2`, in turns,
/// at its own first place.
const RESTLESS: [u32; 9] = [
    0xE284_4001, // top: add r4, r4, #1
    0xE58F_4FF8, // str r4, [pc, #0xFF8]
    0xE51F_0010, // ldr r0, top
    0xE220_0003, // eor r0, r0, #3
    0xE50F_0018, // str r0, top
    0xE2E5_5000, // rsc r5, r5, #0
    0xE28A_AC01, // add r10, r10, #256
    0xE58A_4000, // str r4, [r10]
    0xEAFF_FFF6, // b top
];

#[test]
fn a_fork_goes_on_as_the_saved_machine_would_have() {
    let mut machine = machine(&RESTLESS);
    machine.cpu_mut().set_reg(10, 0x10_0000);
    let quiet = &mut |_: &[u8]| {};
    machine.run(1_003, quiet);
    let saved = machine.state_hash();
    let snapshot = machine.snapshot().expect("a snapshot");
    assert_eq!(machine.run(5_000, quiet), End::Limit);
    let ended = machine.state_hash();
    for _ in 0..2 {
        let mut fork = snapshot.fork().expect("a fork");
        assert_eq!(fork.state_hash(), saved);
        fork.run(2_500, quiet);
        let mut second = fork.snapshot().and_then(|snapshot| snapshot.fork()).expect("a fork of a fork");
        fork.run(2_500, quiet);
        second.run(2_500, quiet);
        assert_eq!((fork.state_hash(), second.state_hash()), (ended, ended));
        assert_eq!(fork.cpu().reg(4), machine.cpu().reg(4));
    }
    assert!(machine.cpu().reg(4) > 6_003 / 9, "the changed instruction was executed");
}

#[test]
fn a_copy_of_a_machine_sees_its_code_change() {
    // The changing instruction is the last of its line, so that only what was decoded before the copy covers it.
    let mut code = vec![0xE1A0_0000; 15];
    code.extend(RESTLESS);
    let mut machine = machine(&code);
    machine.cpu_mut().set_reg(10, 0x10_0000);
    let quiet = &mut |_: &[u8]| {};
    machine.run(15 + 9 + 1, quiet);
    let mut copy = machine.clone();
    machine.run(1_000, quiet);
    copy.run(1_000, quiet);
    assert_eq!(machine.state_hash(), copy.state_hash());
}

#[test]
fn settings_and_unserved_calls_are_saved() {
    let mut machine = machine(&[0xE3A0_00FF, SVC, 0xE320_F000, 0xE320_F000, 0xEAFF_FFFE]);
    machine.cpu_mut().set_breakpoints([GuestAddr(0x8010)]);
    machine.run(2, &mut |_| {});
    let mut fork = machine.snapshot().and_then(|snapshot| snapshot.fork()).expect("a fork");
    assert_eq!(fork.unserved_calls().count, 1);
    assert_eq!(run(&mut fork).0, End::Breakpoint);
    assert_eq!(fork.cpu().pc(), GuestAddr(0x8010));
}

//! What once depended on how a run was cut into slices, or on what had happened before.

use darkroom_emu_core::arm::{Core, FaultKind, Mode, Psr};
use darkroom_emu_core::bare::{BareConfig, BareMachine};
use darkroom_emu_core::memory::GuestAddr;

const AT: u32 = 0x8000;

fn machine(words: &[u32]) -> BareMachine {
    let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    let mut machine = BareMachine::new(&BareConfig::new(Core::CortexR4)).expect("64 MiB fit");
    machine.load(GuestAddr(AT), &bytes).expect("it fits");
    machine.start_at(GuestAddr(AT), false);
    machine
}

#[test]
fn code_ends_where_a_region_inside_its_page_forbids_it() {
    let mut code = vec![
        // Region 0: 4 GiB, all rights. Region 1: 32 bytes at 0x8040, never execute. Protection on.
        0xE3A0_003F, // mov r0, #0x3f
        0xE3A0_1C03, // mov r1, #0x300
        0xEE06_0F51, // mcr p15, 0, r0, c6, c1, 2
        0xEE06_1F91, // mcr p15, 0, r1, c6, c1, 4
        0xE3A0_2001, // mov r2, #1
        0xEE06_2F12, // mcr p15, 0, r2, c6, c2, 0
        0xE28F_3020, // add r3, pc, #32
        0xEE06_3F11, // mcr p15, 0, r3, c6, c1, 0
        0xE381_1A01, // orr r1, r1, #0x1000
        0xEE06_1F91, // mcr p15, 0, r1, c6, c1, 4
        0xE3A0_0009, // mov r0, #9
        0xEE06_0F51, // mcr p15, 0, r0, c6, c1, 2
        0xEE11_0F10, // mrc p15, 0, r0, c1, c0, 0
        0xE380_0001, // orr r0, r0, #1
        0xEE01_0F10, // mcr p15, 0, r0, c1, c0, 0
    ];
    code.resize(0x40 / 4 + 8, 0xE1A0_0000);
    let mut machine = machine(&code);
    machine.run(17, &mut |_| {});
    let faults = machine.cpu_mut().take_faults();
    let seen: Vec<_> = faults.iter().map(|fault| (fault.kind, fault.pc.0)).collect();
    assert_eq!(seen, [(FaultKind::PrefetchAbort, AT + 0x40)]);
}

/// IT EQ; MRS r0, SPSR, in System mode with the zero flag set.
#[test]
fn without_a_saved_status_the_current_one_is_read_and_has_no_if_then_bits() {
    let mut machine = machine(&[0xF3FF_BF08, 0x0000_8000]);
    machine.start_at(GuestAddr(AT), true);
    machine.cpu_mut().set_cpsr(Psr::from_bits(0x4000_003F, Mode::System));
    machine.run(2, &mut |_| {});
    assert_eq!(machine.cpu().reg(0), 0x4000_001F);
    assert_eq!(machine.cpu_mut().take_faults(), []);
}

#[test]
fn an_undefined_instruction_has_no_fault_status() {
    // mov r0, #0x80000000; ldr r0, [r0]; then the handler at 0x10: undefined.
    let mut machine = machine(&[0xE3A0_0102, 0xE590_0000]);
    machine.load(GuestAddr(0x10), &0xE7F0_00F0_u32.to_le_bytes()).expect("it fits");
    machine.run(3, &mut |_| {});
    let statuses: Vec<u32> = machine.cpu_mut().take_faults().iter().map(|fault| fault.status).collect();
    assert_eq!(statuses, [8, 0]);
}

//! The run loop and the exceptions, on a small machine with RAM, ROM and one device.

#![expect(clippy::unwrap_used, reason = "a failed step is a failed test")]

use darkroom_emu_core::arm::{
    BusFault, Core, Cp15Event, Cpu, Exit, FaultKind, Fidelity, IoAccess, Mode, System, Vectors, Width,
};
use darkroom_emu_core::memory::{Access, AddressSpace, GuestAddr};

const CODE: u32 = 0x1000;
const DEVICE: u32 = 0xC000_0000;
const ROM: u32 = 0xF800_0000;

struct Machine {
    memory: AddressSpace,
    log: Vec<(IoAccess, Option<u32>)>,
    events: Vec<Cp15Event>,
    attention: bool,
}

impl System for Machine {
    fn memory(&self) -> &AddressSpace {
        &self.memory
    }
    fn memory_mut(&mut self) -> &mut AddressSpace {
        &mut self.memory
    }
    fn io_read(&mut self, access: IoAccess) -> Result<u32, BusFault> {
        self.log.push((access, None));
        if access.addr.0 == DEVICE + 0xFF0 { Err(BusFault) } else { Ok(0xFFFF_FF80) }
    }
    fn io_write(&mut self, access: IoAccess, value: u32) -> Result<(), BusFault> {
        self.log.push((access, Some(value)));
        Ok(())
    }
    fn rom_write(&mut self, access: IoAccess, value: u32) -> Result<(), BusFault> {
        self.memory.poke(access.addr, &value.to_le_bytes()[..access.size.bytes() as usize]);
        Ok(())
    }
    fn attention(&self) -> bool {
        self.attention
    }
    fn cp15(&mut self, event: Cp15Event) {
        self.events.push(event);
    }
}

fn machine(code: &[u32]) -> Machine {
    let mut memory = AddressSpace::new();
    let ram = memory.add_block(0x10000).unwrap();
    let rom = memory.add_block(0x1000).unwrap();
    memory.map(GuestAddr(0), 0x10000, ram, 0, Access::Ram).unwrap();
    memory.map(GuestAddr(ROM), 0x1000, rom, 0, Access::Rom).unwrap();
    memory.map_device(GuestAddr(DEVICE), 0x1000).unwrap();
    // Every vector is a branch to itself.
    for vector in (0..0x20).step_by(4) {
        memory.poke(GuestAddr(vector), &0xEAFF_FFFEu32.to_le_bytes());
    }
    let bytes: Vec<u8> = code.iter().flat_map(|word| word.to_le_bytes()).collect();
    memory.poke(GuestAddr(CODE), &bytes);
    Machine { memory, log: Vec::new(), events: Vec::new(), attention: false }
}

fn cpu(core: Core) -> Cpu {
    let mut cpu = Cpu::new(core);
    cpu.reset(GuestAddr(CODE), Vectors::Low);
    cpu
}

#[test]
fn never_executes_more_than_asked() {
    // add r0, r0, #1, eight times; b back
    let mut code = vec![0xE280_0001; 8];
    code.push(0xEAFF_FFF6);
    let mut machine = machine(&code);
    let mut cpu = cpu(Core::DIGIC4);
    for (step, total) in [(1, 1), (3, 4), (4, 8), (1, 9), (0, 9), (7, 16), (1000, 1016)] {
        assert_eq!(cpu.run(&mut machine, step), Exit::Limit);
        assert_eq!(cpu.instructions(), total);
        assert_eq!(u64::from(cpu.reg(0)), total - total / 9);
    }
}

#[test]
fn a_data_abort_is_taken_and_recorded() {
    // mov r1, #0x80000000; ldr r0, [r1, #4]!
    let mut machine = machine(&[0xE3A0_1102, 0xE5B1_0004]);
    let mut cpu = cpu(Core::DIGIC4);
    cpu.run(&mut machine, 2);
    assert_eq!((cpu.pc(), cpu.mode(), cpu.reg(14)), (GuestAddr(0x10), Mode::Abort, CODE + 4 + 8));
    assert_eq!(cpu.registers().spsr(Mode::Abort), 0xD3);
    assert_eq!(cpu.reg(1), 0x8000_0000, "the base is restored");
    let faults = cpu.take_faults();
    assert_eq!(faults.len(), 1);
    assert_eq!(faults[0].kind, FaultKind::DataAbortRead);
    assert_eq!(faults[0].to_string(), "data abort at 0x00001004 reading 0x80000004");
    assert_eq!((faults[0].regs[1], faults[0].regs[15], faults[0].cpsr), (0x8000_0000, CODE + 4, 0xD3));
}

#[test]
fn jumping_into_nothing_or_into_a_device_aborts_the_fetch() {
    for target in [0x8000_0000, DEVICE] {
        // bx r0
        let mut machine = machine(&[0xE12F_FF10]);
        let mut cpu = cpu(Core::DIGIC4);
        cpu.set_reg(0, target);
        cpu.run(&mut machine, 2);
        assert_eq!((cpu.pc(), cpu.mode(), cpu.reg(14)), (GuestAddr(0x0C), Mode::Abort, target + 4));
        assert_eq!(cpu.take_faults()[0].kind, FaultKind::PrefetchAbort);
    }
}

#[test]
fn an_endless_chain_of_aborts_ends_at_the_limit_and_stays_small() {
    let mut machine = machine(&[]);
    machine.memory.unmap(GuestAddr(0), 0x1000).unwrap();
    let mut cpu = cpu(Core::DIGIC4);
    cpu.set_reg(15, 0x8000_0000);
    assert_eq!(cpu.run(&mut machine, 1000), Exit::Limit);
    assert_eq!((cpu.instructions(), cpu.fault_count(), cpu.take_faults().len()), (1000, 1000, 16));
}

#[test]
fn undefined_and_software_interrupts_return_behind_themselves() {
    for (word, vector, mode) in [(0xE7F0_00F0, 0x04, Mode::Undefined), (0xEF00_0001, 0x08, Mode::Supervisor)]
    {
        let mut machine = machine(&[word]);
        let mut cpu = cpu(Core::DIGIC4);
        cpu.run(&mut machine, 1);
        assert_eq!((cpu.pc(), cpu.mode(), cpu.reg(14)), (GuestAddr(vector), mode, CODE + 4));
    }
}

#[test]
fn an_interrupt_comes_at_the_boundary_where_it_is_unmasked() {
    // nop; msr cpsr_c, #0x53 (I clear); nop
    let mut machine = machine(&[0xE1A0_0000, 0xE321_F053, 0xE1A0_0000]);
    let mut cpu = cpu(Core::DIGIC4);
    cpu.set_irq(true);
    assert_eq!(cpu.run(&mut machine, 2), Exit::Limit);
    assert_eq!(cpu.pc(), GuestAddr(CODE + 8));
    assert_eq!(cpu.run(&mut machine, 1), Exit::SelfBranch);
    assert_eq!((cpu.pc(), cpu.mode()), (GuestAddr(0x18), Mode::Irq));
    assert_eq!(cpu.reg(14), CODE + 8 + 4, "the link leads back to the instruction that was not executed");
    assert_eq!(cpu.instructions(), 3);
}

#[test]
fn waiting_ends_when_a_line_comes_up_even_if_masked() {
    // mcr p15, 0, r0, c15, c8, 2; mov r0, #1; b .
    let mut machine = machine(&[0xEE0F_0F58, 0xE3A0_0001, 0xEAFF_FFFE]);
    let mut cpu = cpu(Core::DIGIC4);
    assert_eq!(cpu.run(&mut machine, 100), Exit::WaitForInterrupt);
    assert_eq!(cpu.run(&mut machine, 100), Exit::WaitForInterrupt);
    assert_eq!((cpu.instructions(), cpu.pc()), (1, GuestAddr(CODE + 4)));
    cpu.set_irq(true);
    assert_eq!(cpu.run(&mut machine, 100), Exit::SelfBranch);
    assert_eq!((cpu.reg(0), cpu.instructions()), (1, 3));
}

#[test]
fn device_accesses_carry_width_place_and_count() {
    // ldrsb r2, [r1, #1]; strh r2, [r1, #2]; ldr r3, [r1, #4]
    let mut machine = machine(&[0xE1D1_20D1, 0xE1C1_20B2, 0xE591_3004]);
    let mut cpu = cpu(Core::DIGIC4);
    cpu.set_reg(1, DEVICE);
    cpu.run(&mut machine, 3);
    let log: Vec<_> =
        machine.log.iter().map(|(a, value)| (a.addr.0, a.size, a.pc.0, a.instruction, *value)).collect();
    assert_eq!(log[0], (DEVICE + 1, Width::Byte, CODE, 0, None));
    assert_eq!(log[1], (DEVICE + 2, Width::Half, CODE + 4, 1, Some(0xFF80)));
    assert_eq!(log[2], (DEVICE + 4, Width::Word, CODE + 8, 2, None));
    assert_eq!((cpu.reg(2), cpu.reg(3)), (0xFFFF_FF80, 0xFFFF_FF80));
}

#[test]
fn the_machine_gets_control_right_after_the_access_it_asked_for() {
    // str r2, [r1]; mov r0, #1
    let mut machine = machine(&[0xE581_2000, 0xE3A0_0001]);
    machine.attention = true;
    let mut cpu = cpu(Core::DIGIC4);
    cpu.set_reg(1, DEVICE);
    assert_eq!(cpu.run(&mut machine, 100), Exit::Attention);
    assert_eq!((cpu.instructions(), cpu.pc(), cpu.reg(0)), (1, GuestAddr(CODE + 4), 0));
}

#[test]
fn a_device_that_refuses_aborts() {
    let mut machine = machine(&[0xE591_0FF0]);
    let mut cpu = cpu(Core::DIGIC4);
    cpu.set_reg(1, DEVICE);
    cpu.run(&mut machine, 1);
    assert_eq!(cpu.mode(), Mode::Abort);
}

#[test]
fn code_that_changes_its_next_instruction_sees_the_change() {
    // str r0, [pc, #-4] overwrites the next word; it was mov r2, #1 and becomes mov r2, #2
    let mut machine = machine(&[0xE50F_0004, 0xE3A0_2001, 0xEAFF_FFFE]);
    let mut cpu = cpu(Core::DIGIC4);
    cpu.set_reg(0, 0xE3A0_2002);
    assert_eq!(cpu.run(&mut machine, 100), Exit::SelfBranch);
    assert_eq!(cpu.reg(2), 2);
}

#[test]
fn a_rom_write_changes_the_code_it_holds() {
    let mut machine = machine(&[]);
    machine.memory.poke(GuestAddr(ROM), &[0x01, 0x20, 0xA0, 0xE3, 0x1E, 0xFF, 0x2F, 0xE1]);
    let mut cpu = cpu(Core::DIGIC4);
    for expected in [1, 2] {
        cpu.set_reg(14, CODE);
        cpu.set_reg(15, ROM);
        cpu.run(&mut machine, 2);
        assert_eq!(cpu.reg(2), expected);
        // strb r3, [r4]
        machine.memory.poke(GuestAddr(CODE), &0xE5C4_3000u32.to_le_bytes());
        cpu.set_reg(3, 2);
        cpu.set_reg(4, ROM);
        cpu.run(&mut machine, 1);
    }
}

#[test]
fn breakpoints_stop_before_and_can_be_passed() {
    let mut machine = machine(&[0xE280_0001, 0xE280_0001, 0xE280_0001, 0xEAFF_FFFB]);
    let mut cpu = cpu(Core::DIGIC4);
    cpu.run(&mut machine, 4);
    cpu.set_breakpoints([GuestAddr(CODE + 8)]);
    assert_eq!(cpu.run(&mut machine, 100), Exit::Breakpoint);
    assert_eq!((cpu.pc(), cpu.reg(0)), (GuestAddr(CODE + 8), 5));
    assert_eq!(cpu.run(&mut machine, 100), Exit::Breakpoint);
    assert_eq!(cpu.reg(0), 8);
}

#[test]
fn bkpt_and_semihosting_stop_only_when_asked() {
    for (word, exit) in [(0xE120_0070, Exit::BkptInstruction), (0xEF12_3456, Exit::Semihosting)] {
        let mut machine = machine(&[word]);
        let mut cpu = cpu(Core::DIGIC4);
        cpu.stop_at_bkpt(true);
        cpu.stop_at_semihosting(true);
        assert_eq!(cpu.run(&mut machine, 100), exit);
        assert_eq!((cpu.pc(), cpu.instructions()), (GuestAddr(CODE), 0));
        cpu.stop_at_bkpt(false);
        cpu.stop_at_semihosting(false);
        assert_eq!(cpu.run(&mut machine, 100), Exit::SelfBranch);
    }
}

#[test]
fn an_unaligned_load_rotates_as_the_silicon_does_or_not_as_the_reference() {
    for (fidelity, expected) in [(Fidelity::Hardware, 0x1144_3322), (Fidelity::Reference, 0x5544_3322)] {
        // ldr r0, [r1]
        let mut machine = machine(&[0xE591_0000]);
        machine.memory.poke(GuestAddr(0x2000), &[0x11, 0x22, 0x33, 0x44, 0x55]);
        let mut cpu = cpu(Core::DIGIC4);
        cpu.set_fidelity(fidelity);
        cpu.set_reg(1, 0x2001);
        cpu.run(&mut machine, 1);
        assert_eq!(cpu.reg(0), expected, "{fidelity:?}");
    }
}

#[test]
fn protection_regions_are_enforced_on_hardware_only() {
    // Region 0: 64 KiB at 0, full access to data and code; then the unit is switched on and 0xF8000000 read.
    let code = [
        0xE3A0_001F, // mov r0, #0x1f (64 KiB, enabled)
        0xEE06_0F10, // mcr p15, 0, r0, c6, c0, 0
        0xE3A0_0003, // mov r0, #3
        0xEE05_0F50, // mcr p15, 0, r0, c5, c0, 2
        0xEE05_0F70, // mcr p15, 0, r0, c5, c0, 3
        0xE3A0_0001, // mov r0, #1
        0xEE01_0F10, // mcr p15, 0, r0, c1, c0, 0
        0xE591_2000, // ldr r2, [r1]
    ];
    for (fidelity, mode) in [(Fidelity::Hardware, Mode::Abort), (Fidelity::Reference, Mode::Supervisor)] {
        let mut machine = machine(&code);
        let mut cpu = cpu(Core::DIGIC4);
        cpu.set_fidelity(fidelity);
        cpu.set_reg(1, ROM);
        cpu.run(&mut machine, code.len() as u64);
        assert_eq!(cpu.mode(), mode, "{fidelity:?}");
    }
}

#[test]
fn the_cache_debug_registers_name_the_patched_word() {
    // mcr p15, 3, r0, c15, c0, 0 (index); mcr p15, 3, r1, c15, c1, 0 (tag); mcr p15, 3, r2, c15, c3, 0 (data)
    let mut machine = machine(&[0xEE6F_0F10, 0xEE6F_1F11, 0xEE6F_2F13]);
    let mut cpu = cpu(Core::DIGIC4);
    for (n, value) in [(0, 0x4000_0008), (1, ROM | 0x100 | 0x10), (2, 0xE3A0_0000)] {
        cpu.set_reg(n, value);
    }
    cpu.run(&mut machine, 3);
    let addr = GuestAddr(ROM | 0x108);
    assert_eq!(machine.events, [Cp15Event::CacheDebugWrite { instruction: true, addr, value: 0xE3A0_0000 }]);
}

#[test]
fn translation_follows_its_tables_without_a_flush() {
    let a9 = Core::CortexA9 { index: 0 };
    // ldr r2, [r1]; ldr r2, [r1]
    let mut machine = machine(&[0xE591_2000, 0xE591_2000]);
    let section = |physical: u32| (physical & 0xFFF0_0000 | 0xC02).to_le_bytes();
    // Table at 0x8000: the first MiB onto itself, 0x00100000 onto ROM.
    machine.memory.poke(GuestAddr(0x8000), &section(0));
    machine.memory.poke(GuestAddr(0x8004), &section(ROM));
    machine.memory.poke(GuestAddr(ROM), &7u32.to_le_bytes());
    let mut cpu = cpu(a9);
    let enable = [0xEE02_0F10, 0xEE03_1F10, 0xEE01_2F10]; // TTBR0, DACR, SCTLR
    let enable: Vec<u8> = enable.iter().flat_map(|word: &u32| word.to_le_bytes()).collect();
    machine.memory.poke(GuestAddr(0x3000), &enable);
    for (n, value) in [(0, 0x8000), (1, 1), (2, 0x00C5_0079), (15, 0x3000)] {
        cpu.set_reg(n, value);
    }
    cpu.run(&mut machine, 3);
    cpu.set_reg(15, CODE);
    cpu.set_reg(1, 0x0010_0000);
    cpu.run(&mut machine, 1);
    assert_eq!(cpu.reg(2), 7);
    machine.memory.poke(GuestAddr(0x8004), &[0; 4]);
    cpu.run(&mut machine, 1);
    assert_eq!((cpu.mode(), cpu.pc()), (Mode::Abort, GuestAddr(0x10)));
    let fault = &cpu.take_faults()[0];
    assert_eq!((fault.address, fault.status), (GuestAddr(0x0010_0000), 5), "a section translation fault");
}

#[test]
fn a_snapshot_goes_on_to_the_same_state() {
    // add r0, r0, #1; str r0, [r1, r0, lsl #2]; b back
    let code = [0xE280_0001, 0xE781_0100, 0xEAFF_FFFC];
    let (mut first, mut cpu) = (machine(&code), cpu(Core::DIGIC4));
    cpu.set_reg(1, 0x2000);
    cpu.run(&mut first, 500);
    let state = serde_json::to_string(cpu.state()).unwrap();
    let mut second =
        Machine { memory: first.memory.clone(), log: Vec::new(), events: Vec::new(), attention: false };
    let mut restored = Cpu::new(Core::CortexR4);
    restored.restore(&serde_json::from_str(&state).unwrap());
    cpu.run(&mut first, 777);
    restored.run(&mut second, 777);
    let hash = |cpu: &Cpu, machine: &Machine| {
        let mut hasher = blake3::Hasher::new();
        cpu.hash_into(&mut hasher);
        machine.memory.hash_into(&mut hasher);
        hasher.finalize()
    };
    assert_eq!(hash(&cpu, &first), hash(&restored, &second));
    cpu.set_irq(true);
    assert_ne!(hash(&cpu, &first), hash(&restored, &second));
}

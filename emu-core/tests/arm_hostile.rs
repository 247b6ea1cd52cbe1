//! Guests that do nothing sensible: no panic, no hang, nothing executed beyond the limit.

#![expect(clippy::unwrap_used, reason = "a failed step is a failed test")]

use darkroom_emu_core::arm::{
    BusFault, Core, Cp15Event, Cpu, Fidelity, IoAccess, Mode, Psr, System, Vectors,
};
use darkroom_emu_core::memory::{Access, AddressSpace, GuestAddr};

const RAM_SIZE: u32 = 0x20000;
const DEVICE: u32 = 0xC000_0000;
const ROM: u32 = 0xFFFF_0000;

/// A small generator: the runs are the same every time.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as u32
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.next() as usize % from.len()]
    }
}

struct Machine {
    memory: AddressSpace,
    answers: Random,
}

impl System for Machine {
    fn memory(&self) -> &AddressSpace {
        &self.memory
    }
    fn memory_mut(&mut self) -> &mut AddressSpace {
        &mut self.memory
    }
    fn io_read(&mut self, access: IoAccess) -> Result<u32, BusFault> {
        assert!(access.addr.is_aligned(access.size.bytes()));
        if self.answers.next().is_multiple_of(8) { Err(BusFault) } else { Ok(self.answers.next()) }
    }
    fn io_write(&mut self, access: IoAccess, _: u32) -> Result<(), BusFault> {
        assert!(access.addr.is_aligned(access.size.bytes()));
        if self.answers.next().is_multiple_of(8) { Err(BusFault) } else { Ok(()) }
    }
    fn rom_write(&mut self, access: IoAccess, value: u32) -> Result<(), BusFault> {
        self.memory.poke(access.addr, &value.to_le_bytes()[..access.size.bytes() as usize]);
        Ok(())
    }
    fn attention(&self) -> bool {
        false
    }
    fn cp15(&mut self, _: Cp15Event) {}
}

fn machine(random: &mut Random) -> Machine {
    let mut memory = AddressSpace::new();
    let ram = memory.add_block(RAM_SIZE.into()).unwrap();
    let rom = memory.add_block(0x10000).unwrap();
    memory.map(GuestAddr(0), RAM_SIZE.into(), ram, 0, Access::Ram).unwrap();
    memory.map(GuestAddr(0x4000_0000), RAM_SIZE.into(), ram, 0, Access::Ram).unwrap();
    memory.map(GuestAddr(ROM), 0x10000, rom, 0, Access::Rom).unwrap();
    memory.map_device(GuestAddr(DEVICE), 0x1000).unwrap();
    let noise = |bytes: u32, random: &mut Random| -> Vec<u8> {
        (0..bytes / 4).flat_map(|_| word(random).to_le_bytes()).collect()
    };
    memory.poke(GuestAddr(0), &noise(RAM_SIZE, random));
    memory.poke(GuestAddr(ROM), &noise(0x10000, random));
    Machine { memory, answers: Random(random.next().into()) }
}

/// Mostly instructions that are executed always; many that reach the coprocessors.
fn word(random: &mut Random) -> u32 {
    match random.next() % 8 {
        0 => random.next(),
        1 => random.next() & 0x0FFF_FFFF | 0xF000_0000,
        2 => random.next() & 0x00FF_F0EF | 0xEE00_0F10,
        3 => random.next() & 0x01FF_FFFF | 0xEC00_0A00,
        _ => random.next() & 0x0FFF_FFFF | 0xE000_0000,
    }
}

fn scramble(cpu: &mut Cpu, random: &mut Random) {
    let places = [0, 0x4000_0000, DEVICE, ROM, RAM_SIZE - 8, 0xFFFF_FFF0, 0x8000_0000];
    for n in 0..15 {
        let value = if random.next().is_multiple_of(2) {
            random.next()
        } else {
            random.pick(&places).wrapping_add(random.next() % 0x1000)
        };
        cpu.set_reg(n, value);
    }
    cpu.set_cpsr(Psr::from_bits(random.next() & !0x0100_0000, Mode::Supervisor));
    cpu.set_reg(15, random.pick(&places).wrapping_add(random.next() % RAM_SIZE));
    cpu.set_irq(random.next().is_multiple_of(8));
    cpu.set_fiq(random.next().is_multiple_of(16));
    for n in 0..32 {
        cpu.set_double(n, u64::from(random.next()) << 32 | u64::from(random.next()));
    }
}

/// `HOSTILE_ROUNDS` asks for a longer run than the usual 40.
fn torment(core: Core, seed: u64) -> blake3::Hash {
    let rounds = std::env::var("HOSTILE_ROUNDS").map_or(40, |rounds| rounds.parse().expect("a number"));
    let mut random = Random(seed);
    let mut hasher = blake3::Hasher::new();
    for round in 0..rounds {
        let mut machine = machine(&mut random);
        let mut cpu = Cpu::new(core);
        cpu.set_fidelity(if round % 2 == 0 { Fidelity::Hardware } else { Fidelity::Reference });
        cpu.reset(GuestAddr(0), Vectors::High);
        cpu.enable_float();
        for _ in 0..100 {
            scramble(&mut cpu, &mut random);
            let before = cpu.instructions();
            cpu.run(&mut machine, 50);
            assert!(cpu.instructions() - before <= 50);
        }
        cpu.hash_into(&mut hasher);
        machine.memory.hash_into(&mut hasher);
        assert!(cpu.take_faults().len() <= 16);
    }
    hasher.finalize()
}

#[test]
fn noise_on_the_arm946es() {
    assert_eq!(torment(Core::DIGIC5, 0x1234_5678_9ABC_DEF1), torment(Core::DIGIC5, 0x1234_5678_9ABC_DEF1));
}

#[test]
fn noise_on_the_cortex_r4() {
    assert_eq!(
        torment(Core::CortexR4, 0x0BAD_CAFE_0000_0001),
        torment(Core::CortexR4, 0x0BAD_CAFE_0000_0001)
    );
}

#[test]
fn noise_on_the_cortex_a9() {
    let a9 = Core::CortexA9 { index: 1 };
    assert_eq!(torment(a9, 0xFEED_5EED_0000_0003), torment(a9, 0xFEED_5EED_0000_0003));
}

#[test]
fn a_page_table_that_points_at_itself() {
    let mut random = Random(77);
    let mut machine = machine(&mut random);
    for at in (0..0x4000).step_by(4) {
        let entry = match random.next() % 4 {
            0 => random.next(),
            1 => 0x4001 | (random.next() & 0x1E0),
            _ => 0x0000_0C02,
        };
        machine.memory.poke(GuestAddr(0x4000 + at), &entry.to_le_bytes());
    }
    let mut cpu = Cpu::new(Core::CortexA9 { index: 0 });
    // mcr TTBR0, DACR, SCTLR from r0, r1, r2
    for (at, code) in [(0, 0xEE02_0F10u32), (4, 0xEE03_1F10), (8, 0xEE01_2F10)] {
        machine.memory.poke(GuestAddr(0x100 + at), &code.to_le_bytes());
    }
    cpu.reset(GuestAddr(0x100), Vectors::Low);
    for (n, value) in [(0, 0x4000), (1, 0x5555_5555), (2, 0x00C5_0079)] {
        cpu.set_reg(n, value);
    }
    cpu.run(&mut machine, 3);
    for _ in 0..500 {
        scramble(&mut cpu, &mut random);
        cpu.run(&mut machine, 20);
    }
    assert!(cpu.instructions() <= 3 + 500 * 20);
}

//! Measures the interpreter: millions of instructions per second on small loops. Run with `--release`.

use std::time::Instant;

use darkroom_emu_core::arm::{BusFault, Core, Cp15Event, Cpu, IoAccess, System, Vectors};
use darkroom_emu_core::memory::{Access, AddressSpace, GuestAddr};

struct Ram(AddressSpace);

impl System for Ram {
    fn memory(&self) -> &AddressSpace {
        &self.0
    }
    fn memory_mut(&mut self) -> &mut AddressSpace {
        &mut self.0
    }
    fn io_read(&mut self, _: IoAccess) -> Result<u32, BusFault> {
        Err(BusFault)
    }
    fn io_write(&mut self, _: IoAccess, _: u32) -> Result<(), BusFault> {
        Err(BusFault)
    }
    fn rom_write(&mut self, _: IoAccess, _: u32) -> Result<(), BusFault> {
        Err(BusFault)
    }
    fn attention(&self) -> bool {
        false
    }
    fn cp15(&mut self, _: Cp15Event) {}
}

/// `loop: adds r0, r0, #1; eor r1, r1, r0, lsl #3; cmp r1, #0; b loop`
const ARITHMETIC: &[u32] = &[0xE290_0001, 0xE021_1180, 0xE351_0000, 0xEAFF_FFFB];
/// `loop: ldr r1, [r4, #4]; add r1, r1, #1; str r1, [r4, #4]; ldrb r2, [r4, r1, lsr #24]; b loop`
const MEMORY: &[u32] = &[0xE594_1004, 0xE281_1001, 0xE584_1004, 0xE7D4_2C21, 0xEAFF_FFFA];
/// `loop: push {r0-r3, lr}; pop {r0-r3, lr}; bl next; next: b loop`
const CALLS: &[u32] = &[0xE92D_400F, 0xE8BD_400F, 0xEBFF_FFFF, 0xEAFF_FFFB];

fn measure(name: &str, code: &[u32]) -> Result<(), Box<dyn std::error::Error>> {
    let mut memory = AddressSpace::new();
    let block = memory.add_block(1 << 20)?;
    memory.map(GuestAddr(0), 1 << 20, block, 0, Access::Ram)?;
    for (at, word) in (0x1000u32..).step_by(4).zip(code) {
        memory.poke(GuestAddr(at), &word.to_le_bytes());
    }
    let mut ram = Ram(memory);
    let mut cpu = Cpu::new(Core::DIGIC4);
    cpu.reset(GuestAddr(0x1000), Vectors::Low);
    cpu.set_reg(4, 0x8000);
    cpu.set_reg(13, 0x9000);
    let count = 100_000_000;
    let start = Instant::now();
    cpu.run(&mut ram, count);
    let seconds = start.elapsed().as_secs_f64();
    println!("{name}: {:.0} MIPS ({} faults)", count as f64 / seconds / 1e6, cpu.fault_count());
    Ok(())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    measure("arithmetic", ARITHMETIC)?;
    measure("memory", MEMORY)?;
    measure("calls", CALLS)
}

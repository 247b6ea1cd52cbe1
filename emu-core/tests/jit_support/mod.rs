//! A small machine around one processor, and its execution by both engines.

#![allow(dead_code, reason = "not every test uses all of it")]

use darkroom_emu_core::arm::{
    BusFault, Core, Cp15Event, Cpu, Engine, Exit, IoAccess, JitOptions, System, Vectors,
};
use darkroom_emu_core::memory::{Access, AddressSpace, GuestAddr};

pub(crate) const CODE: u32 = 0x1000;
pub(crate) const DATA: u32 = 0x8000;
pub(crate) const DEVICE: u32 = 0xC000_0000;
const RAM: u64 = 4 << 20;

/// RAM and a device that wants control after every so many accesses.
#[derive(Clone)]
pub(crate) struct Board {
    pub(crate) memory: AddressSpace,
    /// Address and instruction count of each access, and what was written.
    pub(crate) log: Vec<(u32, u32, u64, Option<u32>)>,
    pub(crate) attention_every: usize,
}

impl Board {
    fn new() -> Self {
        let mut memory = AddressSpace::new();
        let ram = memory.add_block(RAM).expect("there is room");
        memory.map(GuestAddr(0), RAM, ram, 0, Access::Ram).expect("it fits");
        memory.map_device(GuestAddr(DEVICE), 0x1000).expect("it fits");
        Self { memory, log: Vec::new(), attention_every: usize::MAX }
    }

    fn note(&mut self, access: IoAccess, value: Option<u32>) {
        self.log.push((access.addr.0, access.pc.0, access.instruction, value));
    }
}

impl System for Board {
    fn memory(&self) -> &AddressSpace {
        &self.memory
    }
    fn memory_mut(&mut self) -> &mut AddressSpace {
        &mut self.memory
    }
    fn io_read(&mut self, access: IoAccess) -> Result<u32, BusFault> {
        self.note(access, None);
        Ok(self.log.len() as u32)
    }
    fn io_write(&mut self, access: IoAccess, value: u32) -> Result<(), BusFault> {
        self.note(access, Some(value));
        Ok(())
    }
    fn rom_write(&mut self, _access: IoAccess, _value: u32) -> Result<(), BusFault> {
        Err(BusFault)
    }
    fn attention(&self) -> bool {
        self.log.len().is_multiple_of(self.attention_every)
    }
    fn cp15(&mut self, _event: Cp15Event) {}
}

/// A processor with its board.
#[derive(Clone)]
pub(crate) struct Rig {
    pub(crate) cpu: Cpu,
    pub(crate) board: Board,
}

impl Rig {
    /// A core at reset that is about to execute `code`; generated code is made at first sight.
    pub(crate) fn new(engine: Engine, core: Core, code: &[u32]) -> Self {
        let mut cpu = Cpu::new(core);
        cpu.reset(GuestAddr(CODE), Vectors::Low);
        cpu.set_jit_options(JitOptions { code_bytes: 1 << 20, threshold: 0 }).expect("memory for code");
        cpu.set_engine(engine).expect("memory for code");
        cpu.set_reg(13, DATA + 0x4000);
        let mut rig = Self { cpu, board: Board::new() };
        rig.poke(CODE, code);
        rig
    }

    pub(crate) fn poke(&mut self, at: u32, words: &[u32]) {
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        assert_eq!(self.board.memory.poke(GuestAddr(at), &bytes), bytes.len());
    }

    pub(crate) fn with(mut self, registers: &[(u8, u32)]) -> Self {
        registers.iter().for_each(|(n, value)| self.cpu.set_reg(*n, *value));
        self
    }

    pub(crate) fn run(&mut self, instructions: u64) -> Exit {
        self.cpu.run(&mut self.board, instructions)
    }

    /// Everything that the guest could tell apart.
    pub(crate) fn seen(&self) -> (u64, blake3::Hash, usize) {
        let mut hasher = blake3::Hasher::new();
        self.cpu.hash_into(&mut hasher);
        self.board.memory.hash_into(&mut hasher);
        (self.cpu.instructions(), hasher.finalize(), self.board.log.len())
    }
}

/// The same with the interpreter and with generated code: both results, the interpreter's first.
pub(crate) fn both<T>(core: Core, code: &[u32], mut work: impl FnMut(Rig) -> T) -> (T, T) {
    let interpreted = work(Rig::new(Engine::Interpreter, core, code));
    (interpreted, work(Rig::new(Engine::Jit, core, code)))
}

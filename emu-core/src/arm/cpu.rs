//! The processor as the machine holds it.

use serde::{Deserialize, Serialize};

use std::collections::BTreeSet;

use super::blocks::BlockCache;
use super::cp15::Cp15;
use super::decode::Decoder;
use super::engine::{Monitor, Notes};
use super::fault::FaultRecord;
use super::jit::{ArenaError, CodeMemory, JitSlot};
use super::jit_options::{JitOptions, JitStats};
use super::model::{Core, Engine, Fidelity};
use super::psr::{Mode, Psr};
use super::registers::Registers;
use super::simd::Simd;
use crate::memory::GuestAddr;

/// Why [`Cpu::run`] returned. The processor always stands between two instructions then.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Exit {
    /// The number of instructions asked for was executed.
    Limit,
    /// The guest waits for an interrupt and none is there. Running again changes nothing until a line is raised.
    WaitForInterrupt,
    /// The guest executed a branch to itself: only an interrupt can change anything.
    SelfBranch,
    /// [`System::attention`] asked for control.
    Attention,
    /// The next instruction has a breakpoint set by [`Cpu::set_breakpoints`].
    Breakpoint,
    /// The next instruction is BKPT, and [`Cpu::stop_at_bkpt`] asked to stop there.
    BkptInstruction,
    /// The next instruction is a semihosting call, and [`Cpu::stop_at_semihosting`] asked to stop there.
    Semihosting,
}

/// Where the exception vectors lie.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Vectors {
    /// At 0, or at the vector base register where the core has one.
    Low,
    /// At 0xFFFF0000.
    High,
}

/// Everything of a processor that a snapshot holds: plain data.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CpuState {
    pub(super) core: Core,
    pub(super) fidelity: Fidelity,
    pub(super) regs: Registers,
    pub(super) cp15: Cp15,
    pub(super) simd: Simd,
    pub(super) instructions: u64,
    pub(super) irq: bool,
    pub(super) fiq: bool,
    /// In WFI.
    pub(super) waiting: bool,
    /// Exclusive monitor.
    pub(super) monitor: Option<Monitor>,
}

impl CpuState {
    /// True when both the access control register and the unit's own enable bit allow floating-point instructions.
    pub(super) fn allows_float(&self) -> bool {
        self.simd.is_enabled() && self.cp15.allows_float(self.regs.psr.mode.is_privileged())
    }
}

/// One processor core.
#[derive(Clone)]
pub struct Cpu {
    pub(super) state: CpuState,
    pub(super) notes: Notes,
    pub(super) decoder: Decoder,
    pub(super) blocks: BlockCache,
    pub(super) breakpoints: BTreeSet<u32>,
    pub(super) jit: JitSlot,
}

impl Cpu {
    /// A core after reset, at address 0 with low vectors.
    #[must_use]
    pub fn new(core: Core) -> Self {
        let state = CpuState {
            core,
            fidelity: Fidelity::default(),
            regs: Registers::default(),
            cp15: Cp15::new(core),
            simd: Simd::default(),
            instructions: 0,
            irq: false,
            fiq: false,
            waiting: false,
            monitor: None,
        };
        Self {
            state,
            notes: Notes::default(),
            decoder: Decoder::new(core),
            blocks: BlockCache::default(),
            breakpoints: BTreeSet::new(),
            jit: JitSlot::default(),
        }
    }

    /// Puts the core into its reset state (ARM state, Supervisor mode, interrupts masked) with `pc` as the next
    /// instruction. The count of executed instructions goes on.
    pub fn reset(&mut self, pc: GuestAddr, vectors: Vectors) {
        self.state.regs = Registers::default();
        self.state.regs.set(15, pc.0);
        self.state.cp15 = Cp15::new(self.state.core);
        self.state.cp15.set_fidelity(self.state.fidelity);
        self.state.cp15.set_high_vectors(vectors == Vectors::High);
        self.state.waiting = false;
        self.state.monitor = None;
        self.notes.tlb.flush();
    }

    /// Sets the level of the interrupt line; it is sampled at every instruction boundary.
    pub fn set_irq(&mut self, level: bool) {
        self.state.irq = level;
    }

    /// Sets the level of the fast interrupt line; it is sampled at every instruction boundary.
    pub fn set_fiq(&mut self, level: bool) {
        self.state.fiq = level;
    }

    /// Instructions executed since the core was made.
    #[must_use]
    pub fn instructions(&self) -> u64 {
        self.state.instructions
    }

    /// Chooses between the silicon's behaviour and the reference emulator's.
    pub fn set_fidelity(&mut self, fidelity: Fidelity) {
        self.state.fidelity = fidelity;
        self.state.cp15.set_fidelity(fidelity);
        self.forget_decoded();
    }

    /// Register 0–15 of the current mode; 15 is the address of the next instruction.
    #[must_use]
    pub fn reg(&self, n: u8) -> u32 {
        self.state.regs.get(n)
    }

    /// Sets a register of the current mode; 15 sets the address of the next instruction.
    pub fn set_reg(&mut self, n: u8, value: u32) {
        self.state.regs.set(n, value);
    }

    /// Address of the next instruction.
    #[must_use]
    pub fn pc(&self) -> GuestAddr {
        GuestAddr(self.state.regs.get(15))
    }

    /// The current status register.
    #[must_use]
    pub fn cpsr(&self) -> Psr {
        self.state.regs.psr()
    }

    /// Sets the current status register, with the banks of its mode.
    pub fn set_cpsr(&mut self, psr: Psr) {
        self.state.regs.set_psr(psr);
    }

    /// Floating-point register D0–D31.
    #[must_use]
    pub fn double(&self, n: u8) -> u64 {
        self.state.simd.double(n)
    }

    /// Sets floating-point register D0–D31.
    pub fn set_double(&mut self, n: u8, value: u64) {
        self.state.simd.set_double(n, value);
    }

    /// Floating-point status and control register.
    #[must_use]
    pub fn fpscr(&self) -> u32 {
        self.state.simd.fpscr
    }

    /// Sets the floating-point status and control register.
    pub fn set_fpscr(&mut self, value: u32) {
        self.state.simd.fpscr = value;
    }

    /// Switches the floating-point unit on and gives everybody access, as start-up code does.
    pub fn enable_float(&mut self) {
        self.state.cp15.open_float();
        self.state.simd.set_fpexc(u32::MAX);
    }

    /// All core registers with their banks.
    #[must_use]
    pub fn registers(&self) -> &Registers {
        &self.state.regs
    }

    /// All core registers with their banks, to change.
    pub fn registers_mut(&mut self) -> &mut Registers {
        &mut self.state.regs
    }

    /// Stops before the instructions at these addresses. The instruction at which [`run`](Self::run) starts is
    /// executed all the same, so that a stopped guest can go on.
    pub fn set_breakpoints(&mut self, addresses: impl IntoIterator<Item = GuestAddr>) {
        self.breakpoints = addresses.into_iter().map(|address| address.0).collect();
        self.blocks.clear();
        self.jit.flush();
    }

    /// Whether a BKPT instruction stops [`run`](Self::run) instead of causing a prefetch abort.
    pub fn stop_at_bkpt(&mut self, stop: bool) {
        self.notes.stop_at_bkpt = stop;
    }

    /// Whether a semihosting call (SVC 0x123456 in ARM state, SVC 0xAB in Thumb state) stops [`run`](Self::run).
    pub fn stop_at_semihosting(&mut self, stop: bool) {
        self.notes.stop_at_semihosting = stop;
    }

    /// The aborts and undefined instructions since the last call, at most 16.
    pub fn take_faults(&mut self) -> Vec<FaultRecord> {
        self.notes.faults.take()
    }

    /// How many aborts and undefined instructions were taken since the core was made.
    #[must_use]
    pub fn fault_count(&self) -> u64 {
        self.notes.faults.count()
    }

    /// Everything a snapshot must hold.
    #[must_use]
    pub fn state(&self) -> &CpuState {
        &self.state
    }

    /// Goes back to a saved state; decoded code is forgotten.
    pub fn restore(&mut self, state: &CpuState) {
        if self.state.core != state.core {
            self.decoder = Decoder::new(state.core);
        }
        self.state = state.clone();
        self.forget_decoded();
    }

    /// The same core, settings included, that has decoded nothing yet: for forked memory.
    #[must_use]
    pub fn fork(&self) -> Self {
        let mut notes = self.notes.clone();
        notes.tlb.flush();
        Self {
            state: self.state.clone(),
            notes,
            decoder: self.decoder.clone(),
            blocks: BlockCache::default(),
            breakpoints: self.breakpoints.clone(),
            jit: self.jit.clone(),
        }
    }

    /// Feeds the architectural state and the instruction count into `hasher`.
    pub fn hash_into(&self, hasher: &mut blake3::Hasher) {
        self.state.regs.hash_into(hasher);
        let rest = (&self.state.cp15, &self.state.simd, &self.state.monitor);
        serde_json::to_writer(&mut *hasher, &rest).expect("plain data can be written, and a hasher takes it");
        let lines = [self.state.irq, self.state.fiq, self.state.waiting].map(u8::from);
        hasher.update(&lines);
        hasher.update(&self.state.instructions.to_le_bytes());
    }

    /// Forgets decoded code and translations: needed when the CPU gets another [`AddressSpace`] under it.
    ///
    /// [`AddressSpace`]: crate::memory::AddressSpace
    pub fn forget_decoded(&mut self) {
        self.blocks.clear();
        self.notes.tlb.flush();
        self.jit.forget();
    }

    /// Chooses who executes: the interpreter, or code generated for the guest's hot regions. The guest sees no
    /// difference.
    ///
    /// # Errors
    /// [`ArenaError`] when the host gives no executable memory, or no code can be generated for it; the interpreter
    /// executes then.
    pub fn set_engine(&mut self, engine: Engine) -> Result<(), ArenaError> {
        self.jit.set(engine)
    }

    /// Executes by generated code, which is put into `memory`. Copies of this processor make memory of their own.
    ///
    /// # Errors
    /// As [`set_engine`](Self::set_engine).
    pub fn set_engine_within(&mut self, memory: CodeMemory) -> Result<(), ArenaError> {
        self.jit.set_within(memory)
    }

    /// Takes over who executes from a processor that is not needed any more, with its memory for code. The code itself is
    /// thrown away: it belongs to other memory.
    pub fn take_engine_of(&mut self, other: &mut Self) {
        std::mem::swap(&mut self.jit, &mut other.jit);
        self.jit.forget();
    }

    /// Who executes.
    #[must_use]
    pub fn engine(&self) -> Engine {
        if self.jit.is_on() { Engine::Jit } else { Engine::Interpreter }
    }

    /// Sets how code is generated; code generated so far is thrown away.
    ///
    /// # Errors
    /// As [`set_engine`](Self::set_engine).
    pub fn set_jit_options(&mut self, options: JitOptions) -> Result<(), ArenaError> {
        self.jit.set_options(options)
    }

    /// What was generated so far.
    #[must_use]
    pub fn jit_stats(&self) -> JitStats {
        self.jit.stats()
    }

    /// Current mode, for reports.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.state.regs.psr().mode
    }
}

//! Runs a program: in one go, or chopped into slices with snapshots in between.

use super::super::cpu::{Cpu, CpuState, Exit, Vectors};
use super::super::decode::Decoder;
use super::super::disasm::disassemble;
use super::super::fault::FaultRecord;
use super::super::jit::ArenaError;
use super::super::jit_options::JitOptions;
use super::super::model::Engine;
use super::super::psr::{Mode, Psr};
use super::super::simd::Simd;
use super::board::{Board, Device, Sight};
use super::isa::Isa;
use super::layout::{RAM_SIZE, VECTOR_ROM};
use super::program::{Incident, IncidentKind, Name, Program, Start};
use super::rng::Rng;
use super::start::MODES;
use crate::memory::GuestAddr;

/// A way to run programs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Way {
    /// Who executes.
    pub engine: Engine,
    /// How execution is asked for.
    pub manner: Manner,
}

impl Way {
    /// The reference: the interpreter, in one go.
    pub const REFERENCE: Self = Self { engine: Engine::Interpreter, manner: Manner::Whole };
    /// The interpreter in slices.
    pub const SLICED: Self = Self { engine: Engine::Interpreter, manner: Manner::Chopped };
    /// Generated code, some programs in one go, some in slices.
    pub const GENERATED: Self = Self { engine: Engine::Jit, manner: Manner::Mixed };
}

/// How the instructions of a program are asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Manner {
    /// All at once, as far as the incidents allow.
    Whole,
    /// In slices of random lengths, saved and restored in between, now and then with instructions executed on trial
    /// and taken back.
    Chopped,
    /// The one or the other, by the program.
    Mixed,
}

/// A core with its machine; it serves one program after the other.
pub struct Rig {
    pub(super) cpu: Cpu,
    pub(super) board: Board,
    way: Way,
    /// Breakpoints are set.
    stops: bool,
    ram: Vec<u8>,
    /// Regions that processors compiled which went away.
    regions: u64,
}

/// Everything is compiled when it is first met, and the memory for it is soon used up.
const JIT: JitOptions = JitOptions { code_bytes: 1 << 20, threshold: 0 };
/// Stream of numbers for the chopping.
const CHOPS: u64 = 3;

impl Rig {
    /// A rig for programs of this kind.
    ///
    /// # Errors
    /// [`ArenaError`] when code should be generated and the host gives no memory for it.
    pub fn new(isa: Isa, way: Way) -> Result<Self, ArenaError> {
        let mut cpu = Cpu::new(isa.core());
        cpu.set_jit_options(JIT)?;
        cpu.set_engine(way.engine)?;
        Ok(Self { cpu, board: Board::new(), way, stops: false, ram: Vec::new(), regions: 0 })
    }

    /// Regions of code generated so far.
    #[must_use]
    pub fn regions(&self) -> u64 {
        self.regions + self.cpu.jit_stats().regions
    }

    /// Runs a program to its end, but no further than `limit` instructions.
    pub fn run(&mut self, program: &Program, limit: u64) {
        self.begin(program);
        let mut chopper = Chopper::new(self.way.manner, program.name);
        self.set_breakpoints(chopper.breakpoints(program));
        let mut incidents = program.incidents.iter().peekable();
        loop {
            let done = self.cpu.instructions();
            while let Some(incident) = incidents.next_if(|incident| incident.at <= done) {
                self.happen(*incident);
            }
            if done >= limit {
                return;
            }
            let until = incidents.peek().map_or(limit, |incident| incident.at.min(limit));
            let exit = self.cpu.run(&mut self.board, chopper.slice(until - done));
            self.pass_lines();
            if matches!(exit, Exit::WaitForInterrupt | Exit::SelfBranch) && !self.has_raised_line() {
                match incidents.next() {
                    Some(incident) => self.happen(*incident),
                    None => return,
                }
            }
            chopper.interfere(self);
        }
    }

    /// Feeds the whole state into `hasher`.
    pub fn hash_into(&self, hasher: &mut blake3::Hasher) {
        self.cpu.hash_into(hasher);
        self.board.space.hash_into(hasher);
    }

    /// The instruction that would be next, as it stands in memory at its own address.
    pub(super) fn next_instruction(&self) -> String {
        let (pc, psr) = (self.cpu.pc(), self.cpu.cpsr());
        let place = format!("{:08x} {}", pc.0, if psr.t { 'T' } else { 'A' });
        let Some(word) = self.board.space.peek_u32(pc) else { return format!("{place} not in memory") };
        let decoder = Decoder::new(self.cpu.state.core);
        let insn = match (psr.t, decoder.thumb_size(word as u16)) {
            (false, _) => decoder.a32(word),
            (true, 2) => decoder.t16(word as u16, psr.it),
            (true, _) => decoder.t32(word.rotate_left(16), psr.it),
        };
        format!("{place} {}", disassemble(&insn, pc, psr.t))
    }

    /// Instructions that the last program executed.
    #[must_use]
    pub fn instructions(&self) -> u64 {
        self.cpu.instructions()
    }

    /// What the machine saw of the last program.
    #[must_use]
    pub fn sights(&self) -> &[Sight] {
        &self.board.sights
    }

    /// Aborts and undefined instructions of the last program: their number, and the first ones.
    pub(super) fn faults(&mut self) -> (u64, Vec<FaultRecord>) {
        (self.cpu.fault_count(), self.cpu.take_faults())
    }

    /// Stops that must not be noticed; none for most programs.
    fn set_breakpoints(&mut self, places: Vec<GuestAddr>) {
        if self.stops || !places.is_empty() {
            self.stops = !places.is_empty();
            self.cpu.set_breakpoints(places);
        }
    }

    /// Goes on in the other engine; the interpreter knows no other.
    fn switch_engine(&mut self) {
        let other = match self.cpu.engine() {
            Engine::Interpreter => self.way.engine,
            Engine::Jit => Engine::Interpreter,
        };
        self.regions = self.regions();
        // Without memory for code the interpreter goes on.
        let _ = self.cpu.set_engine(other);
    }

    /// BKPT and semihosting calls are exceptions here.
    fn begin(&mut self, program: &Program) {
        self.ram.clear();
        self.ram.extend_from_slice(&program.noise);
        let mut vectors = [0; 0x40];
        for piece in &program.pieces {
            let bytes = &piece.bytes()[..piece.size.into()];
            let (memory, at) = if piece.at < RAM_SIZE {
                (self.ram.as_mut_slice(), piece.at as usize)
            } else {
                (vectors.as_mut_slice(), (piece.at - VECTOR_ROM) as usize)
            };
            memory[at..at + bytes.len()].copy_from_slice(bytes);
        }
        self.board.renew(&self.ram, &vectors);
        if self.cpu.engine() != self.way.engine {
            self.switch_engine();
        }
        self.cpu.notes.faults = Default::default();
        self.set_up(&program.start);
    }

    fn set_up(&mut self, start: &Start) {
        let cpu = &mut self.cpu;
        if cpu.state.fidelity != start.fidelity {
            cpu.set_fidelity(start.fidelity);
        }
        cpu.reset(GuestAddr(start.pc), Vectors::Low);
        cpu.state.simd = Simd::default();
        (cpu.state.irq, cpu.state.fiq, cpu.state.instructions) = (false, false, 0);
        for (register, value) in &start.control {
            // What the core has not is left out.
            let _ = cpu.state.cp15.write(*register, *value, true);
        }
        for (mode, [stack, link]) in MODES.into_iter().zip(start.stacks) {
            cpu.registers_mut().set_banked(mode, 13, stack);
            cpu.registers_mut().set_banked(mode, 14, link);
        }
        for (n, value) in (8..).zip(start.fiq_regs) {
            cpu.registers_mut().set_banked(Mode::Fiq, n, value);
        }
        cpu.set_cpsr(Psr::from_bits(start.cpsr, Mode::Supervisor));
        for (n, value) in (0..).zip(start.regs) {
            cpu.set_reg(n, value);
        }
        if start.float {
            cpu.enable_float();
        }
        cpu.set_fpscr(start.fpscr);
        for (n, value) in (0..).zip(start.doubles) {
            cpu.set_double(n, value);
        }
    }

    fn happen(&mut self, incident: Incident) {
        match incident.kind {
            IncidentKind::Irq(level) => self.cpu.set_irq(level),
            IncidentKind::Fiq(level) => self.cpu.set_fiq(level),
            IncidentKind::Dma { at, value } => self.board.dma(at, value),
        }
    }

    /// Levels that the device asked for reach the core.
    fn pass_lines(&mut self) {
        self.board.take_attention();
        if let Some(lines) = self.board.device.lines.take() {
            self.cpu.set_irq(lines & 1 != 0);
            self.cpu.set_fiq(lines & 2 != 0);
        }
    }

    fn has_raised_line(&self) -> bool {
        self.cpu.state.irq || self.cpu.state.fiq
    }

    fn save(&self) -> Saved {
        Saved {
            state: self.cpu.state().clone(),
            faults: self.cpu.notes.faults.clone(),
            contents: self.board.contents().map(<[u8]>::to_vec),
            device: self.board.device,
            sights: self.board.sights.len(),
        }
    }

    fn restore(&mut self, saved: &Saved) {
        let [ram, vectors] = &saved.contents;
        self.board.set_contents(ram, vectors);
        self.restore_all_but_memory(saved);
    }

    fn restore_all_but_memory(&mut self, saved: &Saved) {
        self.cpu.restore(&saved.state);
        self.cpu.notes.faults = saved.faults.clone();
        self.board.restore_device(saved.device);
        self.board.sights.truncate(saved.sights);
    }

    fn fork_cpu(&mut self) {
        self.regions = self.regions();
        self.cpu = self.cpu.fork();
    }

    /// Goes on in a copy of everything.
    fn move_to_copy(&mut self) {
        self.board.space = self.board.space.clone();
        self.fork_cpu();
    }

    /// Goes on in a fork of a snapshot of memory, after some instructions on trial in the original. Where the host
    /// refuses, in the original.
    fn move_to_fork(&mut self, trial: u64) {
        let Ok(snapshot) = self.board.space.snapshot() else { return };
        let saved = self.save();
        self.cpu.run(&mut self.board, trial);
        let Ok(space) = snapshot.fork() else { return self.restore(&saved) };
        self.board.space = space;
        self.fork_cpu();
        self.restore_all_but_memory(&saved);
    }
}

/// A snapshot.
struct Saved {
    state: CpuState,
    faults: super::super::fault::FaultLog,
    contents: [Vec<u8>; 2],
    device: Device,
    sights: usize,
}

/// Cuts a run into pieces, the same way every time.
struct Chopper {
    rng: Rng,
    /// Longest slice; `None` does not chop.
    most: Option<u32>,
}

impl Chopper {
    fn new(manner: Manner, name: Name) -> Self {
        let mut rng = Rng::of(&[CHOPS, name.kind as u64, name.seed, name.index]);
        let chops = manner == Manner::Chopped || manner == Manner::Mixed && rng.chance(50);
        let most = chops.then(|| rng.pick(&[1, 3, 20, 100, 100, 300, 1000, 1000]));
        Self { rng, most }
    }

    /// Some places in the code of a few of the programs.
    fn breakpoints(&mut self, program: &Program) -> Vec<GuestAddr> {
        if self.most.is_none() || program.pieces.is_empty() || !self.rng.chance(4) {
            return Vec::new();
        }
        (0..3).map(|_| GuestAddr(self.rng.pick(&program.pieces).at)).collect()
    }

    fn slice(&mut self, budget: u64) -> u64 {
        self.most.map_or(budget, |most| budget.min(self.rng.between(1, most).into()))
    }

    /// What must not be noticed.
    fn interfere(&mut self, rig: &mut Rig) {
        if self.most.is_none() {
            return;
        }
        match self.rng.below(2000) {
            0..20 => {
                let state = rig.cpu.state().clone();
                rig.cpu.restore(&state);
            }
            20..30 => {
                let saved = rig.save();
                let trial = self.rng.between(1, 100).into();
                rig.cpu.run(&mut rig.board, trial);
                rig.restore(&saved);
            }
            30 if self.rng.chance(30) => rig.move_to_copy(),
            32 | 33 => rig.switch_engine(),
            31 if self.rng.chance(30) => rig.move_to_fork(self.rng.between(1, 100).into()),
            _ => {}
        }
    }
}

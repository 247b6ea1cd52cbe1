//! Test vectors: random programs with the state an independent engine reached.
//!
//! A file is JSON lines, one vector each. A vector names the start state, the words of memory it touches, and the
//! state and words at the end; nothing else may change.

use std::fmt::Write as _;
use std::io::BufRead;

use serde::Deserialize;

use super::cpu::{Cpu, Exit};
use super::jit_options::JitOptions;
use super::model::{Core, Engine, Fidelity};
use super::psr::{Mode, Psr};
use super::system::{BusFault, Cp15Event, IoAccess, System};
use crate::memory::{Access, AddressSpace, GuestAddr, PAGE_SIZE};

/// Memory that vectors may use: code, then data.
const AREAS: [(u32, u32); 2] = [(0x0081_0000, 0x2000), (0x0082_0000, 0x1000)];
/// A program that stays inside its own code longer than this is reported as not ending.
const MAX_STEPS: u32 = 256;

/// Why vectors could not be read or run.
#[derive(Debug, thiserror::Error)]
pub enum VectorError {
    /// The file could not be read.
    #[error("line {line}: {source}")]
    Read {
        /// Line number, from 1.
        line: usize,
        /// What went wrong.
        source: std::io::Error,
    },
    /// A line is not a vector.
    #[error("line {line} is not a vector: {source}")]
    Parse {
        /// Line number, from 1.
        line: usize,
        /// What went wrong.
        source: serde_json::Error,
    },
    /// A field holds something impossible.
    #[error("vector {id}: {what}")]
    Invalid {
        /// Number of the vector.
        id: u64,
        /// What is wrong.
        what: String,
    },
}

/// One program with its start and end state.
#[derive(Clone, Debug, Deserialize)]
pub struct Vector {
    /// Number in its file.
    pub id: u64,
    /// Where the code lies.
    pub addr: u32,
    /// The code, as hex digits of its bytes.
    pub code: String,
    /// Disassembly, for people.
    #[serde(default)]
    pub asm: Vec<String>,
    /// Classes of instructions it was drawn from.
    #[serde(default, rename = "gen")]
    pub classes: Vec<String>,
    r0: [u32; 16],
    cpsr0: u32,
    r1: [u32; 16],
    cpsr1: u32,
    mem: Vec<(u32, u32, u32)>,
    bank0: Option<Banks>,
    bank1: Option<Banks>,
    /// d0–d31 as one string of hex digits.
    d0: Option<String>,
    /// Those that changed.
    d1: Option<Vec<(u8, String)>>,
    fpscr0: Option<u32>,
    fpscr1: Option<u32>,
}

/// Banked registers: r8–r14 of the user bank and of FIQ, r13 and r14 of the other modes, each followed by the saved
/// status register where there is one.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
struct Banks {
    usr: [u32; 7],
    fiq: [u32; 8],
    irq: [u32; 3],
    svc: [u32; 3],
    abt: [u32; 3],
    und: [u32; 3],
}

/// Reads a file of vectors.
pub fn read(reader: impl BufRead) -> impl Iterator<Item = Result<Vector, VectorError>> {
    let lines = reader.lines().enumerate().map(|(index, line)| (index + 1, line));
    lines.filter(|(_, line)| !matches!(line, Ok(line) if line.trim().is_empty())).map(|(line, text)| {
        let text = text.map_err(|source| VectorError::Read { line, source })?;
        serde_json::from_str(&text).map_err(|source| VectorError::Parse { line, source })
    })
}

impl Vector {
    /// Runs the program on a core in an engine and lists in words what differs from the expected end; empty when nothing does.
    ///
    /// # Errors
    /// [`VectorError::Invalid`] when the code is not hex or lies outside of the areas vectors may use.
    pub fn check(&self, core: Core, engine: Engine) -> Result<Vec<String>, VectorError> {
        let code = self.code_bytes()?;
        let mut bench = Bench::new(engine);
        for (address, before, _) in &self.mem {
            bench.fill(*address, &before.to_le_bytes()).map_err(|what| self.invalid(what))?;
        }
        bench.fill(self.addr, &code).map_err(|what| self.invalid(what))?;
        let before = bench.words();
        let mut cpu = Cpu::new(core);
        self.set_up(&mut cpu);
        let floats = self.floats()?;
        if let Some((start, _)) = &floats {
            set_floats(&mut cpu, start, self.fpscr0);
        }
        let end = self.addr.wrapping_add(code.len() as u32);
        let mut differences = Vec::new();
        let left = match engine {
            Engine::Interpreter => run_through(&mut cpu, &mut bench, self.addr..end),
            Engine::Jit => self.run_compiled(&mut cpu, &mut bench)?,
        };
        if !left {
            differences.push(format!("did not leave its code within {MAX_STEPS} instructions"));
        }
        self.compare_registers(&cpu, &mut differences);
        if let Some((_, end)) = &floats {
            self.compare_floats(&cpu, end, &mut differences);
        }
        self.compare_memory(before, &bench, &mut differences);
        Ok(differences)
    }

    /// Runs code compiled at its first execution until it reaches the expected end; false when it does not.
    fn run_compiled(&self, cpu: &mut Cpu, bench: &mut Bench) -> Result<bool, VectorError> {
        let options = JitOptions { threshold: 0, code_bytes: 1 << 20 };
        let made = cpu.set_jit_options(options).and_then(|()| cpu.set_engine(Engine::Jit));
        made.map_err(|error| self.invalid(error.to_string()))?;
        cpu.set_breakpoints([GuestAddr(self.r1[15])]);
        // More than the program takes, as compiled code keeps away from the limit.
        let left = cpu.run(bench, 2 * u64::from(MAX_STEPS)) == Exit::Breakpoint;
        let stats = cpu.jit_stats();
        Ok(left && stats.regions > 0 && stats.refused == 0)
    }

    /// True when the program starts in Thumb state.
    #[must_use]
    pub fn is_thumb(&self) -> bool {
        self.cpsr0 >> 5 & 1 != 0
    }

    fn invalid(&self, what: String) -> VectorError {
        VectorError::Invalid { id: self.id, what }
    }

    fn code_bytes(&self) -> Result<Vec<u8>, VectorError> {
        let digits = self.code.as_bytes();
        let byte =
            |pair: &[u8]| std::str::from_utf8(pair).ok().and_then(|pair| u8::from_str_radix(pair, 16).ok());
        let bytes: Option<Vec<u8>> = digits.chunks(2).map(byte).collect();
        bytes.filter(|bytes| !bytes.is_empty()).ok_or_else(|| self.invalid("code is not hex bytes".into()))
    }

    fn set_up(&self, cpu: &mut Cpu) {
        // The engine that drew the vectors is a relative of the reference emulator.
        cpu.set_fidelity(Fidelity::Reference);
        cpu.reset(GuestAddr(self.addr), super::Vectors::Low);
        if let Some(banks) = &self.bank0 {
            banks.each(|mode, n, value| match n {
                Some(n) => cpu.registers_mut().set_banked(mode, n, value),
                None => cpu.registers_mut().set_spsr(mode, value),
            });
        }
        cpu.set_cpsr(Psr::from_bits(self.cpsr0, Mode::Supervisor));
        for (n, value) in (0..).zip(self.r0) {
            cpu.set_reg(n, value);
        }
    }

    fn compare_registers(&self, cpu: &Cpu, differences: &mut Vec<String>) {
        let mut compare = |name: &str, got: u32, expected: u32| {
            if got != expected {
                differences.push(format!("{name} is {got:08x}, expected {expected:08x}"));
            }
        };
        for (n, expected) in (0u8..).zip(self.r1) {
            compare(&format!("r{n}"), cpu.reg(n), expected);
        }
        compare("cpsr", cpu.cpsr().bits(), self.cpsr1);
        if let Some(banks) = &self.bank1 {
            banks.each(|mode, n, expected| match n {
                Some(n) => compare(&format!("r{n}_{mode:?}"), cpu.registers().banked(mode, n), expected),
                None => compare(&format!("spsr_{mode:?}"), cpu.registers().spsr(mode), expected),
            });
        }
    }

    /// The floating-point registers at the start and at the end.
    #[expect(clippy::type_complexity, reason = "two register files")]
    fn floats(&self) -> Result<Option<([u64; 32], [u64; 32])>, VectorError> {
        let Some(digits) = &self.d0 else { return Ok(None) };
        let hex = |text: Option<&str>| {
            let value = text.and_then(|text| u64::from_str_radix(text, 16).ok());
            value.ok_or_else(|| self.invalid("a floating-point register is not 16 hex digits".into()))
        };
        let mut start = [0; 32];
        for (n, value) in start.iter_mut().enumerate() {
            *value = hex(digits.get(16 * n..16 * n + 16))?;
        }
        let mut end = start;
        for (n, text) in self.d1.iter().flatten() {
            end[usize::from(n & 31)] = hex(Some(text))?;
        }
        Ok(Some((start, end)))
    }

    fn compare_floats(&self, cpu: &Cpu, end: &[u64; 32], differences: &mut Vec<String>) {
        for (n, expected) in (0u8..).zip(end) {
            if cpu.double(n) != *expected {
                differences.push(format!("d{n} is {:016x}, expected {expected:016x}", cpu.double(n)));
            }
        }
        if let Some(expected) = self.fpscr1
            && cpu.fpscr() != expected
        {
            differences.push(format!("fpscr is {:08x}, expected {expected:08x}", cpu.fpscr()));
        }
    }

    fn compare_memory(&self, mut expected: Vec<(u32, u32)>, bench: &Bench, differences: &mut Vec<String>) {
        for (address, _, after) in &self.mem {
            if let Some(word) = expected.iter_mut().find(|(at, _)| at == address) {
                word.1 = *after;
            }
        }
        for ((address, got), (_, expected)) in bench.words().into_iter().zip(expected) {
            if got != expected {
                differences.push(format!("word at {address:08x} is {got:08x}, expected {expected:08x}"));
            }
        }
    }

    /// What to print about a failed vector.
    #[must_use]
    pub fn report(&self, differences: &[String]) -> String {
        let mut text = format!("vector {}: {}", self.id, self.asm.join("; "));
        for difference in differences {
            let _ = write!(text, "\n    {difference}");
        }
        text
    }
}

impl Banks {
    /// Every value with its mode and register number; `None` stands for the saved status register.
    fn each(&self, mut visit: impl FnMut(Mode, Option<u8>, u32)) {
        for (n, value) in (8..).zip(self.usr) {
            visit(Mode::User, Some(n), value);
        }
        for (n, value) in (8..15).zip(self.fiq) {
            visit(Mode::Fiq, Some(n), value);
        }
        visit(Mode::Fiq, None, self.fiq[7]);
        let modes = [Mode::Irq, Mode::Supervisor, Mode::Abort, Mode::Undefined];
        for (mode, bank) in modes.into_iter().zip([self.irq, self.svc, self.abt, self.und]) {
            visit(mode, Some(13), bank[0]);
            visit(mode, Some(14), bank[1]);
            visit(mode, None, bank[2]);
        }
    }
}

fn set_floats(cpu: &mut Cpu, values: &[u64; 32], fpscr: Option<u32>) {
    cpu.enable_float();
    cpu.set_fpscr(fpscr.unwrap_or(0));
    for (n, value) in (0..).zip(values) {
        cpu.set_double(n, *value);
    }
}

/// Steps until the program counter leaves the code; false when it does not.
fn run_through(cpu: &mut Cpu, bench: &mut Bench, code: std::ops::Range<u32>) -> bool {
    for _ in 0..MAX_STEPS {
        cpu.run(bench, 1);
        if !code.contains(&cpu.pc().0) {
            return true;
        }
    }
    false
}

/// A machine that is nothing but the memory vectors may use.
struct Bench {
    memory: AddressSpace,
}

impl Bench {
    /// The interpreter gets the two areas and a hole between them. Compiled code reaches one run of RAM without a call,
    /// so there the hole is filled.
    fn new(engine: Engine) -> Self {
        let mut memory = AddressSpace::new();
        let [first, last] = AREAS;
        let whole = [(first.0, last.0 + last.1 - first.0)];
        for (start, len) in if engine == Engine::Jit { &whole[..] } else { &AREAS } {
            let (start, len) = (*start, *len);
            let block = memory.add_block(len.into()).expect("a small block fits");
            memory
                .map(GuestAddr(start), len.into(), block, 0, Access::Ram)
                .expect("the areas are whole pages");
        }
        Self { memory }
    }

    fn fill(&mut self, address: u32, bytes: &[u8]) -> Result<(), String> {
        let stored = self.memory.poke(GuestAddr(address), bytes);
        if stored == bytes.len() {
            Ok(())
        } else {
            Err(format!("{address:08x} lies outside of the usual areas"))
        }
    }

    /// All words of the areas with their addresses.
    fn words(&self) -> Vec<(u32, u32)> {
        let addresses = AREAS.into_iter().flat_map(|(start, len)| (start..start + len).step_by(4));
        addresses.map(|at| (at, self.memory.peek_u32(GuestAddr(at)).unwrap_or(0))).collect()
    }
}

const _: () = assert!(AREAS[0].1.is_multiple_of(PAGE_SIZE) && AREAS[1].1.is_multiple_of(PAGE_SIZE));

impl System for Bench {
    fn memory(&self) -> &AddressSpace {
        &self.memory
    }

    fn memory_mut(&mut self) -> &mut AddressSpace {
        &mut self.memory
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

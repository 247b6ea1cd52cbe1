//! Programs made in the tests themselves, and the machine they run on.
#![allow(dead_code, unreachable_pub, reason = "each test file uses a part of it")]

use std::sync::LazyLock;

use darkroom_emu_core::machine::{Machine, MachineConfig, Roms};
use darkroom_models::{Camera, Catalog};

/// Where the reset vector is, and how much ROM the programs may use.
pub const RESET: u32 = 0xFFFF_0000;
const SPACE: usize = 0x1_0000;

pub fn camera(name: &str) -> &'static Camera {
    Catalog::builtin().get(name).expect("camera")
}

/// The largest chip of any camera, with words that all differ.
static BLANK: LazyLock<Vec<u8>> =
    LazyLock::new(|| (0..8 << 20).flat_map(|word: u32| (0xE7F0_00F0 ^ word << 8).to_le_bytes()).collect());

/// A chip whose words all differ, with `image` in its last 64 KiB.
pub fn chip(size: u32, image: &[u32]) -> Vec<u8> {
    let mut bytes = BLANK[..size as usize].to_vec();
    let start = bytes.len() - SPACE;
    for (at, word) in image.iter().enumerate() {
        bytes[start + at * 4..][..4].copy_from_slice(&word.to_le_bytes());
    }
    bytes
}

pub fn roms(camera: &Camera, image: &[u32]) -> Roms {
    Roms {
        rom0: camera.memory.rom0.map(|rom| chip(rom.size, &[])),
        rom1: Some(chip(camera.memory.rom1.size, image)),
        serial_flash: None,
    }
}

pub fn machine(name: &str, program: &Asm) -> Machine {
    let camera = camera(name);
    Machine::new(MachineConfig::new(camera, roms(camera, &program.words))).expect("a machine")
}

/// A place in a program.
#[derive(Clone, Copy)]
pub struct Label(usize);

/// Encodes ARM instructions, from the reset vector on. Registers are plain numbers.
#[derive(Clone, Default)]
pub struct Asm {
    pub words: Vec<u32>,
}

const ALWAYS: u32 = 0xE000_0000;

impl Asm {
    /// A program that starts at offset 0x100, with a handler of interrupts at 0x800.
    pub fn new() -> Self {
        let mut asm = Self { words: vec![0; 0x40] };
        let branch =
            |from: u32, to: u32| ALWAYS | 0x0A00_0000 | ((to.wrapping_sub(from + 8)) >> 2 & 0xFF_FFFF);
        asm.words[0] = branch(0, 0x100);
        asm.words[6] = branch(0x18, 0x800);
        for (vector, word) in [(1, 0xE7F0_00F0), (2, 0xEAFF_FFFE), (3, 0xEAFF_FFFE), (4, 0xEAFF_FFFE)] {
            asm.words[vector] = word;
        }
        asm
    }

    /// Goes on at the handler of interrupts.
    pub fn interrupt_handler(&mut self) -> &mut Self {
        self.words.resize(0x200, 0xEAFF_FFFE);
        self
    }

    pub fn word(&mut self, word: u32) -> &mut Self {
        self.words.push(word);
        self
    }

    /// Four instructions, whatever the value.
    pub fn set(&mut self, rd: u32, value: u32) -> &mut Self {
        self.word(ALWAYS | 0x03A0_0000 | rd << 12 | value & 0xFF);
        for (rotation, shift) in [(12, 8), (8, 16), (4, 24)] {
            self.word(ALWAYS | 0x0380_0000 | rd << 16 | rd << 12 | rotation << 8 | value >> shift & 0xFF);
        }
        self
    }

    pub fn str(&mut self, rd: u32, rn: u32, offset: u32) -> &mut Self {
        self.word(ALWAYS | 0x0580_0000 | rn << 16 | rd << 12 | offset)
    }

    pub fn strb(&mut self, rd: u32, rn: u32, offset: u32) -> &mut Self {
        self.word(ALWAYS | 0x05C0_0000 | rn << 16 | rd << 12 | offset)
    }

    pub fn ldr(&mut self, rd: u32, rn: u32, offset: u32) -> &mut Self {
        self.word(ALWAYS | 0x0590_0000 | rn << 16 | rd << 12 | offset)
    }

    pub fn add(&mut self, rd: u32, rn: u32, value: u32) -> &mut Self {
        self.word(ALWAYS | 0x0280_0000 | rn << 16 | rd << 12 | value)
    }

    pub fn subs(&mut self, rd: u32, rn: u32, value: u32) -> &mut Self {
        self.word(ALWAYS | 0x0250_0000 | rn << 16 | rd << 12 | value)
    }

    /// Stores `value` to `addr`; uses r0 and r1.
    pub fn poke(&mut self, addr: u32, value: u32) -> &mut Self {
        self.set(0, addr).set(1, value).str(1, 0, 0)
    }

    pub fn print(&mut self, register: u32, text: &str) -> &mut Self {
        self.set(0, register);
        for byte in text.bytes() {
            self.word(ALWAYS | 0x03A0_1000 | u32::from(byte)).str(1, 0, 0);
        }
        self
    }

    pub fn here(&self) -> Label {
        Label(self.words.len())
    }

    fn branch(&mut self, condition: u32, to: Label) -> &mut Self {
        let words = (to.0 as u32).wrapping_sub(self.words.len() as u32 + 2);
        self.word(condition << 28 | 0x0A00_0000 | words & 0xFF_FFFF)
    }

    pub fn b(&mut self, to: Label) -> &mut Self {
        self.branch(0xE, to)
    }

    pub fn bne(&mut self, to: Label) -> &mut Self {
        self.branch(0x1, to)
    }

    pub fn stop(&mut self) -> &mut Self {
        let here = self.here();
        self.b(here)
    }

    pub fn wait_for_interrupt(&mut self) -> &mut Self {
        self.word(0xEE07_0F90)
    }

    /// CPSR: Supervisor mode with interrupts on.
    pub fn unmask(&mut self) -> &mut Self {
        self.word(0xE321_F053)
    }

    /// IRQ mode's way back.
    pub fn return_from_interrupt(&mut self) -> &mut Self {
        self.word(0xE25E_F004)
    }
}

//! Whole cameras: random code as ROM, or on a card that the open boot ROM starts; registers poked at random.

use super::case::Work;
use darkroom_emu_core::arm::random::{Rng, Words};
use darkroom_emu_core::card::{CardBuilder, FileSet};
use darkroom_emu_core::clock::GuestTime;
use darkroom_emu_core::device::mpu::KeyAction;
use darkroom_emu_core::machine::{EngineChoice, Machine, MachineConfig, Roms, Stop};
use darkroom_models::{Camera, CardSlot, Catalog};
use std::sync::LazyLock;

/// Bytes at the end of ROM1, where the boot code lies.
const BOOT: usize = 0x1_0000;
const GUEST_MILLIS: u64 = 100;
const MOST_INSTRUCTIONS: u64 = 1_000_000;

/// A camera with what it is made from.
struct Guest {
    camera: &'static Camera,
    roms: Roms,
    autoexec: Option<Vec<u8>>,
    slices: Vec<Slice>,
}

/// A stretch of guest time, and what somebody does then.
struct Slice {
    millis: u64,
    uart: Vec<u8>,
    key: Option<&'static str>,
}

#[derive(PartialEq)]
struct Seen {
    stops: Vec<Stop>,
    instructions: u64,
    hash: [u8; 32],
    console: Vec<String>,
}

pub(super) fn run(words: &Words, rng: &mut Rng) -> anyhow::Result<Work> {
    let guest = Guest::draw(words, rng)?;
    let reference = guest.run(EngineChoice::Interpreter)?;
    let generated = guest.run(EngineChoice::Jit)?;
    let id = &guest.camera.id;
    anyhow::ensure!(
        reference.stops == generated.stops,
        "{id}: stopped by {:?} and {:?}",
        reference.stops,
        generated.stops
    );
    anyhow::ensure!(
        reference == generated,
        "{id}: after {} and {} instructions",
        reference.instructions,
        generated.instructions
    );
    Ok(Work { guests: 1, instructions: reference.instructions })
}

impl Guest {
    fn draw(words: &Words, rng: &mut Rng) -> anyhow::Result<Self> {
        let cameras: Vec<&'static Camera> = Catalog::builtin().iter().collect();
        let camera = rng.pick(&cameras);
        let open = darkroom_firmware::open_rom(camera.id.as_str());
        let (roms, autoexec) = match open {
            Some(open) if rng.chance(50) => {
                let roms = Roms { rom0: open.rom0, rom1: Some(open.rom1), serial_flash: open.serial_flash };
                (roms, Some(program(camera, words, 0x0080_0000, rng)))
            }
            _ => (junk_roms(camera, words, rng), None),
        };
        let slice = |rng: &mut Rng| Slice {
            millis: rng.between(1, GUEST_MILLIS as u32).into(),
            uart: (0..rng.below(40)).map(|_| rng.word() as u8).collect(),
            key: rng.pick(&[None, Some("m"), Some("up"), Some("f10")]),
        };
        let slices = (0..rng.between(1, 4)).map(|_| slice(rng)).collect();
        Ok(Self { camera, roms, autoexec, slices })
    }

    fn run(&self, engine: EngineChoice) -> anyhow::Result<Seen> {
        let mut config = MachineConfig { engine, ..MachineConfig::new(self.camera, self.roms.clone()) };
        if let Some(program) = &self.autoexec {
            let card = Some(CardBuilder::new().build(&FileSet::autoexec(program.as_slice())?)?);
            *if self.camera.has_slot(CardSlot::Cf) { &mut config.cf } else { &mut config.sd } = card;
        }
        let mut machine = Machine::new(config)?;
        let mut seen = Seen { stops: Vec::new(), instructions: 0, hash: [0; 32], console: Vec::new() };
        for slice in &self.slices {
            let until = GuestTime::from_millis(machine.now().as_micros() / 1000 + slice.millis);
            let limit = machine.instructions() + MOST_INSTRUCTIONS;
            seen.stops.push(machine.run_until(until, limit));
            anyhow::ensure!(machine.instructions() <= limit, "{}: too many instructions", self.camera.id);
            slice.happen(&mut machine);
        }
        seen.instructions = machine.instructions();
        seen.hash = machine.state_hash();
        seen.console = machine.take_console().chunks.into_iter().map(|chunk| format!("{chunk:?}")).collect();
        // Nothing a guest leaves behind may trouble those who look.
        machine.frame();
        machine.report();
        Ok(seen)
    }
}

impl Slice {
    /// A full line takes nothing, and a camera without that key refuses it.
    fn happen(&self, machine: &mut Machine) {
        machine.send_uart(&self.uart);
        if let Some(key) = self.key {
            let _ = machine.key(key, KeyAction::Press);
            let _ = machine.key(key, KeyAction::Release);
        }
    }
}

/// The largest chip of any camera, its words all different: a chip that repeats itself would be refused.
static FILLER: LazyLock<Vec<u8>> =
    LazyLock::new(|| (0..8 << 20).flat_map(|word: u32| (0xE7F0_00F0 ^ word << 8).to_le_bytes()).collect());

fn chip(size: u32) -> Vec<u8> {
    FILLER[..size as usize].to_vec()
}

fn junk_roms(camera: &Camera, words: &Words, rng: &mut Rng) -> Roms {
    let mut rom1 = chip(camera.memory.rom1.size);
    let start = rom1.len() - BOOT;
    let code = program(camera, words, 0xFFFF_0000, rng);
    let length = code.len().min(BOOT);
    rom1[start..start + length].copy_from_slice(&code[..length]);
    Roms { rom0: camera.memory.rom0.map(|rom| chip(rom.size)), rom1: Some(rom1), serial_flash: None }
}

/// Pokes of device registers among random code.
fn program(camera: &Camera, words: &Words, base: u32, rng: &mut Rng) -> Vec<u8> {
    let mut code: Vec<u32> = Vec::new();
    for _ in 0..rng.between(8, 200) {
        if rng.chance(50) {
            poke(window_address(camera, rng), nasty_value(rng), rng, &mut code);
        }
        code.extend(
            words
                .bytes(rng.below(6), rng)
                .chunks_exact(4)
                .map(|w| u32::from_le_bytes([w[0], w[1], w[2], w[3]])),
        );
    }
    // Around again.
    code.push(0xEA00_0000 | (0_u32.wrapping_sub(code.len() as u32 + 2) & 0x00FF_FFFF));
    let mut bytes: Vec<u8> = code.iter().flat_map(|word| word.to_le_bytes()).collect();
    if base == 0xFFFF_0000 {
        // Vectors: a branch to the code at reset, any instruction at the others.
        let mut vectors = words.bytes(0x40 / 4, rng);
        vectors[..4].copy_from_slice(&0xEA00_000E_u32.to_le_bytes());
        bytes = [vectors, bytes].concat();
    }
    bytes
}

/// Loads address and value from behind the store and jumps over them.
fn poke(address: u32, value: u32, rng: &mut Rng, code: &mut Vec<u32>) {
    let access = rng.pick(&[0xE580_1000, 0xE580_1000, 0xE590_1000, 0xE5C0_1000, 0xE1C0_10B0]);
    // ldr r0, [pc, #8]; ldr r1, [pc, #8]; the access; b over
    code.extend([0xE59F_0008, 0xE59F_1008, access, 0xEA00_0001, address, value]);
}

/// An address in some window of the camera.
fn window_address(camera: &Camera, rng: &mut Rng) -> u32 {
    let windows: Vec<(u32, u32)> = camera.windows.values().map(|w| (w.start.0, w.end.0)).collect();
    let (start, end) = rng.pick(&windows);
    start + rng.below((end - start).min(0x500))
}

fn nasty_value(rng: &mut Rng) -> u32 {
    match rng.below(4) {
        0 => rng.word(),
        1 => rng.below(0x200),
        _ => rng.pick(&[0, 1, u32::MAX, 0x14, 0x8000_0000, 0xC0C1_0000, 0x4000_0000, 0x0080_0000]),
    }
}

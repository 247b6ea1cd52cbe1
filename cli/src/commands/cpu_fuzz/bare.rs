//! Bare machines full of random code.

use super::case::Work;
use darkroom_emu_core::arm::random::{Isa, Rng, Words};
use darkroom_emu_core::arm::{Engine, Fidelity, JitOptions};
use darkroom_emu_core::bare::{BareConfig, BareMachine, End};
use darkroom_emu_core::memory::GuestAddr;

const RAM: u64 = 1 << 20;
/// Words of code.
const MOST_WORDS: u32 = 8192;
/// How often the registers are set anew.
const ROUNDS: u32 = 4;
const MOST_INSTRUCTIONS: u32 = 20_000;

/// What a guest is made from.
struct Guest {
    isa: Isa,
    fidelity: Fidelity,
    load: u32,
    image: Vec<u8>,
    rounds: Vec<Round>,
}

struct Round {
    thumb: bool,
    entry: u32,
    regs: [u32; 15],
    limit: u64,
}

/// All that must be the same.
type Seen = (Vec<End>, u64, [u8; 32], Vec<u8>);

pub(super) fn run(words: &Words, isa: Isa, rng: &mut Rng) -> anyhow::Result<Work> {
    let guest = Guest::draw(words, isa, rng);
    let reference = guest.run(Engine::Interpreter)?;
    let generated = guest.run(Engine::Jit)?;
    anyhow::ensure!(
        reference.0 == generated.0,
        "bare machine, {}: ends {:?} and {:?}",
        isa.name(),
        reference.0,
        generated.0
    );
    anyhow::ensure!(
        reference == generated,
        "bare machine, {}: after {} and {} instructions",
        isa.name(),
        reference.1,
        generated.1
    );
    Ok(Work { guests: 1, instructions: reference.1 })
}

impl Guest {
    fn draw(words: &Words, isa: Isa, rng: &mut Rng) -> Self {
        let count = rng.between(64, MOST_WORDS);
        let load = rng.below(RAM as u32 - 4 * count) & !3;
        let near = |rng: &mut Rng| match rng.below(3) {
            0 => load + rng.below(4 * count),
            1 => rng.word(),
            _ => rng.pick(&[0, RAM as u32 - 16, 0xC012_3400, 0xFFFF_FFF0]).wrapping_add(rng.below(32)),
        };
        let rounds = (0..ROUNDS)
            .map(|_| Round {
                thumb: rng.chance(50),
                entry: load + rng.below(4 * count),
                regs: [(); 15].map(|()| near(rng)),
                limit: rng.below(MOST_INSTRUCTIONS).into(),
            })
            .collect();
        let fidelity = rng.pick(&[Fidelity::Hardware, Fidelity::Reference]);
        Self { isa, fidelity, load, image: words.bytes(count, rng), rounds }
    }

    fn run(&self, engine: Engine) -> anyhow::Result<Seen> {
        let mut machine = BareMachine::new(&BareConfig { core: self.isa.core(), ram: RAM })?;
        machine.load(GuestAddr(self.load), &self.image)?;
        let cpu = machine.cpu_mut();
        cpu.set_fidelity(self.fidelity);
        cpu.set_jit_options(JitOptions { code_bytes: 1 << 20, threshold: 1 })?;
        cpu.set_engine(engine)?;
        cpu.enable_float();
        let (mut ends, mut console) = (Vec::new(), Vec::new());
        for round in &self.rounds {
            ends.push(run_round(&mut machine, round, &mut console)?);
        }
        Ok((ends, machine.instructions(), machine.state_hash(), console))
    }
}

/// Runs once more. The machine may stop earlier than asked, never later.
fn run_round(machine: &mut BareMachine, round: &Round, console: &mut Vec<u8>) -> anyhow::Result<End> {
    machine.start_at(GuestAddr(round.entry), round.thumb);
    for (n, value) in (0..).zip(round.regs) {
        machine.cpu_mut().set_reg(n, value);
    }
    let before = machine.instructions();
    let end = machine.run(round.limit, &mut |bytes| console.extend_from_slice(bytes));
    let done = machine.instructions() - before;
    anyhow::ensure!(done <= round.limit, "{done} instructions executed instead of {}", round.limit);
    Ok(end)
}

//! From a seed and a number to a program.

use std::sync::Arc;

use super::super::decode::Decoder;
use super::asm::Piece;
use super::control::Control;
use super::handlers::{Escape, Handlers};
use super::hostile::{self, Words};
use super::isa::Isa;
use super::layout::{CODE, CODE_END, RAM_SIZE};
use super::pool::Pool;
use super::program::{Incident, IncidentKind, Kind, Name, Program};
use super::rng::Rng;
use super::roles::{NARROW, Roles, WIDE};
use super::start;
use super::writer::{Pools, Writer};

/// So many programs in a row share what they are drawn from.
const BATCH: u64 = 4096;
/// Streams of numbers that a program uses for one purpose each.
const PROGRAM: u64 = 1;
const DRAWS: u64 = 2;

/// The programs of one seed for one instruction set and core.
pub struct Series {
    isa: Isa,
    kind: Kind,
    seed: u64,
    decoder: Decoder,
    words: Words,
    batch: Option<Batch>,
}

/// What consecutive programs share.
struct Batch {
    number: u64,
    pools: Pools,
    noise: Arc<[u8]>,
    hostile_noise: Vec<u8>,
}

impl Series {
    /// The series of a seed.
    #[must_use]
    pub fn new(isa: Isa, kind: Kind, seed: u64) -> Self {
        let decoder = Decoder::new(isa.core());
        Self { isa, kind, seed, decoder, words: Words::of(isa.core()), batch: None }
    }

    fn roles(&self) -> Roles {
        if self.isa.is_v5() { NARROW } else { WIDE }
    }

    fn batch(&mut self, index: u64) -> Batch {
        let number = index / BATCH;
        match self.batch.take() {
            Some(batch) if batch.number == number => batch,
            _ => self.draw_batch(number),
        }
    }

    fn draw_batch(&self, number: u64) -> Batch {
        let mut rng = Rng::of(&[DRAWS, self.isa as u64, self.seed, number]);
        let mut pool = |thumb| Pool::draw(&self.decoder, thumb, self.roles(), &mut rng);
        let pools = Pools { arm: pool(false), thumb: pool(true) };
        let noise = (0..RAM_SIZE / 4).flat_map(|_| start::number(&mut rng).to_le_bytes()).collect();
        let hostile_noise = self.words.bytes(RAM_SIZE / 4, &mut rng);
        Batch { number, pools, noise, hostile_noise }
    }

    /// A program by its number.
    pub fn program(&mut self, index: u64) -> Program {
        let name = Name { isa: self.isa, kind: self.kind, seed: self.seed, index };
        let batch = self.batch(index);
        let mut rng = Rng::of(&[PROGRAM, self.kind as u64, self.isa as u64, self.seed, index]);
        let program = match self.kind {
            Kind::Sane => write(name, self.roles(), &batch, &mut rng),
            Kind::Hostile => hostile::write(name, &self.words, &batch.hostile_noise, &mut rng),
        };
        self.batch = Some(batch);
        program
    }
}

fn write(name: Name, roles: Roles, batch: &Batch, rng: &mut Rng) -> Program {
    let isa = name.isa;
    let control = Control::draw(isa, rng);
    let code = place_of_code(isa, rng);
    let start = start::draw(isa, roles, code, &control, rng);
    let escape = Escape { thumb: control.thumb_exceptions, pc: code, cpsr: start.cpsr };
    let pool = batch.pools.of(escape.thumb);
    let mut pieces = Handlers { isa, escape, pool, rng }.pieces();
    pieces.extend(control.tables.iter().copied());
    pieces.extend(body(isa, roles, &batch.pools, code, control.translates, rng));
    let limit = limit(rng);
    Program { name, pieces, incidents: incidents(limit, rng), limit, start, noise: Arc::clone(&batch.noise) }
}

/// Where a program begins: anywhere in its page, with a liking for the end, so that code crosses into the next one.
fn place_of_code(isa: Isa, rng: &mut Rng) -> u32 {
    let offset = if rng.chance(20) { rng.between(0xF00, 0xFFE) } else { rng.below(0x800) };
    CODE + (offset & if isa.is_thumb() { !1 } else { !3 })
}

fn body(isa: Isa, roles: Roles, pools: &Pools, code: u32, translates: bool, rng: &mut Rng) -> Vec<Piece> {
    let junk = rng.chance(4);
    let mut writer = Writer::new(isa, roles, pools, code, rng);
    writer.translates = translates;
    let pieces = if junk { writer.write_junk() } else { writer.write() };
    pieces.into_iter().filter(|piece| piece.at < CODE_END).collect()
}

fn limit(rng: &mut Rng) -> u64 {
    match rng.below(20) {
        0..12 => rng.between(100, 400).into(),
        12..19 => rng.between(400, 800).into(),
        _ => rng.between(2000, 5000).into(),
    }
}

/// Interrupts that come and go, DMA into code and data.
fn incidents(limit: u64, rng: &mut Rng) -> Vec<Incident> {
    let mut all = Vec::new();
    let count = if rng.chance(50) { 0 } else { rng.between(1, 5) };
    for _ in 0..count {
        let at = rng.below(limit as u32).into();
        let until = at + u64::from(rng.between(1, 60));
        match rng.below(5) {
            0..3 => {
                all.push(Incident { at, kind: IncidentKind::Irq(true) });
                all.push(Incident { at: until, kind: IncidentKind::Irq(false) });
            }
            3 => {
                all.push(Incident { at, kind: IncidentKind::Fiq(true) });
                all.push(Incident { at: until, kind: IncidentKind::Fiq(false) });
            }
            _ => {
                let place = rng.between(CODE, RAM_SIZE - 1);
                all.push(Incident { at, kind: IncidentKind::Dma { at: place, value: rng.word() } });
            }
        }
    }
    all.sort_by_key(|incident| incident.at);
    all
}

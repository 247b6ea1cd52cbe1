//! One case: a few guests, each in both engines.

use super::super::cpu_compare::explain;
use super::{bare, camera};
use darkroom_emu_core::arm::random::{Comparer, Isa, Kind, Rng, Series, Way, Words};
use std::collections::HashMap;

/// Random programs in a case.
const PROGRAMS: u64 = 16;

/// What a case came to.
#[derive(Default)]
pub(super) struct Work {
    pub(super) guests: u64,
    /// Executed by the first engine.
    pub(super) instructions: u64,
}

/// What a thread keeps from case to case.
pub(super) struct Bench {
    seed: u64,
    sets: HashMap<Isa, (Series, Comparer)>,
    words: HashMap<Isa, Words>,
}

impl Bench {
    pub(super) fn new(seed: u64) -> Self {
        Self { seed, sets: HashMap::new(), words: HashMap::new() }
    }

    /// Runs a case; a difference is an error that tells of it.
    pub(super) fn run(&mut self, case: u64) -> anyhow::Result<Work> {
        let mut rng = Rng::of(&[self.seed, case]);
        let isa = rng.pick(&Isa::ALL);
        match rng.below(16) {
            0..12 => self.programs(isa, case),
            12..15 => bare::run(self.words(isa), isa, &mut rng),
            _ => camera::run(self.words(Isa::V5Arm), &mut rng),
        }
    }

    fn words(&mut self, isa: Isa) -> &Words {
        self.words.entry(isa).or_insert_with(|| Words::of(isa.core()))
    }

    fn programs(&mut self, isa: Isa, case: u64) -> anyhow::Result<Work> {
        let (series, comparer) = match self.sets.entry(isa) {
            std::collections::hash_map::Entry::Occupied(entry) => entry.into_mut(),
            std::collections::hash_map::Entry::Vacant(entry) => {
                let comparer = Comparer::new(isa, [Way::REFERENCE, Way::GENERATED])?;
                entry.insert((Series::new(isa, Kind::Hostile, self.seed), comparer))
            }
        };
        let mut work = Work::default();
        for index in case * PROGRAMS..(case + 1) * PROGRAMS {
            let program = series.program(index);
            if !comparer.agree(&program) {
                anyhow::bail!("{}", explain(&program, comparer)?);
            }
            work.guests += 1;
            work.instructions += comparer.first_rig().instructions();
        }
        Ok(work)
    }
}

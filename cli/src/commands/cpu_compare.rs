//! `darkroom cpu-compare`: random programs, each run in two ways that must end alike.

use crate::args::{Against, CpuCompare as Arguments};
use crate::exit::{Outcome, Usage};
use darkroom_emu_core::arm::ArenaError;
use darkroom_emu_core::arm::random::{Comparer, Isa, Kind, Program, Series, Way};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// Programs that a thread takes at a time. The series draws its material anew at multiples of this.
const CHUNK: u64 = 4096;

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<Outcome> {
    let mut differing = 0;
    for isa in isas(&arguments.isa)? {
        let run = Run::new(isa, arguments);
        let started = Instant::now();
        let tally = run.in_threads(arguments.threads.max(1))?;
        let seconds = started.elapsed().as_secs_f64();
        report(isa, &tally, seconds, arguments.hash);
        differing += tally.differing;
    }
    Ok(if differing == 0 { Outcome::Passed } else { Outcome::Failed })
}

fn isas(names: &[String]) -> Result<Vec<Isa>, Usage> {
    if names.iter().any(|name| name == "all") {
        return Ok(Isa::ALL.to_vec());
    }
    let known = || Isa::ALL.map(Isa::name).join(", ");
    let find = |name: &String| {
        Isa::named(name)
            .ok_or_else(|| Usage(format!("there is no instruction set '{name}'; known are {}, all", known())))
    };
    names.iter().map(find).collect()
}

/// What came of some programs.
#[derive(Default)]
struct Tally {
    programs: u64,
    instructions: u64,
    differing: u64,
    /// Regions of code generated.
    regions: u64,
    /// The hashes of all ends, each bit added without carry: the order of the programs does not matter.
    hash: [u8; 32],
}

impl Tally {
    fn add(&mut self, other: &Self) {
        self.programs += other.programs;
        self.instructions += other.instructions;
        self.differing += other.differing;
        self.regions += other.regions;
        self.mix(&other.hash);
    }

    fn mix(&mut self, hash: &[u8; 32]) {
        self.hash.iter_mut().zip(hash).for_each(|(sum, byte)| *sum ^= byte);
    }
}

/// Programs of one instruction set.
struct Run<'a> {
    isa: Isa,
    arguments: &'a Arguments,
    /// Number of the next program that nobody has taken.
    next: AtomicU64,
    shown: AtomicU64,
}

impl<'a> Run<'a> {
    fn new(isa: Isa, arguments: &'a Arguments) -> Self {
        Self { isa, arguments, next: AtomicU64::new(arguments.first), shown: AtomicU64::new(0) }
    }

    fn in_threads(&self, threads: usize) -> Result<Tally, ArenaError> {
        let mut total = Tally::default();
        std::thread::scope(|scope| {
            let workers: Vec<_> = (0..threads).map(|_| scope.spawn(|| self.work())).collect();
            for worker in workers {
                match worker.join() {
                    Ok(tally) => total.add(&tally?),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
            Ok(total)
        })
    }

    /// The next programs: up to the end of a batch.
    fn take(&self) -> Option<std::ops::Range<u64>> {
        let last = self.arguments.first.saturating_add(self.arguments.programs);
        let until = |start: u64| (start / CHUNK + 1).saturating_mul(CHUNK).min(last);
        let taken = self
            .next
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |start| (start < last).then(|| until(start)));
        taken.ok().map(|start| start..until(start))
    }

    fn ways(&self) -> [Way; 2] {
        let other = match self.arguments.against {
            Against::Interp => Way::SLICED,
            Against::Jit => Way::GENERATED,
        };
        [Way::REFERENCE, other]
    }

    fn work(&self) -> Result<Tally, ArenaError> {
        let mut tally = Tally::default();
        let kind = if self.arguments.hostile { Kind::Hostile } else { Kind::Sane };
        let mut series = Series::new(self.isa, kind, self.arguments.seed);
        let mut comparer = Comparer::new(self.isa, self.ways())?;
        while let Some(indices) = self.take() {
            for index in indices {
                self.one(&series.program(index), &mut comparer, &mut tally)?;
            }
        }
        tally.regions = comparer.regions();
        Ok(tally)
    }

    fn one(&self, program: &Program, comparer: &mut Comparer, tally: &mut Tally) -> Result<(), ArenaError> {
        let agreed = comparer.agree(program);
        tally.programs += 1;
        tally.instructions += comparer.first_rig().instructions();
        if self.arguments.hash {
            tally.mix(&comparer.last_hash());
        }
        if !agreed {
            tally.differing += 1;
            if self.shown.fetch_add(1, Ordering::Relaxed) < self.arguments.show as u64 {
                say!("{}", explain(program, comparer)?.trim_end());
            }
        }
        Ok(())
    }
}

/// Everything that helps to find out why a program ended differently just now.
pub(super) fn explain(program: &Program, comparer: &mut Comparer) -> Result<String, ArenaError> {
    let difference = comparer.examine(program)?;
    let mut text = format!("differs: darkroom cpu-compare --isa {} --programs 1\n", program.name);
    if difference.reproduced {
        let small = comparer.shrink(program)?;
        text += &format!("first after {} instructions:\n", difference.first);
        text += &lines(&comparer.trail(program, &difference)?);
        text += &lines(&difference.lines);
        let remains = "what remains of the program when all is left out that does not matter";
        text += &format!("{remains}:\n{}", small.listing());
        text += &lines(&comparer.examine_fresh(&small)?.lines);
    } else {
        text += "only after the programs before it:\n";
        text += &lines(&difference.lines);
        text += &program.listing();
    }
    Ok(text)
}

fn lines(lines: &[String]) -> String {
    lines.iter().map(|line| format!("  {line}\n")).collect()
}

fn report(isa: Isa, tally: &Tally, seconds: f64, hash: bool) {
    let per_second = tally.programs as f64 / seconds.max(1e-9);
    say!(
        "{}: {} programs, {} instructions, {} regions compiled, {} differ; {seconds:.1} s, {per_second:.0} programs/s",
        isa.name(),
        tally.programs,
        tally.instructions,
        tally.regions,
        tally.differing
    );
    if hash {
        let digits: String = tally.hash.iter().map(|byte| format!("{byte:02x}")).collect();
        say!("{}: state hashes {digits}", isa.name());
    }
}

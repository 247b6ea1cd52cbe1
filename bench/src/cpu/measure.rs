use std::time::Duration;

use super::figures::{CpuReport, Figure, Row};
use crate::engine::{Engine, Native, Outcome, Work};
use crate::kernels::{Kernel, KernelBuild, Level, Variant};
use crate::{BenchError, Result, median};

/// A run this long is long enough to tell how long a longer one takes.
const TELLING: Duration = Duration::from_millis(20);
/// The short run of a pair has so much of the long one's rounds.
const SHORT_PART: u32 = 8;

/// What to measure.
pub struct Plan<'a> {
    /// The built kernels.
    pub build: &'a KernelBuild,
    /// Optimisation level of guest and host programs.
    pub level: Level,
    /// For which cores.
    pub variants: &'a [Variant],
    /// Which kernels.
    pub kernels: &'a [Kernel],
    /// What to compare; ratios are taken to the one named `qemu`.
    pub engines: &'a [&'a dyn Engine],
    /// How long a run should take, start-up not counted.
    pub target: Duration,
    /// How often each is measured.
    pub repeats: u32,
}

/// Two sizes of the same work. What the longer one takes more is free of start-up, warm-up and translation.
#[derive(Clone, Copy, Debug)]
struct Sizes {
    short: u32,
    long: u32,
}

/// One engine on one kernel while it is being measured.
struct Series<'a> {
    engine: &'a dyn Engine,
    sizes: Sizes,
    seconds_per_round: Vec<f64>,
    instructions_per_round: Option<f64>,
}

/// Measures every engine on every kernel; `progress` is told each kernel before it starts.
///
/// # Errors
/// [`BenchError`] when an engine does not run, or computes something else than the host.
pub fn measure(plan: &Plan<'_>, progress: &mut dyn FnMut(Variant, &Kernel)) -> Result<CpuReport> {
    let mut rows = Vec::new();
    for &variant in plan.variants {
        let image = plan.build.image(variant, plan.level)?;
        for kernel in plan.kernels {
            progress(variant, kernel);
            let work = Work { variant, image: &image, kernel, rounds: 0 };
            rows.push(row(plan, work)?);
        }
    }
    Ok(CpuReport::new(plan.level, plan.target, plan.repeats, rows))
}

fn row(plan: &Plan<'_>, work: Work<'_>) -> Result<Row> {
    let mut all = Vec::new();
    for &engine in plan.engines {
        let sizes = calibrate(engine, work, plan.target)?;
        check(plan, engine, Work { rounds: sizes.short, ..work })?;
        all.push(Series { engine, sizes, seconds_per_round: Vec::new(), instructions_per_round: None });
    }
    // In turns, so that what else the machine does meets all alike.
    for _ in 0..plan.repeats {
        for series in &mut all {
            series.measure(work)?;
        }
    }
    let figures = all.iter().map(Series::figure).collect();
    Ok(Row { variant: work.variant.name(), kernel: work.kernel.name.clone(), figures })
}

impl Series<'_> {
    fn measure(&mut self, work: Work<'_>) -> Result<()> {
        let short = self.engine.run(Work { rounds: self.sizes.short, ..work })?;
        let long = self.engine.run(Work { rounds: self.sizes.long, ..work })?;
        let rounds = f64::from(self.sizes.long - self.sizes.short);
        let seconds = long.cpu_time.saturating_sub(short.cpu_time).as_secs_f64();
        self.seconds_per_round.push(seconds / rounds);
        self.instructions_per_round = more_instructions(&short, &long).map(|count| count as f64 / rounds);
        Ok(())
    }

    fn figure(&self) -> Figure {
        Figure {
            engine: self.engine.name(),
            seconds_per_round: median(&self.seconds_per_round),
            samples: self.seconds_per_round.clone(),
            instructions_per_round: self.instructions_per_round,
            rounds: self.sizes.long,
        }
    }
}

fn more_instructions(short: &Outcome, long: &Outcome) -> Option<u64> {
    long.instructions?.checked_sub(short.instructions?)
}

/// Finds how many rounds take about as long as wanted.
fn calibrate(engine: &dyn Engine, work: Work<'_>, target: Duration) -> Result<Sizes> {
    let start_up = engine.run(Work { rounds: 0, ..work })?.cpu_time;
    let mut rounds = 1;
    loop {
        let taken = engine.run(Work { rounds, ..work })?.cpu_time.saturating_sub(start_up);
        if taken >= TELLING.min(target) {
            let factor = target.as_secs_f64() / taken.as_secs_f64();
            let long = (f64::from(rounds) * factor) as u32;
            return Ok(sizes(long.max(rounds)));
        }
        rounds = rounds.saturating_mul(4);
        if rounds == u32::MAX {
            let why = "it takes no time".to_owned();
            return Err(BenchError::Run { engine: engine.name(), kernel: work.kernel.name.clone(), why });
        }
    }
}

fn sizes(long: u32) -> Sizes {
    let long = long.max(2);
    Sizes { short: (long / SHORT_PART).max(1), long }
}

/// A figure of a wrong computation is worth nothing.
fn check(plan: &Plan<'_>, engine: &dyn Engine, work: Work<'_>) -> Result<()> {
    let expected = Native { program: plan.build.native(plan.level) }.run(work)?.console;
    let got = engine.run(work)?.console;
    if got == expected {
        return Ok(());
    }
    Err(BenchError::WrongResult { engine: engine.name(), expected, got })
}

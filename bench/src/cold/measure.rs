use super::figures::{ColdReport, Figure, Row};
use super::image::ColdImage;
use crate::engine::{Engine, Outcome, Work};
use crate::kernels::{Kernel, Variant};
use crate::{BenchError, Result, median};

/// The instruction sets that are measured.
const VARIANTS: [Variant; 2] = [Variant::V5Arm, Variant::R4Thumb2];
/// Any number would do: every chain is as good as another.
const SEED: u64 = 1;

/// What to measure.
pub struct ColdPlan<'a> {
    /// Blocks of a chain.
    pub blocks: u32,
    /// How often each block is executed: one row for each of these numbers.
    pub rounds: &'a [u32],
    /// What to compare; ratios are taken to the one named `qemu`.
    pub engines: &'a [&'a dyn Engine],
    /// How often each is measured.
    pub repeats: u32,
}

/// A chain that is to be executed so many times.
struct Chain<'a> {
    cold: &'a ColdImage,
    variant: Variant,
    rounds: u32,
}

/// Measures every engine on chains of blocks that are executed a few times; `progress` is told each chain before it starts.
///
/// # Errors
/// [`BenchError`] when an engine does not run, or computes something else than the others.
pub fn measure(plan: &ColdPlan<'_>, progress: &mut dyn FnMut(Variant, u32)) -> Result<ColdReport> {
    let mut rows = Vec::new();
    for variant in VARIANTS {
        let cold = ColdImage::new(variant, plan.blocks, SEED);
        for &rounds in plan.rounds {
            progress(variant, rounds);
            rows.push(row(plan, &Chain { cold: &cold, variant, rounds })?);
        }
    }
    Ok(ColdReport { blocks: plan.blocks, repeats: plan.repeats, rows })
}

fn row(plan: &ColdPlan<'_>, chain: &Chain<'_>) -> Result<Row> {
    let mut all: Vec<(&dyn Engine, Vec<f64>)> =
        plan.engines.iter().map(|engine| (*engine, Vec::new())).collect();
    let mut expected = None;
    // In turns, so that what else the machine does meets all alike.
    for _ in 0..plan.repeats {
        for (engine, samples) in &mut all {
            let (seconds, console) = chain.seconds_per_block(*engine)?;
            check(*engine, expected.get_or_insert_with(|| console.clone()), console)?;
            samples.push(seconds);
        }
    }
    let figures = all.into_iter().map(|(engine, samples)| figure(engine, samples)).collect();
    let block_length = chain.cold.instructions as f64 / f64::from(chain.cold.blocks);
    Ok(Row { variant: chain.variant.name(), rounds: chain.rounds, block_length, figures })
}

fn figure(engine: &dyn Engine, samples: Vec<f64>) -> Figure {
    Figure { engine: engine.name(), seconds_per_block: median(&samples), samples }
}

impl Chain<'_> {
    /// What the blocks take that the long run has and the short one has not, and what the long run printed.
    fn seconds_per_block(&self, engine: &dyn Engine) -> Result<(f64, String)> {
        let short = self.run(engine, &self.cold.short)?;
        let long = self.run(engine, &self.cold.long)?;
        let seconds = long.cpu_time.saturating_sub(short.cpu_time).as_secs_f64();
        Ok((seconds / f64::from(self.cold.blocks), long.console))
    }

    fn run(&self, engine: &dyn Engine, kernel: &Kernel) -> Result<Outcome> {
        engine.run(Work { variant: self.variant, image: &self.cold.image, kernel, rounds: self.rounds })
    }
}

/// A figure of a wrong computation is worth nothing.
fn check(engine: &dyn Engine, expected: &str, got: String) -> Result<()> {
    if got == expected {
        return Ok(());
    }
    Err(BenchError::WrongResult { engine: engine.name(), expected: expected.to_owned(), got })
}

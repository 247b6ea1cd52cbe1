use std::time::Duration;

use serde::Serialize;

use crate::geometric_mean;
use crate::kernels::Level;

/// The engine that all others are compared with.
pub(super) const PEER: &str = "qemu";

/// Everything that was measured.
#[derive(Clone, Debug, Serialize)]
pub struct CpuReport {
    /// Optimisation level.
    pub level: Level,
    /// Wanted length of a run in milliseconds.
    pub target_ms: u64,
    /// Measurements of each figure.
    pub repeats: u32,
    /// One row for each build and kernel.
    pub rows: Vec<Row>,
    /// One line for each build and engine.
    pub summaries: Vec<Summary>,
}

/// One kernel of one build.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// Which build.
    pub variant: &'static str,
    /// Which kernel.
    pub kernel: String,
    /// What each engine took.
    pub figures: Vec<Figure>,
}

/// What one engine took.
#[derive(Clone, Debug, Serialize)]
pub struct Figure {
    /// Which engine.
    pub engine: &'static str,
    /// Median processor time of a round, start-up not counted.
    pub seconds_per_round: f64,
    /// The single measurements.
    pub samples: Vec<f64>,
    /// Guest instructions of a round, where counted.
    pub instructions_per_round: Option<f64>,
    /// Rounds of the long run.
    pub rounds: u32,
}

/// How one engine compares with the peer over all kernels of a build.
#[derive(Clone, Debug, Serialize)]
pub struct Summary {
    /// Which build.
    pub variant: &'static str,
    /// Which engine.
    pub engine: &'static str,
    /// Geometric mean of the peer's time by the engine's; over 1 is faster than the peer.
    pub mean_ratio: f64,
    /// The smallest of these ratios.
    pub worst_ratio: f64,
    /// The kernel that has it.
    pub worst_kernel: String,
    /// Geometric mean of million guest instructions per second, where they are counted.
    pub mips: Option<f64>,
}

impl CpuReport {
    pub(super) fn new(level: Level, target: Duration, repeats: u32, rows: Vec<Row>) -> Self {
        let summaries = summaries(&rows);
        Self { level, target_ms: target.as_millis() as u64, repeats, rows, summaries }
    }
}

impl Row {
    pub(super) fn figure(&self, engine: &str) -> Option<&Figure> {
        self.figures.iter().find(|figure| figure.engine == engine)
    }

    /// Speed by the peer's speed.
    pub(super) fn ratio(&self, engine: &str) -> Option<f64> {
        let (peer, own) = (self.figure(PEER)?, self.figure(engine)?);
        Some(peer.seconds_per_round / own.seconds_per_round).filter(|ratio| ratio.is_finite() && *ratio > 0.0)
    }

    /// Million guest instructions per second. All guest engines execute the same ones, so one count does for all.
    pub(super) fn mips(&self, engine: &str) -> Option<f64> {
        let count = self.figures.iter().find_map(|figure| figure.instructions_per_round)?;
        let own = self.figure(engine).filter(|figure| figure.engine != "native")?;
        Some(count / own.seconds_per_round / 1e6).filter(|mips| mips.is_finite())
    }
}

fn summaries(rows: &[Row]) -> Vec<Summary> {
    let mut keys: Vec<(&str, &str)> = Vec::new();
    for row in rows {
        keys.extend(row.figures.iter().map(|figure| (row.variant, figure.engine)));
    }
    keys.sort_unstable();
    keys.dedup();
    keys.into_iter().filter_map(|(variant, engine)| summary(rows, variant, engine)).collect()
}

fn summary(rows: &[Row], variant: &str, engine: &str) -> Option<Summary> {
    let rows: Vec<&Row> = rows.iter().filter(|row| row.variant == variant).collect();
    let ratios: Vec<(f64, &Row)> = rows.iter().filter_map(|row| Some((row.ratio(engine)?, *row))).collect();
    let mips: Vec<f64> = rows.iter().filter_map(|row| row.mips(engine)).collect();
    let (worst_ratio, worst) = ratios.iter().min_by(|a, b| a.0.total_cmp(&b.0))?;
    Some(Summary {
        variant: worst.variant,
        engine: worst.figure(engine)?.engine,
        mean_ratio: geometric_mean(&ratios.iter().map(|(ratio, _)| *ratio).collect::<Vec<_>>()),
        worst_ratio: *worst_ratio,
        worst_kernel: worst.kernel.clone(),
        mips: (!mips.is_empty()).then(|| geometric_mean(&mips)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(engine: &'static str, seconds: f64, instructions: Option<f64>) -> Figure {
        Figure {
            engine,
            seconds_per_round: seconds,
            samples: vec![seconds],
            instructions_per_round: instructions,
            rounds: 1,
        }
    }

    fn row(kernel: &str, interp: f64, qemu: f64) -> Row {
        let figures = vec![figure("interp", interp, Some(1e6)), figure("qemu", qemu, None)];
        Row { variant: "v5-arm", kernel: kernel.to_owned(), figures }
    }

    #[test]
    fn ratios_are_speed_by_the_peers_speed() {
        let report =
            CpuReport::new(Level::O2, Duration::ZERO, 1, vec![row("a", 4.0, 1.0), row("b", 0.25, 1.0)]);
        let interp = report.summaries.iter().find(|line| line.engine == "interp").unwrap();
        assert!((interp.mean_ratio - 1.0).abs() < 1e-12);
        assert_eq!((interp.worst_ratio, interp.worst_kernel.as_str()), (0.25, "a"));
        assert!((interp.mips.unwrap() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn the_peers_speed_is_counted_with_our_instructions() {
        assert_eq!(row("a", 4.0, 0.5).mips("qemu"), Some(2.0));
    }

    #[test]
    fn a_time_of_zero_gives_no_ratio() {
        assert_eq!(row("a", 0.0, 1.0).ratio("interp"), None);
    }
}

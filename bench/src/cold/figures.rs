use serde::Serialize;

/// The engine that all others are compared with.
pub(super) const PEER: &str = "qemu";

/// Everything that was measured.
#[derive(Clone, Debug, Serialize)]
pub struct ColdReport {
    /// Blocks of a chain.
    pub blocks: u32,
    /// Measurements of each figure.
    pub repeats: u32,
    /// One row for each instruction set and number of rounds.
    pub rows: Vec<Row>,
}

/// One chain.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// For which core and instruction set.
    pub variant: &'static str,
    /// How often each block is executed.
    pub rounds: u32,
    /// Instructions of a block, on average.
    pub block_length: f64,
    /// What each engine took.
    pub figures: Vec<Figure>,
}

/// What one engine took.
#[derive(Clone, Debug, Serialize)]
pub struct Figure {
    /// Which engine.
    pub engine: &'static str,
    /// Median processor time for a block with all its executions, start-up not counted.
    pub seconds_per_block: f64,
    /// The single measurements.
    pub samples: Vec<f64>,
}

impl Row {
    /// Speed by the peer's speed.
    #[must_use]
    pub fn ratio(&self, engine: &str) -> Option<f64> {
        let time = |name: &str| {
            self.figures.iter().find(|figure| figure.engine == name).map(|figure| figure.seconds_per_block)
        };
        Some(time(PEER)? / time(engine)?).filter(|ratio| ratio.is_finite() && *ratio > 0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_are_speed_by_the_peers_speed() {
        let figure = |engine, seconds| Figure { engine, seconds_per_block: seconds, samples: vec![seconds] };
        let figures = vec![figure("jit", 1e-6), figure("qemu", 4e-6), figure("none", 0.0)];
        let row = Row { variant: "v5-arm", rounds: 1, block_length: 7.0, figures };
        assert_eq!(row.ratio("jit"), Some(4.0));
        assert_eq!(row.ratio("none"), None);
        assert_eq!(row.ratio("other"), None);
    }
}

//! Figures of the emulator and of the farm, each as a ratio to a peer that is measured in the same run.
//!
//! How they are measured, and what may be concluded from them: `docs/bench.md`.

pub mod cold;
pub mod cpu;
pub mod engine;
mod error;
pub mod farm;
pub mod kernels;
pub mod snapshot;
mod statistics;

pub use error::{BenchError, Result};
pub use statistics::{Distribution, geometric_mean, median, percentile};

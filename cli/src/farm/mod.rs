//! The farm as a client sees it.

mod client;
mod progress;
mod scenario_files;

pub(crate) use client::{Farm, FarmError, Wait};
pub(crate) use progress::{verdict_outcome, watch};
pub(crate) use scenario_files::ScenarioFiles;

//! `darkroom scenario`: store a scenario in the farm.

use crate::args::PutScenario;
use crate::exit::Outcome;
use crate::farm::{Farm, FarmError, ScenarioFiles};

pub(crate) async fn run(arguments: PutScenario) -> anyhow::Result<Outcome> {
    let files = ScenarioFiles::read(&arguments.file)?;
    let farm = Farm::new(&arguments.server)?;
    let stored = farm.put_scenario(files).await.map_err(FarmError::into_anyhow)?;
    say!("{} stored with {} reference frames", stored.name, stored.references.len());
    Ok(Outcome::Passed)
}

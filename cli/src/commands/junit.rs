//! `darkroom junit`: a batch's results as JUnit XML.

use crate::args::Junit as Arguments;
use crate::exit::Outcome;
use crate::farm::{Farm, FarmError};
use anyhow::Context;
use std::fs;

pub(crate) async fn run(arguments: Arguments) -> anyhow::Result<Outcome> {
    let farm = Farm::new(&arguments.server)?;
    let xml = farm.junit(arguments.batch).await.map_err(FarmError::into_anyhow)?;
    match &arguments.output {
        Some(file) => fs::write(file, xml).with_context(|| format!("writing {}", file.display()))?,
        None => print!("{xml}"),
    }
    Ok(Outcome::Passed)
}

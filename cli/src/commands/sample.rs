//! `darkroom sample`: a sample build as the files of a card, with its scenario.

use crate::args::Sample as Arguments;
use crate::exit::{Outcome, Usage};
use anyhow::Context;
use darkroom_firmware::{CardFile, SAMPLES, Sample, cameras, sample, scenario};
use std::fs;
use std::path::Path;

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<Outcome> {
    let unknown =
        || Usage(format!("there is no sample '{}'; there are {}", arguments.name, SAMPLES.join(", ")));
    // The binaries are the same for every camera.
    let build = cameras().find_map(|camera| sample(&arguments.name, camera)).ok_or_else(unknown)?;
    let scenario = scenario(&arguments.name).ok_or_else(unknown)?;
    for file in card_files(&build) {
        write(&arguments.dir.join("card").join(&file.path), &file.data)?;
    }
    write(&arguments.dir.join("scenario.toml"), scenario.text.as_bytes())?;
    for reference in scenario.references {
        write(
            &arguments.dir.join("references").join(reference.camera).join(format!("{}.png", reference.name)),
            reference.png,
        )?;
    }
    say!("{0}/card, {0}/scenario.toml", arguments.dir.display());
    Ok(Outcome::Passed)
}

/// Everything a sample needs on its card.
fn card_files(build: &Sample) -> Vec<CardFile> {
    let autoexec = CardFile { path: "AUTOEXEC.BIN".to_owned(), data: build.autoexec.clone() };
    std::iter::once(autoexec).chain(build.files.iter().cloned()).collect()
}

fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(|| format!("creating {}", folder.display()))?;
    }
    fs::write(path, bytes).with_context(|| format!("writing {}", path.display()))
}

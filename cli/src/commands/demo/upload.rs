//! Fills a farm with what the demo needs: ROM sets for the cameras without the farm's own, scenarios, sample builds.

use super::super::models::find;
use super::super::rom::open_files;
use crate::farm::{Farm, FarmError, ScenarioFiles};
use anyhow::Context;
use darkroom_firmware::{ReferenceFrame, SAMPLES, Sample, cameras, sample, scenario};
use darkroom_models::Catalog;
use darkroom_protocol::CameraName;
use darkroom_protocol::api::{Submit, SubmitRun};
use indicatif::{ProgressBar, ProgressStyle};
use std::io::{Cursor, Write};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// The ROM sets of the demo: the farm's own, and for other cameras the open boot ROM alone under the same name.
const OPEN: &str = "open";

/// Uploads everything; what the farm already has is stored once. Returns the batch to ask for.
pub(super) async fn everything(farm: &Farm) -> anyhow::Result<Submit> {
    let cameras: Vec<&str> = cameras().collect();
    let bar = ProgressBar::new((cameras.len() + 2 * SAMPLES.len()) as u64);
    bar.set_style(ProgressStyle::with_template("{bar:32.red/white} {pos}/{len} {msg}")?);
    let stored = farm.rom_sets().await.map_err(FarmError::into_anyhow)?;
    for camera in &cameras {
        bar.set_message(format!("open ROM of {camera}"));
        if !stored.iter().any(|set| set.open_firmware.is_some() && set.camera.0 == *camera) {
            rom_set(farm, camera).await?;
        }
        bar.inc(1);
    }
    let mut runs = Vec::new();
    for name in SAMPLES {
        bar.set_message(format!("sample {name}"));
        runs.push(run_of(farm, name, &cameras).await?);
        bar.inc(2);
    }
    bar.finish_with_message("uploaded");
    let cameras = cameras.into_iter().map(|camera| CameraName(camera.to_owned())).collect();
    Ok(Submit { name: "demo".to_owned(), runs, cameras, firmware: Some(OPEN.to_owned()), priority: 50 })
}

async fn rom_set(farm: &Farm, name: &str) -> anyhow::Result<()> {
    let files = open_files(find(Catalog::builtin(), name)?)?;
    farm.upload_rom_set(name, OPEN, files).await.map_err(FarmError::into_anyhow)?;
    Ok(())
}

async fn run_of(farm: &Farm, name: &'static str, cameras: &[&str]) -> anyhow::Result<SubmitRun> {
    let stored = farm.put_scenario(scenario_files(name)?).await.map_err(FarmError::into_anyhow)?;
    let on: Vec<String> = cameras.iter().map(|camera| (*camera).to_owned()).collect();
    // The binaries are the same for every camera.
    let build =
        cameras.iter().find_map(|camera| sample(name, camera)).context("no camera has this sample")?;
    let payload = if build.files.is_empty() { build.autoexec } else { zipped(&build)? };
    let build = farm.upload_build(name, payload, &on).await.map_err(FarmError::into_anyhow)?;
    Ok(SubmitRun { build: build.id, scenarios: vec![stored.name] })
}

/// A scenario of the tree in the form in which a file's would be uploaded.
fn scenario_files(name: &str) -> anyhow::Result<ScenarioFiles> {
    let shipped = scenario(name).with_context(|| format!("the sample {name} has no scenario"))?;
    let named = |frame: &ReferenceFrame| (format!("{}/{}.png", frame.camera, frame.name), frame.png.to_vec());
    let references = shipped.references.iter().map(named).collect();
    Ok(ScenarioFiles { source: format!("{name}.toml"), text: shipped.text.to_owned(), references })
}

fn zipped(build: &Sample) -> zip::result::ZipResult<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("autoexec.bin", SimpleFileOptions::default())?;
    zip.write_all(&build.autoexec)?;
    for file in &build.files {
        zip.start_file(&file.path, SimpleFileOptions::default())?;
        zip.write_all(&file.data)?;
    }
    Ok(zip.finish()?.into_inner())
}

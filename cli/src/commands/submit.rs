//! `darkroom submit`: upload builds, make a batch, wait if asked to.

use super::wait::report;
use crate::args::Submit as Arguments;
use crate::exit::{Outcome, Usage};
use crate::farm::{Farm, FarmError, verdict_outcome, watch};
use anyhow::Context;
use darkroom_protocol::CameraName;
use darkroom_protocol::api::{Batch, Build, Submit, SubmitRun};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

pub(crate) async fn run(arguments: Arguments) -> anyhow::Result<Outcome> {
    let farm = Farm::new(&arguments.server)?;
    let batch = submit(&farm, &arguments).await?;
    say!("{}", batch.id);
    eprintln!("{} jobs: {}", batch.jobs.len(), farm.batch_page(batch.id));
    let open = batch.jobs.iter().filter(|job| job.open_firmware.is_some()).count();
    if open > 0 {
        eprintln!("{open} of them on the open firmware, no dump: {}", farm.open_firmware_page());
    }
    if !arguments.wait {
        return Ok(Outcome::Passed);
    }
    let Some(batch) = watch(&farm, batch.id, None).await.map_err(FarmError::into_anyhow)? else {
        return Ok(Outcome::Trouble);
    };
    report(&batch);
    if let Some(file) = &arguments.junit {
        let xml = farm.junit(batch.id).await.map_err(FarmError::into_anyhow)?;
        fs::write(file, xml).with_context(|| format!("writing {}", file.display()))?;
    }
    Ok(verdict_outcome(&batch))
}

async fn submit(farm: &Farm, arguments: &Arguments) -> anyhow::Result<Batch> {
    let mut runs = Vec::new();
    for file in &arguments.files {
        let build = upload(farm, file, &arguments.cameras).await?;
        eprintln!("{}: {} cameras", build.name, build.platforms.len());
        warn(&build);
        runs.push(SubmitRun { build: build.id, scenarios: arguments.scenarios.clone() });
    }
    let submit = Submit {
        name: arguments.name.clone(),
        runs,
        cameras: arguments.cameras.iter().cloned().map(CameraName).collect(),
        firmware: arguments.firmware.clone(),
        priority: 50,
    };
    let key = arguments.idempotency_key.clone().unwrap_or_else(|| uuid::Uuid::new_v4().to_string());
    farm.submit(&submit, &key).await.map_err(FarmError::into_anyhow)
}

/// Says what the farm found wrong with a build that it took.
fn warn(build: &Build) {
    let all: BTreeSet<&str> =
        build.platforms.iter().flat_map(|platform| &platform.warnings).map(String::as_str).collect();
    for warning in all {
        eprintln!("{}: warning: {warning}", build.name);
    }
}

async fn upload(farm: &Farm, file: &Path, cameras: &[String]) -> anyhow::Result<Build> {
    let bytes = fs::read(file).map_err(|error| Usage(format!("{}: {error}", file.display())))?;
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    farm.upload_build(&name, bytes, cameras).await.map_err(FarmError::into_anyhow)
}

//! From a job's spec and blobs to the inputs of a run.

use anyhow::Context;
use darkroom_emu_core::machine::{EngineChoice, Roms};
use darkroom_models::{Camera, Catalog};
use darkroom_protocol::job::{JobSpec, PayloadKind, RomSlot};
use darkroom_protocol::scenario::Scenario;

use super::manifest::Blobs;
use crate::run::{Card, References, RunInputs};

pub(super) fn gather(
    spec: &JobSpec,
    scenario: Scenario,
    blobs: &Blobs,
    engine: EngineChoice,
) -> anyhow::Result<RunInputs> {
    let payload = blobs.read(spec.payload.digest).context("reading the payload")?;
    let card = match spec.payload.kind {
        PayloadKind::Autoexec => Card::Autoexec(payload),
        PayloadKind::Zip => Card::Zip(payload),
    };
    Ok(RunInputs {
        camera: camera(spec)?,
        roms: roms(spec, blobs)?,
        card,
        scenario,
        references: references(spec, blobs)?,
        limits: spec.limits.clone(),
        engine,
    })
}

fn camera(spec: &JobSpec) -> anyhow::Result<Camera> {
    let name = &spec.camera.0;
    let builtin = Catalog::builtin();
    match &spec.camera_toml {
        None => Ok(builtin.get(name)?.clone()),
        Some(toml) => Ok(builtin.with_camera(name, toml)?.get(name)?.clone()),
    }
}

fn roms(spec: &JobSpec, blobs: &Blobs) -> anyhow::Result<Roms> {
    let mut roms = Roms::default();
    for file in &spec.roms {
        let content =
            blobs.read(file.digest).with_context(|| format!("reading {}", file.slot.file_name()))?;
        match file.slot {
            RomSlot::Rom0 => roms.rom0 = Some(content),
            RomSlot::Rom1 => roms.rom1 = Some(content),
            RomSlot::Sfdata => roms.serial_flash = Some(content),
        }
    }
    Ok(roms)
}

fn references(spec: &JobSpec, blobs: &Blobs) -> anyhow::Result<References> {
    let mut references = References::new();
    for reference in &spec.references {
        let png =
            blobs.read(reference.digest).with_context(|| format!("reading reference {}", reference.name))?;
        references.add_png(&reference.name, &png);
    }
    Ok(references)
}

//! Brings the sample build and the open boot ROM to the farm.

use darkroom_firmware::{cameras, open_rom, sample, scenario};
use darkroom_protocol::CameraName;
use darkroom_protocol::api::Submit;
use darkroom_protocol::api::{Build, SubmitRun};

use super::client::{BOOT_ROM, Farm};
use crate::{BenchError, Result};

const SAMPLE: &str = "hello";

/// Uploads `hello` for every camera that both the farm and the open boot ROM know, with that ROM.
pub(super) async fn upload(farm: &Farm) -> Result<Build> {
    let known: Vec<String> = farm.cameras().await?.into_iter().map(|camera| camera.name.0).collect();
    let cameras: Vec<String> =
        cameras().filter(|name| known.iter().any(|k| k == name)).map(str::to_owned).collect();
    let first =
        cameras.first().ok_or_else(|| BenchError::Farm("the farm knows none of our cameras".to_owned()))?;
    let autoexec = sample(SAMPLE, first).map(|sample| sample.autoexec).unwrap_or_default();
    for camera in &cameras {
        farm.upload_rom_set(camera, rom_files(camera)).await?;
    }
    let scenario =
        scenario(SAMPLE).ok_or_else(|| BenchError::Farm(format!("the sample {SAMPLE} has no scenario")))?;
    farm.put_scenario(&scenario).await?;
    farm.upload_build(SAMPLE, &cameras, autoexec).await
}

fn rom_files(camera: &str) -> Vec<(&'static str, Vec<u8>)> {
    let Some(rom) = open_rom(camera) else { return Vec::new() };
    let optional = |name, file: Option<Vec<u8>>| file.map(|bytes| (name, bytes));
    let mut files = vec![("ROM1.BIN", rom.rom1)];
    files.extend(optional("ROM0.BIN", rom.rom0));
    files.extend(optional("SFDATA.BIN", rom.serial_flash));
    files
}

/// A batch of that build on these cameras, with the scenario of `hello` and the open boot ROM.
pub(super) fn batch(name: &str, build: &Build, cameras: &[CameraName]) -> Submit {
    Submit {
        name: name.to_owned(),
        runs: vec![SubmitRun { build: build.id, scenarios: vec![SAMPLE.to_owned()] }],
        cameras: cameras.to_vec(),
        firmware: Some(BOOT_ROM.to_owned()),
        priority: 50,
    }
}

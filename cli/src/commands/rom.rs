//! `darkroom rom`: ROM files on disk.

use super::card_source::read;
use super::emu::open_version;
use super::models::find;
use crate::args::Rom as Arguments;
use crate::exit::{Outcome, Usage};
use crate::farm::{Farm, FarmError};
use anyhow::Context;
use darkroom_emu_core::machine::{Machine, MachineConfig, Roms};
use darkroom_firmware::OpenRom;
use darkroom_models::{Camera, Catalog};
use std::fs;
use std::path::Path;

pub(crate) fn run(arguments: Arguments) -> anyhow::Result<Outcome> {
    match arguments {
        Arguments::Open { camera, dir, firmware } => write_open(&camera, &dir, firmware.as_deref()),
        Arguments::Check { camera, dir } => check(&camera, &dir),
        Arguments::Upload { camera, dir, firmware, server } => {
            let camera = find(Catalog::builtin(), &camera)?;
            let files = files(camera, &dir)?;
            super::block_on(async {
                let farm = Farm::new(&server)?;
                let set = farm.upload_rom_set(camera.id.as_str(), &firmware, files).await;
                say!("{}", set.map_err(FarmError::into_anyhow)?.id);
                Ok(Outcome::Passed)
            })
        }
    }
}

fn write_open(camera: &str, dir: &Path, firmware: Option<&str>) -> anyhow::Result<Outcome> {
    let camera = find(Catalog::builtin(), camera)?;
    let files = match firmware {
        Some(version) => open_firmware_files(camera, open_version::named(camera, version)?)?,
        None => open_files(camera)?,
    };
    fs::create_dir_all(dir).with_context(|| format!("creating {}", dir.display()))?;
    for (name, bytes) in files {
        let path = dir.join(name);
        fs::write(&path, &bytes).with_context(|| format!("writing {}", path.display()))?;
        say!("{} ({} bytes)", path.display(), bytes.len());
    }
    Ok(Outcome::Passed)
}

fn check(camera: &str, dir: &Path) -> anyhow::Result<Outcome> {
    let camera = find(Catalog::builtin(), camera)?;
    from_folder(camera, dir)?;
    say!("{}: fits {}", dir.display(), camera.id);
    Ok(Outcome::Passed)
}

/// The open ROM of a camera as files.
pub(super) fn open_files(camera: &Camera) -> anyhow::Result<Vec<(String, Vec<u8>)>> {
    let open = darkroom_firmware::open_rom(camera.id.as_str())
        .ok_or_else(|| Usage(format!("there is no open ROM for {}", camera.id)))?;
    Ok(by_name(open))
}

/// The open ROM of a camera with the open firmware of a version, as files.
pub(super) fn open_firmware_files(camera: &Camera, version: &str) -> anyhow::Result<Vec<(String, Vec<u8>)>> {
    let open = darkroom_firmware::open_firmware(camera.id.as_str(), Some(version))
        .ok_or_else(|| Usage(format!("there is no open firmware for {}", camera.id)))?;
    Ok(by_name(open))
}

fn by_name(open: OpenRom) -> Vec<(String, Vec<u8>)> {
    let files = [("ROM0.BIN", open.rom0), ("ROM1.BIN", Some(open.rom1)), ("SFDATA.BIN", open.serial_flash)];
    files.into_iter().filter_map(|(name, bytes)| Some((name.to_owned(), bytes?))).collect()
}

/// The ROM files that a camera needs, read from a folder.
fn files(camera: &Camera, dir: &Path) -> anyhow::Result<Vec<(String, Vec<u8>)>> {
    camera.rom_files().iter().map(|file| Ok((file.name.to_owned(), read(&dir.join(file.name))?))).collect()
}

/// A camera's chips from a folder, checked.
pub(super) fn from_folder(camera: &Camera, dir: &Path) -> anyhow::Result<Roms> {
    let roms = chips(files(camera, dir)?);
    let machine = Machine::new(MachineConfig::new(camera, roms.clone()));
    machine.map_err(|error| Usage(format!("{}: {error}", dir.display())))?;
    Ok(roms)
}

/// Files by name as chips.
pub(super) fn chips(files: Vec<(String, Vec<u8>)>) -> Roms {
    let mut roms = Roms::default();
    for (name, bytes) in files {
        match name.as_str() {
            "ROM0.BIN" => roms.rom0 = Some(bytes),
            "ROM1.BIN" => roms.rom1 = Some(bytes),
            _ => roms.serial_flash = Some(bytes),
        }
    }
    roms
}

//! Which of a camera's open firmwares a run gets.

use super::super::card_source;
use crate::args::EmuCard;
use crate::exit::Usage;
use darkroom_models::{Camera, Catalog};
use std::path::Path;

/// The platform that a build says it is for, and where.
struct Claim {
    camera: String,
    version: String,
    said_by: String,
}

/// The version asked for, or the one that the build says it is for, or the camera's first. A build that says that it is for
/// another version, or another camera, is refused: it could only end at its own check of the firmware.
pub(super) fn choose(camera: &Camera, asked: Option<&str>, card: &EmuCard) -> anyhow::Result<&'static str> {
    let there = versions(camera)?;
    let claim = claim(card)?;
    if let Some(claim) = claim.as_ref().filter(|claim| claim.camera != camera.id.as_str()) {
        return Err(wrong_camera(camera, claim).into());
    }
    let asked = asked.map(|version| version.replace('.', ""));
    if let (Some(claim), Some(asked)) = (&claim, &asked)
        && claim.version != *asked
    {
        return Err(wrong_version(claim, asked).into());
    }
    let wanted = asked.or_else(|| claim.map(|claim| claim.version));
    wanted.map_or(Ok(there[0]), |wanted| named(camera, &wanted))
}

/// The version of a camera's open firmware that is written with or without dots.
pub(in super::super) fn named(camera: &Camera, version: &str) -> anyhow::Result<&'static str> {
    let (there, wanted) = (versions(camera)?, version.replace('.', ""));
    let found = there.iter().find(|version| **version == wanted);
    found.copied().ok_or_else(|| no_such(camera, &wanted, &there).into())
}

/// The error for a version beside dumps of a camera, which are of one version.
pub(super) fn of_a_folder() -> Usage {
    Usage("--firmware chooses among the open firmwares: it goes with --rom open".to_owned())
}

/// At least one.
fn versions(camera: &Camera) -> Result<Vec<&'static str>, Usage> {
    let of_camera = darkroom_firmware::firmwares().filter(|(name, _)| *name == camera.id.as_str());
    let versions: Vec<_> = of_camera.map(|(_, version)| version).collect();
    let none = || Usage(format!("there is no open firmware for {}", camera.id));
    if versions.is_empty() { Err(none()) } else { Ok(versions) }
}

fn wrong_camera(camera: &Camera, claim: &Claim) -> Usage {
    let version = dotted(&claim.version);
    Usage(format!(
        "this build is for {} {version} ({}), asked for {}",
        claim.camera, claim.said_by, camera.id
    ))
}

fn wrong_version(claim: &Claim, asked: &str) -> Usage {
    let (version, asked) = (dotted(&claim.version), dotted(asked));
    Usage(format!(
        "this build is for {} {version} ({}), asked for the open firmware of {asked}",
        claim.camera, claim.said_by
    ))
}

fn no_such(camera: &Camera, wanted: &str, there: &[&str]) -> Usage {
    let there: Vec<String> = there.iter().map(|version| dotted(version)).collect();
    let wanted = dotted(wanted);
    Usage(format!("no open firmware {wanted} for {}: there is {}", camera.id, there.join(" and ")))
}

fn dotted(version: &str) -> String {
    version.chars().map(String::from).collect::<Vec<_>>().join(".")
}

/// What the build says; its files know better than its name. A card image says nothing.
fn claim(card: &EmuCard) -> anyhow::Result<Option<Claim>> {
    let source = [&card.autoexec, &card.zip, &card.card].into_iter().flatten().next();
    let Some(source) = source else { return Ok(None) };
    let inside = match (&card.zip, &card.card) {
        (Some(zip), _) => in_files(zip)?,
        (_, Some(folder)) if folder.is_dir() => in_files(folder)?,
        _ => None,
    };
    Ok(inside.or_else(|| in_name(source)))
}

fn in_files(source: &Path) -> anyhow::Result<Option<Claim>> {
    let files = card_source::files(source)?;
    let paths: Vec<String> = files.files().map(|(path, _)| path.to_string()).collect();
    let found = Catalog::builtin().platform_in_files(paths.iter().map(String::as_str));
    Ok(found.map(|(camera, version, path)| Claim::new(camera, &version.to_string(), path)))
}

fn in_name(source: &Path) -> Option<Claim> {
    let name = source.file_name()?.to_str()?;
    let (camera, version) = Catalog::builtin().platform_in_name(name)?;
    Some(Claim::new(camera, &version.to_string(), name))
}

impl Claim {
    fn new(camera: &Camera, version: &str, said_by: &str) -> Self {
        Self { camera: camera.id.to_string(), version: version.to_owned(), said_by: said_by.to_owned() }
    }
}

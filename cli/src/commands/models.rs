//! `darkroom models`: the cameras, their cards, the ROM files they need, and how far each is known to come.

use crate::args::Models as Arguments;
use crate::exit::{Outcome, Usage};
use darkroom_models::{Camera, Catalog};

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<Outcome> {
    let catalog = Catalog::builtin();
    match &arguments.camera {
        Some(name) => one(find(catalog, name)?, arguments.json)?,
        None if arguments.json => {
            say!("{}", serde_json::to_string_pretty(&catalog.iter().collect::<Vec<_>>())?)
        }
        None => table(catalog),
    }
    Ok(Outcome::Passed)
}

/// The camera of that name; an unknown one is a usage error that suggests others.
pub(crate) fn find<'a>(catalog: &'a Catalog, name: &str) -> anyhow::Result<&'a Camera> {
    catalog.get(name).map_err(|error| Usage(error.to_string()).into())
}

fn table(catalog: &Catalog) {
    say!("{:7} {:20} {:8} {:6} {:8} {:42} STAGE", "CAMERA", "NAME", "DIGIC", "CARDS", "RAM", "ROM FILES");
    for camera in catalog.iter() {
        say!(
            "{:7} {:20} {:8} {:6} {:8} {:42} {}",
            camera.id.to_string(),
            camera.name,
            camera.generation.number(),
            cards(camera),
            size(camera.memory.ram_size),
            rom_files(camera),
            camera.stage.as_str()
        );
    }
}

fn one(camera: &Camera, json: bool) -> anyhow::Result<()> {
    if json {
        say!("{}", serde_json::to_string_pretty(camera)?);
        return Ok(());
    }
    say!("{} ({}, DIGIC {})", camera.id, camera.name, camera.generation.number());
    say!("  also called   {}", camera.aliases.join(", "));
    say!("  cards         {}", cards(camera));
    say!("  RAM           {}", size(camera.memory.ram_size));
    say!("  ROM files     {}", rom_files(camera));
    say!("  platforms     {}", camera.platforms().join(", "));
    say!("  stage         {}: {}", camera.stage.as_str(), camera.stage.describe());
    Ok(())
}

fn cards(camera: &Camera) -> String {
    camera.card_slots.iter().map(|slot| slot.as_str()).collect::<Vec<_>>().join("+")
}

fn rom_files(camera: &Camera) -> String {
    let files = camera.rom_files();
    files.iter().map(|file| format!("{} {}", file.name, size(file.size))).collect::<Vec<_>>().join(", ")
}

fn size(bytes: u32) -> String {
    format!("{} MiB", bytes >> 20)
}

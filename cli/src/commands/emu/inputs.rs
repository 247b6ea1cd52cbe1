//! From the command line to everything that decides the run.

use super::super::card_source;
use super::super::models::find;
use super::super::rom::{chips, from_folder, open_files, open_firmware_files};
use super::open_version;
use crate::args::{CameraEngine, Emu as Arguments, EmuCard};
use crate::exit::Usage;
use crate::farm::ScenarioFiles;
use darkroom_emu_core::machine::EngineChoice;
use darkroom_models::{Camera, Catalog};
use darkroom_protocol::limits::Limits;
use darkroom_protocol::scenario::{Scenario, Step};
use darkroom_worker::run::{Card, References, RunInputs};

/// Guest time when nobody says how long, in seconds.
const DEFAULT_GUEST_SECONDS: f64 = 10.0;

/// Reads all files named on the command line.
pub(super) fn read(arguments: &Arguments) -> anyhow::Result<RunInputs> {
    let camera = find(Catalog::builtin(), &arguments.camera)?;
    let (scenario, references) = match &arguments.scenario {
        Some(file) => with_references(camera, &ScenarioFiles::read_or_shipped(file)?)?,
        None => (watching(arguments.guest_seconds), References::new()),
    };
    let limits = limits(&scenario, arguments);
    let roms = match &arguments.rom {
        Some(open) if open.as_os_str() == "open" => {
            let version = open_version::choose(camera, arguments.firmware.as_deref(), &arguments.card)?;
            chips(open_firmware_files(camera, version)?)
        }
        Some(_) if arguments.firmware.is_some() => return Err(open_version::of_a_folder().into()),
        Some(dir) => from_folder(camera, dir)?,
        None => chips(open_files(camera)?),
    };
    let engine = match arguments.engine {
        CameraEngine::Interp => EngineChoice::Interpreter,
        CameraEngine::Jit => EngineChoice::Jit,
    };
    let card = card(&arguments.card)?;
    Ok(RunInputs { camera: camera.clone(), roms, card, scenario, references, limits, engine })
}

fn with_references(camera: &Camera, files: &ScenarioFiles) -> anyhow::Result<(Scenario, References)> {
    let scenario = files.parse()?;
    let mut references = References::new();
    for name in scenario.reference_names() {
        if let Some(png) = files.reference(camera.id.as_str(), name) {
            references.add_png(name, png);
        }
    }
    Ok((scenario, references))
}

/// Nothing is expected: the guest runs for a while, or until it powers down.
fn watching(guest_seconds: Option<f64>) -> Scenario {
    let within = guest_seconds.unwrap_or(DEFAULT_GUEST_SECONDS);
    Scenario {
        name: "watch".to_owned(),
        description: String::new(),
        limits: Limits { guest_seconds: within, ..Limits::ceiling() },
        stop_on_fault: true,
        enable_modules: false,
        steps: vec![Step::WaitPowerDown { within }],
    }
}

fn limits(scenario: &Scenario, arguments: &Arguments) -> Limits {
    let mut limits = scenario.limits.clone();
    if let Some(seconds) = arguments.guest_seconds {
        limits.guest_seconds = seconds;
    }
    limits
}

fn card(card: &EmuCard) -> anyhow::Result<Card> {
    if let Some(file) = &card.autoexec {
        return Ok(Card::Autoexec(card_source::read(file)?));
    }
    if let Some(file) = &card.zip {
        return Ok(Card::Zip(card_source::read(file)?));
    }
    match &card.card {
        Some(folder) if folder.is_dir() => Ok(Card::Files(card_source::files(folder)?)),
        Some(image) => Ok(Card::Image(card_source::open_image_file(image)?)),
        None => Err(Usage("say what is on the card: --autoexec, --zip or --card".to_owned()).into()),
    }
}

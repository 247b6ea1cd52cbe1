//! From a job's inputs to a camera that runs its scenario.

use std::io;
use std::sync::Arc;

use darkroom_emu_core::card::{BlockRead, CardBuilder, CardError, FileLimits, FileSet, read_zip};
use darkroom_emu_core::machine::{EngineChoice, Roms};
use darkroom_models::Camera;
use darkroom_protocol::limits::Limits;
use darkroom_protocol::report::RunReport;
use darkroom_protocol::scenario::{Scenario, Step};
use darkroom_protocol::verdict::{ReasonCode, Verdict};

use super::machine::MachineGuest;
use super::modules;
use super::outcome::never_started;
use super::references::References;
use super::sink::RunSink;

/// What goes into the camera's slot.
#[derive(Clone)]
pub enum Card {
    /// A fresh card with one program as `AUTOEXEC.BIN`.
    Autoexec(Vec<u8>),
    /// A fresh card with the files of a zip.
    Zip(Vec<u8>),
    /// A fresh card with these files.
    Files(FileSet),
    /// A card as it is. The run writes to an overlay; the image itself never changes.
    Image(Arc<dyn BlockRead>),
}

/// Everything that decides a run's outcome.
pub struct RunInputs {
    /// The camera.
    pub camera: Camera,
    /// Its chips.
    pub roms: Roms,
    /// Its card.
    pub card: Card,
    /// What to do and expect.
    pub scenario: Scenario,
    /// Frames to compare with.
    pub references: References,
    /// Caps. These count, not those inside the scenario.
    pub limits: Limits,
    /// Who executes the guest. It decides nothing but the speed.
    pub engine: EngineChoice,
}

/// Runs a job from power-on to its report.
///
/// # Errors
/// Only those of the sink. A build that fits no card, ROMs that fit no camera and whatever the guest does are in the report.
pub fn run_job(inputs: RunInputs, sink: &mut dyn RunSink) -> io::Result<RunReport> {
    let RunInputs { camera, roms, card, scenario, references, limits, engine } = inputs;
    let refuse = |verdict, code, detail: String| Ok(never_started(Some(&scenario), verdict, code, &detail));
    let card = match card.insert(scenario.enable_modules) {
        Ok(card) => card,
        Err(error) => return refuse(Verdict::Failed, ReasonCode::BadBuild, error.to_string()),
    };
    let again = scenario.steps.contains(&Step::PowerOn).then(|| (camera.clone(), roms.clone()));
    let mut guest = match MachineGuest::new(&camera, roms, card, scenario.stop_on_fault, engine) {
        Ok(guest) => match again {
            Some((camera, roms)) => guest.with_restarts(camera, roms),
            None => guest,
        },
        Err(error) => return refuse(Verdict::InfraError, ReasonCode::BadRom, error.to_string()),
    };
    super::play_scenario(&mut guest, &scenario, &limits, &references, sink)
}

impl Card {
    /// A card image stays as it is, whatever modules it has.
    fn insert(self, enable_modules: bool) -> Result<Arc<dyn BlockRead>, CardError> {
        let mut files = match self {
            Self::Image(image) => return Ok(image),
            Self::Files(files) => files,
            Self::Autoexec(program) => FileSet::autoexec(program)?,
            Self::Zip(bytes) => read_zip(&bytes, LIMITS)?,
        };
        if enable_modules {
            switch_modules_on(&mut files)?;
        }
        Ok(CardBuilder::new().build(&files)?.freeze())
    }
}

/// A module is on when the settings have a file of its name that is not empty.
fn switch_modules_on(files: &mut FileSet) -> Result<(), CardError> {
    let modules = modules::names(files.files().map(|(path, _)| path.as_str()));
    for module in modules {
        let switch = format!("ML/settings/{module}.en");
        if files.get(&switch).is_none() {
            files.add_file(&switch, &b"on\n"[..])?;
        }
    }
    Ok(())
}

/// Caps on a build's files: several times the largest nightly, well inside the memory limit of a job's process.
const LIMITS: FileLimits = FileLimits {
    entries: 5000,
    folder_entries: 1000,
    file_bytes: 128 << 20,
    total_bytes: 256 << 20,
    ratio: 200,
};

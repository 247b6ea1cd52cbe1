//! Runs one job: builds the camera, plays the scenario, reports. No network, no threads, no files.
//!
//! [`guest`] is the door to the emulated camera, [`engine`](self) plays a scenario through it, [`RunSink`] takes what comes out.
//! The farm runs this inside the sandboxed child, `darkroom emu` runs it in its own process.

mod cardfiles;
mod checks;
mod complaints;
mod console;
mod ending;
mod engine;
mod expect_guest;
mod film;
pub mod guest;
mod inside;
mod job;
mod logbook;
mod machine;
mod modules;
mod outcome;
mod references;
mod sink;
mod steps;

pub(crate) use cardfiles::MAX_PROOF_BYTES;
pub use job::{Card, RunInputs, run_job};
pub use machine::MachineGuest;
pub use outcome::never_started;
pub use references::References;
pub use sink::RunSink;

use darkroom_protocol::limits::Limits;
use darkroom_protocol::report::RunReport;
use darkroom_protocol::scenario::Scenario;

/// Plays `scenario` on a camera that has just been powered on.
///
/// # Errors
/// Only those of the sink; whatever the guest does is in the report.
pub fn play_scenario(
    guest: &mut dyn guest::Guest,
    scenario: &Scenario,
    limits: &Limits,
    references: &References,
    sink: &mut dyn RunSink,
) -> std::io::Result<RunReport> {
    engine::Engine::new(guest, sink, scenario, limits, references).run()
}

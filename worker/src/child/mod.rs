//! The process that runs one job: caged first, then fed.
//!
//! Its input is a [`manifest::Manifest`] on standard input and sealed blobs in inherited descriptors; its output is
//! [`crate::wire`] on standard output. It may die in any way: the parent reports that.

mod inputs;
pub(crate) mod manifest;
mod probe;
mod raw;
pub mod sandbox;

use std::collections::BTreeSet;
use std::io::{self, Read, Write};
use std::os::fd::RawFd;

use anyhow::Context;
use darkroom_protocol::Digest;
use darkroom_protocol::job::JobSpec;
use darkroom_protocol::report::RunReport;
use darkroom_protocol::scenario::Scenario;
use darkroom_protocol::verdict::{ReasonCode, Verdict};
use darkroom_protocol::worker::Event;
use nix::sys::prctl;
use nix::sys::signal::Signal;

pub use probe::{probe_nothing, probe_sandbox};

use darkroom_emu_core::frame::{Frame, encode_png};
use darkroom_emu_core::machine::EngineChoice;

use crate::run::{RunSink, never_started};
use crate::wire;
use manifest::{Blobs, MAX_MANIFEST, Manifest};
use sandbox::Budget;

/// Inherited descriptors lie below this number: a worker opens a few dozen.
const HIGHEST_DESCRIPTOR: RawFd = 1024;

/// Ties the life of this process to that of its parent.
///
/// # Errors
/// When the parent is gone already.
pub fn die_with_parent(parent: u32) -> anyhow::Result<()> {
    prctl::set_pdeathsig(Signal::SIGKILL).context("asking for a signal at the parent's death")?;
    let now = std::os::unix::process::parent_id();
    anyhow::ensure!(now == parent, "the parent process {parent} is gone");
    Ok(())
}

/// Runs the job that standard input describes and writes what happens to standard output.
///
/// # Errors
/// When the cage cannot be closed, the input is not readable or nobody reads the output. What the guest or the build
/// does wrong is no error: it is in the report.
pub fn run(budget: &Budget) -> anyhow::Result<()> {
    // Inside the cage no memory can be made executable any more.
    let engine = EngineChoice::reserve();
    sandbox::enter(budget)?;
    let mut text = Vec::new();
    io::stdin().lock().take(MAX_MANIFEST + 1).read_to_end(&mut text).context("reading the job")?;
    anyhow::ensure!(text.len() as u64 <= MAX_MANIFEST, "the job is longer than {MAX_MANIFEST} bytes");
    let manifest: Manifest = serde_json::from_slice(&text).context("understanding the job")?;
    close_strangers(&manifest.blobs.values().map(|blob| blob.fd).collect());
    let blobs = Blobs::adopt(&manifest.blobs)?;
    let mut sink = PipeSink { out: io::stdout().lock() };
    let report = run_spec(&manifest.spec, &blobs, engine, &mut sink)?;
    wire::write_report(&mut sink.out, &report).context("writing the report")
}

/// Closes every descriptor above the standard streams but `named`. A careless shell or runner that started the worker may have
/// left some open.
pub(crate) fn close_strangers(named: &BTreeSet<RawFd>) {
    for stranger in (3..HIGHEST_DESCRIPTOR).filter(|fd| !named.contains(fd)) {
        // Most numbers are not open, which is fine.
        let _ = nix::unistd::close(stranger);
    }
}

fn run_spec(
    spec: &JobSpec,
    blobs: &Blobs,
    engine: EngineChoice,
    sink: &mut dyn RunSink,
) -> anyhow::Result<RunReport> {
    let scenario = match Scenario::parse(&spec.scenario_name, &spec.scenario) {
        Ok(scenario) => scenario,
        Err(error) => {
            // The orchestrator checked it when it was stored: versions differ, which is the farm's trouble.
            let detail = format!("the scenario cannot be read here: {error}");
            return Ok(never_started(None, Verdict::InfraError, ReasonCode::WorkerError, &detail));
        }
    };
    let inputs = inputs::gather(spec, scenario, blobs, engine)?;
    Ok(crate::run::run_job(inputs, sink)?)
}

/// Writes everything to the parent.
struct PipeSink<W> {
    out: W,
}

impl<W: Write> RunSink for PipeSink<W> {
    fn log(&mut self, bytes: &[u8]) -> io::Result<()> {
        wire::write_log(&mut self.out, bytes)
    }

    fn event(&mut self, event: Event) -> io::Result<()> {
        wire::write_event(&mut self.out, &event)
    }

    fn picture(&mut self, picture: &Frame) -> io::Result<Digest> {
        wire::write_picture(&mut self.out, picture)?;
        // The parent encodes the same pixels the same way and so comes to the same name.
        let png = encode_png(picture).map_err(io::Error::other)?;
        Ok(Digest::of(&png))
    }

    fn file(&mut self, bytes: &[u8]) -> io::Result<Digest> {
        wire::write_file(&mut self.out, bytes)?;
        Ok(Digest::of(bytes))
    }
}

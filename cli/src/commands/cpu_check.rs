//! `darkroom cpu-check`: runs CPU test vectors and says in words what differs.

use super::engine::engines;
use crate::args::{Cpu, CpuCheck as Arguments};
use crate::exit::{Outcome, Usage};
use darkroom_emu_core::arm::vectors::{self, Vector};
use darkroom_emu_core::arm::{Core, Engine};
use std::fs::File;
use std::io::{BufRead, BufReader, Cursor};
use std::path::Path;

/// First bytes of an xz file.
const XZ_MAGIC: &[u8] = b"\xfd7zXZ\0";

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<Outcome> {
    let mut total = Tally::default();
    for file in &arguments.files {
        let core = arguments.cpu.map_or_else(|| core_of(file), Cpu::core);
        let tally = check_file(file, core, arguments.show, engines(arguments.engine))?;
        say!("{}: passed {} of {}", file.display(), tally.passed, tally.run);
        total.passed += tally.passed;
        total.run += tally.run;
    }
    say!("passed {} of {}", total.passed, total.run);
    Ok(if total.passed == total.run && total.run > 0 { Outcome::Passed } else { Outcome::Failed })
}

#[derive(Debug, Default)]
struct Tally {
    passed: u64,
    run: u64,
}

/// The processor that a set of vectors is for, by the file's name: `v5-…`, `v7-…`, `a9-…`.
fn core_of(file: &Path) -> Core {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    match () {
        () if name.starts_with("v7-") => Core::CortexR4,
        () if name.starts_with("a9-") => Core::CortexA9 { index: 0 },
        () => Core::DIGIC4,
    }
}

fn check_file(file: &Path, core: Core, show: u64, engines: &[Engine]) -> anyhow::Result<Tally> {
    let named = |error: &dyn std::fmt::Display| Usage(format!("{}: {error}", file.display()));
    let mut tally = Tally::default();
    for vector in vectors::read(open(file)?) {
        let vector = vector.map_err(|error| named(&error))?;
        if skipped(&vector, core) {
            continue;
        }
        tally.run += 1;
        let mut report = None;
        for engine in engines {
            let differences = vector.check(core, *engine).map_err(|error| named(&error))?;
            if !differences.is_empty() {
                report.get_or_insert_with(|| format!("{engine:?}: {}", vector.report(&differences)));
            }
        }
        match report {
            None => tally.passed += 1,
            Some(report) if tally.run - tally.passed <= show => say!("{report}"),
            Some(_) => {}
        }
    }
    Ok(tally)
}

/// The Cortex-A9 has no divide instructions; vectors drawn for the Cortex-R4 may.
fn skipped(vector: &Vector, core: Core) -> bool {
    matches!(core, Core::CortexA9 { .. }) && vector.classes.iter().any(|class| class.contains("div"))
}

fn open(file: &Path) -> anyhow::Result<Box<dyn BufRead>> {
    let named = |error: &dyn std::fmt::Display| Usage(format!("{}: {error}", file.display()));
    let mut reader = BufReader::new(File::open(file).map_err(|error| named(&error))?);
    if !reader.fill_buf().map_err(|error| named(&error))?.starts_with(XZ_MAGIC) {
        return Ok(Box::new(reader));
    }
    let mut text = Vec::new();
    lzma_rs::xz_decompress(&mut reader, &mut text).map_err(|error| named(&format!("{error:?}")))?;
    Ok(Box::new(Cursor::new(text)))
}

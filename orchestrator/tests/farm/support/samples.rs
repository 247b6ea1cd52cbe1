//! Uploads, good ones.

use darkroom_protocol::Digest;
use darkroom_protocol::report::RunReport;
use darkroom_protocol::verdict::{CheckOutcome, CheckResult, Reason, ReasonCode, Verdict};
use std::io::{Cursor, Write};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// A scenario with two checks.
pub(crate) const SCENARIO: &str = r#"name = "checks"
description = "Two checks."

[limits]
log-bytes = 1000
frames = 2

[[step]]
action = "wait-log"
text = "hello"
within = 5.0

[[step]]
action = "wait"
seconds = 1.0

[[step]]
action = "wait-power-down"
within = 5.0
"#;

/// Something that could be an `autoexec.bin`: an ARM branch to itself.
pub(crate) fn autoexec() -> Vec<u8> {
    0xEAFF_FFFE_u32.to_le_bytes().repeat(64)
}

/// A zip of these files.
pub(crate) fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A nightly build as ML ships it.
pub(crate) fn nightly() -> Vec<u8> {
    zip(&[
        ("autoexec.bin", &autoexec()),
        ("ML/fonts/argnor23.rbf", b"font"),
        ("ML/modules/lua.mo", b"module"),
    ])
}

/// The ROM files of a camera, filled so that no part repeats.
pub(crate) fn roms(camera: &str) -> Vec<(&'static str, Vec<u8>)> {
    let files = darkroom_models::Catalog::builtin().get(camera).unwrap().rom_files();
    files.into_iter().map(|file| (file.name, filler(file.size as usize))).collect()
}

/// Bytes in which every eight are different.
pub(crate) fn filler(size: usize) -> Vec<u8> {
    (0..size as u64 / 8).flat_map(u64::to_le_bytes).collect()
}

/// The report of a run of [`SCENARIO`] in which all went well.
pub(crate) fn passed() -> RunReport {
    report(Verdict::Passed, None, [CheckOutcome::Passed, CheckOutcome::Passed])
}

/// The report of a run in which the second check failed.
pub(crate) fn failed() -> RunReport {
    let reason = Reason { code: ReasonCode::WaitExpired, detail: "no power-down within 5 s".to_owned() };
    report(Verdict::Failed, Some(reason), [CheckOutcome::Passed, CheckOutcome::Failed])
}

/// The report of a run that the worker could not do.
pub(crate) fn infra_error() -> RunReport {
    let reason = Reason { code: ReasonCode::WorkerError, detail: "disk full".to_owned() };
    report(Verdict::InfraError, Some(reason), [CheckOutcome::NotReached, CheckOutcome::NotReached])
}

/// A report with those outcomes of the two checks.
pub(crate) fn report(verdict: Verdict, reason: Option<Reason>, outcomes: [CheckOutcome; 2]) -> RunReport {
    let check = |step: u32, outcome| CheckResult {
        step,
        title: format!("check {step}"),
        outcome,
        detail: "seen".to_owned(),
        evidence: Vec::new(),
    };
    RunReport {
        verdict,
        reason,
        checks: vec![check(0, outcomes[0]), check(2, outcomes[1])],
        stop: "power-down".to_owned(),
        guest_ns: 1_500_000_000,
        instructions: 42_000,
        host_ms: 12,
        engine: "jit".to_owned(),
        state_hash: "5a".repeat(32),
        log_bytes: 5,
        log_capped: false,
        log_digest: Digest::of(b"hello"),
        frames_capped: false,
        card_changes: Vec::new(),
        faults: Vec::new(),
        unknown_accesses: Vec::new(),
        guest: Default::default(),
    }
}

/// A small PNG.
pub(crate) fn png(shade: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, 4, 3);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.write_header().unwrap().write_image_data(&[shade; 12]).unwrap();
    bytes
}

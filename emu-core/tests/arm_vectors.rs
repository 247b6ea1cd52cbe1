//! Sample vectors of every instruction set. `VECTOR_DIR` names a folder of larger files with the same names.

use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;

use darkroom_emu_core::arm::{Core, Engine, vectors};

/// Compiled code, where it can be made, must do what the interpreter does.
#[cfg(target_arch = "x86_64")]
const ENGINES: &[Engine] = &[Engine::Interpreter, Engine::Jit];
#[cfg(not(target_arch = "x86_64"))]
const ENGINES: &[Engine] = &[Engine::Interpreter];

fn folder() -> PathBuf {
    match std::env::var_os("VECTOR_DIR") {
        Some(dir) => dir.into(),
        None => PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/vectors"),
    }
}

fn check(set: &str, core: Core, skip: &str) {
    let path = folder().join(format!("{set}.jsonl"));
    let file =
        BufReader::new(File::open(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())));
    let (mut total, mut reports) = (0, Vec::new());
    for vector in vectors::read(file).map(|vector| vector.expect("the sample is well formed")) {
        if !skip.is_empty() && vector.classes.iter().any(|class| class.contains(skip)) {
            continue;
        }
        total += 1;
        for engine in ENGINES {
            let differences = vector.check(core, *engine).expect("the sample can be run");
            if !differences.is_empty() {
                reports.push(format!("{engine:?}: {}", vector.report(&differences)));
            }
        }
    }
    assert!(total > 0, "{set} holds no vectors");
    let shown = reports.len().min(20);
    assert!(reports.is_empty(), "{} of {total} failed\n{}", reports.len(), reports[..shown].join("\n"));
}

#[test]
fn v5_arm() {
    check("v5-arm", Core::DIGIC4, "");
}

#[test]
fn v5_thumb() {
    check("v5-thumb", Core::DIGIC4, "");
}

#[test]
fn v5_system() {
    check("v5-sys", Core::DIGIC4, "");
}

const A9: Core = Core::CortexA9 { index: 0 };

#[test]
fn v7_arm_on_a9() {
    check("v7-arm", A9, "");
}

#[test]
fn v7_arm_on_r4() {
    check("v7-arm", Core::CortexR4, "");
}

#[test]
fn v7_thumb2_on_r4() {
    check("v7-thumb2", Core::CortexR4, "");
}

#[test]
fn v7_thumb2_on_a9() {
    check("v7-thumb2", A9, "div");
}

#[test]
fn v7_system() {
    check("v7-sys", Core::CortexR4, "");
}

#[test]
fn a9_float_and_simd() {
    check("a9-fp", A9, "");
}

//! Runs the program as a user does.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The program with these arguments.
pub(crate) fn darkroom(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_darkroom")).args(arguments).output().expect("the program starts")
}

/// Standard output as text.
pub(crate) fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Standard error as text.
pub(crate) fn errors(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Exit code; a signal counts as none.
pub(crate) fn code(output: &Output) -> Option<i32> {
    output.status.code()
}

/// Writes a sample build with its scenario below `dir`.
pub(crate) fn sample(name: &str, dir: &Path) -> PathBuf {
    let folder = dir.join(name);
    let output = darkroom(&["sample", name, &folder.display().to_string()]);
    assert_eq!(code(&output), Some(0), "{}", errors(&output));
    folder
}

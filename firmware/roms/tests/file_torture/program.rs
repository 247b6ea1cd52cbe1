//! Building the torture program and formatting its cards.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A card's size and how `mkfs.fat` formats it.
pub(crate) struct Card {
    pub(crate) name: &'static str,
    pub(crate) kib: u32,
    pub(crate) options: &'static [&'static str],
}

impl Card {
    pub(crate) fn format(&self, image: &Path) {
        let _ = fs::remove_file(image);
        let mut command = Command::new("/usr/sbin/mkfs.fat");
        command.args(self.options).arg("-C").arg(image).arg(self.kib.to_string()).stdout(Stdio::null());
        assert!(command.status().is_ok_and(|status| status.success()), "{command:?} failed");
    }
}

/// A tool of Debian that is not installed here.
pub(crate) fn missing_tool() -> Option<&'static str> {
    let found = |program: &str| {
        let ran = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
        ran.is_ok()
    };
    ["gcc", "mcopy", "/usr/sbin/fsck.fat"].into_iter().find(|program| !found(program))
}

/// The file system built for the host.
pub(crate) struct Program(PathBuf);

/// The drivers of the camera's controllers; the host has a card in memory in their place.
const NOT_ON_THE_HOST: [&str; 3] = ["sd.c", "cf.c", "transfer.c"];

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the sources are there");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("it can be listed").path()).collect();
    files.retain(|file| file.extension() == Some(OsStr::new("c")));
    files.retain(|file| !NOT_ON_THE_HOST.iter().any(|name| file.ends_with(name)));
    files.sort();
    files
}

impl Program {
    pub(crate) fn build(folder: &Path, sanitizers: &str) -> Self {
        let dryos = Path::new(env!("CARGO_MANIFEST_DIR")).join("../dryos");
        let program = folder.join("torture");
        let mut command = Command::new("gcc");
        command.args(["-std=gnu11", "-O1", "-g", "-Wall", "-Wextra", "-Werror", "-fno-strict-aliasing"]);
        command.args([
            "-Wno-pointer-to-int-cast",
            "-Wno-format-truncation",
            "-Wno-missing-field-initializers",
        ]);
        command.arg(format!("-fsanitize={sanitizers}"));
        command.args(["-fno-sanitize-recover=all", "-fno-sanitize=alignment"]);
        command.arg("-I").arg(dryos.join("include")).arg("-I").arg(dryos.join("fs/host"));
        command.args(sources(&dryos.join("fs"))).args(sources(&dryos.join("fs/host")));
        command.arg("-o").arg(&program);
        assert!(command.status().is_ok_and(|status| status.success()), "{command:?} failed");
        Self(program)
    }

    pub(crate) fn command(&self) -> Command {
        Command::new(&self.0)
    }
}

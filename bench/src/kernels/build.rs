use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::image::Image;
use super::variant::{ConsoleKind, Level, Variant};
use crate::{BenchError, Result};

/// What to build.
#[derive(Clone, Copy, Debug)]
pub struct Selection<'a> {
    /// For which cores.
    pub variants: &'a [Variant],
    /// At which optimisation levels; the host's programs too.
    pub levels: &'a [Level],
    /// With which console.
    pub console: ConsoleKind,
}

/// A kernel by name and by its number in the images' table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kernel {
    /// Number.
    pub index: u32,
    /// Name.
    pub name: String,
}

/// A folder with built kernels.
#[derive(Clone, Debug)]
pub struct KernelBuild {
    folder: PathBuf,
    console: ConsoleKind,
}

impl KernelBuild {
    /// Builds what is missing or out of date. Several processes may do so in the same folder: one waits for the other.
    ///
    /// # Errors
    /// [`BenchError`] when the folder cannot be used or the compiler fails.
    pub fn make(folder: &Path, selection: Selection<'_>) -> Result<Self> {
        std::fs::create_dir_all(folder).map_err(BenchError::io(folder))?;
        let lock_file = folder.join("lock");
        let lock = File::create(&lock_file).map_err(BenchError::io(&lock_file))?;
        lock.lock().map_err(BenchError::io(&lock_file))?;
        run_make(folder, selection)?;
        Ok(Self { folder: folder.to_owned(), console: selection.console })
    }

    /// The image for a core.
    ///
    /// # Errors
    /// [`BenchError`] when it was not built.
    pub fn image(&self, variant: Variant, level: Level) -> Result<Image> {
        Image::read(&self.folder.join(format!("{variant}-{level}.{}.bin", self.console.name())))
    }

    /// The host's program.
    #[must_use]
    pub fn native(&self, level: Level) -> PathBuf {
        self.folder.join(format!("host-{level}"))
    }

    /// The kernels, as the host's program names them.
    ///
    /// # Errors
    /// [`BenchError`] when that program does not run.
    pub fn kernels(&self, level: Level) -> Result<Vec<Kernel>> {
        let program = self.native(level);
        let output = Command::new(&program).arg("0").output().map_err(BenchError::io(&program))?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let names = text.lines().filter_map(|line| line.split_whitespace().next());
        Ok((0..).zip(names).map(|(index, name)| Kernel { index, name: name.to_owned() }).collect())
    }
}

fn run_make(folder: &Path, selection: Selection<'_>) -> Result<()> {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("../firmware/kernels");
    let folder = std::path::absolute(folder).map_err(BenchError::io(folder))?;
    let jobs = std::thread::available_parallelism().map_or(1, usize::from);
    let words = |items: &mut dyn Iterator<Item = String>| items.collect::<Vec<_>>().join(" ");
    let mut make = Command::new("make");
    make.arg("-s").arg("-C").arg(&sources).arg(format!("-j{jobs}")).arg("all");
    make.arg(format!("BUILD={}", folder.display()));
    make.arg(format!("VARIANTS={}", words(&mut selection.variants.iter().map(ToString::to_string))));
    make.arg(format!("LEVELS={}", words(&mut selection.levels.iter().map(ToString::to_string))));
    make.arg(format!("CONSOLES={}", selection.console.name()));
    let output = make.output().map_err(BenchError::io("make"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(BenchError::Make { output: String::from_utf8_lossy(&output.stderr).into_owned() })
}

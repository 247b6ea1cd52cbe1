//! `darkroom card`: look into card images, build and compare them.

use super::card_source;
use crate::args::Card as Arguments;
use crate::exit::{Outcome, Usage};
use anyhow::Context;
use darkroom_emu_core::card::{
    BlockRead, CardBuilder, ChangeKind, FatVolume, Overlay, TreeEntry, diff, put_file, write_raw,
};
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

/// Largest file copied out of an image: FAT's own limit.
const LARGEST_FILE: u64 = u32::MAX as u64;

pub(crate) fn run(arguments: Arguments) -> anyhow::Result<Outcome> {
    match arguments {
        Arguments::Ls { image } => ls(&image),
        Arguments::Get { image, path, output } => get(&image, &path, output.as_deref()),
        Arguments::Put { image, file, path } => put(&image, &file, path.as_deref()),
        Arguments::Build { source, output, size } => build(&source, &output, size),
        Arguments::Diff { before, after } => compare(&before, &after),
    }
}

fn open(image: &Path) -> anyhow::Result<Arc<dyn BlockRead>> {
    card_source::open_image_file(image)
}

fn volume<'a>(image: &Path, card: &'a dyn BlockRead) -> anyhow::Result<FatVolume<'a>> {
    FatVolume::open(card).map_err(|error| Usage(format!("{}: {error}", image.display())).into())
}

fn ls(image: &Path) -> anyhow::Result<Outcome> {
    let card = open(image)?;
    let tree = volume(image, &card)?.tree();
    for entry in tree.entries() {
        say!("{}", line(entry));
    }
    for problem in &tree.problems {
        eprintln!("damaged: {problem}");
    }
    Ok(if tree.problems.is_empty() { Outcome::Passed } else { Outcome::Failed })
}

fn line(entry: &TreeEntry) -> String {
    let time = entry.modified().map_or_else(|| "-".repeat(19), |time| time.to_string());
    let slash = if entry.entry.is_folder { "/" } else { "" };
    format!("{:>10} {time} {}{slash}", entry.entry.size, entry.path)
}

fn get(image: &Path, path: &str, output: Option<&Path>) -> anyhow::Result<Outcome> {
    let card = open(image)?;
    let named = |error| Usage(format!("{}: {error}", image.display()));
    let bytes = volume(image, &card)?.get(path, LARGEST_FILE).map_err(named)?;
    match output {
        Some(file) => std::fs::write(file, bytes).with_context(|| format!("writing {}", file.display()))?,
        None => std::io::stdout().write_all(&bytes).context("writing to standard output")?,
    }
    Ok(Outcome::Passed)
}

/// Changes go to an overlay first, so that an image is not left half changed when the file does not fit.
fn put(image: &Path, file: &Path, path: Option<&str>) -> anyhow::Result<Outcome> {
    if card_source::is_qcow2(image)? {
        return Err(Usage(format!("{}: only raw images can be changed", image.display())).into());
    }
    let bytes = card_source::read(file)?;
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut overlay = Overlay::new(open(image)?);
    let named = |error| Usage(format!("{}: {error}", image.display()));
    put_file(&mut overlay, path.unwrap_or(&name), &bytes).map_err(named)?;
    let mut raw =
        OpenOptions::new().write(true).open(image).with_context(|| format!("opening {}", image.display()))?;
    overlay.apply_to(&mut raw).with_context(|| format!("writing {}", image.display()))?;
    Ok(Outcome::Passed)
}

fn build(source: &Path, output: &Path, size: Option<u64>) -> anyhow::Result<Outcome> {
    let files = card_source::files(source)?;
    let builder = match size {
        // Whatever is beyond counting is also beyond what the builder accepts.
        Some(mib) => CardBuilder::new().size(mib.saturating_mul(1 << 20)),
        None => CardBuilder::new(),
    };
    let card = builder.build(&files).map_err(|error| Usage(format!("{}: {error}", source.display())))?;
    let mut target = File::create(output).with_context(|| format!("creating {}", output.display()))?;
    let bytes = write_raw(&card, &mut target).with_context(|| format!("writing {}", output.display()))?;
    say!("{}: {} MiB, {} entries", output.display(), bytes >> 20, files.len());
    Ok(Outcome::Passed)
}

fn compare(before: &Path, after: &Path) -> anyhow::Result<Outcome> {
    let changes = diff(&open(before)?, &open(after)?)
        .map_err(|error| Usage(format!("{}: {error}", before.display())))?;
    for change in &changes.changes {
        say!("{} {:>10} {}", mark(change.kind), change.file.entry.size, change.file.path);
    }
    for problem in &changes.problems {
        eprintln!("{}: damaged: {problem}", after.display());
    }
    Ok(if changes.changes.is_empty() && changes.problems.is_empty() {
        Outcome::Passed
    } else {
        Outcome::Failed
    })
}

/// The letter in front of a changed file.
pub(super) fn mark(kind: ChangeKind) -> char {
    match kind {
        ChangeKind::Added => '+',
        ChangeKind::Changed => '~',
        ChangeKind::Removed => '-',
    }
}

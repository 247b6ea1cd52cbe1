//! What people hand over as a card: an image, a folder, a zip, an autoexec.bin.

use crate::exit::Usage;
use darkroom_emu_core::card::{
    BlockRead, FileLimits, FileSet, FileSource, open_image, read_folder, read_zip,
};
use std::fs::{self, File};
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

/// The file's bytes; a missing file is a usage error that names it.
pub(super) fn read(file: &Path) -> anyhow::Result<Vec<u8>> {
    fs::read(file).map_err(|error| named(file, error))
}

/// Opens a raw or qcow2 image for reading.
pub(super) fn open_image_file(image: &Path) -> anyhow::Result<Arc<dyn BlockRead>> {
    let file = File::open(image).map_err(|error| named(image, error))?;
    let source = FileSource::new(file).map_err(|error| named(image, error))?;
    open_image(source).map_err(|error| named(image, error))
}

/// Whether an image starts with the mark of qcow2.
pub(super) fn is_qcow2(image: &Path) -> anyhow::Result<bool> {
    let file = File::open(image).map_err(|error| named(image, error))?;
    let mut start = Vec::new();
    file.take(4).read_to_end(&mut start).map_err(|error| named(image, error))?;
    Ok(start == b"QFI\xfb")
}

/// The files of a folder, a zip, or a bare autoexec.bin (anything that does not start as a zip does).
pub(super) fn files(source: &Path) -> anyhow::Result<FileSet> {
    if source.is_dir() {
        return read_folder(source, FileLimits::default()).map_err(|error| named(source, error));
    }
    let bytes = read(source)?;
    let files = if bytes.starts_with(b"PK") {
        read_zip(&bytes, FileLimits::default())
    } else {
        FileSet::autoexec(bytes)
    };
    files.map_err(|error| named(source, error))
}

fn named(file: &Path, error: impl std::fmt::Display) -> anyhow::Error {
    Usage(format!("{}: {error}", file.display())).into()
}

//! A scenario file with the reference frames that lie beside it.

use crate::exit::Usage;
use anyhow::Context;
use darkroom_protocol::scenario::Scenario;
use std::fs;
use std::path::{Path, PathBuf};

/// A scenario's text and its references, as they are uploaded or run locally.
#[derive(Debug)]
pub(crate) struct ScenarioFiles {
    /// File name, for error messages.
    pub(crate) source: String,
    /// TOML text.
    pub(crate) text: String,
    /// (`NAME.png` or `CAMERA/NAME.png`, PNG bytes), sorted by name.
    pub(crate) references: Vec<(String, Vec<u8>)>,
}

impl ScenarioFiles {
    /// Reads the file and `references/` beside it.
    pub(crate) fn read(file: &Path) -> anyhow::Result<Self> {
        let text = fs::read_to_string(file).map_err(|error| Usage(format!("{}: {error}", file.display())))?;
        let folder = file.with_file_name("references");
        let mut files = Self { source: file.display().to_string(), text, references: Vec::new() };
        let scenario = files.parse()?;
        files.references = read_references(&folder)?;
        // A folder may serve several scenarios: only what this one names goes along.
        let named = scenario.reference_names();
        files.references.retain(|(path, _)| named.iter().any(|name| frame_name(path) == *name));
        Ok(files)
    }

    /// The file of that name, or else the scenario that comes with the program.
    pub(crate) fn read_or_shipped(file: &Path) -> anyhow::Result<Self> {
        let mut shipped = darkroom_protocol::scenario::shipped();
        match shipped.find(|(name, _)| !file.exists() && file.as_os_str() == *name) {
            Some((name, text)) => {
                Ok(Self { source: name.to_owned(), text: text.to_owned(), references: Vec::new() })
            }
            None => Self::read(file),
        }
    }

    /// The scenario, validated.
    pub(crate) fn parse(&self) -> anyhow::Result<Scenario> {
        Scenario::parse(&self.source, &self.text).map_err(|error| Usage(error.to_string()).into())
    }

    /// The reference `name` for `camera`: its own first, else the one for all.
    pub(crate) fn reference(&self, camera: &str, name: &str) -> Option<&[u8]> {
        let find = |wanted: String| self.references.iter().find(|(path, _)| *path == wanted);
        let found = find(format!("{camera}/{name}.png")).or_else(|| find(format!("{name}.png")));
        found.map(|(_, bytes)| bytes.as_slice())
    }
}

/// The name that steps use for `NAME.png` or `CAMERA/NAME.png`.
fn frame_name(path: &str) -> &str {
    let file = path.rsplit('/').next().unwrap_or_default();
    file.strip_suffix(".png").unwrap_or(file)
}

fn read_references(folder: &Path) -> anyhow::Result<Vec<(String, Vec<u8>)>> {
    let mut found = Vec::new();
    for path in entries(folder)? {
        if path.is_dir() {
            let camera = name_of(&path);
            for inner in entries(&path)? {
                push_png(&inner, &format!("{camera}/"), &mut found)?;
            }
        } else {
            push_png(&path, "", &mut found)?;
        }
    }
    found.sort();
    Ok(found)
}

fn push_png(path: &Path, prefix: &str, found: &mut Vec<(String, Vec<u8>)>) -> anyhow::Result<()> {
    if path.extension().is_some_and(|ending| ending == "png") {
        let bytes = fs::read(path).with_context(|| format!("reading {}", path.display()))?;
        found.push((format!("{prefix}{}", name_of(path)), bytes));
    }
    Ok(())
}

fn entries(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let listing = fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))?;
    listing.map(|entry| Ok(entry?.path())).collect()
}

fn name_of(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

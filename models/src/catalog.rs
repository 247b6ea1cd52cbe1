//! The set of all cameras.

use std::path::Path;
use std::sync::LazyLock;

use serde::{Serialize, Serializer};

use crate::camera::Camera;
use crate::error::{DataError, LoadError};
use crate::{files, load};

/// All known cameras: by generation, then by age.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Catalog {
    files: files::Files,
    cameras: Vec<Camera>,
}

/// No camera has that name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown camera {name:?}{}", hint(.near))]
pub struct UnknownCamera {
    /// What was asked for.
    pub name: String,
    /// Ids of cameras with a similar name, best first.
    pub near: Vec<String>,
}

fn hint(near: &[String]) -> String {
    match near {
        [] => String::new(),
        near => format!("; did you mean {}?", near.join(", ")),
    }
}

impl Catalog {
    /// The cameras built into the program.
    pub fn builtin() -> &'static Catalog {
        static BUILTIN: LazyLock<Catalog> = LazyLock::new(|| {
            Catalog::from_files(files::embedded()).expect("a test of this crate loads the built-in data")
        });
        &BUILTIN
    }

    /// The cameras of a folder laid out like this crate's: `generations/`, `cameras/`, `mpu/`, `buttons/`.
    ///
    /// # Errors
    /// All faults of all files, or that the folder cannot be read.
    pub fn load_dir(dir: &Path) -> Result<Catalog, LoadError> {
        Catalog::from_files(files::read_dir(dir)?)
    }

    /// The built-in cameras and those of a folder, which may use built-in generations and tables. A file
    /// of the same name replaces the built-in one.
    ///
    /// # Errors
    /// As [`Catalog::load_dir`].
    pub fn with_extra(dir: &Path) -> Result<Catalog, LoadError> {
        let mut all = files::embedded();
        all.extend(files::read_dir(dir)?);
        Catalog::from_files(all)
    }

    /// This catalogue with one more camera, or one replaced, given as the text of its TOML file.
    ///
    /// # Errors
    /// The faults of the text.
    pub fn with_camera(&self, id: &str, toml: &str) -> Result<Catalog, LoadError> {
        let path = format!("cameras/{id}.toml");
        if id.is_empty() || !id.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return Err(DataError::of_file(&path, "the id must be letters and digits").into());
        }
        let mut all = self.files.clone();
        all.insert(path, toml.to_owned());
        Catalog::from_files(all)
    }

    fn from_files(files: files::Files) -> Result<Catalog, LoadError> {
        let cameras = load::cameras(&files)?;
        Ok(Catalog { files, cameras })
    }

    /// The camera of an id, full name or alias, ignoring case, spaces, dashes and the word "Canon".
    ///
    /// # Errors
    /// [`UnknownCamera`], with similar names.
    pub fn get(&self, name: &str) -> Result<&Camera, UnknownCamera> {
        let wanted = fold(name);
        let found = self.cameras.iter().find(|camera| names(camera).any(|known| fold(known) == wanted));
        found.ok_or_else(|| UnknownCamera { name: name.to_owned(), near: self.near(&wanted) })
    }

    /// The cameras in their fixed order.
    pub fn iter(&self) -> std::slice::Iter<'_, Camera> {
        self.cameras.iter()
    }

    /// How many cameras there are.
    pub fn len(&self) -> usize {
        self.cameras.len()
    }

    /// Whether there is no camera.
    pub fn is_empty(&self) -> bool {
        self.cameras.is_empty()
    }

    fn near(&self, wanted: &str) -> Vec<String> {
        const MAX_HINTS: usize = 3;
        let distance = |camera: &Camera| names(camera).map(|n| edit_distance(&fold(n), wanted)).min();
        let mut ranked: Vec<_> = self
            .cameras
            .iter()
            .filter_map(|camera| Some((distance(camera)?, camera.id.as_str())))
            .filter(|(distance, id)| *distance <= 2 && *distance < id.len())
            .collect();
        ranked.sort_by_key(|(distance, _)| *distance);
        ranked.into_iter().take(MAX_HINTS).map(|(_, id)| id.to_owned()).collect()
    }
}

impl<'a> IntoIterator for &'a Catalog {
    type Item = &'a Camera;
    type IntoIter = std::slice::Iter<'a, Camera>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl Serialize for Catalog {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(&self.cameras)
    }
}

/// All names of a camera.
pub(crate) fn names(camera: &Camera) -> impl Iterator<Item = &str> {
    [camera.id.as_str(), camera.name.as_str()].into_iter().chain(camera.aliases.iter().map(String::as_str))
}

/// A name without what people write differently.
pub(crate) fn fold(name: &str) -> String {
    let plain: String = name.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
    let plain = plain.strip_prefix("canon").unwrap_or(&plain);
    match plain.strip_prefix("eos") {
        Some(rest) if rest.starts_with(|c: char| c.is_ascii_digit()) => rest.to_owned(),
        _ => plain.to_owned(),
    }
}

/// Inserted, removed and changed characters between two names; names over 32 characters count as far away.
fn edit_distance(a: &str, b: &str) -> usize {
    const MAX_LEN: usize = 32;
    if a.chars().count().max(b.chars().count()) > MAX_LEN {
        return usize::MAX;
    }
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, to) in b.iter().enumerate() {
            let substitute = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = substitute.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

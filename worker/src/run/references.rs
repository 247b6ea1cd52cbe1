//! Reference frames by name.

use std::collections::BTreeMap;

use darkroom_emu_core::frame::{Frame, PngError, decode_png};

/// The frames that screens are compared with, by the name that steps use.
#[derive(Debug, Default)]
pub struct References {
    by_name: BTreeMap<String, Result<Frame, PngError>>,
}

impl References {
    /// No reference at all.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a PNG. Of two with one name the first counts. A PNG that cannot be read is reported by the check that needs it.
    pub fn add_png(&mut self, name: &str, png: &[u8]) {
        self.by_name.entry(name.to_owned()).or_insert_with(|| decode_png(png));
    }

    /// Adds a picture; of two with one name the first counts.
    pub fn add(&mut self, name: &str, picture: Frame) {
        self.by_name.entry(name.to_owned()).or_insert(Ok(picture));
    }

    /// The reference of that name, or why there is none.
    pub(super) fn get(&self, name: &str) -> Result<&Frame, String> {
        match self.by_name.get(name) {
            Some(Ok(picture)) => Ok(picture),
            Some(Err(error)) => Err(format!("the reference “{name}” cannot be used: {error}")),
            None => Err(format!("there is no reference “{name}” to compare with")),
        }
    }
}

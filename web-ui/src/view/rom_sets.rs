//! ROM sets: list and upload form.

use super::Shell;
use crate::format::{self, Figure, Moment};
use askama::Template;
use darkroom_protocol::RomSetId;
use darkroom_protocol::job::RomSlot;
use std::collections::BTreeMap;
use time::OffsetDateTime;

/// A ROM set in a list. The files' content is never shown or offered.
#[derive(Debug, Clone)]
pub struct RomSetLine {
    /// Id.
    pub id: RomSetId,
    /// Camera.
    pub camera: String,
    /// Firmware version, or `open`.
    pub firmware: String,
    /// Version that the open firmware in it stands for, when it is the farm's own.
    pub open_firmware: Option<String>,
    /// Files and sizes.
    pub files: Vec<(RomSlot, u64)>,
    /// When it was stored.
    pub created_at: OffsetDateTime,
}

/// A camera to choose, with the files that it needs.
#[derive(Debug, Clone)]
pub struct RomNeeds {
    /// Camera.
    pub camera: String,
    /// File name → size.
    pub roms: BTreeMap<String, u64>,
}

impl RomNeeds {
    /// In words: `ROM0.BIN 16 MiB, ROM1.BIN 16 MiB`.
    pub fn words(&self) -> String {
        let parts: Vec<String> =
            self.roms.iter().map(|(file, size)| format!("{file} {}", format::bytes(*size))).collect();
        parts.join(", ")
    }
}

/// Messages beside the fields of a form, by field name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldErrors(pub BTreeMap<&'static str, String>);

impl FieldErrors {
    /// One message beside one field.
    pub fn one(field: &'static str, message: impl Into<String>) -> Self {
        Self(BTreeMap::from([(field, message.into())]))
    }

    /// The message beside `field`.
    pub fn at(&self, field: &str) -> Option<&str> {
        self.0.get(field).map(String::as_str)
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// `/rom-sets`
#[derive(Debug, Clone, Template)]
#[template(path = "rom_sets.html")]
pub struct RomSetsPage {
    /// Frame.
    pub shell: Shell,
    /// Stored sets.
    pub sets: Vec<RomSetLine>,
    /// Cameras to choose from.
    pub cameras: Vec<RomNeeds>,
    /// Camera chosen before an error.
    pub camera: String,
    /// Firmware version entered before an error.
    pub firmware: String,
    /// What is wrong with the form.
    pub errors: FieldErrors,
    /// Whether the signed-in token may upload.
    pub may_submit: bool,
}

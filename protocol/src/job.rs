//! What a worker needs to run one job.

use crate::limits::Limits;
use crate::{CameraName, Digest, JobId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One cell, complete: nothing else decides the outcome, so equal specs give equal results.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct JobSpec {
    /// The job.
    pub job: JobId,
    /// Camera model.
    pub camera: CameraName,
    /// Text of the camera's own TOML file when it was added at run time; `None` for built-in models.
    pub camera_toml: Option<String>,
    /// Firmware version of the ROM set, for example `111` or `open`.
    pub firmware: String,
    /// ROM files.
    pub roms: Vec<RomFile>,
    /// The build's payload for this camera.
    pub payload: Payload,
    /// Name of the scenario.
    pub scenario_name: String,
    /// Its TOML text.
    pub scenario: String,
    /// Reference frames by name, those of this camera first choice.
    pub references: Vec<Reference>,
    /// Caps: the scenario's own, cut to the farm's ceiling.
    pub limits: Limits,
}

/// Which chip a ROM file fills.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RomSlot {
    /// `ROM0.BIN`
    Rom0,
    /// `ROM1.BIN`
    Rom1,
    /// `SFDATA.BIN`, the serial flash
    Sfdata,
}

impl RomSlot {
    /// All slots.
    pub const ALL: [Self; 3] = [Self::Rom0, Self::Rom1, Self::Sfdata];

    /// The file name that dumps of this chip carry.
    pub fn file_name(self) -> &'static str {
        match self {
            Self::Rom0 => "ROM0.BIN",
            Self::Rom1 => "ROM1.BIN",
            Self::Sfdata => "SFDATA.BIN",
        }
    }
}

/// One ROM file of a set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RomFile {
    /// Its chip.
    pub slot: RomSlot,
    /// Its content.
    pub digest: Digest,
    /// Its size in bytes.
    pub size: u64,
}

/// Form of a payload blob.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PayloadKind {
    /// A bare `autoexec.bin`.
    Autoexec,
    /// A zip whose entries are the card's files, `autoexec.bin` at its root.
    Zip,
}

/// What goes on the card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Payload {
    /// Form.
    pub kind: PayloadKind,
    /// Content.
    pub digest: Digest,
    /// Size in bytes.
    pub size: u64,
}

/// A reference frame.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Reference {
    /// Name used by `expect-screen` and `wait screen`.
    pub name: String,
    /// PNG blob.
    pub digest: Digest,
}

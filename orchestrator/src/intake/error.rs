//! Why something that was handed in cannot be taken: each names the upload, the entry and the reason.

use crate::error::{Kind, Refusal};
use thiserror::Error;

/// What is wrong with one entry of a zip.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum EntryFault {
    /// `..` in the path.
    #[error("the path leaves the card ('..')")]
    Traversal,
    /// `/…`, `C:…`.
    #[error("the path is absolute")]
    Absolute,
    /// A name that FAT does not take.
    #[error("the name is not one that a card can hold: {0}")]
    BadName(&'static str),
    /// Folders in folders in folders.
    #[error("more than {0} folders deep")]
    TooDeep(usize),
    /// A symbolic link.
    #[error("is a link")]
    Link,
    /// A device, socket …
    #[error("is neither a file nor a folder")]
    Special,
    /// Encrypted.
    #[error("is encrypted")]
    Encrypted,
    /// The same name twice, as FAT compares names.
    #[error("has the same name on a card as '{0}'")]
    Duplicate(String),
    /// A zip where none is expected.
    #[error("is a zip inside a build: bundles may be one level deep")]
    Nested,
    /// Unpacks to too much.
    #[error("unpacks to more than {cap} bytes")]
    TooLarge {
        /// Cap in bytes.
        cap: u64,
    },
    /// Unpacks to far more than it takes in the zip.
    #[error("unpacks to more than {0} times its size in the zip")]
    Ratio(u64),
    /// Cut off or damaged.
    #[error("cannot be unpacked: {0}")]
    Damaged(String),
}

impl EntryFault {
    fn code(&self) -> &'static str {
        match self {
            Self::Traversal => "path-traversal",
            Self::Absolute => "absolute-path",
            Self::BadName(_) | Self::TooDeep(_) => "bad-path",
            Self::Link | Self::Special => "not-a-file",
            Self::Encrypted => "encrypted",
            Self::Duplicate(_) => "duplicate-name",
            Self::Nested => "nested-zip",
            Self::TooLarge { .. } | Self::Ratio(_) => "zip-bomb",
            Self::Damaged(_) => "damaged-entry",
        }
    }
}

/// Why an upload cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum IntakeError {
    /// Not a zip, or cut off.
    #[error("{upload}: not a readable zip: {reason}")]
    BadZip {
        /// Name of the upload.
        upload: String,
        /// What is wrong.
        reason: String,
    },
    /// One entry is not acceptable.
    #[error("{upload}: entry '{entry}': {fault}")]
    BadEntry {
        /// Name of the upload.
        upload: String,
        /// Name of the entry.
        entry: String,
        /// What is wrong with it.
        fault: EntryFault,
    },
    /// Absurd count.
    #[error("{upload}: {count} entries, at most {cap} are taken")]
    TooManyEntries {
        /// Name of the upload.
        upload: String,
        /// How many.
        count: u64,
        /// Cap.
        cap: u64,
    },
    /// Neither a zip nor a plausible `autoexec.bin`.
    #[error("{upload}: {reason}")]
    NotABuild {
        /// Name of the upload.
        upload: String,
        /// What it is instead.
        reason: String,
    },
    /// Names a camera that the farm does not know.
    #[error("{upload}: names the camera '{camera}', which this farm does not know{hint}")]
    UnknownCamera {
        /// Name of the upload or entry.
        upload: String,
        /// The name.
        camera: String,
        /// `; did you mean …?`, or empty.
        hint: String,
    },
    /// Says nowhere which camera it is for.
    #[error(
        "{upload}: does not say which camera it is for: pick cameras, or name it like \
         'magiclantern-….60D111.zip' (a folder like '60D.111')"
    )]
    CameraNotNamed {
        /// Name of the upload or entry.
        upload: String,
    },
    /// The name says one camera, the content another.
    #[error("{upload}: its name says {named}, its content {content}")]
    CameraMismatch {
        /// Name of the upload or entry.
        upload: String,
        /// By name.
        named: String,
        /// By content.
        content: String,
    },
    /// Picked for a camera that the build is not for.
    #[error("{upload}: this build is for {made_for} ({said_by}), asked for {asked}")]
    WrongCamera {
        /// Name of the upload or entry.
        upload: String,
        /// Camera and version that it is for.
        made_for: String,
        /// Where it says so.
        said_by: String,
        /// Camera picked by hand.
        asked: String,
    },
    /// Two payloads for one camera.
    #[error("{upload}: two payloads for {camera} ('{first}' and '{second}'): hand them in as two builds")]
    TwoPayloads {
        /// Name of the upload.
        upload: String,
        /// The camera.
        camera: String,
        /// Where the first came from.
        first: String,
        /// Where the second came from.
        second: String,
    },
    /// A camera was picked that the bundle has nothing for.
    #[error("{upload}: has no payload for {camera}")]
    CameraNotInBundle {
        /// Name of the upload.
        upload: String,
        /// The camera.
        camera: String,
    },
    /// ROM files that cannot be a camera's.
    #[error("{file}: {reason}")]
    BadRom {
        /// File name.
        file: String,
        /// What is wrong.
        reason: String,
    },
    /// A reference picture that cannot be used.
    #[error("reference {file}: {reason}")]
    BadReference {
        /// File name.
        file: String,
        /// What is wrong.
        reason: String,
    },
}

impl IntakeError {
    /// Machine-readable word.
    pub fn code(&self) -> &'static str {
        match self {
            Self::BadZip { .. } => "bad-zip",
            Self::BadEntry { fault, .. } => fault.code(),
            Self::TooManyEntries { .. } => "too-many-entries",
            Self::NotABuild { .. } => "not-a-build",
            Self::UnknownCamera { .. } => "unknown-camera",
            Self::CameraNotNamed { .. } => "camera-not-named",
            Self::CameraMismatch { .. } => "camera-mismatch",
            Self::WrongCamera { .. } => "wrong-camera",
            Self::TwoPayloads { .. } => "two-payloads",
            Self::CameraNotInBundle { .. } => "camera-not-in-bundle",
            Self::BadRom { .. } => "bad-rom",
            Self::BadReference { .. } => "bad-reference",
        }
    }
}

impl From<IntakeError> for Refusal {
    fn from(error: IntakeError) -> Self {
        Self::new(Kind::Invalid, error.code(), error.to_string())
    }
}

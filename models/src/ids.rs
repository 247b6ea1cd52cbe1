//! Names and numbers that must not be mixed up.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The short name of a camera, as in ML's platform folders: `60D`, `5D3`, `EOSM`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CameraId(String);

impl CameraId {
    /// Longest accepted name.
    pub const MAX_LEN: usize = 16;

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for CameraId {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let plain = text.bytes().all(|b| b.is_ascii_alphanumeric());
        if text.is_empty() || text.len() > Self::MAX_LEN || !plain {
            return Err(format!("camera id {text:?} must be 1 to {} letters and digits", Self::MAX_LEN));
        }
        Ok(CameraId(text))
    }
}

impl From<CameraId> for String {
    fn from(id: CameraId) -> String {
        id.0
    }
}

impl AsRef<str> for CameraId {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CameraId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// A firmware version as ML writes it, without dots: `111` is 1.1.1.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FirmwareVersion(String);

impl FirmwareVersion {
    /// The three digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The version as Canon writes it: `1.1.1`.
    pub fn dotted(&self) -> String {
        let digits: Vec<String> = self.0.chars().map(String::from).collect();
        digits.join(".")
    }
}

impl TryFrom<String> for FirmwareVersion {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if text.len() != 3 || !text.bytes().all(|b| b.is_ascii_digit()) {
            return Err(format!("firmware version {text:?} must be three digits, such as 111"));
        }
        Ok(FirmwareVersion(text))
    }
}

impl std::str::FromStr for FirmwareVersion {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        FirmwareVersion::try_from(text.to_owned())
    }
}

impl From<FirmwareVersion> for String {
    fn from(version: FirmwareVersion) -> String {
        version.0
    }
}

impl fmt::Display for FirmwareVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// The number of an interrupt of the DIGIC interrupt controller, 1 to 0x1FF (0 means "none" there).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "u16")]
pub struct InterruptId(u16);

impl InterruptId {
    /// Highest number.
    pub const MAX: u16 = 0x1FF;

    /// The number.
    pub fn get(self) -> u16 {
        self.0
    }
}

impl TryFrom<i64> for InterruptId {
    type Error = String;

    fn try_from(number: i64) -> Result<Self, Self::Error> {
        match u16::try_from(number) {
            Ok(id @ 1..=Self::MAX) => Ok(InterruptId(id)),
            _ => Err(format!("interrupt id {number:#X} is outside 0x1 to 0x1FF")),
        }
    }
}

impl From<InterruptId> for u16 {
    fn from(id: InterruptId) -> u16 {
        id.0
    }
}

impl fmt::Display for InterruptId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "0x{:X}", self.0)
    }
}

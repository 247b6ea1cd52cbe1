//! What a run on the open firmware can and cannot tell.

use super::Shell;
use crate::format;
use askama::Template;

/// A camera with open firmware on this farm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenCamera {
    /// Camera.
    pub camera: String,
    /// Version of the camera's firmware that it stands for (`111`).
    pub version: String,
}

impl OpenCamera {
    /// The version as the camera writes it: `1.1.1`.
    pub fn dotted(&self) -> String {
        format::version(&self.version)
    }
}

/// `/open-firmware`
#[derive(Debug, Clone, Template)]
#[template(path = "open_firmware.html")]
pub struct OpenFirmwarePage {
    /// Frame.
    pub shell: Shell,
    /// Cameras and versions there are.
    pub cameras: Vec<OpenCamera>,
}

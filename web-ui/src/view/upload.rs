//! Upload a build and run it.

use super::Shell;
use super::rom_sets::FieldErrors;
use askama::Template;

/// A checkbox.
#[derive(Debug, Clone)]
pub struct Choice {
    /// Value sent.
    pub value: String,
    /// What stands beside it.
    pub hint: String,
    /// Whether it is ticked.
    pub ticked: bool,
}

/// Cameras of one generation.
#[derive(Debug, Clone)]
pub struct CameraGroup {
    /// `DIGIC 4` …
    pub generation: String,
    /// Cameras.
    pub cameras: Vec<Choice>,
}

/// `/upload`
#[derive(Debug, Clone, Template)]
#[template(path = "upload.html")]
pub struct UploadPage {
    /// Frame.
    pub shell: Shell,
    /// Name entered before an error.
    pub name: String,
    /// Cameras.
    pub cameras: Vec<CameraGroup>,
    /// Scenarios.
    pub scenarios: Vec<Choice>,
    /// What is wrong with the form.
    pub errors: FieldErrors,
    /// Largest upload taken, in words.
    pub max_size: String,
}

//! Builds: list and detail.

use super::Shell;
use super::overview::BatchLine;
use crate::format::{Figure, Moment};
use askama::Template;
use darkroom_protocol::BuildId;
use darkroom_protocol::api::Build;
use darkroom_protocol::job::PayloadKind;
use time::OffsetDateTime;

/// A build in the list.
#[derive(Debug, Clone)]
pub struct BuildLine {
    /// Id.
    pub id: BuildId,
    /// Name.
    pub name: String,
    /// Who uploaded it; may be empty.
    pub by: String,
    /// Cameras it has payloads for.
    pub cameras: Vec<String>,
    /// Size of its payloads together, in bytes.
    pub size: u64,
    /// When it was stored.
    pub created_at: OffsetDateTime,
}

/// `/builds`
#[derive(Debug, Clone, Template)]
#[template(path = "builds.html")]
pub struct BuildsPage {
    /// Frame.
    pub shell: Shell,
    /// Now, for relative times.
    pub now: OffsetDateTime,
    /// Builds of this page, newest first.
    pub builds: Vec<BuildLine>,
    /// Address of the next page.
    pub older: Option<String>,
}

/// `/builds/{id}`
#[derive(Debug, Clone, Template)]
#[template(path = "build.html")]
pub struct BuildPage {
    /// Frame.
    pub shell: Shell,
    /// Now, for relative times.
    pub now: OffsetDateTime,
    /// The build.
    pub build: Build,
    /// Who uploaded it; may be empty.
    pub by: String,
    /// Batches in which it ran, newest first.
    pub batches: Vec<BatchLine>,
    /// Scenarios to choose from for another run.
    pub scenarios: Vec<String>,
    /// Whether the signed-in token may submit.
    pub may_submit: bool,
}

impl BuildPage {
    /// Each warning with the cameras whose payload it is about.
    pub fn warnings(&self) -> Vec<(&str, String)> {
        let mut found: Vec<(&str, String)> = Vec::new();
        for platform in &self.build.platforms {
            for warning in &platform.warnings {
                match found.iter_mut().find(|(known, _)| known == warning) {
                    Some((_, cameras)) => *cameras = format!("{cameras}, {}", platform.camera),
                    None => found.push((warning, platform.camera.to_string())),
                }
            }
        }
        found
    }
}

/// Form of a payload, in words.
pub fn payload_word(kind: &PayloadKind) -> &'static str {
    match kind {
        PayloadKind::Autoexec => "autoexec.bin",
        PayloadKind::Zip => "card files (zip)",
    }
}

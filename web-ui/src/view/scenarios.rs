//! Scenarios: list and detail.

use super::Shell;
use crate::format::{Figure, Moment};
use askama::Template;
use darkroom_protocol::api::ScenarioInfo;
use darkroom_protocol::scenario::Scenario;
use darkroom_protocol::{Digest, ScenarioId};
use time::OffsetDateTime;

/// `/scenarios`
#[derive(Debug, Clone, Template)]
#[template(path = "scenarios.html")]
pub struct ScenariosPage {
    /// Frame.
    pub shell: Shell,
    /// The newest version of each, by name.
    pub scenarios: Vec<ScenarioInfo>,
}

/// A reference frame.
#[derive(Debug, Clone)]
pub struct ReferenceView {
    /// Name used by steps.
    pub name: String,
    /// Camera, or `*`.
    pub camera: String,
    /// Picture.
    pub digest: Digest,
}

impl ReferenceView {
    /// Whom it serves, in words.
    pub fn whom(&self) -> &str {
        if self.camera == "*" { "every camera" } else { &self.camera }
    }
}

/// `/scenarios/{name}`
#[derive(Debug, Clone, Template)]
#[template(path = "scenario.html")]
pub struct ScenarioPage {
    /// Frame.
    pub shell: Shell,
    /// Id of the version shown.
    pub id: ScenarioId,
    /// The scenario.
    pub scenario: Scenario,
    /// Its text.
    pub source: String,
    /// When this version was stored.
    pub created_at: OffsetDateTime,
    /// Reference frames.
    pub references: Vec<ReferenceView>,
}

/// Whom the references of one name serve, in words.
pub fn whom(cameras: &[String]) -> String {
    if cameras.iter().any(|camera| camera == "*") {
        "every camera".to_owned()
    } else {
        cameras.len().plural("camera")
    }
}

//! Cameras that the farm knows.

use super::Shell;
use super::rom_sets::RomSetLine;
use crate::Mark;
use crate::format::{Figure, Moment};
use askama::Template;
use darkroom_protocol::JobId;
use darkroom_protocol::api::Camera;
use time::OffsetDateTime;

/// A camera in the list.
#[derive(Debug, Clone)]
pub struct CameraCard {
    /// The camera.
    pub camera: Camera,
    /// ROM sets stored for it.
    pub rom_sets: u64,
    /// Its last finished job.
    pub last: Option<(JobId, Mark)>,
}

/// Cameras of one generation.
#[derive(Debug, Clone)]
pub struct Generation {
    /// `DIGIC 4` …
    pub name: String,
    /// Its cameras.
    pub cameras: Vec<CameraCard>,
}

/// `/cameras`
#[derive(Debug, Clone, Template)]
#[template(path = "cameras.html")]
pub struct CamerasPage {
    /// Frame.
    pub shell: Shell,
    /// Generations, oldest first.
    pub generations: Vec<Generation>,
}

impl CamerasPage {
    /// Groups cameras by generation, keeping their order.
    pub fn new(shell: Shell, cards: Vec<CameraCard>) -> Self {
        let mut generations: Vec<Generation> = Vec::new();
        for card in cards {
            match generations.iter_mut().find(|generation| generation.name == card.camera.generation) {
                Some(generation) => generation.cameras.push(card),
                None => {
                    let name = card.camera.generation.clone();
                    generations.push(Generation { name, cameras: vec![card] });
                }
            }
        }
        Self { shell, generations }
    }
}

/// A finished or running job in a list.
#[derive(Debug, Clone)]
pub struct JobLine {
    /// The job.
    pub job: JobId,
    /// Build's name.
    pub build_name: String,
    /// Camera.
    pub camera: String,
    /// Scenario.
    pub scenario: String,
    /// State or verdict.
    pub mark: Mark,
    /// Why, unless passed.
    pub reason: Option<String>,
    /// When it was queued.
    pub queued_at: OffsetDateTime,
}

/// `/cameras/{name}`
#[derive(Debug, Clone, Template)]
#[template(path = "camera.html")]
pub struct CameraPage {
    /// Frame.
    pub shell: Shell,
    /// Now, for relative times.
    pub now: OffsetDateTime,
    /// The camera.
    pub camera: Camera,
    /// Its ROM sets.
    pub rom_sets: Vec<RomSetLine>,
    /// Its latest jobs, newest first.
    pub jobs: Vec<JobLine>,
}

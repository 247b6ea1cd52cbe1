//! The client API under `/api/v1`: what `darkroom submit`, Jenkins and scripts use.
//!
//! | call | body → answer |
//! |---|---|
//! | `POST /builds?name=N&cameras=A,B` | raw bytes of a zip, a bundle or an `autoexec.bin` → 201 [`Build`] |
//! | `GET /builds/{id}` | [`Build`] |
//! | `POST /rom-sets?camera=C&firmware=V` | multipart: `ROM0.BIN`, `ROM1.BIN`, `SFDATA.BIN` → 201 [`RomSet`] |
//! | `GET /rom-sets`, `GET /cameras`, `GET /scenarios` | lists |
//! | `POST /cameras` | TOML text of a camera file → 201 [`Camera`] |
//! | `POST /scenarios` | multipart: `scenario` (TOML), `reference` PNGs named `NAME.png` or `CAMERA/NAME.png` → 201 [`ScenarioInfo`] |
//! | `POST /batches` (+ `Idempotency-Key`) | [`Submit`] → 201 [`Batch`] with `Location` |
//! | `GET /batches/{id}?wait=60` | [`Batch`]; waits up to that many seconds for the end |
//! | `POST /batches/{id}/cancel` | [`Batch`] |
//! | `GET /batches/{id}/junit.xml` | JUnit |
//! | `GET /batches`, `GET /jobs/{id}`, `GET /jobs/{id}/log`, `GET /blobs/{digest}` | reading |
//! | `POST /jobs/{id}/cancel`, `POST /jobs/{id}/retry` | [`Job`] |

use crate::report::RunReport;
use crate::verdict::{Reason, Verdict};
use crate::{AttemptNo, BatchId, BuildId, CameraName, Digest, JobId, RomSetId, ScenarioId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use time::OffsetDateTime;
use utoipa::ToSchema;

/// Every error of the API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ApiError {
    /// Machine-readable word, for example `bad-zip`.
    pub code: String,
    /// What is wrong and where.
    pub message: String,
}

/// A stored build.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Build {
    /// Id.
    pub id: BuildId,
    /// Name for people: the upload's name unless given.
    pub name: String,
    /// Payload per camera.
    pub platforms: Vec<BuildPlatform>,
    /// When it was stored.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
}

/// A build's payload for one camera.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BuildPlatform {
    /// Camera.
    pub camera: CameraName,
    /// Camera firmware version that the build is for, when known (`111`).
    pub firmware: Option<String>,
    /// Where the build says which camera and version it is for: a file in it (`ML/modules/60D_111.sym`) or its name.
    #[serde(default)]
    pub evidence: Option<String>,
    /// What will be wrong with a run of it, one sentence each.
    #[serde(default)]
    pub warnings: Vec<String>,
    /// Payload.
    pub payload: crate::job::Payload,
}

/// A stored ROM set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RomSet {
    /// Id.
    pub id: RomSetId,
    /// Camera.
    pub camera: CameraName,
    /// Firmware version, or `open` for our own ROM.
    pub firmware: String,
    /// Set for the farm's own sets: the version of the camera's firmware that the open firmware stands for (`111`).
    #[serde(default)]
    pub open_firmware: Option<String>,
    /// Files.
    pub files: Vec<crate::job::RomFile>,
    /// When it was stored.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
}

/// A camera that the farm knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Camera {
    /// Name.
    pub name: CameraName,
    /// `DIGIC 4` …
    pub generation: String,
    /// `SD`, `CF`.
    pub cards: Vec<String>,
    /// ROM files it needs, with sizes in bytes.
    pub roms: BTreeMap<String, u64>,
    /// Whether it was added at run time.
    pub custom: bool,
}

/// A stored scenario.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ScenarioInfo {
    /// Id of this version.
    pub id: ScenarioId,
    /// Name.
    pub name: String,
    /// One sentence.
    pub description: String,
    /// Reference frames: name → cameras that have one (`*` = for all).
    pub references: BTreeMap<String, Vec<String>>,
}

/// Asks for a batch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Submit {
    /// Name for people.
    #[serde(default)]
    pub name: String,
    /// What to run: each build with its scenarios.
    pub runs: Vec<SubmitRun>,
    /// Cameras; empty = every camera for which the build has a payload.
    #[serde(default)]
    pub cameras: Vec<CameraName>,
    /// ROM firmware to use: `open` (the open firmware of the version that the build is for), `open:VERSION`, a version, or
    /// absent = newest set of the build's version, else `open`.
    #[serde(default)]
    pub firmware: Option<String>,
    /// Lower runs first; default 50.
    #[serde(default = "default_priority")]
    pub priority: i16,
}

fn default_priority() -> i16 {
    50
}

/// One build under some scenarios.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SubmitRun {
    /// The build.
    pub build: BuildId,
    /// Names of stored scenarios (newest version of each); empty = `boot`.
    #[serde(default)]
    pub scenarios: Vec<String>,
}

/// State of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum JobState {
    /// Waits for a worker.
    Queued,
    /// A worker holds it.
    Running,
    /// Has its verdict.
    Finished,
}

/// A batch with its jobs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Batch {
    /// Id.
    pub id: BatchId,
    /// Name.
    pub name: String,
    /// True when every job has its verdict.
    pub finished: bool,
    /// Why it is not finished, in one sentence; empty when it is.
    pub why: String,
    /// Jobs per verdict, and `queued` and `running`.
    pub counts: BTreeMap<String, u64>,
    /// Its jobs.
    pub jobs: Vec<JobSummary>,
    /// When it was submitted.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// When the last job ended.
    #[serde(with = "time::serde::rfc3339::option")]
    pub finished_at: Option<OffsetDateTime>,
}

/// A job in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct JobSummary {
    /// Id.
    pub id: JobId,
    /// Build.
    pub build: BuildId,
    /// Build's name.
    pub build_name: String,
    /// Camera.
    pub camera: CameraName,
    /// Scenario.
    pub scenario: String,
    /// Set when the job runs on the farm's open firmware, no dump of a camera: the version that it stands for. The page
    /// `/open-firmware` says what such a run can and cannot tell.
    #[serde(default)]
    pub open_firmware: Option<String>,
    /// State.
    pub state: JobState,
    /// Verdict when finished.
    pub verdict: Option<Verdict>,
    /// Why, unless passed.
    pub reason: Option<Reason>,
    /// Real milliseconds of the run.
    pub host_ms: Option<u64>,
    /// Virtual nanoseconds of the run.
    pub guest_ns: Option<u64>,
    /// State hash at the end.
    pub state_hash: Option<String>,
    /// SHA-256 of the kept log.
    pub log_digest: Option<Digest>,
    /// Digests of the frames, in order.
    pub frames: Vec<Digest>,
}

/// A job with everything known of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Job {
    /// Summary.
    #[serde(flatten)]
    pub summary: JobSummary,
    /// Its batch.
    pub batch: BatchId,
    /// When it was put into the queue, by the database's clock.
    #[serde(with = "time::serde::rfc3339")]
    pub queued_at: OffsetDateTime,
    /// Tries so far.
    pub attempts: Vec<Attempt>,
    /// Report of the deciding attempt.
    pub report: Option<RunReport>,
}

/// A try of a job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Attempt {
    /// Number.
    pub number: AttemptNo,
    /// Worker's name.
    pub worker: String,
    /// How it ended: `running`, `finished`, `lost`, `released`, `infra-error`.
    pub outcome: String,
    /// What the supervisor noticed.
    pub supervisor_log: String,
    /// When it was claimed.
    #[serde(with = "time::serde::rfc3339")]
    pub claimed_at: OffsetDateTime,
    /// When it ended.
    #[serde(with = "time::serde::rfc3339::option")]
    pub ended_at: Option<OffsetDateTime>,
}

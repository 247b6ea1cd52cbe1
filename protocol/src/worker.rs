//! The worker's conversation with the orchestrator, under `/api/v1/worker`.
//!
//! | call | body → answer |
//! |---|---|
//! | `POST /register` | [`Register`] → [`Registered`] |
//! | `POST /claim` | [`ClaimRequest`] → 200 [`Claim`], or 204 when nothing came within the wait |
//! | `POST /jobs/{job}/attempts/{n}/heartbeat` | – → [`HeartbeatAnswer`] |
//! | `POST /jobs/{job}/attempts/{n}/events` | [`EventBatch`] → 204 |
//! | `POST /jobs/{job}/attempts/{n}/log?offset=N` | raw bytes → 204 (bytes already there are not doubled) |
//! | `PUT /jobs/{job}/attempts/{n}/blobs/{digest}` | raw bytes → 204; digest is checked |
//! | `GET /jobs/{job}/attempts/{n}/blobs/{digest}` | → bytes; only blobs that the job's spec names |
//! | `POST /jobs/{job}/attempts/{n}/finish` | [`Finish`] → 204; the same report twice is fine |
//! | `POST /jobs/{job}/attempts/{n}/release` | [`Release`] → 204; hands the job back unharmed |
//!
//! Every call carries `Authorization: Bearer TOKEN`; attempt calls also `X-Attempt-Secret`. A writer whose attempt
//! is no longer the current one, or whose lease ended, gets 409 and must drop the job.

use crate::job::JobSpec;
use crate::report::{FrameInfo, RunReport};
use crate::{AttemptNo, WorkerId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Header that carries the attempt's secret.
pub const ATTEMPT_SECRET_HEADER: &str = "x-attempt-secret";

/// A worker slot says hello.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Register {
    /// Name for people: container or host name and slot.
    pub name: String,
    /// [`crate::WORKER_PROTOCOL`] of the worker.
    pub protocol: u32,
    /// Version of the program.
    pub version: String,
    /// `process`, `docker` … as the fleet started it.
    pub backend: String,
    /// Results of the sandbox probes that the worker ran on itself at start, by name: `refused` or what went through.
    pub sandbox: Vec<SandboxProbe>,
}

/// One probe of the worker's own sandbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SandboxProbe {
    /// What was tried: `socket`, `open`, `exec`, `fork`, `ptrace`.
    pub name: String,
    /// Whether it was refused, as it must be.
    pub refused: bool,
    /// The errno or signal seen.
    pub detail: String,
}

/// Answer to [`Register`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Registered {
    /// The slot's id for later claims.
    pub worker: WorkerId,
    /// Seconds between heartbeats.
    pub heartbeat_seconds: u32,
}

/// Asks for work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ClaimRequest {
    /// The slot.
    pub worker: WorkerId,
    /// How long the server may hold the call open, in milliseconds (at most 30 000).
    pub wait_ms: u32,
}

/// A job handed to a worker.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Claim {
    /// Number of this try.
    pub attempt: AttemptNo,
    /// Secret of this try; only its hash is stored.
    pub secret: String,
    /// Seconds until the lease ends unless a heartbeat renews it.
    pub lease_seconds: u32,
    /// What to run.
    pub spec: JobSpec,
}

/// Answer to a heartbeat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HeartbeatAnswer {
    /// New lease, in seconds from now.
    pub lease_seconds: u32,
    /// Somebody cancelled the job: stop it and finish as cancelled.
    pub cancel: bool,
}

/// Events in the order in which they happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct EventBatch {
    /// Number of the first event; the server ignores those it has already.
    pub first: u64,
    /// The events.
    pub events: Vec<Event>,
}

/// Something worth showing while the run goes on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event {
    /// The machine started.
    Started,
    /// A step of the scenario begins.
    Step {
        /// Index from 0.
        index: u32,
        /// In words.
        title: String,
        /// Virtual nanoseconds.
        guest_ns: u64,
    },
    /// A frame was taken; its blob was uploaded before.
    Frame(FrameInfo),
    /// A check ended.
    Check(crate::verdict::CheckResult),
}

/// The end of an attempt.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Finish {
    /// What came out. `infra-error` makes the orchestrator try again, on another worker if there is one.
    pub report: RunReport,
    /// What the supervisor noticed (child's exit, signals, limits), for people.
    pub supervisor_log: String,
}

/// The worker hands the job back without a result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Release {
    /// Why: `draining` …
    pub why: String,
}

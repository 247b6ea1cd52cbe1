//! What worker, orchestrator and command line say to each other: serde types only, no I/O.
//!
//! One module per conversation. Every type has a stable JSON form; `tests/golden.rs` holds it.

pub mod api;
pub mod digest;
pub mod ids;
pub mod job;
pub mod limits;
pub mod report;
pub mod scenario;
pub mod verdict;
pub mod worker;

pub use digest::Digest;
pub use ids::{AttemptNo, BatchId, BuildId, CameraName, JobId, RomSetId, ScenarioId, WorkerId};

/// Version of the worker protocol. The orchestrator refuses a worker whose number differs.
pub const WORKER_PROTOCOL: u32 = 1;

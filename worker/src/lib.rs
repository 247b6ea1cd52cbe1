//! Runs jobs: leases them from the orchestrator, runs each in a sandboxed child process, streams what happens.

pub mod child;
pub mod run;
pub mod wire;

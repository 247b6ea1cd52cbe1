//! Runs jobs: leases them from the orchestrator, runs each in a sandboxed child process, streams what happens.

pub mod agent;
pub mod child;
pub mod run;
pub mod supervise;
pub mod wire;

//! The orchestrator program.
fn main() {}

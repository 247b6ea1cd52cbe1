//! Wire types shared by worker, orchestrator and command line.

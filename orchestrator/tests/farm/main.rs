//! Whole-farm tests: a real Postgres, the real server on a loopback port, real HTTP; only the workers are fakes.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod access;
mod batches;
mod builds;
mod containers;
mod fencing;
mod finishing;
mod fitness;
mod junit;
mod leases;
mod outages;
mod private_postgres;
mod processes;
mod rom_sets;
mod scenarios;
mod shipped;
mod support;

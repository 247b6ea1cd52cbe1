//! Whole-farm tests: a real Postgres, the real server on a loopback port, real HTTP; only the workers are fakes.

mod access;
mod batches;
mod builds;
mod fencing;
mod finishing;
mod junit;
mod leases;
mod outages;
mod rom_sets;
mod scenarios;
mod support;

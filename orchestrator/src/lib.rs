//! Web, API, queue, fleet: the orchestrator as a library. The program `darkroom-orchestrator` and `darkroom up` use it.
//!
//! Layers, from the outside in: `web` and `api` → `queue`, `intake`, `auth`, `shipped`, `store` → `db`. Only `db` has SQL; only
//! `fleet` knows the container engine.

pub mod api;
pub mod app;
pub mod auth;
pub mod config;
pub mod database;
pub mod db;
pub mod embedded;
pub mod error;
pub mod fleet;
pub mod intake;
pub mod live;
pub mod queue;
pub mod serve;
pub mod shipped;
pub mod state;
pub mod store;
pub mod up;
pub mod web;

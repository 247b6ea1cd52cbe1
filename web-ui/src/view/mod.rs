//! One module per page: what it shows, as plain values.

pub mod batch;
pub mod builds;
pub mod cameras;
pub mod job;
pub mod notice;
pub mod open_firmware;
pub mod overview;
pub mod rom_sets;
pub mod scenarios;
pub mod shell;
pub mod upload;
pub mod workers;

pub use shell::{Room, Shell};

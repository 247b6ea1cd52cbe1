//! Caps on what one run may use or produce. Reaching one is said in the report, never silent.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Caps of one run. A scenario may lower or raise them up to the farm's own ceiling.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Limits {
    /// Virtual time, in seconds, after which the run is `timed-out`.
    pub guest_seconds: f64,
    /// Real time, in seconds, after which the run is stopped whatever it does.
    pub host_seconds: f64,
    /// Guest instructions, all cores together.
    pub instructions: u64,
    /// Bytes of console log kept; one more and the run ends as `log-flood`.
    pub log_bytes: u64,
    /// Frames kept.
    pub frames: u32,
    /// Bytes of card files kept as artefacts.
    pub artefact_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            guest_seconds: 60.0,
            host_seconds: 120.0,
            instructions: 20_000_000_000,
            log_bytes: 1 << 20,
            frames: 100,
            artefact_bytes: 32 << 20,
        }
    }
}

impl Limits {
    /// The farm's ceiling: a scenario asking for more is refused when it is stored.
    pub fn ceiling() -> Self {
        Self {
            guest_seconds: 3600.0,
            host_seconds: 1800.0,
            instructions: 1_000_000_000_000,
            log_bytes: 64 << 20,
            frames: 2000,
            artefact_bytes: 256 << 20,
        }
    }
}

//! The processor core and its fixed identification registers.

use serde::{Deserialize, Serialize};

/// The kind of core.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum CpuCore {
    /// ARM946E-S: ARMv5TE with tightly coupled memories and a protection unit (DIGIC 4 and 5).
    #[serde(rename = "arm946e-s")]
    Arm946eS,
}

/// The core and what its cp15 identification registers read (reference: boot-and-memory.md §1.1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CpuSpec {
    /// Which core.
    pub core: CpuCore,
    /// Main ID register (c0,c0,0).
    pub main_id: u32,
    /// Cache type register (c0,c0,1): the one difference between DIGIC 4 and 5.
    pub cache_type: u32,
    /// Tightly coupled memory size register (c0,c0,2).
    pub tcm_size: u32,
    /// Control register (c1,c0,0) at reset.
    pub control_reset: u32,
    /// Whether the exception vectors stand at 0xFFFF0000 at reset.
    pub high_vectors: bool,
}

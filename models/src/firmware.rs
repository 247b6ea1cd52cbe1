//! Firmware versions of a camera and what ML expects of them.

use serde::{Deserialize, Serialize};

use crate::addr::Addr;

/// How ML's start-up gets itself into the firmware (reference: open-firmware.md §2, §7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum BootForm {
    /// The firmware's start-up is copied to RAM and patched there.
    Classic,
    /// One ROM word is patched through a locked cache line.
    Cache,
    /// Classic, and the functions that create the first tasks are copied and patched as well.
    Pool,
}

/// What an ML build for one firmware version has built in (reference: open-firmware.md §7).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MlFacts {
    /// Boot form of the full build; minimal builds are always [`BootForm::Classic`] here.
    pub boot_form: BootForm,
    /// Where ML looks for the firmware's start-up code.
    pub rom_base: Addr,
    /// Sum of the 0x10000 32-bit words from [`Self::rom_base`].
    pub signature: u32,
    /// Where builds run, full and minimal, in the order the build files name them.
    pub run_addresses: Vec<Addr>,
    /// Literal with the start of the system memory pool.
    pub pool_literal: Addr,
    /// The BL that clears the firmware's zeroed data.
    pub clear_call: Addr,
    /// The BL that creates the first task.
    pub create_task_call: Addr,
    /// Literal with the address of the first task's function.
    pub init_literal: Addr,
    /// Base of the table in which the first task's function clears its word.
    pub init_wait_base: Addr,
}

/// A firmware version that builds are made for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Firmware {
    /// What ML expects, where known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ml: Option<MlFacts>,
}

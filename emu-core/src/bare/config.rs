use crate::arm::Core;
use crate::memory::{GuestAddr, MapError};

/// RAM of a bare machine unless told otherwise: 64 MiB.
pub const DEFAULT_RAM: u64 = 64 << 20;

/// What a bare machine is made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BareConfig {
    /// The processor.
    pub core: Core,
    /// Bytes of RAM, from address 0 on; whole pages of 4 KiB, and below the page of the print registers.
    pub ram: u64,
}

impl BareConfig {
    /// This core with [`DEFAULT_RAM`].
    #[must_use]
    pub const fn new(core: Core) -> Self {
        Self { core, ram: DEFAULT_RAM }
    }
}

/// Why a bare machine cannot be made, or an image not be loaded.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BareError {
    /// So much RAM would reach the print registers.
    #[error("{bytes:#x} bytes of RAM reach beyond the console's page at {console}")]
    TooMuchRam {
        /// Bytes asked for.
        bytes: u64,
        /// First address of the console's page.
        console: GuestAddr,
    },
    /// The RAM cannot be mapped.
    #[error(transparent)]
    Map(#[from] MapError),
    /// The image does not fit into RAM.
    #[error("{bytes:#x} bytes at {at} do not fit into {ram:#x} bytes of RAM")]
    OutsideRam {
        /// Where the image should go.
        at: GuestAddr,
        /// Its length.
        bytes: usize,
        /// Bytes of RAM.
        ram: u64,
    },
}

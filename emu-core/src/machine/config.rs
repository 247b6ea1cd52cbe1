use darkroom_models::{Camera, CardSlot};

use super::rom::RomError;
use crate::arm::Fidelity;
use crate::card::Overlay;
use crate::memory::MapError;

/// The content of a camera's chips.
#[derive(Clone, Debug, Default)]
pub struct Roms {
    /// ROM0.BIN, for cameras that have that chip.
    pub rom0: Option<Vec<u8>>,
    /// ROM1.BIN: holds the boot code.
    pub rom1: Option<Vec<u8>>,
    /// SFDATA.BIN, for cameras with a serial flash. Without it the flash is blank.
    pub serial_flash: Option<Vec<u8>>,
}

/// What a machine is made from.
pub struct MachineConfig<'a> {
    /// The camera.
    pub camera: &'a Camera,
    /// Its chips.
    pub roms: Roms,
    /// The card in the SD slot.
    pub sd: Option<Overlay>,
    /// The card in the CF slot.
    pub cf: Option<Overlay>,
    /// The ROM's "boot from card" flag: set or cleared before the start.
    pub boot_flag: bool,
    /// Whether the CPU does what its manual says, or what the reference emulator does.
    pub fidelity: Fidelity,
    /// Bytes of console output kept until they are drained; what comes beyond is dropped and counted.
    pub console_capacity: usize,
}

impl<'a> MachineConfig<'a> {
    /// A camera with these chips, no card, the boot flag set, and a megabyte of console.
    pub fn new(camera: &'a Camera, roms: Roms) -> Self {
        Self {
            camera,
            roms,
            sd: None,
            cf: None,
            boot_flag: true,
            fidelity: Fidelity::Hardware,
            console_capacity: 1 << 20,
        }
    }
}

/// Why a machine cannot be put together.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MachineError {
    /// A dump does not fit the camera.
    #[error(transparent)]
    Rom(#[from] RomError),
    /// The camera's data gives a memory map that cannot be built.
    #[error("memory map of {camera}: {source}")]
    Map {
        /// The camera.
        camera: String,
        /// What is wrong.
        source: MapError,
    },
    /// A card for a slot that the camera does not have.
    #[error("{camera} has no {slot} slot")]
    NoSuchSlot {
        /// The camera.
        camera: String,
        /// The slot.
        slot: CardSlot,
    },
}

use darkroom_models::{Camera, CardSlot};

use super::rom::RomError;
use crate::arm::{ArenaError, CodeMemory, Cpu, Engine, Fidelity, JitOptions};
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

/// Who executes the guest's instructions. The guest sees no difference: same output, same frames, same state hash.
#[derive(Debug, Default)]
pub enum EngineChoice {
    /// The readable reference.
    Interpreter,
    /// Generated code; the interpreter where the host gives no memory for it.
    #[default]
    Jit,
    /// Generated code in memory that was made ahead.
    JitWithin(CodeMemory),
    /// The interpreter, because there is no memory for generated code: the reason is kept for the report.
    NoCodeMemory(ArenaError),
}

impl EngineChoice {
    /// Generated code, its memory made now; the interpreter when the host gives none. For a process that will not be
    /// able to make executable memory later.
    #[must_use]
    pub fn reserve() -> Self {
        CodeMemory::reserve(JitOptions::default().code_bytes).map_or_else(Self::NoCodeMemory, Self::JitWithin)
    }

    /// Lets a processor execute so. Gives the reason why it could not be as chosen.
    pub(super) fn apply(self, cpu: &mut Cpu) -> Option<ArenaError> {
        match self {
            Self::Interpreter => cpu.set_engine(Engine::Interpreter),
            Self::Jit => cpu.set_engine(Engine::Jit),
            Self::JitWithin(memory) => cpu.set_engine_within(memory),
            Self::NoCodeMemory(reason) => Err(reason),
        }
        .err()
    }
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
    /// Who executes the guest's instructions.
    pub engine: EngineChoice,
    /// Bytes of console output kept until they are drained; what comes beyond is dropped and counted.
    pub console_capacity: usize,
}

impl<'a> MachineConfig<'a> {
    /// A camera with these chips, no card, the boot flag set, generated code, and a megabyte of console.
    pub fn new(camera: &'a Camera, roms: Roms) -> Self {
        Self {
            camera,
            roms,
            sd: None,
            cf: None,
            boot_flag: true,
            fidelity: Fidelity::Hardware,
            engine: EngineChoice::default(),
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

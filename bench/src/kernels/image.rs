use std::path::Path;

use darkroom_emu_core::memory::GuestAddr;

use crate::{BenchError, Result};

/// Where images are loaded and entered, in ARM state (`firmware/kernels/port/arm/image.ld`).
pub const LOAD_ADDRESS: GuestAddr = GuestAddr(0x8000);

const MAGIC: &[u8] = b"DRKN";
const MAGIC_AT: usize = 4;
const ROUNDS_AT: usize = 8;
const KERNEL_AT: usize = 12;

/// A flat image; its header tells which kernel to run how often (`firmware/kernels/port/arm/header.h`).
#[derive(Clone, Debug)]
pub struct Image {
    bytes: Vec<u8>,
}

impl Image {
    /// An image that was made elsewhere; it begins with a header.
    pub(crate) fn new(bytes: Vec<u8>) -> Self {
        debug_assert_eq!(&bytes[MAGIC_AT..MAGIC_AT + MAGIC.len()], MAGIC);
        Self { bytes }
    }

    /// Reads an image. It runs every kernel for one round unless told otherwise.
    ///
    /// # Errors
    /// [`BenchError`] when the file cannot be read or is no image.
    pub fn read(path: &Path) -> Result<Self> {
        let bytes = std::fs::read(path).map_err(BenchError::io(path))?;
        if bytes.get(MAGIC_AT..MAGIC_AT + MAGIC.len()) != Some(MAGIC) || bytes.len() < KERNEL_AT + 4 {
            let why = "this is no kernel image: the mark DRKN at byte 4 is missing".to_owned();
            return Err(BenchError::BadImage { path: path.to_owned(), why });
        }
        Ok(Self { bytes })
    }

    /// The image, told to run one kernel.
    #[must_use]
    pub fn told(&self, kernel: u32, rounds: u32) -> Self {
        let mut bytes = self.bytes.clone();
        bytes[ROUNDS_AT..ROUNDS_AT + 4].copy_from_slice(&rounds.to_le_bytes());
        bytes[KERNEL_AT..KERNEL_AT + 4].copy_from_slice(&kernel.to_le_bytes());
        Self { bytes }
    }

    /// What to load at [`LOAD_ADDRESS`].
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

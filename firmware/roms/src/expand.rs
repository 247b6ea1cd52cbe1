//! From one small image to the full-size ROM files of a camera.
//!
//! The rule (also in `firmware/README.md`):
//! 1. Unused space: at every 8-byte aligned address A stands a permanently undefined instruction, `E7F000F0`, and at A+4 the word
//!    A itself. So code that strays stops at once, and no part of a ROM repeats another.
//! 2. The boot flags, 0x40 bytes at F8000000: zero, but FFFFFFFF at F8000004 ("boot from card").
//! 3. At the firmware's start address, as a DryOS firmware begins: a branch to offset C, the text `gaonisoy` by which tools
//!    know a firmware's start, and at offset C `LDR PC, [PC, #-4]` with the word FFFF0014, a door in the image.
//! 4. The image in the last 64 KiB of ROM1, with the camera's name, zero padded to 16 bytes, at FFFF0020.

use crate::camera::{self, Camera};
use crate::dryos;

/// Version of the open boot ROM, as it prints it.
pub const ROM_VERSION: &str = "1.0";

/// The ROM files of one camera.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenRom {
    /// Version of the open boot ROM.
    pub version: &'static str,
    /// Version of the camera's firmware that the open firmware stands for (`111`); `None`: the boot ROM alone.
    pub firmware: Option<&'static str>,
    /// `ROM0.BIN`, for cameras that have a second chip.
    pub rom0: Option<Vec<u8>>,
    /// `ROM1.BIN`, the chip the camera starts from.
    pub rom1: Vec<u8>,
    /// `SFDATA.BIN`, for cameras with a serial flash.
    pub serial_flash: Option<Vec<u8>>,
}

pub(crate) static IMAGE: &[u8] = include_bytes!("../../blobs/open-boot-rom.bin");

const ROM0_BASE: u32 = 0xF000_0000;
pub(crate) const ROM1_BASE: u32 = 0xF800_0000;
const IMAGE_SPACE: usize = 0x1_0000;
const STAMP: usize = 0x20;
const STAMP_BYTES: usize = 16;
const FLAGS_BYTES: usize = 0x40;
const BOOT_FLAG: usize = 4;
const UNDEFINED: u32 = 0xE7F0_00F0;
const FIRMWARE_START: [u32; 5] =
    [0xEA00_0001, u32::from_le_bytes(*b"gaon"), u32::from_le_bytes(*b"isoy"), 0xE51F_F004, 0xFFFF_0014];

/// The open boot ROM for a camera, by the name of its model (`60D`); `None` for a camera it does not know.
pub fn open_rom(camera: &str) -> Option<OpenRom> {
    let camera = camera::find(camera)?;
    Some(OpenRom {
        version: ROM_VERSION,
        firmware: None,
        rom0: unused(ROM0_BASE, camera.rom0_size),
        rom1: rom1(camera),
        serial_flash: unused(0, camera.serial_flash),
    })
}

/// The open boot ROM with the open firmware behind it, by the name of the model and, for models with several, the version of the
/// firmware it stands for (`111`; by default the first). `None` for a camera or a version without one.
pub fn open_firmware(camera: &str, version: Option<&str>) -> Option<OpenRom> {
    let mut rom = open_rom(camera)?;
    rom.firmware = Some(dryos::lay_into(camera, version, &mut rom)?);
    Some(rom)
}

fn rom1(camera: &Camera) -> Vec<u8> {
    let mut rom = unused(ROM1_BASE, camera.rom1_size).unwrap_or_default();
    rom[..FLAGS_BYTES].fill(0);
    rom[BOOT_FLAG..BOOT_FLAG + 4].fill(0xFF);
    let start = (camera.firmware_start & (camera.rom1_size - 1)) as usize;
    for (place, word) in rom[start..].chunks_exact_mut(4).zip(FIRMWARE_START) {
        place.copy_from_slice(&word.to_le_bytes());
    }
    let at = rom.len() - IMAGE_SPACE;
    rom[at..at + IMAGE.len()].copy_from_slice(IMAGE);
    let stamp = &mut rom[at + STAMP..at + STAMP + STAMP_BYTES];
    stamp.fill(0);
    stamp[..camera.name.len()].copy_from_slice(camera.name.as_bytes());
    rom
}

/// A chip filled by rule 1; `None` for a size of 0.
fn unused(base: u32, size: u32) -> Option<Vec<u8>> {
    let mut bytes = vec![0; size as usize];
    for (pair, address) in bytes.chunks_exact_mut(8).zip((base..).step_by(8)) {
        pair[..4].copy_from_slice(&UNDEFINED.to_le_bytes());
        pair[4..].copy_from_slice(&address.to_le_bytes());
    }
    (size != 0).then_some(bytes)
}

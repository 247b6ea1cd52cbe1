//! The ROM sets: open boot ROM and open firmware, of every camera that has one.

use crate::db::ShippedAs;
use darkroom_firmware::{OpenRom, firmwares, ingredients, open_firmware as expand};
use darkroom_protocol::job::RomSlot;
use darkroom_protocol::{CameraName, Digest};
use std::fmt;
use std::sync::Arc;

/// Firmware word of the farm's own sets.
pub const OPEN: &str = "open";

/// The files of a set, by chip.
pub type Chips = Vec<(RomSlot, Vec<u8>)>;

/// A ROM set that the farm ships. Its files are made when they are needed: they have some 16 MiB each.
#[derive(Clone)]
pub struct ShippedRom {
    /// Camera.
    pub camera: CameraName,
    /// What it is in the database.
    pub shipped: ShippedAs,
    /// Makes its files.
    pub expand: Arc<dyn Fn() -> Chips + Send + Sync>,
}

impl fmt::Debug for ShippedRom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ShippedRom")
            .field("camera", &self.camera)
            .field("shipped", &self.shipped)
            .finish_non_exhaustive()
    }
}

/// The open firmware of every camera.
pub(super) fn open_firmware() -> impl Iterator<Item = ShippedRom> {
    firmwares().filter_map(|(camera, version)| {
        let source = Digest::of(&ingredients(camera, version)?.concat());
        Some(ShippedRom {
            camera: CameraName(camera.to_owned()),
            shipped: ShippedAs { stands_for: version.to_owned(), source },
            expand: Arc::new(move || expand(camera, Some(version)).map(chips).unwrap_or_default()),
        })
    })
}

fn chips(rom: OpenRom) -> Chips {
    let all =
        [(RomSlot::Rom0, rom.rom0), (RomSlot::Rom1, Some(rom.rom1)), (RomSlot::Sfdata, rom.serial_flash)];
    all.into_iter().filter_map(|(slot, bytes)| Some((slot, bytes?))).collect()
}

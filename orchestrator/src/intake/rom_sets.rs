//! ROM sets: dumps must have the camera's exact sizes, and no chip may be a repetition of itself.

use super::error::IntakeError;
use super::{Intake, Spooled, internal};
use crate::db::NewRomSet;
use crate::error::{Answer, Refusal};
use darkroom_protocol::api::{Camera, RomSet};
use darkroom_protocol::job::{RomFile, RomSlot};
use darkroom_protocol::{CameraName, Digest};
use std::io::Read;

/// Longest firmware version.
const MAX_VERSION: usize = 32;

impl Intake {
    /// Takes the ROM files of a camera. The same files again are the same set.
    ///
    /// # Errors
    /// 404 for an unknown camera, 409 for a set that the farm ships, 422 for files that cannot be that camera's.
    pub async fn rom_set(
        &self,
        camera: &CameraName,
        firmware: &str,
        files: Vec<(String, Spooled)>,
    ) -> Answer<RomSet> {
        check_version(firmware)?;
        self.shelf.guard_rom_set(camera, firmware)?;
        let rows = self.db.cameras().await?;
        let row = rows.iter().find(|row| row.camera.name.0.eq_ignore_ascii_case(&camera.0));
        let row = row.ok_or_else(|| Refusal::not_found("camera", camera))?;
        let files = assign(&row.camera, files)?;
        let _slot = self.slots.acquire().await.map_err(|error| internal(&error))?;
        let mut stored = Vec::new();
        for (slot, file) in files {
            stored.push(self.rom_file(slot, file).await?);
        }
        let new = NewRomSet {
            camera: row.camera.name.clone(),
            firmware: firmware.to_owned(),
            content: content_of(&stored),
            files: stored,
        };
        Ok(self.db.insert_rom_set(&new).await?)
    }

    async fn rom_file(&self, slot: RomSlot, file: Spooled) -> Answer<RomFile> {
        let read = move || {
            let mut bytes = Vec::new();
            file.reader()?.read_to_end(&mut bytes).map_err(|error| internal(&error))?;
            check_repetition(slot.file_name(), &bytes)?;
            Ok::<_, Refusal>(bytes)
        };
        let bytes = tokio::task::spawn_blocking(read).await.map_err(|error| internal(&error))??;
        let stored = self.blobs.put(bytes.into()).await?;
        Ok(RomFile { slot, digest: stored.digest, size: stored.size })
    }
}

fn check_version(firmware: &str) -> Answer<()> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '-';
    if firmware.is_empty() || firmware.len() > MAX_VERSION || !firmware.chars().all(plain) {
        let message = format!("firmware '{firmware}' must be 1 to {MAX_VERSION} letters, digits, '.' or '-'");
        return Err(Refusal::invalid("bad-firmware", message));
    }
    Ok(())
}

/// Each file to its chip; all that the camera needs and none beside.
fn assign(camera: &Camera, files: Vec<(String, Spooled)>) -> Result<Vec<(RomSlot, Spooled)>, IntakeError> {
    let bad = |file: &str, reason: String| IntakeError::BadRom { file: file.to_owned(), reason };
    let mut found: Vec<(RomSlot, Spooled)> = Vec::new();
    for (name, file) in files {
        let slot = RomSlot::ALL.into_iter().find(|slot| slot.file_name().eq_ignore_ascii_case(&name));
        let slot = slot.ok_or_else(|| bad(&name, "expected ROM0.BIN, ROM1.BIN or SFDATA.BIN".to_owned()))?;
        let size = camera.roms.get(slot.file_name());
        let size = *size.ok_or_else(|| bad(&name, format!("a {} has no such chip", camera.name)))?;
        if file.size != size {
            let reason = format!("has {} bytes, that chip of a {} has {size}", file.size, camera.name);
            return Err(bad(&name, reason));
        }
        if found.iter().any(|(other, _)| *other == slot) {
            return Err(bad(&name, "given twice".to_owned()));
        }
        found.push((slot, file));
    }
    for needed in camera.roms.keys() {
        if !found.iter().any(|(slot, _)| slot.file_name() == needed) {
            return Err(bad(needed, format!("missing: a {} needs it", camera.name)));
        }
    }
    found.sort_by_key(|(slot, _)| *slot);
    Ok(found)
}

/// Refuses a dump that repeats itself: it was read from a smaller chip, or from a mirror of one
/// (reference: boot-and-memory.md §3). A dump of nothing but FF is such a repetition, too.
fn check_repetition(file: &str, bytes: &[u8]) -> Result<(), IntakeError> {
    let mut unique = bytes;
    while unique.len() >= 2 && unique.len().is_multiple_of(2) {
        let (first, second) = unique.split_at(unique.len() / 2);
        if first != second {
            break;
        }
        unique = first;
    }
    if unique.len() == bytes.len() {
        return Ok(());
    }
    let times = bytes.len() / unique.len();
    let reason = format!("equal halves: it is {} bytes repeated {times} times", unique.len());
    Err(IntakeError::BadRom { file: file.to_owned(), reason })
}

/// Digest over slots and file digests.
pub(crate) fn content_of(files: &[RomFile]) -> Digest {
    let lines: String =
        files.iter().map(|file| format!("{} {}\n", file.slot.file_name(), file.digest)).collect();
    Digest::of(lines.as_bytes())
}

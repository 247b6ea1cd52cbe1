//! Checks of ROM dumps before they are used (reference: boot-and-memory.md §3).

use std::sync::Arc;

use darkroom_models::Camera;

use crate::card::Overlay;
use crate::device::serial_flash::flash_content;

/// Why a dump cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RomError {
    /// The camera needs this file.
    #[error("{camera} needs {file} ({size:#X} bytes), which is missing")]
    Missing {
        /// The camera.
        camera: String,
        /// The file.
        file: &'static str,
        /// The size it must have.
        size: u32,
    },
    /// The camera has no such chip.
    #[error("{camera} has no chip for {file}")]
    NotExpected {
        /// The camera.
        camera: String,
        /// The file.
        file: &'static str,
    },
    /// The dump is not as long as the chip.
    #[error("{file} of {camera} must have {expected:#X} bytes, but has {actual:#X}")]
    WrongSize {
        /// The camera.
        camera: String,
        /// The file.
        file: &'static str,
        /// The chip's size.
        expected: u32,
        /// The dump's size.
        actual: usize,
    },
    /// The chip was dumped twice over: its real content is shorter.
    #[error(
        "{file} of {camera} repeats its first {unique:#X} bytes: a dump of a smaller chip, or of an empty one"
    )]
    EqualHalves {
        /// The camera.
        camera: String,
        /// The file.
        file: &'static str,
        /// Size of the part that repeats.
        unique: usize,
    },
}

/// Which dump of which camera is looked at.
#[derive(Clone, Copy, Debug)]
pub(super) struct RomName<'a> {
    pub(super) camera: &'a str,
    pub(super) file: &'static str,
}

/// Compares a dump with the chip of the camera. `None` where the camera has no such chip.
pub(super) fn check<'a>(
    name: RomName<'_>,
    chip: Option<u32>,
    dump: Option<&'a [u8]>,
) -> Result<Option<&'a [u8]>, RomError> {
    let camera = name.camera.to_owned();
    let file = name.file;
    match (chip, dump) {
        (None, None) => Ok(None),
        (None, Some(_)) => Err(RomError::NotExpected { camera, file }),
        (Some(size), None) => Err(RomError::Missing { camera, file, size }),
        (Some(size), Some(dump)) if dump.len() != size as usize => {
            Err(RomError::WrongSize { camera, file, expected: size, actual: dump.len() })
        }
        (Some(_), Some(dump)) => match repeating_part(dump) {
            Some(unique) => Err(RomError::EqualHalves { camera, file, unique }),
            None => Ok(Some(dump)),
        },
    }
}

/// The content of the camera's serial flash; blank without a dump. `None` where the camera has no such chip.
pub(super) fn serial_flash(camera: &Camera, dump: Option<Vec<u8>>) -> Result<Option<Overlay>, RomError> {
    let file = "SFDATA.BIN";
    let id = || camera.id.to_string();
    match (camera.serial_flash, dump) {
        (None, None) => Ok(None),
        (None, Some(_)) => Err(RomError::NotExpected { camera: id(), file }),
        (Some(chip), dump) => {
            let actual = dump.as_ref().map_or(0, Vec::len);
            let content = flash_content(dump.map(Arc::from), chip.size);
            content.map(Some).map_err(|_| RomError::WrongSize {
                camera: id(),
                file,
                expected: chip.size,
                actual,
            })
        }
    }
}

/// Size of the smallest block that fills the whole dump by repetition, if its two halves are equal.
fn repeating_part(dump: &[u8]) -> Option<usize> {
    let mut part = dump;
    while part.len() >= 2 && part.len().is_multiple_of(2) {
        let (first, second) = part.split_at(part.len() / 2);
        if first != second {
            break;
        }
        part = first;
    }
    (part.len() < dump.len()).then_some(part.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: RomName<'static> = RomName { camera: "60D", file: "ROM1.BIN" };

    #[test]
    fn a_good_dump_passes() {
        assert_eq!(check(NAME, Some(4), Some(&[1, 2, 1, 3])), Ok(Some(&[1, 2, 1, 3][..])));
        assert_eq!(check(NAME, None, None), Ok(None));
    }

    #[test]
    fn errors_name_the_camera_and_the_file() {
        let text = |chip, dump| check(NAME, chip, dump).expect_err("refused").to_string();
        assert_eq!(text(Some(4), None), "60D needs ROM1.BIN (0x4 bytes), which is missing");
        assert_eq!(text(Some(4), Some(&[1][..])), "ROM1.BIN of 60D must have 0x4 bytes, but has 0x1");
        assert_eq!(text(None, Some(&[1][..])), "60D has no chip for ROM1.BIN");
        let repeated = text(Some(8), Some(&[1, 2, 1, 2, 1, 2, 1, 2]));
        assert!(repeated.contains("first 0x2 bytes"), "{repeated}");
    }
}

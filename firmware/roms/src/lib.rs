//! Our own guest code, ready to use: the open boot ROM as the ROM files a camera needs, and the sample builds as
//! the files a card needs. The images are built from `firmware/` and kept in `firmware/blobs/`, so that nobody needs
//! an ARM compiler; a test builds them again and compares.

mod camera;
mod dryos;
mod expand;
mod samples;
mod scenarios;

pub use camera::cameras;
pub use dryos::{contract_guest, firmwares, ingredients, stand_in};
pub use expand::{OpenRom, ROM_VERSION, open_firmware, open_rom};
pub use samples::{BIG_FILE, BIG_FILE_BYTES, CardFile, SAMPLES, Sample, sample};
pub use scenarios::{ReferenceFrame, SampleScenario, scenario};

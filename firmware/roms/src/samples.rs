//! The sample builds and what they need on the card.

use crate::camera;

/// The sample builds, in the order of the demo.
pub const SAMPLES: [&str; 6] = ["hello", "hang", "crash", "wrong-picture", "noisy", "card-check"];

/// The large file `card-check` reads.
pub const BIG_FILE: &str = "BIGFILE.BIN";

/// Its size: more than a mebibyte, and no whole number of sectors.
pub const BIG_FILE_BYTES: usize = 1_500_003;

/// A sample build for one camera.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// One of [`SAMPLES`].
    pub name: &'static str,
    /// `AUTOEXEC.BIN`.
    pub autoexec: Vec<u8>,
    /// What else must be on the card.
    pub files: Vec<CardFile>,
}

/// A file for the card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardFile {
    /// Path from the card's root, with `/`.
    pub path: String,
    /// Content.
    pub data: Vec<u8>,
}

/// A sample build by name, for a camera by the name of its model; `None` if either is unknown.
///
/// The binaries are the same for all cameras: they ask the boot ROM which one they run on.
pub fn sample(name: &str, camera: &str) -> Option<Sample> {
    camera::find(camera)?;
    let (name, autoexec) = image(name)?;
    let files = if name == "card-check" { vec![big_file()] } else { Vec::new() };
    Some(Sample { name, autoexec: autoexec.to_vec(), files })
}

fn image(name: &str) -> Option<(&'static str, &'static [u8])> {
    let bytes: [&[u8]; 6] = [
        include_bytes!("../../blobs/hello.bin"),
        include_bytes!("../../blobs/hang.bin"),
        include_bytes!("../../blobs/crash.bin"),
        include_bytes!("../../blobs/wrong-picture.bin"),
        include_bytes!("../../blobs/noisy.bin"),
        include_bytes!("../../blobs/card-check.bin"),
    ];
    SAMPLES.into_iter().zip(bytes).find(|(known, _)| *known == name)
}

/// Bytes that look random and are always the same: the high bytes of a 32-bit xorshift from seed 1.
fn big_file() -> CardFile {
    let mut state = 1_u32;
    let data = std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state.to_be_bytes()[0]
    });
    CardFile { path: BIG_FILE.to_owned(), data: data.take(BIG_FILE_BYTES).collect() }
}

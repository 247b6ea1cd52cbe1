use serde::{Deserialize, Serialize};

/// A palette register: opacity, Y, U, V from the top byte down; U and V are signed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PaletteEntry(pub u32);

/// How many bits an OSD pixel has: the kind of palette written last decides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum OsdDepth {
    /// Two pixels in a byte.
    Four,
    /// A byte per pixel.
    #[default]
    Eight,
}

/// What the picture is made from (reference: display.md §1).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Planes {
    /// Address of the OSD plane; 0 until the guest sets one.
    pub osd: u32,
    /// Address of the YUV image plane; 0: there is none.
    pub image: u32,
    /// Bytes per OSD line.
    pub osd_pitch: u32,
    /// Bits per OSD pixel.
    pub depth: OsdDepth,
    /// The 16 entries of the 4-bit palette.
    pub palette_4bit: Vec<PaletteEntry>,
    /// The 256 entries of the 8-bit palette.
    pub palette_8bit: Vec<PaletteEntry>,
}

impl Planes {
    /// Black palettes and no addresses, as at power-on.
    pub fn new(osd_pitch: u32) -> Self {
        Self {
            osd: 0,
            image: 0,
            osd_pitch,
            depth: OsdDepth::default(),
            palette_4bit: vec![PaletteEntry::default(); 16],
            palette_8bit: vec![PaletteEntry::default(); 256],
        }
    }
}

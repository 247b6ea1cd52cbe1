//! From the guest's framebuffer to a picture: drawing, PNG, comparison (reference: display.md).

mod colour;
mod compare;
mod draw;
mod led;
mod picture;
mod planes;
mod png;

pub use compare::{Area, CompareError, CompareRules, Comparison, compare};
pub use draw::{Panel, draw};
pub use led::overlay_led;
pub use picture::Frame;
pub use planes::{OsdDepth, PaletteEntry, Planes};
pub use png::{PngError, decode_png, encode_png};

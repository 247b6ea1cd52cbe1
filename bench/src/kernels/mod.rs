//! The kernels of `firmware/kernels`: building them, and images that are told what to do.

mod build;
mod image;
mod variant;

pub use build::{Kernel, KernelBuild, Selection};
pub use image::{Image, LOAD_ADDRESS};
pub use variant::{ConsoleKind, Level, Variant};

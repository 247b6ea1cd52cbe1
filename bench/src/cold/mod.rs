//! What code costs that is hardly ever executed: most of a camera's start is such code.

mod figures;
mod image;
mod measure;
mod program;
mod rows;
mod start;
mod table;

pub use figures::{ColdReport, Figure, Row};
pub use image::ColdImage;
pub use measure::{ColdPlan, measure};
pub use table::table;

//! Speed of the engines on the kernels.

mod figures;
mod measure;
mod table;

pub use figures::{CpuReport, Figure, Row, Summary};
pub use measure::{Plan, measure};
pub use table::table;

//! The image engine, as far as boot code meets it (reference: engine.md). No pixel is processed.

mod adtg;
mod edmac;
mod head;
mod jpcore;
mod preprocessor;

pub use adtg::AdtgDma;
pub use edmac::{Edmac, GapWidths};
pub use head::HeadTimers;
pub use jpcore::Jpcore;
pub use preprocessor::Preprocessor;

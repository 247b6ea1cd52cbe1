//! Pages of the dashboard: view types, templates, style, script, and how figures are written.
//!
//! Knows the words of the crate `protocol` and nothing of the database or of HTTP: a handler fills a view
//! struct, the struct renders itself. Everything that comes from a job, a build or a person is escaped.

pub mod ansi;
pub mod assets;
pub mod format;
pub mod log;
pub mod mark;
pub mod matrix;
pub mod view;

pub use mark::Mark;

//! A batch: its contact sheet, tally, notes.

use super::Shell;
use super::overview::BatchLine;
use crate::Mark;
use crate::format::{Figure, Moment};
use crate::matrix::Matrix;
use askama::Template;
use time::OffsetDateTime;

/// `/batches/{id}`
#[derive(Debug, Clone, Template)]
#[template(path = "batch.html", blocks = ["live"])]
pub struct BatchPage {
    /// Frame.
    pub shell: Shell,
    /// Now, for relative times.
    pub now: OffsetDateTime,
    /// The batch.
    pub batch: BatchLine,
    /// Why it is not finished, in one sentence; empty when it is.
    pub why: String,
    /// Its sheet, with the filter in force.
    pub matrix: Matrix,
    /// Whether the signed-in token may cancel.
    pub may_cancel: bool,
}

impl BatchPage {
    /// The mark that the page is filtered by.
    pub fn filter(&self) -> Option<Mark> {
        self.matrix.filter
    }

    /// Whether the page is filtered by `mark`.
    pub fn filters_by(&self, mark: &Mark) -> bool {
        self.filter() == Some(*mark)
    }

    /// Whether the batch still runs.
    pub fn is_live(&self) -> bool {
        self.batch.finished_at.is_none()
    }

    /// Query of this page, kept when it refreshes itself.
    pub fn query(&self) -> String {
        self.matrix.filter.map(|mark| format!("?verdict={}", mark.class())).unwrap_or_default()
    }
}

/// `/batches`: all of them, newest first.
#[derive(Debug, Clone, Template)]
#[template(path = "batches.html")]
pub struct BatchesPage {
    /// Frame.
    pub shell: Shell,
    /// Now, for relative times.
    pub now: OffsetDateTime,
    /// Batches of this page.
    pub batches: Vec<BatchLine>,
    /// Address of the next page.
    pub older: Option<String>,
}

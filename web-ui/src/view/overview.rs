//! The front page: the newest sheet in full, earlier ones as a list.

use super::Shell;
use crate::Mark;
use crate::format::{Figure, Moment};
use crate::matrix::Matrix;
use askama::Template;
use darkroom_protocol::BatchId;
use time::OffsetDateTime;

/// A batch in a list.
#[derive(Debug, Clone)]
pub struct BatchLine {
    /// Id.
    pub id: BatchId,
    /// Name.
    pub name: String,
    /// Who submitted it; may be empty.
    pub by: String,
    /// When.
    pub created_at: OffsetDateTime,
    /// When its last job ended.
    pub finished_at: Option<OffsetDateTime>,
    /// Jobs per mark.
    pub tally: Tally,
}

/// How many jobs bear each mark.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally(pub Vec<(Mark, u64)>);

/// A piece of a tally's bar, in thousandths of its width.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BarPiece {
    /// Mark.
    pub mark: Mark,
    /// Left edge.
    pub x: u64,
    /// Width.
    pub width: u64,
}

impl Tally {
    /// All jobs.
    pub fn total(&self) -> u64 {
        self.0.iter().map(|(_, count)| count).sum()
    }

    /// Jobs that have ended.
    pub fn done(&self) -> u64 {
        self.0.iter().filter(|(mark, _)| mark.is_done()).map(|(_, count)| count).sum()
    }

    /// The bar, piece by piece, in the tally's order.
    pub fn bar(&self) -> Vec<BarPiece> {
        let total = self.total().max(1);
        let mut before = 0;
        let mut piece = |&(mark, count): &(Mark, u64)| {
            let x = before * 1000 / total;
            before += count;
            BarPiece { mark, x, width: before * 1000 / total - x }
        };
        self.0.iter().map(&mut piece).collect()
    }

    /// The tally as a sentence, for readers who do not see the bar.
    pub fn words(&self) -> String {
        let parts: Vec<String> =
            self.0.iter().map(|(mark, count)| format!("{count} {}", mark.word())).collect();
        parts.join(", ")
    }
}

/// The newest batch, shown in full.
#[derive(Debug, Clone)]
pub struct NewestSheet {
    /// The batch.
    pub batch: BatchLine,
    /// Its matrix.
    pub matrix: Matrix,
}

/// What the farm is doing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FarmPulse {
    /// Workers that answer.
    pub workers: u64,
    /// Jobs that run.
    pub running: u64,
    /// Jobs that wait.
    pub waiting: u64,
}

/// `/`
#[derive(Debug, Clone, Template)]
#[template(path = "overview.html", blocks = ["live"])]
pub struct Overview {
    /// Frame.
    pub shell: Shell,
    /// Now, for relative times.
    pub now: OffsetDateTime,
    /// What the farm is doing.
    pub pulse: FarmPulse,
    /// Newest batch; `None` on a farm that has run nothing.
    pub newest: Option<NewestSheet>,
    /// Earlier batches of this page, newest first.
    pub earlier: Vec<BatchLine>,
    /// Address of the next page.
    pub older: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use darkroom_protocol::verdict::Verdict;

    #[test]
    fn a_bar_fills_its_width() {
        let tally = Tally(vec![(Mark::Done(Verdict::Passed), 1), (Mark::Running, 1), (Mark::Queued, 1)]);
        let bar = tally.bar();
        assert_eq!(bar.iter().map(|piece| piece.width).sum::<u64>(), 1000);
        assert_eq!((tally.total(), tally.done()), (3, 1));
        assert_eq!(Tally::default().bar(), []);
    }
}

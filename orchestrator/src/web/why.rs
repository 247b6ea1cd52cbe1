//! Why something has not ended yet, in one sentence.

use crate::db::{JobPageRow, Pulse};
use darkroom_web_ui::Mark;
use darkroom_web_ui::format::plural;
use darkroom_web_ui::view::overview::Tally;

/// Why a batch is not finished; empty when it is.
pub(super) fn batch(tally: &Tally, pulse: Pulse) -> String {
    let of = |wanted: Mark| tally.0.iter().find(|(mark, _)| *mark == wanted).map_or(0, |(_, count)| *count);
    match (of(Mark::Queued), of(Mark::Running), pulse.workers) {
        (0, 0, _) => String::new(),
        (0, running, _) => format!("{running} running."),
        (queued, 0, 0) => format!("{queued} waiting, and no worker is there."),
        (queued, running, 0) => format!("{running} running, {queued} waiting, and no worker is left."),
        (queued, 0, workers) => format!("{queued} waiting for one of {}.", plural(workers, "worker")),
        (queued, running, _) => format!("{running} running, {queued} waiting for a free worker."),
    }
}

/// Why a job is not finished; empty when it is.
pub(super) fn job(row: &JobPageRow, pulse: Pulse) -> String {
    match (row.state.as_str(), row.ahead) {
        ("finished", _) => String::new(),
        (_, _) if row.cancel => "It is being cancelled.".to_owned(),
        ("running", _) | (_, None) => String::new(),
        (_, Some(_)) if pulse.workers == 0 => "No worker is there.".to_owned(),
        (_, Some(0)) => "It is the next one.".to_owned(),
        (_, Some(ahead)) => format!("{} first.", comes(ahead.unsigned_abs())),
    }
}

fn comes(ahead: u64) -> String {
    if ahead == 1 { "1 job comes".to_owned() } else { format!("{ahead} jobs come") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use darkroom_protocol::verdict::Verdict;

    #[test]
    fn a_batch_says_what_it_waits_for() {
        let tally = Tally(vec![(Mark::Done(Verdict::Passed), 3), (Mark::Queued, 4)]);
        let pulse = |workers| Pulse { workers, running: 0, waiting: 4 };
        assert_eq!(batch(&tally, pulse(0)), "4 waiting, and no worker is there.");
        assert_eq!(batch(&tally, pulse(1)), "4 waiting for one of 1 worker.");
        assert_eq!(batch(&Tally(vec![(Mark::Done(Verdict::Passed), 3)]), pulse(1)), "");
    }
}

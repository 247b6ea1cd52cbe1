//! The grease-pencil mark of a job: what a photographer draws on a contact sheet, with the word beside it.

use darkroom_protocol::api::JobState;
use darkroom_protocol::verdict::{CheckOutcome, Verdict};

/// State or verdict of a job, as pages show it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mark {
    /// Waits for a worker.
    Queued,
    /// A worker runs it.
    Running,
    /// Done.
    Done(Verdict),
}

impl Mark {
    /// All marks, in the order of tallies.
    pub fn all() -> impl Iterator<Item = Self> {
        let done = Verdict::ALL.into_iter().map(Self::Done);
        done.chain([Self::Running, Self::Queued])
    }

    /// The mark of a job in `state`; a finished job without a verdict is shown as missing, never as passed.
    pub fn of(state: JobState, verdict: Option<Verdict>) -> Self {
        match (state, verdict) {
            (JobState::Queued, _) => Self::Queued,
            (JobState::Running, _) => Self::Running,
            (JobState::Finished, verdict) => Self::Done(verdict.unwrap_or(Verdict::Missing)),
        }
    }

    /// The kebab-case word of URLs and CSS classes.
    pub fn class(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Done(verdict) => verdict.word(),
        }
    }

    /// The mark of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::all().find(|mark| mark.class() == word)
    }

    /// The word for people.
    pub fn word(self) -> &'static str {
        match self {
            Self::Queued => "waiting",
            Self::Running => "running",
            Self::Done(verdict) => verdict_word(verdict),
        }
    }

    /// The word for the edge of a small frame: at most eight letters.
    pub fn short(self) -> &'static str {
        match self {
            Self::Done(Verdict::TimedOut) => "timeout",
            Self::Done(Verdict::GuestCrashed) => "crashed",
            Self::Done(Verdict::InfraError) => "farm",
            Self::Done(Verdict::Cancelled) => "stopped",
            other => other.word(),
        }
    }

    /// What the mark says about the build, in one sentence.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Queued => "Waits for a worker.",
            Self::Running => "A worker is running it now.",
            Self::Done(verdict) => verdict_sentence(verdict),
        }
    }

    /// Whether the job has ended.
    pub fn is_done(self) -> bool {
        matches!(self, Self::Done(_))
    }

    /// Whether a person should look: the build or the farm is to blame.
    pub fn wants_a_look(self) -> bool {
        matches!(self, Self::Done(verdict) if verdict.blames_build() || verdict.blames_farm())
    }
}

fn verdict_word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Passed => "passed",
        Verdict::Failed => "failed",
        Verdict::GuestCrashed => "guest crashed",
        Verdict::TimedOut => "timed out",
        Verdict::InfraError => "farm error",
        Verdict::Cancelled => "cancelled",
        Verdict::Skipped => "skipped",
        Verdict::Missing => "missing",
    }
}

fn verdict_sentence(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Passed => "Every check ran and passed.",
        Verdict::Failed => "A check failed.",
        Verdict::GuestCrashed => "The build took a fault or reported an assertion.",
        Verdict::TimedOut => "A limit was reached before the scenario ended.",
        Verdict::InfraError => "The farm could not run it. This says nothing about the build.",
        Verdict::Cancelled => "Somebody cancelled it.",
        Verdict::Skipped => "Not run on purpose.",
        Verdict::Missing => "A result was expected and never came.",
    }
}

/// Class, symbol and word of a check's outcome; checks borrow the marks of jobs.
pub fn outcome(outcome: &CheckOutcome) -> (&'static str, &'static str) {
    match outcome {
        CheckOutcome::Passed => ("passed", "passed"),
        CheckOutcome::Failed => ("failed", "failed"),
        CheckOutcome::NotReached => ("skipped", "not reached"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_lead_back_to_their_marks() {
        for mark in Mark::all() {
            assert_eq!(Mark::from_word(mark.class()), Some(mark));
            assert!(mark.short().len() <= 8, "{} fits under a small frame", mark.short());
        }
        assert_eq!(Mark::from_word("brilliant"), None);
    }

    #[test]
    fn a_finished_job_without_a_verdict_never_looks_passed() {
        assert_eq!(Mark::of(JobState::Finished, None), Mark::Done(Verdict::Missing));
    }
}

//! Expectations about files on the card, and the files kept when the run is over.

use std::io;

use darkroom_protocol::Digest;
use darkroom_protocol::report::{CardChange, CardChangeKind};
use darkroom_protocol::scenario::Step;
use darkroom_protocol::verdict::{Evidence, EvidenceKind, ReasonCode};

use super::checks::Finding;
use super::engine::Engine;
use super::guest::{CardState, ChangedFile, Refused};

/// Largest file that an expectation reads.
const READ_LIMIT: u64 = 256 << 20;
/// Largest file kept as the proof of a failed expectation.
pub(crate) const MAX_PROOF_BYTES: usize = 1 << 20;
/// Most changed files listed; a guest can make very many empty ones.
const MAX_CHANGES: usize = 2000;

impl Engine<'_> {
    /// Plays an `expect-file` step.
    pub(super) fn expect_file(&mut self, step: &Step) -> io::Result<Finding> {
        let Step::ExpectFile { path, absent, .. } = step else {
            return Ok(Finding::broken(ReasonCode::StepFailed, "not a file expectation"));
        };
        let content = match self.guest.card_file(path, READ_LIMIT) {
            Ok(content) => content,
            Err(Refused(why)) => {
                return Ok(Finding::broken(ReasonCode::FileMismatch, format!("{path}: {why}")));
            }
        };
        match (content, *absent) {
            (None, true) => Ok(Finding::held("not there, as it should be")),
            (None, false) => {
                Ok(Finding::broken(ReasonCode::FileMismatch, format!("{path} is not on the card")))
            }
            (Some(bytes), true) => {
                let detail = format!("{path} is on the card, {} bytes", bytes.len());
                Ok(Finding::broken(ReasonCode::FileMismatch, detail))
            }
            (Some(bytes), false) => self.judge_content(step, &bytes),
        }
    }

    fn judge_content(&mut self, step: &Step, bytes: &[u8]) -> io::Result<Finding> {
        let Some(wrong) = content_fault(step, bytes) else {
            return Ok(Finding::held(format!("{} bytes", bytes.len())));
        };
        let mut finding = Finding::broken(ReasonCode::FileMismatch, wrong);
        if bytes.len() <= MAX_PROOF_BYTES {
            finding.evidence.push(Evidence { kind: EvidenceKind::File, digest: self.sink.file(bytes)? });
        }
        Ok(finding)
    }

    /// The files that the run changed, with their content as far as the artefact cap allows.
    ///
    /// The second part says what could not be read, for people.
    pub(super) fn card_changes(&mut self) -> io::Result<(Vec<CardChange>, Option<String>)> {
        let CardState { changed, damage } = match self.guest.card_changes() {
            Ok(state) => state,
            Err(Refused(why)) => return Ok((Vec::new(), Some(format!("the card could not be read: {why}")))),
        };
        let dropped = changed.len().saturating_sub(MAX_CHANGES);
        let mut left = self.limits.artefact_bytes;
        let listed: io::Result<Vec<_>> =
            changed.into_iter().take(MAX_CHANGES).map(|change| self.keep_change(change, &mut left)).collect();
        let beyond =
            (dropped > 0).then(|| format!("{dropped} more changed files on the card are not listed"));
        Ok((listed?, join_notes([damage_note(&damage), beyond])))
    }

    fn keep_change(&mut self, change: ChangedFile, left: &mut u64) -> io::Result<CardChange> {
        let wanted = change.kind != CardChangeKind::Removed && change.size <= *left;
        let content = if wanted { self.guest.card_file(&change.path, *left).ok().flatten() } else { None };
        let digest = match content {
            Some(bytes) => {
                *left = left.saturating_sub(bytes.len() as u64);
                Some(self.sink.file(&bytes)?)
            }
            None => None,
        };
        Ok(CardChange { path: change.path, kind: change.kind, size: change.size, digest })
    }
}

/// The first damage in words, and how much more there is.
fn damage_note(damage: &[String]) -> Option<String> {
    let first = damage.first()?;
    let more = if damage.len() > 1 { format!(" (and {} more)", damage.len() - 1) } else { String::new() };
    Some(format!("the card's file system is damaged: {first}{more}"))
}

fn join_notes(notes: [Option<String>; 2]) -> Option<String> {
    let notes: Vec<_> = notes.into_iter().flatten().collect();
    (!notes.is_empty()).then(|| notes.join("; "))
}

/// What is wrong with a file's content, if anything.
fn content_fault(step: &Step, bytes: &[u8]) -> Option<String> {
    let Step::ExpectFile { path, contains, size, sha256, .. } = step else { return None };
    if let Some(size) = size.filter(|size| *size != bytes.len() as u64) {
        return Some(format!("{path} has {} bytes, not {size}", bytes.len()));
    }
    if let Some(digest) = sha256.filter(|digest| *digest != Digest::of(bytes)) {
        return Some(format!("{path} has SHA-256 {}, not {digest}", Digest::of(bytes)));
    }
    let text = contains.as_ref().filter(|text| !holds(bytes, text.as_bytes()))?;
    Some(format!("{path} ({} bytes) does not contain “{text}”", bytes.len()))
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    part.is_empty() || bytes.windows(part.len()).any(|window| window == part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damage_of_the_card_is_told_with_its_count() {
        assert_eq!(damage_note(&[]), None);
        let note = damage_note(&["/ML: a loop".to_owned(), "/DCIM: a loop".to_owned()]);
        assert_eq!(note.as_deref(), Some("the card's file system is damaged: /ML: a loop (and 1 more)"));
    }
}

//! The guest's console log: kept up to a cap, searchable as it grows.

use darkroom_protocol::Digest;

/// Everything the guest printed, up to the cap.
#[derive(Debug)]
pub(super) struct Logbook {
    kept: Vec<u8>,
    cap: usize,
    produced: u64,
}

impl Logbook {
    pub(super) fn new(cap: u64) -> Self {
        Self { kept: Vec::new(), cap: usize::try_from(cap).unwrap_or(usize::MAX), produced: 0 }
    }

    /// Adds bytes and returns those that were kept.
    pub(super) fn add<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        self.produced += bytes.len() as u64;
        let kept = &bytes[..bytes.len().min(self.cap - self.kept.len())];
        self.kept.extend_from_slice(kept);
        kept
    }

    /// Whether the guest printed more than the cap.
    pub(super) fn flooded(&self) -> bool {
        self.produced > self.kept.len() as u64
    }

    /// Bytes printed, kept or not.
    pub(super) fn produced(&self) -> u64 {
        self.produced
    }

    pub(super) fn digest(&self) -> Digest {
        Digest::of(&self.kept)
    }

    /// What is kept, as text.
    pub(super) fn text(&self) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(&self.kept)
    }

    pub(super) fn contains(&self, text: &str) -> bool {
        LogSearch::new(text).found(self)
    }
}

/// A search that goes on where it left off, so that waiting for a text reads each byte about once.
#[derive(Debug)]
pub(super) struct LogSearch<'a> {
    text: &'a [u8],
    from: usize,
}

impl<'a> LogSearch<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text: text.as_bytes(), from: 0 }
    }

    pub(super) fn found(&mut self, log: &Logbook) -> bool {
        let hit = log.kept[self.from..].windows(self.text.len().max(1)).any(|part| part == self.text);
        self.from = (log.kept.len() + 1).saturating_sub(self.text.len().max(1));
        hit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_split_over_two_chunks_is_found() {
        let mut log = Logbook::new(100);
        let mut search = LogSearch::new("needle");
        assert!(!search.found(&log));
        log.add(b"hay nee");
        assert!(!search.found(&log));
        log.add(b"dle hay");
        assert!(search.found(&log));
        assert!(log.contains("needle") && !log.contains("Needle"));
    }

    #[test]
    fn bytes_above_the_cap_are_counted_and_dropped() {
        let mut log = Logbook::new(4);
        assert_eq!(log.add(b"1234"), b"1234");
        assert!(!log.flooded());
        assert_eq!(log.add(b"56"), b"");
        assert!(log.flooded());
        assert_eq!(log.produced(), 6);
        assert_eq!(log.digest(), Digest::of(b"1234"));
    }
}

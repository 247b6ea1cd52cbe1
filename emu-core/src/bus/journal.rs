use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::clock::GuestTime;

/// Who printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Source {
    /// The guest, on its serial port.
    Uart,
    /// The guest, through the helper registers of Magic Lantern (print char, print number).
    MlPrint,
    /// The emulated machine itself.
    Machine,
}

/// Bytes printed by one source, and when the first of them was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// When its first byte was printed.
    pub time: GuestTime,
    /// Who printed it.
    pub source: Source,
    /// The bytes, as the guest gave them.
    pub bytes: Vec<u8>,
}

/// Bytes that a journal keeps until somebody drains it.
const DEFAULT_CAPACITY: usize = 1 << 20;
/// Longest chunk: a line that never ends is cut here.
const MAX_CHUNK: usize = 1024;
/// What a chunk costs besides its bytes, so that many tiny chunks are bounded too.
const CHUNK_COST: usize = 32;

/// Everything printed and not drained yet. When it is full, what comes next is dropped and counted.
#[derive(Clone, Debug)]
pub struct Journal {
    chunks: VecDeque<Chunk>,
    held: usize,
    capacity: usize,
    dropped: u64,
    printed: u64,
}

impl Default for Journal {
    fn default() -> Self {
        Self::with_capacity(DEFAULT_CAPACITY)
    }
}

impl Journal {
    /// A journal that holds `capacity` bytes.
    pub fn with_capacity(capacity: usize) -> Self {
        Self { chunks: VecDeque::new(), held: 0, capacity, dropped: 0, printed: 0 }
    }

    /// Adds one byte. Bytes of one source are gathered into a chunk up to and including a newline.
    pub fn print(&mut self, time: GuestTime, source: Source, byte: u8) {
        self.printed += 1;
        let open = self.chunks.back().is_some_and(|last| accepts(last, source));
        let cost = if open { 1 } else { 1 + CHUNK_COST };
        if self.held + cost > self.capacity {
            self.dropped += 1;
            return;
        }
        self.held += cost;
        match self.chunks.back_mut().filter(|_| open) {
            Some(last) => last.bytes.push(byte),
            None => self.chunks.push_back(Chunk { time, source, bytes: vec![byte] }),
        }
    }

    /// Adds a line of the machine itself.
    pub fn note(&mut self, time: GuestTime, line: &str) {
        for byte in line.bytes().chain([b'\n']) {
            self.print(time, Source::Machine, byte);
        }
    }

    /// Takes everything held, oldest first.
    pub fn drain(&mut self) -> Vec<Chunk> {
        self.held = 0;
        std::mem::take(&mut self.chunks).into()
    }

    /// Bytes lost so far because nobody drained in time.
    pub const fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Bytes printed so far, with the lost ones.
    pub const fn printed(&self) -> u64 {
        self.printed
    }
}

fn accepts(last: &Chunk, source: Source) -> bool {
    last.source == source && last.bytes.len() < MAX_CHUNK && last.bytes.last() != Some(&b'\n')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn print(journal: &mut Journal, source: Source, text: &str) {
        text.bytes().for_each(|byte| journal.print(GuestTime::ZERO, source, byte));
    }

    #[test]
    fn lines_and_sources_split_chunks() {
        let mut journal = Journal::default();
        print(&mut journal, Source::Uart, "one\ntwo");
        print(&mut journal, Source::MlPrint, "ml");
        let texts: Vec<_> = journal.drain().into_iter().map(|chunk| (chunk.source, chunk.bytes)).collect();
        assert_eq!(
            texts,
            [
                (Source::Uart, b"one\n".to_vec()),
                (Source::Uart, b"two".to_vec()),
                (Source::MlPrint, b"ml".to_vec())
            ]
        );
        assert!(journal.drain().is_empty());
    }

    #[test]
    fn a_flood_is_dropped_and_counted() {
        let mut journal = Journal::with_capacity(CHUNK_COST + 10);
        print(&mut journal, Source::Uart, "0123456789abc");
        assert_eq!(journal.dropped(), 3);
        assert_eq!(journal.printed(), 13);
        assert_eq!(journal.drain()[0].bytes, b"0123456789");
        print(&mut journal, Source::Uart, "x");
        assert_eq!(journal.drain()[0].bytes, b"x");
    }
}

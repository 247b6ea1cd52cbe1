//! One console from the two that a guest has: its serial port and Magic Lantern's print register.
//!
//! Lines of both stand in the log in the order in which they were finished. A guest that prints the same line on both at once
//! (as the open boot ROM does, so that it can be read wherever somebody listens) gets it into the log once.

use std::collections::VecDeque;
use std::time::Duration;

use darkroom_emu_core::bus::{Chunk, Source};
use darkroom_emu_core::clock::GuestTime;

/// Two equal lines on both consoles are one when they are finished within this much guest time.
const TOGETHER: Duration = Duration::from_millis(20);
/// A line that nobody finished is shown after this much guest time of silence: prompts have no newline.
const PROMPT: Duration = Duration::from_millis(50);
/// Longest line kept together.
const MAX_LINE: usize = 4096;
/// Lines remembered to recognise their twins.
const MAX_TWINS: usize = 64;

/// The lines of one of the consoles.
#[derive(Debug, Default)]
struct Channel {
    open: Vec<u8>,
    touched: GuestTime,
    /// Lines shown of late, for which the other channel may bring a twin.
    shown: VecDeque<(GuestTime, Vec<u8>)>,
}

/// Both consoles, merged.
#[derive(Debug, Default)]
pub(super) struct Consoles {
    serial: Channel,
    print: Channel,
    merged: Vec<u8>,
}

impl Consoles {
    /// Takes what was printed, oldest first, up to `now`.
    pub(super) fn take(&mut self, chunks: Vec<Chunk>, now: GuestTime) {
        for chunk in chunks {
            for byte in chunk.bytes {
                self.put(chunk.source, chunk.time, byte);
            }
        }
        self.show_prompts(now);
    }

    /// Everything that is ready to be shown.
    pub(super) fn drain(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.merged)
    }

    /// Shows what is left of unfinished lines.
    pub(super) fn close(&mut self) {
        self.finish_line(Source::Uart);
        self.finish_line(Source::MlPrint);
    }

    fn put(&mut self, source: Source, time: GuestTime, byte: u8) {
        let (own, _) = self.channels(source);
        own.open.push(byte);
        own.touched = time;
        if byte == b'\n' || own.open.len() >= MAX_LINE {
            self.finish_line(source);
        }
    }

    fn finish_line(&mut self, source: Source) {
        let (own, other) = self.channels(source);
        let line = std::mem::take(&mut own.open);
        if line.is_empty() || other.takes_twin(&line, own.touched) {
            return;
        }
        own.remember(line.clone());
        self.merged.extend_from_slice(&line);
    }

    /// A prompt is shown when both consoles have been silent on it for a while.
    fn show_prompts(&mut self, now: GuestTime) {
        for source in [Source::Uart, Source::MlPrint] {
            let (own, _) = self.channels(source);
            if now.since(own.touched) >= PROMPT {
                self.finish_line(source);
            }
        }
    }

    /// The channel of a source, and the other one. Notes of the machine stand with the register that asks for them.
    fn channels(&mut self, source: Source) -> (&mut Channel, &mut Channel) {
        match source {
            Source::Uart => (&mut self.serial, &mut self.print),
            Source::MlPrint | Source::Machine => (&mut self.print, &mut self.serial),
        }
    }
}

impl Channel {
    fn remember(&mut self, line: Vec<u8>) {
        if self.shown.len() == MAX_TWINS {
            self.shown.pop_front();
        }
        self.shown.push_back((self.touched, line));
    }

    /// Whether this channel has just shown the same line; each line answers for one twin.
    fn takes_twin(&mut self, line: &[u8], time: GuestTime) -> bool {
        self.shown.retain(|(shown, _)| time.since(*shown) <= TOGETHER);
        let Some(at) = self.shown.iter().position(|(_, text)| text == line) else { return false };
        self.shown.drain(..=at);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunk(micros: u64, source: Source, text: &str) -> Chunk {
        Chunk { time: GuestTime::from_micros(micros), source, bytes: text.as_bytes().to_vec() }
    }

    fn merged(chunks: Vec<Chunk>, now_micros: u64) -> String {
        let mut consoles = Consoles::default();
        consoles.take(chunks, GuestTime::from_micros(now_micros));
        String::from_utf8(consoles.drain()).expect("text")
    }

    #[test]
    fn a_line_printed_on_both_at_once_is_shown_once() {
        let both = "hi\nhi\n".chars().enumerate().flat_map(|(at, letter)| {
            [Source::Uart, Source::MlPrint].map(|source| chunk(at as u64, source, &letter.to_string()))
        });
        assert_eq!(merged(both.collect(), 20), "hi\nhi\n");
    }

    #[test]
    fn lines_of_different_consoles_do_not_mix() {
        let chunks = vec![
            chunk(1, Source::Uart, "ser"),
            chunk(2, Source::MlPrint, "print\n"),
            chunk(3, Source::Uart, "ial\n"),
        ];
        assert_eq!(merged(chunks, 4), "print\nserial\n");
    }

    #[test]
    fn the_same_line_later_is_another_line() {
        let chunks = vec![chunk(1, Source::Uart, "tick\n"), chunk(30_000, Source::MlPrint, "tick\n")];
        assert_eq!(merged(chunks, 30_001), "tick\ntick\n");
        let chunks = vec![chunk(1, Source::Uart, "tick\n"), chunk(2, Source::Uart, "tick\n")];
        assert_eq!(merged(chunks, 3), "tick\ntick\n");
    }

    #[test]
    fn a_prompt_is_shown_after_a_silence_and_at_the_end() {
        let prompt = || vec![chunk(1, Source::Uart, "> "), chunk(2, Source::MlPrint, "> ")];
        assert_eq!(merged(prompt(), 40_000), "");
        assert_eq!(merged(prompt(), 50_002), "> ");
        let mut consoles = Consoles::default();
        consoles.take(prompt(), GuestTime::from_micros(3));
        consoles.close();
        assert_eq!(consoles.drain(), b"> ");
    }

    #[test]
    fn a_line_without_end_is_cut() {
        let long = "x".repeat(MAX_LINE + 1);
        assert_eq!(merged(vec![chunk(1, Source::Uart, &long)], 2).len(), MAX_LINE);
    }
}

//! A piece of a console log, picked while its bytes stream by: memory stays bounded whatever a guest printed.

use crate::ansi::{Look, Span, spans};
use std::collections::VecDeque;

/// Most lines on a page.
pub const PAGE_LINES: usize = 500;
/// Longest line shown, in bytes; the rest is cut and said so.
const MAX_LINE: usize = 4096;

/// Which lines are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Want {
    /// The last ones.
    Tail,
    /// From this number on (from 1).
    From(u64),
    /// Those that contain a text, upper and lower case alike, from the first on.
    Matching(String),
}

/// A line as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Number from 1.
    pub number: u64,
    /// Its pieces.
    pub spans: Vec<Span>,
    /// Whether its end was cut.
    pub cut: bool,
}

/// The lines picked, and what is known of the rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogView {
    /// Lines in order.
    pub lines: Vec<Line>,
    /// Lines of the whole log.
    pub total: u64,
    /// Lines that matched, shown or not; `None` without a filter.
    pub matches: Option<u64>,
    /// The filter's text.
    pub query: String,
}

impl LogView {
    /// Number of the first line shown, or 1.
    pub fn first(&self) -> u64 {
        self.lines.first().map_or(1, |line| line.number)
    }

    /// Number of the last line shown, or 0.
    pub fn last(&self) -> u64 {
        self.lines.last().map_or(0, |line| line.number)
    }

    /// Whether more lines matched than are shown.
    pub fn is_cut(&self) -> bool {
        self.matches.is_some_and(|matches| matches > self.lines.len() as u64)
    }

    /// Whether every line of the log is shown.
    pub fn is_whole(&self) -> bool {
        self.matches.is_none() && self.lines.len() as u64 == self.total
    }

    /// Where the page before starts, when there is one.
    pub fn earlier(&self) -> Option<u64> {
        let first = self.first();
        (self.matches.is_none() && first > 1).then(|| first.saturating_sub(PAGE_LINES as u64).max(1))
    }

    /// Where the page after starts, when there is one.
    pub fn later(&self) -> Option<u64> {
        (self.matches.is_none() && self.last() < self.total).then(|| self.last() + 1)
    }
}

/// Picks lines from bytes that come in pieces.
#[derive(Debug)]
pub struct Scanner {
    want: Want,
    look: Look,
    open: Vec<u8>,
    open_cut: bool,
    total: u64,
    matches: u64,
    lines: VecDeque<Line>,
}

impl Scanner {
    /// A scanner for `want`.
    pub fn new(want: Want) -> Self {
        let want = match want {
            Want::Matching(text) => Want::Matching(text.to_lowercase()),
            other => other,
        };
        Self {
            want,
            look: Look::default(),
            open: Vec::new(),
            open_cut: false,
            total: 0,
            matches: 0,
            lines: VecDeque::new(),
        }
    }

    /// Takes the next bytes of the log.
    pub fn feed(&mut self, bytes: &[u8]) {
        let mut pieces = bytes.split(|byte| *byte == b'\n').peekable();
        while let Some(piece) = pieces.next() {
            let room = MAX_LINE.saturating_sub(self.open.len());
            self.open.extend_from_slice(&piece[..piece.len().min(room)]);
            self.open_cut |= piece.len() > room;
            if pieces.peek().is_some() {
                self.end_line();
            }
        }
    }

    /// The view. A last line without its line end is shown only when the log is `complete`: while a job runs the
    /// rest of that line may still come.
    pub fn finish(mut self, complete: bool, query: &str) -> LogView {
        if complete && !self.open.is_empty() {
            self.end_line();
        }
        let matches = matches!(self.want, Want::Matching(_)).then_some(self.matches);
        LogView { lines: self.lines.into(), total: self.total, matches, query: query.to_owned() }
    }

    fn end_line(&mut self) {
        self.total += 1;
        let spans = spans(&self.open, &mut self.look);
        let line = Line { number: self.total, spans, cut: self.open_cut };
        self.open.clear();
        self.open_cut = false;
        self.keep(line);
    }

    fn keep(&mut self, line: Line) {
        let full = self.lines.len() >= PAGE_LINES;
        let keep = match &self.want {
            Want::Tail => {
                if full {
                    self.lines.pop_front();
                }
                true
            }
            Want::From(first) => line.number >= *first && !full,
            Want::Matching(text) => {
                let found = plain(&line).to_lowercase().contains(text.as_str());
                self.matches += u64::from(found);
                found && !full
            }
        };
        if keep {
            self.lines.push_back(line);
        }
    }
}

fn plain(line: &Line) -> String {
    line.spans.iter().map(|span| span.text.as_str()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scan(want: Want, pieces: &[&[u8]]) -> LogView {
        let mut scanner = Scanner::new(want);
        pieces.iter().for_each(|piece| scanner.feed(piece));
        scanner.finish(true, "")
    }

    fn numbers(view: &LogView) -> Vec<u64> {
        view.lines.iter().map(|line| line.number).collect()
    }

    #[test]
    fn lines_join_over_pieces() {
        let view = scan(Want::Tail, &[b"on", b"e\ntwo\r\nth", b"ree"]);
        assert_eq!(view.lines.iter().map(plain).collect::<Vec<_>>(), ["one", "two", "three"]);
        assert!(view.is_whole());
    }

    #[test]
    fn an_open_line_waits_while_the_job_runs() {
        let mut scanner = Scanner::new(Want::From(1));
        scanner.feed(b"whole\nhal");
        assert_eq!(scanner.finish(false, "").total, 1);
    }

    #[test]
    fn the_tail_and_the_pages_are_bounded() {
        let log: Vec<u8> = (1..=1200).flat_map(|n| format!("line {n}\n").into_bytes()).collect();
        let tail = scan(Want::Tail, &[&log]);
        assert_eq!((tail.first(), tail.last(), tail.total), (701, 1200, 1200));
        assert_eq!((tail.earlier(), tail.later()), (Some(201), None));
        let page = scan(Want::From(201), &[&log]);
        assert_eq!((page.first(), page.last(), page.earlier(), page.later()), (201, 700, Some(1), Some(701)));
    }

    #[test]
    fn the_filter_looks_at_text_without_colours_and_case() {
        let view = scan(Want::Matching("Hello".into()), &[b"he\x1b[31mllo\nother\nHELLO\n"]);
        assert_eq!(numbers(&view), [1, 3]);
        assert_eq!(view.matches, Some(2));
    }

    #[test]
    fn a_line_without_end_is_cut() {
        let view = scan(Want::Tail, &[&[b'x'; 10_000], b"\nnext\n"]);
        assert!(view.lines[0].cut);
        assert_eq!(plain(&view.lines[0]).len(), MAX_LINE);
        assert_eq!(plain(&view.lines[1]), "next");
    }
}

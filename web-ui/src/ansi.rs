//! Colours of a console line: ECMA-48 "select graphic rendition" becomes CSS classes, every other control is dropped.
//!
//! The bytes come from guests and may be anything. Nothing here produces HTML: a [`Span`] holds plain text that the
//! template escapes.

/// A piece of a line with one look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// CSS classes, empty for plain text.
    pub class: String,
    /// Text without control characters.
    pub text: String,
}

/// The look in force; it carries over from line to line, as on a terminal.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Look {
    bold: bool,
    dim: bool,
    italic: bool,
    underline: bool,
    inverse: bool,
    ink: Option<u8>,
    ground: Option<u8>,
}

impl Look {
    fn class(self) -> String {
        let flags = [
            (self.bold, "a-bold"),
            (self.dim, "a-dim"),
            (self.italic, "a-italic"),
            (self.underline, "a-line"),
            (self.inverse, "a-inverse"),
        ];
        let mut classes: Vec<String> =
            flags.into_iter().filter(|(on, _)| *on).map(|(_, class)| class.to_owned()).collect();
        classes.extend(self.ink.map(|colour| format!("a-ink{colour}")));
        classes.extend(self.ground.map(|colour| format!("a-ground{colour}")));
        classes.join(" ")
    }

    /// Applies the parameters of one SGR sequence; `38` and `48` take their own arguments along.
    fn apply(&mut self, parameters: &str) {
        let mut codes = parameters.split([';', ':']).map(|code| match code {
            "" => Some(0),
            digits => digits.parse::<u16>().ok(),
        });
        while let Some(code) = codes.next() {
            match code {
                Some(38) => self.ink = extended(&mut codes).or(self.ink),
                Some(48) => self.ground = extended(&mut codes).or(self.ground),
                Some(code) => self.set(code),
                None => {}
            }
        }
    }

    fn set(&mut self, code: u16) {
        let colour = |from: u16, plus: u8| u8::try_from(code - from).ok().map(|index| index + plus);
        match code {
            0 => *self = Self::default(),
            1 => self.bold = true,
            2 => self.dim = true,
            3 => self.italic = true,
            4 => self.underline = true,
            7 => self.inverse = true,
            22 => (self.bold, self.dim) = (false, false),
            23 => self.italic = false,
            24 => self.underline = false,
            27 => self.inverse = false,
            30..=37 => self.ink = colour(30, 0),
            39 => self.ink = None,
            40..=47 => self.ground = colour(40, 0),
            49 => self.ground = None,
            90..=97 => self.ink = colour(90, 8),
            100..=107 => self.ground = colour(100, 8),
            _ => {}
        }
    }
}

/// Colour of `38;5;N` when it is one of the sixteen that have a class; true colour and the cube are read over.
fn extended(codes: &mut impl Iterator<Item = Option<u16>>) -> Option<u8> {
    match codes.next().flatten() {
        Some(5) => codes.next().flatten().and_then(|n| u8::try_from(n).ok()).filter(|n| *n < 16),
        Some(2) => {
            codes.by_ref().take(3).for_each(drop);
            None
        }
        _ => None,
    }
}

/// Cuts a line into spans and leaves in `look` what holds for the next line.
pub fn spans(line: &[u8], look: &mut Look) -> Vec<Span> {
    let text = String::from_utf8_lossy(line);
    let mut out = Vec::new();
    let mut plain = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\u{1b}' => {
                if let Some(parameters) = escape_sequence(&mut chars) {
                    flush(&mut plain, *look, &mut out);
                    look.apply(&parameters);
                }
            }
            '\t' => plain.push('\t'),
            c if c.is_control() || is_direction_override(c) => {}
            c => plain.push(c),
        }
    }
    flush(&mut plain, *look, &mut out);
    out
}

fn flush(plain: &mut String, look: Look, out: &mut Vec<Span>) {
    if !plain.is_empty() {
        out.push(Span { class: look.class(), text: std::mem::take(plain) });
    }
}

/// Characters that would let a log line show its text in another order than it is stored.
fn is_direction_override(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Reads over the rest of an escape sequence; the parameters when it was SGR.
fn escape_sequence(chars: &mut std::str::Chars<'_>) -> Option<String> {
    match chars.as_str().chars().next()? {
        '[' => {
            chars.next();
            control_sequence(chars)
        }
        ']' | 'P' | 'X' | '^' | '_' => {
            chars.next();
            string_sequence(chars);
            None
        }
        _ => {
            short_sequence(chars);
            None
        }
    }
}

/// `ESC`, intermediates, one final byte (`ESC ( B`, `ESC 7`).
fn short_sequence(chars: &mut std::str::Chars<'_>) {
    while let Some(c @ ' '..='~') = chars.as_str().chars().next() {
        chars.next();
        if !(' '..='/').contains(&c) {
            return;
        }
    }
}

fn control_sequence(chars: &mut std::str::Chars<'_>) -> Option<String> {
    let mut parameters = String::new();
    loop {
        match chars.as_str().chars().next()? {
            c @ '0'..='?' => parameters.push(c),
            ' '..='/' => parameters.push('!'),
            'm' => {
                chars.next();
                return Some(parameters).filter(|text| !text.contains(['!', '<', '=', '>', '?']));
            }
            '@'..='~' => {
                chars.next();
                return None;
            }
            _ => return None,
        }
        chars.next();
    }
}

fn string_sequence(chars: &mut std::str::Chars<'_>) {
    while let Some(c) = chars.next() {
        if c == '\u{7}' {
            return;
        }
        if c == '\u{1b}' {
            chars.next();
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Vec<(String, String)> {
        spans(line.as_bytes(), &mut Look::default()).into_iter().map(|s| (s.class, s.text)).collect()
    }

    fn pair(class: &str, text: &str) -> (String, String) {
        (class.to_owned(), text.to_owned())
    }

    #[test]
    fn colours_become_classes() {
        let line = "a\x1b[31mred\x1b[1;44mmore\x1b[0mplain";
        let want = [
            pair("", "a"),
            pair("a-ink1", "red"),
            pair("a-bold a-ink1 a-ground4", "more"),
            pair("", "plain"),
        ];
        assert_eq!(read(line), want);
    }

    #[test]
    fn bright_and_indexed_colours() {
        assert_eq!(read("\x1b[92mg"), [pair("a-ink10", "g")]);
        assert_eq!(read("\x1b[38;5;12mb"), [pair("a-ink12", "b")]);
        assert_eq!(
            read("\x1b[38;2;1;2;3;1mt"),
            [pair("a-bold", "t")],
            "true colour takes three arguments along"
        );
        assert_eq!(read("\x1b[mx"), [pair("", "x")]);
    }

    #[test]
    fn other_sequences_and_controls_vanish() {
        assert_eq!(read("\x1b[2J\x1b]0;title\x07ok\x07\x08\r"), [pair("", "ok")]);
        assert_eq!(read("\x1b[?25lx\x1b7\x1b(By"), [pair("", "xy")]);
        assert_eq!(read("a\u{202e}b"), [pair("", "ab")]);
    }

    #[test]
    fn a_look_lasts_over_the_line() {
        let mut look = Look::default();
        spans(b"\x1b[33mone", &mut look);
        assert_eq!(spans(b"two", &mut look)[0].class, "a-ink3");
    }

    #[test]
    fn broken_input_is_read_to_its_end() {
        for line in
            [&b"\x1b"[..], b"\x1b[", b"\x1b[31", b"\x1b[99999999999m", b"\x1b]", b"\xff\xfe\x1b[31m\xc3"]
        {
            spans(line, &mut Look::default());
        }
        assert_eq!(spans(b"\xff!", &mut Look::default())[0].text, "\u{fffd}!");
    }
}

//! How figures are written on pages: sizes, times, counts, addresses.

use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;

const DAY_AND_MINUTE: &[BorrowedFormatItem<'_>] =
    format_description!("[day padding:none] [month repr:short] [year], [hour]:[minute]");
/// Space between groups of three digits that does not break lines.
const GROUP: char = '\u{202f}';

/// A size in bytes: `640 B`, `1.5 KiB`, `16 MiB`.
pub fn bytes(size: u64) -> String {
    const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
    if size < 1024 {
        return format!("{size} B");
    }
    let mut value = size as f64 / 1024.0;
    let mut unit = 0;
    while value >= 1023.95 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    let text = format!("{value:.1}");
    format!("{} {}", text.strip_suffix(".0").unwrap_or(&text), UNITS[unit])
}

/// Virtual nanoseconds as seconds: `1.204 s`.
pub fn guest_time(ns: u64) -> String {
    format!("{}.{:03} s", ns / 1_000_000_000, ns / 1_000_000 % 1000)
}

/// A span of real milliseconds: `85 ms`, `3.2 s`, `2 min 5 s`, `1 h 3 min`.
pub fn span_ms(ms: u64) -> String {
    let seconds = ms / 1000;
    match seconds {
        0 => format!("{ms} ms"),
        1..=59 => format!("{}.{} s", seconds, ms % 1000 / 100),
        60..=3599 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
    }
}

/// The span between two moments, never negative.
pub fn between(start: OffsetDateTime, end: OffsetDateTime) -> String {
    let ms = (end - start).whole_milliseconds().max(0);
    span_ms(u64::try_from(ms).unwrap_or(u64::MAX))
}

/// How long ago: `just now`, `40 s ago`, `5 min ago`, `3 h ago`, `12 days ago`.
pub fn ago(then: OffsetDateTime, now: OffsetDateTime) -> String {
    match (now - then).whole_seconds().max(0) {
        0..=4 => "just now".to_owned(),
        seconds @ 5..=89 => format!("{seconds} s ago"),
        seconds @ 90..=5399 => format!("{} min ago", (seconds + 30) / 60),
        seconds @ 5400..=172_799 => format!("{} h ago", (seconds + 1800) / 3600),
        seconds => format!("{} days ago", seconds / 86_400),
    }
}

/// A moment for people, in UTC: `22 Nov 2026, 13:15`.
pub fn moment(at: OffsetDateTime) -> String {
    at.to_offset(time::UtcOffset::UTC).format(DAY_AND_MINUTE).unwrap_or_default()
}

/// A moment for the `datetime` attribute.
pub fn machine_time(at: OffsetDateTime) -> String {
    at.to_offset(time::UtcOffset::UTC)
        .replace_nanosecond(0)
        .unwrap_or(at)
        .format(&Rfc3339)
        .unwrap_or_default()
}

/// A count with its digits in groups of three: `12 345`.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() * 2);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(GROUP);
        }
        out.push(digit);
    }
    out
}

/// A 32-bit address or register: `0xC0F14080`.
pub fn hex32(value: u32) -> String {
    format!("0x{value:08X}")
}

/// The first digits of a digest or hash, enough to tell two apart by eye.
pub fn short_hash(hash: &str) -> String {
    hash.chars().take(12).collect()
}

/// `1 job`, `2 jobs`.
pub fn plural(number: u64, one: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{} {one}s", count(number)) }
}

/// A text as part of a URL's query: everything but unreserved characters is percent-encoded.
pub fn query_value(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
        out
    })
}

/// Numbers in templates: `{{ change.size.bytes() }}`.
pub trait Figure: Copy {
    /// The number.
    fn value(self) -> u64;

    /// As a size.
    fn bytes(self) -> String {
        bytes(self.value())
    }

    /// As virtual nanoseconds.
    fn guest_time(self) -> String {
        guest_time(self.value())
    }

    /// As real milliseconds.
    fn span_ms(self) -> String {
        span_ms(self.value())
    }

    /// With digits in groups.
    fn grouped(self) -> String {
        count(self.value())
    }

    /// With the word for what is counted.
    fn plural(self, one: &str) -> String {
        plural(self.value(), one)
    }
}

impl Figure for u64 {
    fn value(self) -> u64 {
        self
    }
}

impl Figure for u32 {
    fn value(self) -> u64 {
        u64::from(self)
    }
}

impl Figure for usize {
    fn value(self) -> u64 {
        self as u64
    }
}

/// Addresses and registers in templates: `{{ fault.pc.hex() }}`.
pub trait Address: Copy {
    /// With its eight digits.
    fn hex(self) -> String;
}

impl Address for u32 {
    fn hex(self) -> String {
        hex32(self)
    }
}

/// Moments in templates: `{{ batch.created_at.ago(now) }}`.
pub trait Moment: Copy {
    /// How long ago.
    fn ago(self, now: &OffsetDateTime) -> String;
    /// How long until `end`.
    fn until(self, end: &OffsetDateTime) -> String;
    /// For people.
    fn written(self) -> String;
    /// For machines.
    fn machine(self) -> String;
}

impl Moment for OffsetDateTime {
    fn ago(self, now: &OffsetDateTime) -> String {
        ago(self, *now)
    }

    fn until(self, end: &OffsetDateTime) -> String {
        between(self, *end)
    }

    fn written(self) -> String {
        moment(self)
    }

    fn machine(self) -> String {
        machine_time(self)
    }
}

/// A firmware version as cameras write it: `111` is `1.1.1`. Any other text stays as it is.
pub fn version(text: &str) -> String {
    if text.len() < 2 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.to_owned();
    }
    text.chars().map(String::from).collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn sizes_take_the_unit_that_fits() {
        let cases = [(0, "0 B"), (1023, "1023 B"), (1024, "1 KiB"), (1536, "1.5 KiB"), (16 << 20, "16 MiB")];
        for (size, text) in cases {
            assert_eq!(bytes(size), text);
        }
        assert_eq!(bytes(1024 * 1024 - 1), "1 MiB", "never 1024.0 KiB");
        assert!(bytes(u64::MAX).ends_with("TiB"));
    }

    #[test]
    fn guest_time_has_milliseconds() {
        assert_eq!(guest_time(1_204_999_999), "1.204 s");
        assert_eq!(guest_time(0), "0.000 s");
    }

    #[test]
    fn spans_grow_coarser() {
        let cases = [(85, "85 ms"), (3240, "3.2 s"), (125_000, "2 min 5 s"), (3_780_000, "1 h 3 min")];
        for (ms, text) in cases {
            assert_eq!(span_ms(ms), text);
        }
    }

    #[test]
    fn moments_are_in_utc() {
        let at = datetime!(2026-11-22 14:15:16.5 +1);
        assert_eq!(moment(at), "22 Nov 2026, 13:15");
        assert_eq!(machine_time(at), "2026-11-22T13:15:16Z");
        assert_eq!(ago(at, at - time::Duration::hours(1)), "just now", "a clock that went back");
        assert_eq!(ago(at, at + time::Duration::minutes(5)), "5 min ago");
    }

    #[test]
    fn counts_are_grouped() {
        assert_eq!(count(999), "999");
        assert_eq!(count(1_234_567), "1\u{202f}234\u{202f}567");
    }

    #[test]
    fn query_values_cannot_leave_their_place() {
        assert_eq!(query_value("a b&c=\"ü"), "a%20b%26c%3D%22%C3%BC");
    }
}

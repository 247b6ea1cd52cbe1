//! Folder entries: short names, long names, dates.

use std::fmt;

/// Bytes of an entry.
pub(super) const ENTRY: usize = 32;
const ATTR_VOLUME: u8 = 0x08;
const ATTR_FOLDER: u8 = 0x10;
const ATTR_LONG_NAME: u8 = 0x0F;
const DELETED: u8 = 0xE5;
/// Long names hold at most 20 pieces of 13 units.
const MAX_PIECES: usize = 20;

/// A FAT date and time, as local as the camera's clock; two-second steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FatTime {
    date: u16,
    time: u16,
}

impl FatTime {
    /// From the two on-disk words.
    #[must_use]
    pub fn new(date: u16, time: u16) -> Self {
        Self { date, time }
    }

    /// True when month and day are possible (an unset date has month 0).
    #[must_use]
    pub fn is_valid(self) -> bool {
        (1..=12).contains(&(self.date >> 5 & 15)) && self.date & 31 != 0
    }
}

impl fmt::Display for FatTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (date, time) = (self.date, self.time);
        let (year, month, day) = (1980 + (date >> 9), date >> 5 & 15, date & 31);
        let (hour, minute, second) = (time >> 11, time >> 5 & 63, (time & 31) * 2);
        write!(f, "{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
    }
}

/// One file or folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirEntry {
    /// The long name, or the short one when there is none. Characters that could mislead a host are escaped as `%XX`.
    pub name: String,
    /// The 8.3 name.
    pub short_name: String,
    /// True for a folder.
    pub is_folder: bool,
    /// Bytes; 0 for folders.
    pub size: u32,
    /// Last change.
    pub modified: FatTime,
    /// First cluster, unchecked; 0 for an empty file.
    pub(super) first_cluster: u32,
}

/// Collects entries from the raw bytes of a folder.
#[derive(Default)]
pub(super) struct DirParser {
    pieces: Vec<[u16; 13]>,
    checksum: u8,
    expected: u8,
}

/// What a raw entry was.
pub(super) enum Parsed {
    /// No further entry follows.
    End,
    /// Deleted, part of a long name, `.`/`..`.
    Nothing,
    /// The volume label.
    Label([u8; 11]),
    /// A file or folder.
    Entry(DirEntry),
}

impl DirParser {
    pub(super) fn feed(&mut self, raw: &[u8]) -> Parsed {
        let attributes = raw[11] & 0x3F;
        match raw[0] {
            0 => return Parsed::End,
            DELETED => {
                self.pieces.clear();
                return Parsed::Nothing;
            }
            _ => {}
        }
        if attributes == ATTR_LONG_NAME {
            self.long_name_piece(raw);
            return Parsed::Nothing;
        }
        let long = self.take_long_name(raw);
        if attributes & ATTR_VOLUME != 0 {
            let mut label = [0; 11];
            label.copy_from_slice(&raw[..11]);
            return Parsed::Label(label);
        }
        if raw[0] == b'.' {
            return Parsed::Nothing;
        }
        Parsed::Entry(entry(raw, long))
    }

    /// Pieces stand last first; any gap or foreign checksum drops the name.
    fn long_name_piece(&mut self, raw: &[u8]) {
        let order = raw[0] & 0x3F;
        if raw[0] & 0x40 != 0 {
            self.pieces.clear();
            (self.expected, self.checksum) = (order, raw[13]);
        }
        if order == 0 || order != self.expected || raw[13] != self.checksum || self.pieces.len() >= MAX_PIECES
        {
            self.pieces.clear();
            self.expected = 0;
            return;
        }
        let units = [1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30];
        self.pieces.push(units.map(|at| u16::from_le_bytes([raw[at], raw[at + 1]])));
        self.expected -= 1;
    }

    fn take_long_name(&mut self, raw: &[u8]) -> Option<String> {
        let pieces = std::mem::take(&mut self.pieces);
        let complete =
            !pieces.is_empty() && self.expected == 0 && self.checksum == short_checksum(&raw[..11]);
        self.expected = 0;
        if !complete {
            return None;
        }
        let units = pieces.iter().rev().flatten().copied().take_while(|&unit| unit != 0);
        Some(char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect())
    }
}

fn short_checksum(name: &[u8]) -> u8 {
    name.iter().fold(0, |sum: u8, &byte| sum.rotate_right(1).wrapping_add(byte))
}

fn entry(raw: &[u8], long: Option<String>) -> DirEntry {
    let le16 = |at: usize| u16::from_le_bytes([raw[at], raw[at + 1]]);
    let short_name = short_name(raw);
    let is_folder = raw[11] & ATTR_FOLDER != 0;
    let size = u32::from_le_bytes([raw[28], raw[29], raw[30], raw[31]]);
    DirEntry {
        name: safe_name(long.as_deref().unwrap_or(&short_name)),
        short_name: safe_name(&short_name),
        is_folder,
        size: if is_folder { 0 } else { size },
        modified: FatTime::new(le16(24), le16(22)),
        first_cluster: u32::from(le16(20)) << 16 | u32::from(le16(26)),
    }
}

/// The 8.3 name with the lower-case flags of byte 12 applied. Bytes outside ASCII show as `_`.
fn short_name(raw: &[u8]) -> String {
    let part = |bytes: &[u8], lower: bool| -> String {
        let end = bytes.iter().rposition(|&b| b != b' ').map_or(0, |at| at + 1);
        let text = bytes[..end].iter().map(|&b| if b.is_ascii() { b as char } else { '_' });
        text.map(|c| if lower { c.to_ascii_lowercase() } else { c }).collect()
    };
    let (base, extension) = (part(&raw[..8], raw[12] & 8 != 0), part(&raw[8..11], raw[12] & 16 != 0));
    if extension.is_empty() { base } else { format!("{base}.{extension}") }
}

/// A guest may write any name. Names become paths of artefacts, so separators, control characters and dots-only names
/// are escaped.
fn safe_name(name: &str) -> String {
    let dots_only = name.chars().all(|c| c == '.');
    name.chars()
        .map(|c| match c {
            '/' | '\\' | '%' => format!("%{:02X}", c as u32),
            '.' if dots_only => "%2E".into(),
            c if c.is_control() => format!("%{:02X}", c as u32),
            c => c.to_string(),
        })
        .collect()
}

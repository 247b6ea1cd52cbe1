//! Finds the line of a dotted key in a TOML text.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The line (from 1) of the deepest part of `key` that the text states, and how many parts that were.
pub(crate) fn find(text: &str, key: &str) -> Option<(usize, usize)> {
    let document = DeTable::parse(text).ok()?;
    let mut table = document.get_ref();
    let mut found = None;
    for (depth, part) in key.split('.').enumerate() {
        let Some((name, value)) = table.iter().find(|(name, _)| name.get_ref() == part) else { break };
        found = Some((line_at(text, name.span().start), depth + 1));
        match Spanned::get_ref(value) {
            DeValue::Table(inner) => table = inner,
            _ => break,
        }
    }
    found
}

/// The line (from 1) of a byte offset.
pub(crate) fn line_at(text: &str, offset: usize) -> usize {
    text.as_bytes().iter().take(offset).filter(|byte| **byte == b'\n').count() + 1
}

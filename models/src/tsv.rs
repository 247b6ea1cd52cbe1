//! Reads the tables: tab-separated lines, `#` starts a comment line.

use crate::error::DataError;

/// One line of a table, with its place for errors.
pub(crate) struct Row<'a> {
    file: &'a str,
    line: usize,
    fields: Vec<&'a str>,
}

/// Splits a table into rows of exactly `columns` fields.
pub(crate) fn rows<'a>(file: &'a str, text: &'a str, columns: usize) -> Result<Vec<Row<'a>>, DataError> {
    let lines = text.lines().enumerate().map(|(index, line)| (index + 1, line));
    lines
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
        .map(|(line, text)| row(file, line, text, columns))
        .collect()
}

fn row<'a>(file: &'a str, line: usize, text: &'a str, columns: usize) -> Result<Row<'a>, DataError> {
    let row = Row { file, line, fields: text.split('\t').collect() };
    if row.fields.len() != columns {
        return Err(row.fault("", format!("{} columns, expected {columns}", row.fields.len())));
    }
    Ok(row)
}

impl<'a> Row<'a> {
    /// The text of a column.
    pub(crate) fn field(&self, column: usize) -> &'a str {
        self.fields[column]
    }

    /// The text of a column, `None` for the placeholder `-`.
    pub(crate) fn optional(&self, column: usize) -> Option<&'a str> {
        Some(self.fields[column]).filter(|text| *text != "-")
    }

    /// The bytes of a column, written as pairs of hexadecimal digits.
    pub(crate) fn bytes(&self, column: usize, name: &str) -> Result<Vec<u8>, DataError> {
        self.field(column).split(' ').map(|text| self.byte(text, name)).collect()
    }

    /// One byte, written as two hexadecimal digits.
    pub(crate) fn byte(&self, text: &str, name: &str) -> Result<u8, DataError> {
        let digits = text.len() == 2 && text.bytes().all(|b| b.is_ascii_hexdigit());
        let value = digits.then(|| u8::from_str_radix(text, 16).ok()).flatten();
        value.ok_or_else(|| self.fault(name, format!("{text:?} is not a byte of two hexadecimal digits")))
    }

    /// An error at this line.
    pub(crate) fn fault(&self, column: &str, reason: impl std::fmt::Display) -> DataError {
        DataError {
            file: self.file.to_owned(),
            line: Some(self.line),
            key: column.to_owned(),
            reason: reason.to_string(),
        }
    }
}

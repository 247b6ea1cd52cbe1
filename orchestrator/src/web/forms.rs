//! What queries and forms carry.

use crate::db::Before;
use crate::error::{Answer, Kind, Refusal};
use axum::extract::Multipart;
use axum::extract::multipart::Field;
use serde::Deserialize;
use time::OffsetDateTime;
use uuid::Uuid;

/// Longest text field, in bytes.
const MAX_TEXT: usize = 4096;
/// Most fields of a form.
const MAX_FIELDS: usize = 200;

/// `?at=MICROSECONDS&id=ID`: the row after which a list goes on.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
pub(super) struct Older {
    at: Option<i64>,
    id: Option<Uuid>,
}

impl Older {
    /// Query of the rows older than this one. Microseconds are what Postgres keeps.
    pub(super) fn after(at: OffsetDateTime, id: Uuid) -> String {
        format!("at={}&id={id}", at.unix_timestamp_nanos() / 1000)
    }

    /// The place in the list; the start for anything that is not one.
    pub(super) fn before(self) -> Option<Before> {
        let at = OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.at?) * 1000).ok()?;
        Some(Before { at, id: self.id? })
    }
}

/// Reads a form field by field, with a cap on their number.
#[derive(Debug)]
pub(super) struct Fields {
    form: Multipart,
    left: usize,
}

impl Fields {
    /// Over that form.
    pub(super) fn new(form: Multipart) -> Self {
        Self { form, left: MAX_FIELDS }
    }

    /// The next field and its name.
    pub(super) async fn next(&mut self) -> Answer<Option<(String, Field<'_>)>> {
        let left = self.left.checked_sub(1);
        self.left = left.ok_or_else(|| malformed(format!("the form has more than {MAX_FIELDS} fields")))?;
        let field = self.form.next_field().await.map_err(|error| malformed(error.body_text()))?;
        Ok(field.map(|field| (field.name().unwrap_or_default().to_owned(), field)))
    }
}

/// The text of a field.
pub(super) async fn text(mut field: Field<'_>) -> Answer<String> {
    let mut bytes = Vec::new();
    while let Some(piece) = field.chunk().await.map_err(|error| malformed(error.body_text()))? {
        bytes.extend_from_slice(&piece);
        if bytes.len() > MAX_TEXT {
            return Err(malformed(format!("a field has more than {MAX_TEXT} bytes")));
        }
    }
    String::from_utf8(bytes).map_err(|_| malformed("a field is not UTF-8".to_owned()))
}

/// Name of an uploaded file without folders; empty when no file was chosen.
pub(super) fn file_name(field: &Field<'_>) -> String {
    let name = field.file_name().unwrap_or_default();
    name.rsplit(['/', '\\']).next().unwrap_or_default().trim().to_owned()
}

fn malformed(message: String) -> Refusal {
    Refusal::new(Kind::Malformed, "bad-form", message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn a_place_in_a_list_survives_the_address() {
        let at = datetime!(2026-11-22 13:15:16.123456 UTC);
        let id = Uuid::from_u128(7);
        let query = Older::after(at, id);
        assert_eq!(query, format!("at=1795353316123456&id={id}"));
        let older = Older { at: Some(1_795_353_316_123_456), id: Some(id) };
        assert_eq!(older.before(), Some(Before { at, id }));
        assert_eq!(Older { at: Some(i64::MAX), id: Some(id) }.before(), None);
    }
}

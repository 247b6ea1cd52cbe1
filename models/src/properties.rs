//! Names of what MPU messages carry (reference: mpu-properties.tsv).

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::error::DataError;
use crate::files::EMBEDDED;
use crate::tsv::{Row, rows};

const FILE: &str = "mpu/properties.tsv";
const COLUMNS: usize = 4;
/// Stands in the property column of messages that carry many.
const GROUP: &str = "group";

/// What a message class and id stand for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Property {
    /// Property number in the firmware, if the message carries exactly one.
    pub number: Option<u32>,
    /// Whether the message carries a whole group of properties.
    pub group: bool,
    /// Its name, where known.
    pub name: Option<String>,
}

type Table = BTreeMap<(u8, u8), Property>;

/// The property behind a message's class and id bytes.
pub fn mpu_property(class: u8, id: u8) -> Option<&'static Property> {
    static TABLE: LazyLock<Table> = LazyLock::new(|| {
        let text = EMBEDDED.iter().find(|(path, _)| *path == FILE).map_or("", |(_, text)| *text);
        parse(text).expect("a test of this crate parses the embedded table")
    });
    TABLE.get(&(class, id))
}

fn parse(text: &str) -> Result<Table, DataError> {
    rows(FILE, text, COLUMNS)?.iter().map(property).collect()
}

fn property(row: &Row<'_>) -> Result<((u8, u8), Property), DataError> {
    let key = (hex(row, 0, "class")?, hex(row, 1, "id")?);
    let group = row.field(2) == GROUP;
    let number = row.optional(2).filter(|_| !group).map(|_| hex(row, 2, "property")).transpose()?;
    Ok((key, Property { number, group, name: row.optional(3).map(str::to_owned) }))
}

fn hex<T: TryFrom<u32>>(row: &Row<'_>, column: usize, name: &str) -> Result<T, DataError> {
    let number = crate::addr::parse_hex(row.field(column)).map_err(|reason| row.fault(name, reason))?;
    T::try_from(number).map_err(|_| row.fault(name, format!("{number:#X} is too large")))
}

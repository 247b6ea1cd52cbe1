//! The rows of `rom/cameras.tsv` that the expansion needs: sizes and the firmware's start address.

use std::sync::OnceLock;

/// One camera, as far as its ROM files are concerned. Sizes are bytes; 0 means the camera has no such part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Camera {
    pub(crate) name: &'static str,
    pub(crate) rom0_size: u32,
    pub(crate) rom1_size: u32,
    pub(crate) serial_flash: u32,
    pub(crate) firmware_start: u32,
}

pub(crate) static TABLE: &str = include_str!("../../rom/cameras.tsv");

/// The names of all cameras the open boot ROM knows, in the order of the table.
pub fn cameras() -> impl Iterator<Item = &'static str> {
    table().iter().map(|camera| camera.name)
}

pub(crate) fn find(name: &str) -> Option<&'static Camera> {
    table().iter().find(|camera| camera.name == name)
}

fn table() -> &'static [Camera] {
    static PARSED: OnceLock<Vec<Camera>> = OnceLock::new();
    PARSED
        .get_or_init(|| parse(TABLE).expect("cameras.tsv is part of this source and a test reads every row"))
}

/// Reads the table: `#` lines are comments, the first other line names the columns. `None` if a cell is missing or no number.
fn parse(text: &'static str) -> Option<Vec<Camera>> {
    let mut lines = text.lines().filter(|line| !line.starts_with('#'));
    let columns: Vec<&str> = lines.next()?.split('\t').collect();
    lines.map(|line| row(&columns, line)).collect()
}

fn row(columns: &[&str], line: &'static str) -> Option<Camera> {
    let cells: Vec<&'static str> = line.split('\t').collect();
    let cell =
        |name: &str| columns.iter().position(|column| *column == name).and_then(|at| cells.get(at).copied());
    let hex = |name: &str| u32::from_str_radix(cell(name)?, 16).ok();
    Some(Camera {
        name: cell("model")?,
        rom0_size: hex("rom0_size")?,
        rom1_size: hex("rom1_size")?,
        serial_flash: hex("serial_flash")?,
        firmware_start: hex("firmware_start")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_read() {
        assert_eq!(cameras().count(), 18);
        let body = find("5D2").expect("5D2 is in the table");
        assert_eq!((body.rom0_size, body.rom1_size), (4 << 20, 8 << 20));
        assert_eq!(body.firmware_start, 0xFF81_0000);
    }

    #[test]
    fn a_row_with_a_bad_number_is_refused() {
        assert_eq!(parse("model\trom0_size\n60D\tmany\n"), None);
    }
}

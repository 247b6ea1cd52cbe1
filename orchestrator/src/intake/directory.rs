//! A look at a zip's directory before the library reads it: the library keeps every entry in memory, and the count is
//! the uploader's word.

use std::io::{Read, Seek, SeekFrom};

const END_SIGNATURE: [u8; 4] = *b"PK\x05\x06";
const ENTRY_SIGNATURE: [u8; 4] = *b"PK\x01\x02";
const FILE_SIGNATURE: [u8; 4] = *b"PK\x03\x04";
const CUT_OFF: &str =
    "it is cut off: it begins as a zip, and its directory, which stands at the end, is not there";
const NO_ZIP: &str = "it neither begins nor ends as a zip";
const END_SIZE: usize = 22;
const ENTRY_SIZE: usize = 46;
const MAX_COMMENT: u64 = 0xFFFF;

/// Why a directory is refused.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum DirectoryFault {
    /// Not the directory of a plain zip.
    Broken(&'static str),
    /// More entries than allowed.
    TooMany(u64),
}

/// Checks that the file ends with one plain directory of at most `cap` entries.
pub(super) fn check(file: &mut (impl Read + Seek), cap: u64) -> std::io::Result<Result<(), DirectoryFault>> {
    let length = file.seek(SeekFrom::End(0))?;
    let tail_length = length.min(END_SIZE as u64 + MAX_COMMENT);
    let tail = read_at(file, length - tail_length, tail_length)?;
    let Some(at) = tail.windows(4).rposition(|window| window == END_SIGNATURE) else {
        let begins_as_zip = read_at(file, 0, 4)? == FILE_SIGNATURE;
        return Ok(Err(DirectoryFault::Broken(if begins_as_zip { CUT_OFF } else { NO_ZIP })));
    };
    let Some(end) = tail.get(at..at + END_SIZE) else {
        return Ok(Err(DirectoryFault::Broken("its end record is cut off")));
    };
    let (count, size, offset) =
        (u64::from(u16_at(end, 10)), u64::from(u32_at(end, 12)), u64::from(u32_at(end, 16)));
    let end_offset = length - tail_length + at as u64;
    if count == 0xFFFF || offset == 0xFFFF_FFFF {
        return Ok(Err(DirectoryFault::TooMany(count)));
    }
    if u64::from(u16_at(end, 8)) != count || u16_at(end, 4) != 0 {
        return Ok(Err(DirectoryFault::Broken("it is a part of a split zip")));
    }
    if end_offset + END_SIZE as u64 + u64::from(u16_at(end, 20)) != length {
        return Ok(Err(DirectoryFault::Broken("it has bytes after its end record, or is cut off")));
    }
    if offset + size != end_offset {
        return Ok(Err(DirectoryFault::Broken("its directory is not where its end record says")));
    }
    if count > cap {
        return Ok(Err(DirectoryFault::TooMany(count)));
    }
    let directory = read_at(file, offset, size)?;
    Ok(walk(&directory, count))
}

/// Whether the directory holds exactly `count` entries.
fn walk(mut directory: &[u8], count: u64) -> Result<(), DirectoryFault> {
    for _ in 0..count {
        let fault = DirectoryFault::Broken("its directory is damaged");
        let Some(entry) = directory.get(..ENTRY_SIZE) else { return Err(fault) };
        let lengths = [28, 30, 32].map(|at| usize::from(u16_at(entry, at)));
        let next = ENTRY_SIZE + lengths.iter().sum::<usize>();
        if entry[..4] != ENTRY_SIGNATURE || next > directory.len() {
            return Err(fault);
        }
        directory = &directory[next..];
    }
    if directory.is_empty() {
        Ok(())
    } else {
        Err(DirectoryFault::Broken("its directory holds more than it says"))
    }
}

fn read_at(file: &mut (impl Read + Seek), offset: u64, length: u64) -> std::io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(offset))?;
    let mut bytes = Vec::new();
    file.take(length).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

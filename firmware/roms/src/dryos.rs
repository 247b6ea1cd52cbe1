//! The open firmware of a camera, laid into its ROM: the image that all cameras share, and the camera's pieces (its first code,
//! jumps at the addresses of the stubs, its table of constants).
//!
//! Form of the pieces, as `dryos/cameras/camera.ld` lays them out, all numbers little-endian words: the text `DARKCAM1`, the address where
//! the firmware starts, the sum its first words must have; then pieces (address, number of bytes, bytes), ended by
//! two words 0. The word at [`SUM_WORD`] behind the start makes the sum right.

use crate::expand::{OpenRom, ROM1_BASE};

/// Where the image stands in every camera's ROM (`dryos/dryos.ld`).
const IMAGE_ADDRESS: u32 = 0xFFE0_0000;
const MAGIC: &[u8] = b"DARKCAM1";
const SUM_WORDS: usize = 0x1_0000;
/// Offset of the word that makes the sum right, the last one that is summed.
const SUM_WORD: usize = (SUM_WORDS - 1) * 4;

static IMAGE: &[u8] = include_bytes!("../../blobs/dryos.bin");

struct Firmware {
    camera: &'static str,
    version: &'static str,
    pieces: &'static [u8],
    contract: &'static [u8],
    stand_in: &'static [u8],
}

macro_rules! firmwares {
    ($($camera:literal $version:literal)*) => {
        &[$(Firmware {
            camera: $camera,
            version: $version,
            pieces: include_bytes!(concat!("../../blobs/dryos-", $camera, ".", $version, ".bin")),
            contract: include_bytes!(concat!("../../blobs/contract-", $camera, ".", $version, ".bin")),
            stand_in: include_bytes!(concat!("../../blobs/stand-in-", $camera, ".", $version, ".bin")),
        }),*]
    };
}

static FIRMWARES: &[Firmware] = firmwares!(
    "50D" "109" "5D2" "212" "500D" "111" "550D" "109" "60D" "111" "600D" "102" "1100D" "105"
    "5D3" "113" "5D3" "123" "6D" "116" "650D" "104" "700D" "115" "EOSM" "202" "100D" "101" "70D" "112"
);

/// The cameras that the open firmware knows, each with the version of the firmware it stands for (`60D`, `111`).
pub fn firmwares() -> impl Iterator<Item = (&'static str, &'static str)> {
    FIRMWARES.iter().map(|firmware| (firmware.camera, firmware.version))
}

/// The `AUTOEXEC.BIN` that calls a camera's open firmware as Magic Lantern does, group by group, and says what holds.
pub fn contract_guest(camera: &str, version: &str) -> Option<&'static [u8]> {
    find(camera, Some(version)).map(|firmware| firmware.contract)
}

/// The `AUTOEXEC.BIN` that plays Magic Lantern's part on a camera's open firmware: it says its name, starts tasks, opens a menu,
/// keeps settings, loads modules and shuts down, or does wrong what files in the card's folder `STANDIN` ask for.
pub fn stand_in(camera: &str, version: &str) -> Option<&'static [u8]> {
    find(camera, Some(version)).map(|firmware| firmware.stand_in)
}

/// Everything that decides the bytes of a camera's open firmware ROM: whoever keeps those bytes learns from these, without
/// making them, whether they would come out otherwise now. `None` for a camera or a version without one.
pub fn ingredients(camera: &str, version: &str) -> Option<[&'static [u8]; 7]> {
    let firmware = find(camera, Some(version))?;
    let rules: [&[u8]; 3] =
        [include_bytes!("dryos.rs"), include_bytes!("expand.rs"), include_bytes!("camera.rs")];
    let [laying, expanding, reading] = rules;
    Some([
        firmware.pieces,
        IMAGE,
        crate::expand::IMAGE,
        crate::camera::TABLE.as_bytes(),
        laying,
        expanding,
        reading,
    ])
}

/// The firmware of a version, or the first that is known for the camera.
fn find(camera: &str, version: Option<&str>) -> Option<&'static Firmware> {
    let fits = |firmware: &&Firmware| version.is_none_or(|version| firmware.version == version);
    FIRMWARES.iter().filter(|firmware| firmware.camera == camera).find(fits)
}

/// Lays the firmware of a camera into its chips. Returns the firmware's version; `None` if there is none for this camera.
pub(crate) fn lay_into(camera: &str, version: Option<&str>, rom: &mut OpenRom) -> Option<&'static str> {
    let firmware = find(camera, version)?;
    let layout = Layout::parse(firmware.pieces)
        .expect("the pieces are part of this source and a test reads those of every camera");
    put(&mut rom.rom1, IMAGE_ADDRESS, IMAGE);
    for (address, bytes) in &layout.pieces {
        put(chip(rom, *address)?, *address, bytes);
    }
    make_sum_right(&mut rom.rom1, layout.start, layout.sum);
    Some(firmware.version)
}

/// The chip that shows at an address; `None` below ROM1 for a camera without ROM0.
fn chip(rom: &mut OpenRom, address: u32) -> Option<&mut [u8]> {
    if address < ROM1_BASE { rom.rom0.as_deref_mut() } else { Some(&mut rom.rom1) }
}

/// A chip is repeated up to the next one: its size is a power of two.
fn offset(chip: &[u8], address: u32) -> usize {
    address as usize & (chip.len() - 1)
}

fn put(chip: &mut [u8], address: u32, bytes: &[u8]) {
    let at = offset(chip, address);
    chip[at..at + bytes.len()].copy_from_slice(bytes);
}

fn make_sum_right(rom1: &mut [u8], start: u32, wanted: u32) {
    let at = offset(rom1, start);
    let words = rom1[at..at + SUM_WORD].chunks_exact(4);
    let sum = words.map(word).fold(0_u32, u32::wrapping_add);
    put(rom1, start + SUM_WORD as u32, &wanted.wrapping_sub(sum).to_le_bytes());
}

fn word(bytes: &[u8]) -> u32 {
    bytes.iter().rev().fold(0, |word, byte| word << 8 | u32::from(*byte))
}

#[derive(Debug, PartialEq, Eq)]
struct Layout<'a> {
    start: u32,
    sum: u32,
    pieces: Vec<(u32, &'a [u8])>,
}

impl<'a> Layout<'a> {
    /// `None` if the bytes end before the last piece, or do not begin as they must.
    fn parse(bytes: &'a [u8]) -> Option<Self> {
        let mut rest = bytes.strip_prefix(MAGIC)?;
        let (start, sum) = (take_word(&mut rest)?, take_word(&mut rest)?);
        let pieces = std::iter::from_fn(|| match take_piece(&mut rest) {
            Some((0, _)) => None,
            piece => Some(piece),
        });
        Some(Self { start, sum, pieces: pieces.collect::<Option<_>>()? })
    }
}

fn take_word(rest: &mut &[u8]) -> Option<u32> {
    let (first, behind) = rest.split_at_checked(4)?;
    *rest = behind;
    Some(word(first))
}

fn take_piece<'a>(rest: &mut &'a [u8]) -> Option<(u32, &'a [u8])> {
    let (address, bytes) = (take_word(rest)?, take_word(rest)?);
    let (piece, behind) = rest.split_at_checked(bytes as usize)?;
    *rest = behind;
    Some((address, piece))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pieces_of_every_camera_are_read_and_lie_apart() {
        for firmware in FIRMWARES {
            let layout = Layout::parse(firmware.pieces).expect("well formed");
            let mut ranges: Vec<(u32, u32)> = Vec::new();
            ranges.push((IMAGE_ADDRESS, IMAGE_ADDRESS + IMAGE.len() as u32));
            ranges.push((layout.start + SUM_WORD as u32, layout.start + SUM_WORD as u32 + 4));
            ranges.extend(layout.pieces.iter().map(|(at, bytes)| (*at, *at + bytes.len() as u32)));
            ranges.sort_unstable();
            for pair in ranges.windows(2) {
                assert!(pair[0].1 <= pair[1].0, "{}: {pair:X?} overlap", firmware.camera);
            }
        }
    }

    #[test]
    fn pieces_that_end_too_early_are_refused() {
        let whole = FIRMWARES[0].pieces;
        assert_eq!(Layout::parse(&whole[..whole.len() - 1]), None);
        assert_eq!(Layout::parse(&whole[1..]), None);
    }
}

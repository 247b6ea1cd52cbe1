//! The answer to IDENTIFY DEVICE, in the layout of CFA devices.

use super::drive::Geometry;

/// Most sectors that one interrupt of a multiple transfer may cover.
pub(super) const MAX_MULTIPLE: u16 = 16;

/// What IDENTIFY tells that can change.
pub(super) struct Identity {
    pub(super) sectors: u64,
    /// As built.
    pub(super) native: Geometry,
    /// As set by INITIALIZE DEVICE PARAMETERS.
    pub(super) current: Geometry,
    pub(super) multiple: u8,
}

/// The 256 words, little-endian as they come over the data port.
pub(super) fn identify(identity: &Identity) -> Vec<u8> {
    let mut words = [0_u16; 256];
    let Identity { sectors, native, current, multiple } = identity;
    let lba28 = (*sectors).min(0x0FFF_FFFF) as u32;
    words[0] = 0x848A;
    (words[1], words[3], words[6]) = (native.cylinders, native.heads, native.sectors);
    (words[7], words[8]) = ((lba28 >> 16) as u16, lba28 as u16);
    put_text(&mut words[10..20], "DR0001");
    words[22] = 4;
    put_text(&mut words[23..27], "1.0");
    put_text(&mut words[27..47], "DARKROOM CF");
    words[47] = 0x8000 | MAX_MULTIPLE;
    // LBA and IORDY; no DMA: the camera's engine works on the data port.
    words[49] = 0x0A00;
    words[51] = 0x0200;
    words[53] = 0x0003;
    (words[54], words[55], words[56]) = (current.cylinders, current.heads, current.sectors);
    let reachable = u32::from(current.cylinders) * u32::from(current.heads) * u32::from(current.sectors);
    (words[57], words[58]) = (reachable as u16, (reachable >> 16) as u16);
    words[59] = 0x0100 | u16::from(*multiple);
    (words[60], words[61]) = (lba28 as u16, (lba28 >> 16) as u16);
    // PIO modes 3 and 4, 120 ns.
    (words[64], words[67], words[68]) = (3, 120, 120);
    words[80] = 0x0070;
    // Power management; CFA, 48-bit addresses, flush.
    (words[82], words[83], words[84]) = (0x4008, 0x7404, 0x4000);
    (words[85], words[86], words[87]) = (0x4008, 0x3404, 0x4000);
    for (at, word) in words[100..104].iter_mut().enumerate() {
        *word = (*sectors >> (16 * at)) as u16;
    }
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

/// ATA text: two characters per word, the first in the high byte, blanks to the end.
fn put_text(words: &mut [u16], text: &str) {
    let mut bytes = text.bytes().chain(std::iter::repeat(b' '));
    for word in words {
        let (first, second) = (bytes.next().unwrap_or(b' '), bytes.next().unwrap_or(b' '));
        *word = u16::from_be_bytes([first, second]);
    }
}

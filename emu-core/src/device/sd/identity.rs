//! What the card says about itself: CID, CSD, SCR, OCR, switch status.

use crate::card::{SDHC_THRESHOLD, SECTOR};

/// Voltages of the card: 2.0 to 3.6 V in the OCR's terms (reference storage.md §4).
pub(super) const OCR_VOLTAGES: u32 = 0x00FF_FF00;
/// OCR: power-up is done.
pub(super) const OCR_POWERED: u32 = 1 << 31;
/// OCR: the card is addressed by sector.
pub(super) const OCR_HIGH_CAPACITY: u32 = 1 << 30;

/// True for cards above 1 GiB: SDHC (reference storage.md §4).
pub(super) fn is_high_capacity(sectors: u64) -> bool {
    sectors * SECTOR as u64 > SDHC_THRESHOLD
}

/// CRC7 over `bytes`, with the end bit: the last byte of CID and CSD.
fn crc7(bytes: &[u8]) -> u8 {
    let bit = |crc: u8, bit: u8| {
        let feedback = (crc >> 6 ^ bit) & 1;
        (crc << 1 & 0x7F) ^ (feedback * 0x09)
    };
    let crc = bytes.iter().fold(0, |crc, byte| (0..8).rev().fold(crc, |crc, n| bit(crc, byte >> n & 1)));
    crc << 1 | 1
}

fn sealed(mut register: [u8; 16]) -> [u8; 16] {
    register[15] = crc7(&register[..15]);
    register
}

/// Card identification: manufacturer 44, "DK", product "DROOM" 1.0, serial number 1, January 2024.
pub(super) fn cid() -> [u8; 16] {
    sealed(*b"\x44DKDROOM\x10\x00\x00\x00\x01\x01\x81\x00")
}

/// Card-specific data, version 1 (byte addressed) or 2 (SDHC). Capacity rounds down to what the format can say.
pub(super) fn csd(sectors: u64) -> [u8; 16] {
    let version1 = !is_high_capacity(sectors);
    let mut csd = 0_u128;
    let mut put = |low: u32, value: u64| csd |= u128::from(value) << low;
    put(126, u64::from(!version1));
    // Access times and the 25 MHz clock.
    put(112, if version1 { 0x26 } else { 0x0E });
    put(96, 0x32);
    // Command classes: basic, block read and write, erase, application, switch. No write protection, no lock.
    put(84, 0x535);
    put(80, 9);
    if version1 {
        put(79, 1);
        // Units of 256 KiB: 512 << (7 + 2).
        put(62, (sectors / 512).saturating_sub(1) & 0xFFF);
        put(50, 0b101_101_101_101);
        put(47, 7);
    } else {
        // Units of 512 KiB.
        put(48, (sectors / 1024).saturating_sub(1) & 0x3F_FFFF);
    }
    put(46, 1);
    put(39, 0x7F);
    put(26, 2);
    put(22, 9);
    sealed(csd.to_be_bytes())
}

/// SD configuration: specification 2.00, 1- and 4-bit bus, erased data reads 0.
pub(super) fn scr(high_capacity: bool) -> [u8; 8] {
    [0x02, if high_capacity { 0x35 } else { 0x25 }, 0, 0, 0, 0, 0, 0]
}

/// CMD6: which functions there are, and which would be (or are) selected. Group 1 (access mode) knows 0 and 1 (high
/// speed), all others only 0; F in the answer says "cannot be selected".
pub(super) fn switch_status(argument: u32, selected: &mut [u8; 6]) -> Vec<u8> {
    let mut status = vec![0; 64];
    status[..14].copy_from_slice(&[0, 1, 0x80, 1, 0x80, 1, 0x80, 1, 0x80, 1, 0x80, 1, 0x80, 3]);
    let set = argument >> 31 == 1;
    let mut answer = [0; 6];
    for (group, current) in selected.iter().enumerate() {
        let wanted = (argument >> (4 * group) & 0xF) as u8;
        answer[group] = match wanted {
            0xF => *current,
            0 => 0,
            1 if group == 0 => 1,
            _ => 0xF,
        };
    }
    if set && answer.iter().all(|&function| function != 0xF) {
        *selected = answer;
    }
    for pair in 0..3 {
        status[14 + pair] = answer[5 - 2 * pair] << 4 | answer[4 - 2 * pair];
    }
    status
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of the specification (§4.5): CMD0 and CMD17 with argument 0.
    #[test]
    fn crc7_is_the_specifications() {
        assert_eq!(crc7(&[0x40, 0, 0, 0, 0]), 0x95);
        assert_eq!(crc7(&[0x51, 0, 0, 0, 0]), 0x55);
        assert_eq!(crc7(&[0x11, 0, 0, 9, 0]), 0x67);
    }

    #[test]
    fn csd_states_the_capacity() {
        let small = csd((64 << 20) / 512);
        assert_eq!(small[0] >> 6, 0);
        let bits = u128::from_be_bytes(small);
        let (c_size, mult, read_len) = (bits >> 62 & 0xFFF, bits >> 47 & 7, bits >> 80 & 0xF);
        assert_eq!((c_size + 1) << (mult + 2 + read_len), 64 << 20);
        let large = csd((4 << 30) / 512);
        assert_eq!(large[0], 0x40);
        let bits = u128::from_be_bytes(large);
        assert_eq!(((bits >> 48 & 0x3F_FFFF) + 1) * (512 << 10), 4 << 30);
    }

    #[test]
    fn switching_needs_every_group_to_agree() {
        let mut selected = [0; 6];
        let check = switch_status(0x00FF_FFF1, &mut selected);
        assert_eq!((check[16], selected), (0x01, [0; 6]));
        let refused = switch_status(0x80FF_FF51, &mut selected);
        assert_eq!((refused[16], selected), (0xF1, [0; 6]));
        switch_status(0x80FF_FFF1, &mut selected);
        assert_eq!(selected, [1, 0, 0, 0, 0, 0]);
    }
}

//! From the camera's YUV to RGB: Rec. 709 in integers (reference: display.md §3).

use super::planes::PaletteEntry;

/// Red, green, blue.
pub(super) type Rgb = [u8; 3];

/// Shown where the OSD has index 0 and nothing lies below.
pub(super) const GREY: Rgb = [0x80; 3];

/// A palette register's colour.
pub(super) fn palette_rgb(entry: PaletteEntry) -> Rgb {
    let [_, y, u, v] = entry.0.to_be_bytes();
    yuv_rgb(y, u as i8, v as i8)
}

/// A palette register's opacity.
pub(super) const fn opacity(entry: PaletteEntry) -> u8 {
    entry.0.to_be_bytes()[0]
}

/// Each term is shifted by itself, rounding towards minus infinity.
pub(super) fn yuv_rgb(y: u8, u: i8, v: i8) -> Rgb {
    let (y, u, v) = (i32::from(y), i32::from(u), i32::from(v));
    [
        clip(y + ((1608 * v) >> 10)),
        clip(y + ((-191 * u) >> 10) + ((-478 * v) >> 10)),
        clip(y + ((1900 * u) >> 10)),
    ]
}

fn clip(value: i32) -> u8 {
    value.clamp(0, 255) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn greys_have_no_chroma() {
        assert_eq!(yuv_rgb(0x80, 0, 0), GREY);
        assert_eq!(palette_rgb(PaletteEntry(0x03FF_0000)), [255; 3]);
    }

    #[test]
    fn terms_are_shifted_apart_and_round_down() {
        // -191 >> 10 is -1, and -478 >> 10 is -1: together one less than the sum of both shifted once.
        assert_eq!(yuv_rgb(100, 1, 1), [101, 98, 101]);
        assert_eq!(yuv_rgb(100, -1, -1), [98, 100, 98]);
        assert_eq!(yuv_rgb(200, 127, -128), [0, 235, 255]);
    }
}

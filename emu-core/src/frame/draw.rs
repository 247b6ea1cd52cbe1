use super::colour::{GREY, Rgb, opacity, palette_rgb, yuv_rgb};
use super::picture::Frame;
use super::planes::{OsdDepth, Planes};
use crate::memory::{AddressSpace, GuestAddr};

/// The panel of a camera, and how its image plane lies in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Panel {
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Where the OSD plane is while the guest has set no address.
    pub default_osd: u32,
    /// Bytes per line of the image plane.
    pub image_pitch: u32,
    /// Lines of the image plane.
    pub image_rows: u32,
}

/// Draws what the panel shows (reference: display.md §5). Where a plane lies outside memory, the picture is black.
pub fn draw(planes: &Planes, panel: &Panel, space: &AddressSpace) -> Frame {
    match (planes.depth, planes.image) {
        (OsdDepth::Four, _) => draw_osd(planes, panel, space, four_bit_row),
        (OsdDepth::Eight, 0) => draw_osd(planes, panel, space, eight_bit_row),
        (OsdDepth::Eight, _) => draw_blend(planes, panel, space),
    }
}

/// Gives the colour of each pixel of a row, from the row's bytes.
type RowColours = fn(&[u8], usize, &[Rgb]) -> Rgb;

fn draw_osd(planes: &Planes, panel: &Panel, space: &AddressSpace, colour: RowColours) -> Frame {
    let mut frame = Frame::black(panel.width, panel.height);
    let base = if planes.osd == 0 { panel.default_osd } else { planes.osd };
    if !is_memory(space, base) {
        return frame;
    }
    let palette = match planes.depth {
        OsdDepth::Four => &planes.palette_4bit,
        OsdDepth::Eight => &planes.palette_8bit,
    };
    let palette: Vec<Rgb> = palette.iter().map(|entry| palette_rgb(*entry)).collect();
    let mut row = vec![0; frame.width() as usize];
    for y in 0..frame.height() {
        read_row(space, base, y, planes.osd_pitch, &mut row);
        for x in 0..frame.width() {
            frame.set_pixel(x, y, colour(&row, x as usize, &palette));
        }
    }
    frame
}

/// Even columns are in the low half of a byte, odd columns in the high half.
fn four_bit_row(row: &[u8], x: usize, palette: &[Rgb]) -> Rgb {
    let pair = row[x / 2];
    let index = if x.is_multiple_of(2) { pair & 0xF } else { pair >> 4 };
    palette[usize::from(index) % palette.len()]
}

/// Index 0 is always grey, whatever the palette says.
fn eight_bit_row(row: &[u8], x: usize, palette: &[Rgb]) -> Rgb {
    match row[x] {
        0 => GREY,
        index => palette[usize::from(index) % palette.len()],
    }
}

/// The 8-bit OSD over the image plane.
fn draw_blend(planes: &Planes, panel: &Panel, space: &AddressSpace) -> Frame {
    let mut frame = Frame::black(panel.width, panel.height);
    if !is_memory(space, planes.osd) || !is_memory(space, planes.image) || frame.width() == 0 {
        return frame;
    }
    let step = panel.image_pitch / frame.width();
    let mut osd = vec![0; frame.width() as usize];
    let mut image = vec![0; panel.image_pitch as usize + 4];
    for y in 0..frame.height() {
        read_row(space, planes.osd, y, planes.osd_pitch, &mut osd);
        let line = image_line(panel, frame.height(), y);
        // The line is read from an aligned address, because a group of two pixels starts there.
        let start = planes.image.wrapping_add(line.wrapping_mul(panel.image_pitch));
        peek(space, start & !3, &mut image);
        for (x, index) in (0..).zip(&osd) {
            let under = image_pixel(&image, ((start & 3) + x * step) as usize);
            frame.set_pixel(x, y, over(under, planes.palette_8bit[usize::from(*index)]));
        }
    }
    frame
}

/// The line of the image plane under a row of the panel; it lags by one row.
fn image_line(panel: &Panel, rows: u32, y: u32) -> u32 {
    y.saturating_sub(1) * panel.image_rows / rows.max(1)
}

/// Groups of four bytes are two pixels: U, first Y, V, second Y; U and V are signed.
fn image_pixel(line: &[u8], at: usize) -> Rgb {
    let Some(group) = line.get(at & !3..).and_then(|rest| rest.get(..4)) else { return [0; 3] };
    let y = if at.is_multiple_of(4) { group[1] } else { group[3] };
    yuv_rgb(y, group[0] as i8, group[2] as i8)
}

fn over(image: Rgb, entry: super::planes::PaletteEntry) -> Rgb {
    let colour = palette_rgb(entry);
    match opacity(entry) {
        3 => colour,
        0 if colour == [0xFF; 3] => image,
        other => {
            let weight = u32::from(other & 3) + 2;
            std::array::from_fn(|i| {
                ((u32::from(image[i]) * (5 - weight) + u32::from(colour[i]) * weight) / 5) as u8
            })
        }
    }
}

fn is_memory(space: &AddressSpace, addr: u32) -> bool {
    let mut byte = [0];
    space.peek(GuestAddr(addr), &mut byte) == 1
}

fn read_row(space: &AddressSpace, base: u32, y: u32, pitch: u32, row: &mut [u8]) {
    peek(space, base.wrapping_add(y.wrapping_mul(pitch)), row);
}

/// Reads memory; what is not memory reads as zero.
fn peek(space: &AddressSpace, addr: u32, into: &mut [u8]) {
    let read = space.peek(GuestAddr(addr), into);
    into[read..].fill(0);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::planes::PaletteEntry;
    use crate::memory::Access;

    const OSD: u32 = 0x10_0000;
    const IMAGE: u32 = 0x20_0000;
    const PANEL: Panel =
        Panel { width: 720, height: 480, default_osd: OSD, image_pitch: 1440, image_rows: 480 };
    const WHITE: PaletteEntry = PaletteEntry(0x03FF_0000);
    const HALF_GREY: PaletteEntry = PaletteEntry(0x0164_0000);

    fn space() -> AddressSpace {
        let mut space = AddressSpace::new();
        let ram = space.add_block(4 << 20).expect("room");
        space.map(GuestAddr(0), 4 << 20, ram, 0, Access::Ram).expect("aligned");
        space
    }

    #[test]
    fn four_bit_pixels_are_low_nibble_first() {
        let mut space = space();
        space.poke(GuestAddr(OSD + 360), &[0x21]);
        let mut planes = Planes { depth: OsdDepth::Four, osd_pitch: 360, ..Planes::new(960) };
        planes.palette_4bit[1] = WHITE;
        planes.palette_4bit[2] = PaletteEntry(0x0340_0000);
        let frame = draw(&planes, &PANEL, &space);
        assert_eq!((frame.pixel(0, 1), frame.pixel(1, 1), frame.pixel(2, 1)), ([255; 3], [0x40; 3], [0; 3]));
    }

    #[test]
    fn eight_bit_index_zero_is_grey() {
        let mut space = space();
        space.poke(GuestAddr(OSD + 0x1000 + 960 * 479 + 719), &[7]);
        let mut planes = Planes { osd: OSD + 0x1000, ..Planes::new(960) };
        planes.palette_8bit[7] = WHITE;
        let frame = draw(&planes, &PANEL, &space);
        assert_eq!((frame.pixel(719, 479), frame.pixel(718, 479)), ([255; 3], GREY));
    }

    #[test]
    fn the_osd_is_blended_over_the_image() {
        let mut space = space();
        // Image line 0 is seen in rows 0 and 1.
        space.poke(GuestAddr(IMAGE), &[0, 10, 0, 20, 0, 30, 0, 40]);
        space.poke(GuestAddr(OSD), &[1, 2, 3]);
        let mut planes = Planes { osd: OSD, image: IMAGE, ..Planes::new(960) };
        planes.palette_8bit[1] = PaletteEntry(0x00FF_0000);
        planes.palette_8bit[2] = HALF_GREY;
        planes.palette_8bit[3] = WHITE;
        let frame = draw(&planes, &PANEL, &space);
        assert_eq!(frame.pixel(0, 0), [10; 3], "transparent white");
        assert_eq!(frame.pixel(1, 0), [68; 3], "(20*2 + 100*3) / 5");
        assert_eq!(frame.pixel(2, 0), [255; 3], "opaque");
        assert_eq!(frame.pixel(3, 1), [(40 * 3) / 5; 3], "index 0 is black with weight 2");
    }

    #[test]
    fn planes_outside_memory_are_black() {
        let planes = Planes { osd: 0xC000_0000, ..Planes::new(960) };
        assert_eq!(draw(&planes, &PANEL, &space()), Frame::black(720, 480));
        let planes = Planes { image: 0xF000_0000, ..planes };
        assert_eq!(draw(&planes, &PANEL, &space()), Frame::black(720, 480));
    }
}

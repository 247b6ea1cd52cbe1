use super::picture::Frame;

/// Distance from the right and lower edge to the middle of the disc.
const MARGIN: i64 = 8;
/// Squared radii of the black rim and of the lit part inside it.
const RIM: i64 = 25;
const INSIDE: i64 = 16;

const LIT: [u8; 3] = [0xFF, 0, 0];
const DARK: [u8; 3] = [0x40; 3];

/// Draws the card LED as the reference emulator puts it into its screenshots (reference: display.md §5.2): only for
/// comparison with those. Our own pictures do not hold it.
pub fn overlay_led(frame: &mut Frame, lit: bool) {
    let (x, y) = (i64::from(frame.width()) - MARGIN, i64::from(frame.height()) - MARGIN);
    for dy in -5..=5 {
        for dx in -5..=5 {
            let distance = dx * dx + dy * dy;
            let Some(colour) = colour(distance, lit) else { continue };
            if let (Ok(x), Ok(y)) = (u32::try_from(x + dx), u32::try_from(y + dy)) {
                frame.set_pixel(x, y, colour);
            }
        }
    }
}

const fn colour(distance: i64, lit: bool) -> Option<[u8; 3]> {
    match distance {
        RIM.. => None,
        INSIDE..RIM => Some([0; 3]),
        _ if lit => Some(LIT),
        _ => Some(DARK),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(frame: &Frame, colour: [u8; 3]) -> usize {
        frame.rgba().chunks(4).filter(|pixel| pixel[..3] == colour).count()
    }

    #[test]
    fn the_disc_has_45_pixels_in_a_rim_of_24() {
        let mut frame = Frame::black(32, 32);
        (0..32).for_each(|y| (0..32).for_each(|x| frame.set_pixel(x, y, [1; 3])));
        overlay_led(&mut frame, true);
        assert_eq!((count(&frame, LIT), count(&frame, [0; 3])), (45, 24));
        overlay_led(&mut frame, false);
        assert_eq!(count(&frame, DARK), 45);
        assert_eq!(frame.pixel(24, 24), DARK);
    }

    #[test]
    fn a_tiny_picture_does_not_matter() {
        overlay_led(&mut Frame::black(3, 2), true);
    }
}

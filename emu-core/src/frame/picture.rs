/// A picture: RGBA, 8 bits each, rows from the top, all opaque.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    width: u32,
    height: u32,
    pixels: Vec<u8>,
}

/// Most pixels in a row or column of a picture.
pub(super) const MAX_SIDE: u32 = 4096;

impl Frame {
    /// A black picture. Sides are cut to 4096 pixels.
    pub fn black(width: u32, height: u32) -> Self {
        let (width, height) = (width.min(MAX_SIDE), height.min(MAX_SIDE));
        let pixels = [0, 0, 0, 0xFF].repeat(width as usize * height as usize);
        Self { width, height, pixels }
    }

    /// Pixels in a row.
    pub const fn width(&self) -> u32 {
        self.width
    }

    /// Rows.
    pub const fn height(&self) -> u32 {
        self.height
    }

    /// The pixels, four bytes each.
    pub fn rgba(&self) -> &[u8] {
        &self.pixels
    }

    /// The colour at a place; black outside the picture.
    pub fn pixel(&self, x: u32, y: u32) -> [u8; 3] {
        self.index(x, y).map_or([0; 3], |at| [self.pixels[at], self.pixels[at + 1], self.pixels[at + 2]])
    }

    /// Sets the colour at a place; does nothing outside the picture.
    pub fn set_pixel(&mut self, x: u32, y: u32, rgb: [u8; 3]) {
        if let Some(at) = self.index(x, y) {
            self.pixels[at..at + 3].copy_from_slice(&rgb);
        }
    }

    /// BLAKE3 over size and pixels: two pictures are equal when their hashes are.
    pub fn hash(&self) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&self.width.to_le_bytes()).update(&self.height.to_le_bytes()).update(&self.pixels);
        *hasher.finalize().as_bytes()
    }

    fn index(&self, x: u32, y: u32) -> Option<usize> {
        let inside = x < self.width && y < self.height;
        inside.then(|| (y as usize * self.width as usize + x as usize) * 4)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_outside_are_black_and_not_written() {
        let mut frame = Frame::black(2, 2);
        frame.set_pixel(2, 0, [1, 2, 3]);
        frame.set_pixel(1, 1, [1, 2, 3]);
        assert_eq!((frame.pixel(1, 1), frame.pixel(0, 1), frame.pixel(9, 9)), ([1, 2, 3], [0; 3], [0; 3]));
        assert_eq!(frame.rgba().len(), 16);
        assert_ne!(frame.hash(), Frame::black(2, 2).hash());
        assert_ne!(Frame::black(1, 4).hash(), Frame::black(4, 1).hash());
    }
}

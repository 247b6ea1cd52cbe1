//! A picture of the camera's screen and its PNG form.

use std::io::Cursor;

use thiserror::Error;

/// Widest and highest picture taken, in pixels: above every camera's HDMI output, small enough to bound memory.
pub const MAX_SIDE: u32 = 2048;

/// Pixels of the screen: 8-bit RGBA, row by row from the top left.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    width: u32,
    height: u32,
    rgba: Vec<u8>,
}

/// Pixels or a PNG that cannot be a picture of a screen.
#[derive(Debug, Error)]
pub enum PictureError {
    /// A side is zero or longer than [`MAX_SIDE`].
    #[error("a picture of {width}×{height} pixels: sides must be 1 to {MAX_SIDE}")]
    Size {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
    },
    /// The pixel data does not fill the picture exactly.
    #[error("{found} bytes of pixels where {expected} are needed")]
    Length {
        /// Bytes given.
        found: usize,
        /// Bytes needed.
        expected: usize,
    },
    /// Not a PNG that can be read.
    #[error("not a readable PNG: {0}")]
    Decode(#[from] png::DecodingError),
    /// The PNG could not be written.
    #[error("writing a PNG: {0}")]
    Encode(#[from] png::EncodingError),
}

impl Picture {
    /// Takes pixels.
    ///
    /// # Errors
    /// When a side is out of range or the pixels do not fill the picture.
    pub fn new(width: u32, height: u32, rgba: Vec<u8>) -> Result<Self, PictureError> {
        let expected = Self::byte_len(width, height)?;
        if rgba.len() != expected {
            return Err(PictureError::Length { found: rgba.len(), expected });
        }
        Ok(Self { width, height, rgba })
    }

    /// Bytes of pixels that a picture of that size has.
    ///
    /// # Errors
    /// When a side is out of range.
    pub fn byte_len(width: u32, height: u32) -> Result<usize, PictureError> {
        let fine = 1..=MAX_SIDE;
        if !fine.contains(&width) || !fine.contains(&height) {
            return Err(PictureError::Size { width, height });
        }
        Ok(width as usize * height as usize * 4)
    }

    /// Width in pixels.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Height in pixels.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// All pixels, four bytes each.
    pub fn rgba(&self) -> &[u8] {
        &self.rgba
    }

    /// The PNG form. Equal pictures give equal bytes: filter and compression are fixed.
    ///
    /// # Errors
    /// When the encoder fails, which only lack of memory can cause.
    pub fn to_png(&self) -> Result<Vec<u8>, PictureError> {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, self.width, self.height);
        encoder.set_color(png::ColorType::Rgba);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_compression(png::Compression::Fast);
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&self.rgba)?;
        writer.finish()?;
        Ok(bytes)
    }

    /// Reads a PNG of any colour type.
    ///
    /// # Errors
    /// When it is no PNG, damaged, or larger than a screen can be.
    pub fn from_png(bytes: &[u8]) -> Result<Self, PictureError> {
        let limits = png::Limits { bytes: 64 << 20 };
        let mut decoder = png::Decoder::new_with_limits(Cursor::new(bytes), limits);
        decoder
            .set_transformations(png::Transformations::normalize_to_color8() | png::Transformations::ALPHA);
        let mut reader = decoder.read_info()?;
        let (width, height) = (reader.info().width, reader.info().height);
        Self::byte_len(width, height)?;
        let mut pixels = vec![0; reader.output_buffer_size().unwrap_or_default()];
        let info = reader.next_frame(&mut pixels)?;
        pixels.truncate(info.buffer_size());
        Self::new(width, height, to_rgba(info.color_type, pixels))
    }
}

/// Widens grey with alpha to RGBA; the decoder gives nothing but these two.
fn to_rgba(color: png::ColorType, pixels: Vec<u8>) -> Vec<u8> {
    if color == png::ColorType::Rgba {
        return pixels;
    }
    let (grey, _) = pixels.as_chunks::<2>();
    grey.iter().flat_map(|[level, alpha]| [*level, *level, *level, *alpha]).collect()
}

impl std::fmt::Debug for Picture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Picture({}×{})", self.width, self.height)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gradient() -> Picture {
        let rgba = (0..6u8).flat_map(|i| [i * 10, 255 - i, i, 255]).collect();
        Picture::new(3, 2, rgba).expect("a fine picture")
    }

    #[test]
    fn a_png_round_trip_keeps_every_pixel() {
        let png = gradient().to_png().expect("encodes");
        assert_eq!(Picture::from_png(&png).expect("decodes"), gradient());
        assert_eq!(png, gradient().to_png().expect("encodes"));
    }

    #[test]
    fn a_grey_png_is_widened() {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, 2, 1);
        encoder.set_color(png::ColorType::Grayscale);
        encoder.write_header().expect("header").write_image_data(&[7, 200]).expect("data");
        let picture = Picture::from_png(&bytes).expect("decodes");
        assert_eq!(picture.rgba(), [7, 7, 7, 255, 200, 200, 200, 255]);
    }

    #[test]
    fn impossible_pictures_are_refused() {
        assert!(matches!(Picture::new(0, 5, Vec::new()), Err(PictureError::Size { .. })));
        assert!(matches!(Picture::new(MAX_SIDE + 1, 1, Vec::new()), Err(PictureError::Size { .. })));
        assert!(matches!(Picture::new(2, 2, vec![0; 15]), Err(PictureError::Length { expected: 16, .. })));
        assert!(Picture::from_png(b"not a png").is_err());
    }
}

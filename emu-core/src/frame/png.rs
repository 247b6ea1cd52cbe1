use png::{BitDepth, ColorType, Compression, Decoder, Encoder, Filter, Transformations};

use super::picture::{Frame, MAX_SIDE};

/// Why a PNG could not be written or read.
#[derive(Debug, thiserror::Error)]
pub enum PngError {
    /// The bytes are no PNG, or a broken one.
    #[error("cannot read the PNG: {0}")]
    Decode(#[from] png::DecodingError),
    /// The picture cannot be written.
    #[error("cannot write the PNG: {0}")]
    Encode(#[from] png::EncodingError),
    /// The picture is larger than any camera's.
    #[error("the PNG has {width}x{height} pixels, more than {MAX_SIDE} in a row or column")]
    TooLarge {
        /// Pixels in a row.
        width: u32,
        /// Rows.
        height: u32,
    },
}

/// Memory that reading one PNG may take.
const MAX_DECODER_BYTES: usize = 256 << 20;

/// The picture as a PNG, 8-bit RGB. The same picture gives the same bytes: filter and compression are fixed.
///
/// # Errors
/// [`PngError::Encode`] for a picture without pixels.
pub fn encode_png(frame: &Frame) -> Result<Vec<u8>, PngError> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, frame.width(), frame.height());
    encoder.set_color(ColorType::Rgb);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(Compression::Balanced);
    encoder.set_filter(Filter::Up);
    let rgb: Vec<u8> =
        frame.rgba().chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&rgb)?;
    writer.finish()?;
    Ok(bytes)
}

/// Reads a PNG of any kind; transparency is dropped.
///
/// # Errors
/// [`PngError`] when it is broken or larger than 4096 pixels in a row or column.
pub fn decode_png(bytes: &[u8]) -> Result<Frame, PngError> {
    let limits = png::Limits { bytes: MAX_DECODER_BYTES };
    let mut decoder = Decoder::new_with_limits(std::io::Cursor::new(bytes), limits);
    decoder.set_transformations(Transformations::normalize_to_color8());
    let header = decoder.read_header_info()?;
    let (width, height) = (header.width, header.height);
    if width > MAX_SIDE || height > MAX_SIDE {
        return Err(PngError::TooLarge { width, height });
    }
    let mut reader = decoder.read_info()?;
    let mut samples = vec![0; reader.output_buffer_size().unwrap_or(0)];
    let info = reader.next_frame(&mut samples)?;
    Ok(to_frame(width, height, &samples[..info.buffer_size()], info.color_type))
}

fn to_frame(width: u32, height: u32, samples: &[u8], kind: ColorType) -> Frame {
    let mut frame = Frame::black(width, height);
    let places = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    for ((x, y), sample) in places.zip(samples.chunks_exact(kind.samples())) {
        let rgb = match *sample {
            [grey] | [grey, _] => [grey; 3],
            [red, green, blue, ..] => [red, green, blue],
            [] => [0; 3],
        };
        frame.set_pixel(x, y, rgb);
    }
    frame
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture() -> Frame {
        let mut frame = Frame::black(33, 9);
        (0..9)
            .for_each(|y| (0..33).for_each(|x| frame.set_pixel(x, y, [x as u8 * 7, y as u8, (x * y) as u8])));
        frame
    }

    #[test]
    fn a_picture_comes_back_and_the_bytes_are_stable() {
        let bytes = encode_png(&picture()).expect("encodes");
        assert_eq!(decode_png(&bytes).expect("decodes"), picture());
        assert_eq!(bytes, encode_png(&picture()).expect("encodes"));
    }

    #[test]
    fn broken_files_are_refused() {
        let bytes = encode_png(&picture()).expect("encodes");
        for len in 0..bytes.len() - 12 {
            assert!(decode_png(&bytes[..len]).is_err(), "cut at {len}");
        }
        assert!(decode_png(b"GIF89a").is_err());
    }

    #[test]
    fn huge_pictures_are_refused_before_they_take_memory() {
        let mut bytes = encode_png(&picture()).expect("encodes");
        bytes[16..20].copy_from_slice(&100_000u32.to_be_bytes());
        let crc = crc32(&bytes[12..29]);
        bytes[29..33].copy_from_slice(&crc.to_be_bytes());
        assert!(matches!(decode_png(&bytes), Err(PngError::TooLarge { width: 100_000, .. })));
    }

    fn crc32(bytes: &[u8]) -> u32 {
        let step = |crc: u32| if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 };
        !bytes.iter().fold(u32::MAX, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), |crc, _| step(crc)))
    }
}

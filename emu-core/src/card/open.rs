//! Tell raw and qcow2 images apart and open them.

use std::sync::Arc;

use super::block::BlockRead;
use super::error::{BlockError, CardError};
use super::qcow2::{self, Qcow2Image};
use super::raw::RawImage;
use super::source::ByteSource;

/// Open an image, whatever its format; the first bytes decide. The result is immutable: put an
/// [`Overlay`](super::Overlay) over it to write.
///
/// A raw card cannot be mistaken for qcow2: its first sector would begin with `QFI\xFB` instead of boot code, and no
/// partition entry of it would be read differently.
///
/// # Errors
/// `Image` or `Qcow2` with the reason.
pub fn open_image<S: ByteSource + 'static>(source: S) -> Result<Arc<dyn BlockRead>, CardError> {
    let mut magic = [0; 4];
    if source.len() >= 4 {
        source.read_at(0, &mut magic).map_err(BlockError::from)?;
    }
    if magic == qcow2::MAGIC {
        return Ok(Arc::new(Qcow2Image::new(source)?));
    }
    Ok(Arc::new(RawImage::new(source)?))
}

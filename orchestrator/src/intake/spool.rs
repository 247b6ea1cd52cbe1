//! An upload on its way in: in a file without a name, so that it goes when the request does.

use super::internal;
use crate::error::{Answer, Kind, Refusal};
use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use std::fs::File;
use std::io::{BufReader, Seek, SeekFrom};
use tokio::io::AsyncWriteExt;
use tokio_util::io::ReaderStream;

/// A received upload.
#[derive(Debug)]
pub struct Spooled {
    file: File,
    /// Its size in bytes.
    pub size: u64,
}

/// Receives an upload of at most `cap` bytes.
///
/// # Errors
/// 413 over the cap; 400 when the sender breaks off.
pub async fn spool<E: std::fmt::Display>(
    source: impl Stream<Item = Result<Bytes, E>>,
    cap: u64,
) -> Answer<Spooled> {
    let file = tempfile::tempfile().map_err(|error| internal(&error))?;
    let mut file = tokio::fs::File::from_std(file);
    let mut size = 0_u64;
    let mut source = std::pin::pin!(source);
    while let Some(piece) = source.next().await {
        let piece =
            piece.map_err(|error| Refusal::new(Kind::Malformed, "upload-broke-off", error.to_string()))?;
        size += piece.len() as u64;
        if size > cap {
            return Err(Refusal::new(Kind::TooLarge, "too-large", format!("more than {cap} bytes")));
        }
        file.write_all(&piece).await.map_err(|error| internal(&error))?;
    }
    file.flush().await.map_err(|error| internal(&error))?;
    Ok(Spooled { file: file.into_std().await, size })
}

impl Spooled {
    /// Reads it from the start.
    pub(super) fn reader(&self) -> Answer<BufReader<File>> {
        let rewound = self.file.try_clone().and_then(|mut file| file.seek(SeekFrom::Start(0)).map(|_| file));
        rewound.map(BufReader::new).map_err(|error| internal(&error))
    }

    /// Reads it from the start, as a stream.
    pub(super) async fn stream(&self) -> Answer<impl Stream<Item = std::io::Result<Bytes>> + Send + use<>> {
        let file = self.reader()?.into_inner();
        Ok(ReaderStream::with_capacity(tokio::fs::File::from_std(file), 64 << 10))
    }
}

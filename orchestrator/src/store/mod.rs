//! Blobs by SHA-256, in chunks of 256 KiB that blobs share.
//!
//! Putting is idempotent and streams: nothing is kept in memory but a few chunks, no transaction is open while the
//! sender is slow, and a blob becomes visible only when its digest has been checked.

use crate::db::{DbError, PgDb};
use bytes::{Bytes, BytesMut};
use darkroom_protocol::Digest;
use futures_util::{Stream, StreamExt, TryStreamExt, stream};
use sha2::{Digest as _, Sha256};
use thiserror::Error;

/// Bytes per chunk.
pub const CHUNK: usize = 256 << 10;
/// Chunks that go to or come from the database at once.
const WINDOW: usize = 8;

/// A blob that cannot be stored or read.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The content has another digest than announced.
    #[error("content has SHA-256 {actual}, announced was {expected}")]
    WrongDigest {
        /// What the sender announced.
        expected: Digest,
        /// What came.
        actual: Digest,
    },
    /// More bytes than allowed.
    #[error("more than {cap} bytes")]
    TooLarge {
        /// The cap in bytes.
        cap: u64,
    },
    /// The sender broke off.
    #[error("upload broke off: {0}")]
    Source(String),
    /// No such blob.
    #[error("no blob {0}")]
    Unknown(Digest),
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// A stored blob's name and size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stored {
    /// Its digest.
    pub digest: Digest,
    /// Its size in bytes.
    pub size: u64,
}

/// Puts and gets blobs; cheap to clone.
#[derive(Clone, Debug)]
pub struct BlobStore {
    db: PgDb,
}

impl BlobStore {
    /// A store in that database.
    pub fn new(db: PgDb) -> Self {
        Self { db }
    }

    /// Stores bytes that are in memory.
    pub async fn put(&self, bytes: Bytes) -> Result<Stored, StoreError> {
        let cap = bytes.len() as u64;
        let whole = stream::iter([Ok::<_, std::convert::Infallible>(bytes)]);
        self.put_stream(whole, cap, None).await
    }

    /// Stores what comes from `source`, at most `cap` bytes; when `expected` is given, only that content.
    pub async fn put_stream<E: std::fmt::Display>(
        &self,
        source: impl Stream<Item = Result<Bytes, E>> + Send,
        cap: u64,
        expected: Option<Digest>,
    ) -> Result<Stored, StoreError> {
        let mut source = std::pin::pin!(source);
        let mut writer = Writer::new(&self.db);
        while let Some(piece) = source.next().await {
            let piece = piece.map_err(|error| StoreError::Source(error.to_string()))?;
            if writer.size + piece.len() as u64 > cap {
                return Err(StoreError::TooLarge { cap });
            }
            writer.push(&piece).await?;
        }
        writer.finish(expected).await
    }

    /// Size of a blob, if it is stored.
    pub async fn size(&self, digest: Digest) -> Result<Option<u64>, StoreError> {
        Ok(self.db.blob_size(digest).await?)
    }

    /// The content of a blob, chunk by chunk; no connection is held while the reader is slow.
    pub fn read(&self, digest: Digest) -> impl Stream<Item = Result<Bytes, DbError>> + Send + 'static {
        let db = self.db.clone();
        let windows = stream::try_unfold(Some(0), move |next: Option<u32>| {
            let db = db.clone();
            async move {
                let Some(first) = next else { return Ok::<_, DbError>(None) };
                let chunks = db.blob_chunks(digest, first, WINDOW as u32).await?;
                let next = (chunks.len() == WINDOW).then_some(first + WINDOW as u32);
                Ok(Some((stream::iter(chunks.into_iter().map(|chunk| Ok(Bytes::from(chunk)))), next)))
            }
        });
        windows.try_flatten()
    }

    /// The whole content, for blobs known to be small.
    pub async fn read_all(&self, digest: Digest, cap: u64) -> Result<Vec<u8>, StoreError> {
        let size = self.size(digest).await?.ok_or(StoreError::Unknown(digest))?;
        if size > cap {
            return Err(StoreError::TooLarge { cap });
        }
        let collect = self.read(digest).try_fold(Vec::new(), |mut all, piece| async move {
            all.extend_from_slice(&piece);
            Ok(all)
        });
        Ok(collect.await?)
    }
}

/// Cuts a stream into chunks, stores the unknown ones and remembers their order.
struct Writer<'a> {
    db: &'a PgDb,
    hash: Sha256,
    size: u64,
    rest: BytesMut,
    window: Vec<(Digest, Bytes)>,
    order: Vec<Digest>,
}

impl<'a> Writer<'a> {
    fn new(db: &'a PgDb) -> Self {
        let (rest, window, order) = (BytesMut::new(), Vec::new(), Vec::new());
        Self { db, hash: Sha256::new(), size: 0, rest, window, order }
    }

    async fn push(&mut self, mut piece: &[u8]) -> Result<(), StoreError> {
        self.size += piece.len() as u64;
        self.hash.update(piece);
        while !piece.is_empty() {
            let (now, later) = piece.split_at(piece.len().min(CHUNK - self.rest.len()));
            self.rest.extend_from_slice(now);
            piece = later;
            if self.rest.len() == CHUNK {
                self.cut().await?;
            }
        }
        Ok(())
    }

    async fn cut(&mut self) -> Result<(), StoreError> {
        let chunk = self.rest.split().freeze();
        let digest = Digest::of(&chunk);
        self.order.push(digest);
        self.window.push((digest, chunk));
        if self.window.len() == WINDOW { self.flush().await } else { Ok(()) }
    }

    async fn flush(&mut self) -> Result<(), StoreError> {
        let digests: Vec<_> = self.window.iter().map(|(digest, _)| *digest).collect();
        let mut known = self.db.known_chunks(&digests).await?;
        let fresh: Vec<_> = self
            .window
            .iter()
            .filter(|(digest, _)| known.insert(*digest))
            .map(|(digest, bytes)| (*digest, bytes.as_ref()))
            .collect();
        self.db.insert_chunks(&fresh).await?;
        self.window.clear();
        Ok(())
    }

    async fn finish(mut self, expected: Option<Digest>) -> Result<Stored, StoreError> {
        let digest = Digest(std::mem::take(&mut self.hash).finalize().into());
        if let Some(expected) = expected.filter(|expected| *expected != digest) {
            return Err(StoreError::WrongDigest { expected, actual: digest });
        }
        if !self.rest.is_empty() {
            self.cut().await?;
        }
        if !self.window.is_empty() {
            self.flush().await?;
        }
        self.db.insert_blob(digest, self.size, &self.order).await?;
        Ok(Stored { digest, size: self.size })
    }
}

//! What the parent tells a job's process: the job, and which inherited descriptor holds which blob.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::os::fd::RawFd;
use std::os::unix::fs::FileExt;

use darkroom_protocol::Digest;
use darkroom_protocol::job::JobSpec;
use serde::{Deserialize, Serialize};

/// Longest manifest read, in bytes: a scenario, a camera file and some hundred blobs.
pub(crate) const MAX_MANIFEST: u64 = 4 << 20;

/// Handed over on standard input.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Manifest {
    /// The job.
    pub(crate) spec: JobSpec,
    /// Its blobs. Contents are sealed, and were checked against their digests.
    pub(crate) blobs: BTreeMap<Digest, Attached>,
}

/// A blob in an inherited descriptor.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Attached {
    /// The descriptor.
    pub(crate) fd: RawFd,
    /// Bytes in it.
    pub(crate) size: u64,
}

/// The blobs of a job, open.
#[derive(Debug)]
pub(super) struct Blobs {
    open: BTreeMap<Digest, (File, u64)>,
}

impl Blobs {
    pub(super) fn adopt(attached: &BTreeMap<Digest, Attached>) -> io::Result<Self> {
        let adopt =
            |(digest, blob): (&Digest, &Attached)| Ok((*digest, (super::raw::adopt(blob.fd)?, blob.size)));
        Ok(Self { open: attached.iter().map(adopt).collect::<io::Result<_>>()? })
    }

    /// The whole content of a blob.
    pub(super) fn read(&self, digest: Digest) -> io::Result<Vec<u8>> {
        let Some((file, size)) = self.open.get(&digest) else {
            return Err(io::Error::other(format!("the blob {digest} was not handed over")));
        };
        let mut bytes = vec![0; usize::try_from(*size).map_err(io::Error::other)?];
        // By position: the descriptor's own offset is shared with other processes.
        file.read_exact_at(&mut bytes, 0)?;
        Ok(bytes)
    }
}

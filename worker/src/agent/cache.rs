//! Blobs by digest, in sealed memory, kept between jobs.

use std::collections::BTreeMap;

use anyhow::{Context, ensure};
use darkroom_protocol::Digest;
use darkroom_protocol::job::JobSpec;

use super::client::{AttemptClient, CallError};
use super::retry::BackOff;
use crate::supervise::{Sealed, Unsealed};

/// Largest blob fetched; above every ROM chip and upload.
const MAX_BLOB: u64 = 1 << 30;

/// The most recently used blobs, up to a number of bytes.
#[derive(Debug)]
pub(super) struct Cache {
    cap: u64,
    held: u64,
    uses: u64,
    blobs: BTreeMap<Digest, (Sealed, u64)>,
}

/// A blob that could not be had.
#[derive(Debug, thiserror::Error)]
pub(super) enum FetchError {
    /// The attempt is not ours any more.
    #[error("fenced")]
    Fenced,
    /// It is not there, or not what it should be.
    #[error("{0:#}")]
    Unusable(#[from] anyhow::Error),
}

impl Cache {
    pub(super) fn new(cap: u64) -> Self {
        Self { cap, held: 0, uses: 0, blobs: BTreeMap::new() }
    }

    /// All blobs that a job names, fetched as far as they are not here yet.
    pub(super) async fn gather(
        &mut self,
        client: &AttemptClient,
        spec: &JobSpec,
    ) -> Result<BTreeMap<Digest, Sealed>, FetchError> {
        let mut gathered = BTreeMap::new();
        for digest in named(spec) {
            let blob = match self.look_up(digest) {
                Some(blob) => blob,
                None => fetch_patiently(client, digest).await?,
            };
            gathered.insert(digest, blob);
        }
        self.keep(&gathered);
        Ok(gathered)
    }

    fn look_up(&mut self, digest: Digest) -> Option<Sealed> {
        self.uses += 1;
        let (blob, used) = self.blobs.get_mut(&digest)?;
        *used = self.uses;
        Some(blob.clone())
    }

    /// Keeps what the last job used, and as much of the rest as fits.
    fn keep(&mut self, gathered: &BTreeMap<Digest, Sealed>) {
        for (digest, blob) in gathered {
            self.uses += 1;
            if self.blobs.insert(*digest, (blob.clone(), self.uses)).is_none() {
                self.held += blob.size();
            }
        }
        while self.held > self.cap
            && let Some(oldest) = self.oldest()
            && let Some((blob, _)) = self.blobs.remove(&oldest)
        {
            self.held -= blob.size();
        }
    }

    fn oldest(&self) -> Option<Digest> {
        self.blobs.iter().min_by_key(|(_, (_, used))| *used).map(|(digest, _)| *digest)
    }
}

/// Every blob that a job's process needs.
fn named(spec: &JobSpec) -> impl Iterator<Item = Digest> {
    let roms = spec.roms.iter().map(|file| file.digest);
    roms.chain([spec.payload.digest]).chain(spec.references.iter().map(|reference| reference.digest))
}

async fn fetch_patiently(client: &AttemptClient, digest: Digest) -> Result<Sealed, FetchError> {
    let mut back_off = BackOff::new();
    loop {
        match fetch(client, digest).await {
            Err(error) => match error.downcast_ref::<CallError>() {
                Some(CallError::Trouble(why)) => tracing::warn!("fetching {digest}: {why}; trying again"),
                Some(CallError::Fenced) => return Err(FetchError::Fenced),
                _ => return Err(error.context(format!("fetching the blob {digest}")).into()),
            },
            Ok(blob) => return Ok(blob),
        }
        back_off.pause().await;
    }
}

async fn fetch(client: &AttemptClient, digest: Digest) -> anyhow::Result<Sealed> {
    let mut answer = client.get_blob(digest).await?;
    let mut blob = Unsealed::new().context("getting memory for it")?;
    while let Some(bytes) = answer.chunk().await.map_err(CallError::from)? {
        blob.write(&bytes).context("keeping it")?;
        ensure!(blob.size() <= MAX_BLOB, "it is larger than {MAX_BLOB} bytes");
    }
    let (sealed, found) = blob.seal()?;
    ensure!(found == digest, "its content has the digest {found}");
    Ok(sealed)
}

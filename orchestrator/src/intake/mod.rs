//! Taking in what people hand over: builds, ROM sets, scenarios, cameras. Nothing is believed: every file is checked
//! against caps and rules first, and an error says which file and why.

mod archive;
mod cameras;
mod directory;
mod error;
mod path;
mod platform;
mod rom_sets;
mod says;
mod scenarios;
mod spool;
mod unpack;

pub use error::{EntryFault, IntakeError};
pub(crate) use rom_sets::content_of;
pub use scenarios::ReferenceFile;
pub use spool::{Spooled, spool};

use crate::db::PgDb;
use crate::error::{Answer, Kind, Refusal};
use crate::shipped::Shelf;
use crate::store::BlobStore;
use darkroom_protocol::CameraName;
use darkroom_protocol::api::{Build, BuildPlatform};
use darkroom_protocol::job::Payload;
use platform::Known;
use std::sync::Arc;
use tokio::sync::Semaphore;
use unpack::Parcel;

/// Uploads that are taken apart at the same time; each may need some hundred MiB.
const PARALLEL: usize = 2;
/// Longest name of a build.
const MAX_NAME: usize = 200;

/// Takes uploads in; cheap to clone.
#[derive(Clone, Debug)]
pub struct Intake {
    db: PgDb,
    blobs: BlobStore,
    shelf: Shelf,
    slots: Arc<Semaphore>,
}

impl Intake {
    /// Into that database and store; what is on the shelf is the farm's own and nobody replaces it.
    pub fn new(db: PgDb, blobs: BlobStore, shelf: Shelf) -> Self {
        Self { db, blobs, shelf, slots: Arc::new(Semaphore::new(PARALLEL)) }
    }

    /// Takes a build: a zip as ML ships it, a bundle of zips or folders, or an `autoexec.bin`. `name` is the name of
    /// the upload; `chosen` are cameras picked by hand.
    ///
    /// # Errors
    /// 422 with the code of an [`IntakeError`].
    pub async fn build(
        &self,
        caller: &str,
        name: &str,
        upload: Spooled,
        chosen: &[CameraName],
    ) -> Answer<Build> {
        check_name(name)?;
        let known = self.known().await?;
        let chosen = resolve(&known, name, chosen)?;
        let _slot = self.slots.acquire().await.map_err(|error| internal(&error))?;
        let (parcels, upload) = unpack_in_background(name.to_owned(), upload, chosen, known).await?;
        let stored = self.blobs.put_stream(upload.stream().await?, u64::MAX, None).await?;
        let platforms = self.store_parcels(parcels).await?;
        let id = self.db.insert_build(name, stored.digest, &platforms, caller).await?;
        self.db.build(id).await?.ok_or_else(|| Refusal::not_found("build", id))
    }

    async fn store_parcels(&self, parcels: Vec<Parcel>) -> Answer<Vec<BuildPlatform>> {
        let mut platforms = Vec::new();
        for parcel in parcels {
            let stored = self.blobs.put(parcel.bytes.clone()).await?;
            let payload = Payload { kind: parcel.kind, digest: stored.digest, size: stored.size };
            let Parcel { camera, firmware, evidence, warnings, .. } = parcel;
            platforms.push(BuildPlatform { camera, firmware, evidence, warnings, payload });
        }
        Ok(platforms)
    }

    async fn known(&self) -> Answer<Known> {
        let cameras = self.db.cameras().await?;
        Ok(Known::new(cameras.into_iter().map(|row| row.camera.name).collect()))
    }
}

fn check_name(name: &str) -> Answer<()> {
    let plain = !name.trim().is_empty() && name.len() <= MAX_NAME && !name.chars().any(char::is_control);
    if plain {
        return Ok(());
    }
    Err(Refusal::invalid(
        "bad-name",
        format!("'name' must be 1 to {MAX_NAME} bytes without control characters"),
    ))
}

fn resolve(known: &Known, upload: &str, chosen: &[CameraName]) -> Answer<Vec<CameraName>> {
    let mut cameras: Vec<CameraName> = Vec::new();
    for name in chosen {
        let camera = known.camera(&name.0).ok_or_else(|| known.unknown(upload, &name.0))?;
        if !cameras.contains(camera) {
            cameras.push(camera.clone());
        }
    }
    Ok(cameras)
}

async fn unpack_in_background(
    name: String,
    upload: Spooled,
    chosen: Vec<CameraName>,
    known: Known,
) -> Answer<(Vec<Parcel>, Spooled)> {
    let work = move || {
        let parcels = unpack::unpack(&name, upload.reader()?, &chosen, &known)?;
        Ok((parcels, upload))
    };
    tokio::task::spawn_blocking(work).await.map_err(|error| internal(&error))?
}

fn internal(error: &dyn std::error::Error) -> Refusal {
    tracing::error!(%error, "intake");
    Refusal::new(Kind::Internal, "internal", "the farm could not do that; its log says why")
}

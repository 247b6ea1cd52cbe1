//! ROM sets.

use super::{DbError, DbResult, PgDb, digest_of, signed, unsigned};
use darkroom_protocol::api::RomSet;
use darkroom_protocol::job::{RomFile, RomSlot};
use darkroom_protocol::{CameraName, Digest, RomSetId};
use sqlx::{FromRow, PgConnection};
use std::collections::BTreeMap;
use time::OffsetDateTime;
use uuid::Uuid;

/// A ROM set to store; its blobs are stored already.
#[derive(Debug, Clone)]
pub struct NewRomSet {
    /// Camera.
    pub camera: CameraName,
    /// Firmware version, or `open`.
    pub firmware: String,
    /// Files.
    pub files: Vec<RomFile>,
    /// Digest over slots and file digests.
    pub content: Digest,
}

/// Where a ROM set of the farm's own comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShippedAs {
    /// Version of the camera's firmware that the open firmware stands for.
    pub stands_for: String,
    /// Digest of what the set is made from.
    pub source: Digest,
}

#[derive(FromRow)]
struct SetRow {
    id: Uuid,
    camera: String,
    firmware: String,
    open_firmware: Option<String>,
    created_at: OffsetDateTime,
}

#[derive(FromRow)]
struct FileRow {
    rom_set: Uuid,
    slot: String,
    blob: Vec<u8>,
    size: i64,
}

/// The slot's word in SQL.
fn slot_word(slot: RomSlot) -> &'static str {
    match slot {
        RomSlot::Rom0 => "rom0",
        RomSlot::Rom1 => "rom1",
        RomSlot::Sfdata => "sfdata",
    }
}

impl TryFrom<FileRow> for RomFile {
    type Error = DbError;
    fn try_from(row: FileRow) -> DbResult<Self> {
        let slot = RomSlot::ALL.into_iter().find(|slot| slot_word(*slot) == row.slot);
        let slot = slot.ok_or_else(|| DbError::corrupt("rom_file", format!("slot '{}'", row.slot)))?;
        Ok(Self { slot, digest: digest_of("rom_file", &row.blob)?, size: unsigned(row.size) })
    }
}

impl PgDb {
    /// All ROM sets that a job may be made with: by camera, the farm's own first, else the newest first. Sets that the
    /// farm brought once and replaced since are left to the jobs that ran on them.
    pub async fn rom_sets(&self) -> DbResult<Vec<RomSet>> {
        let sets: Vec<SetRow> = sqlx::query_as(
            "select s.id, s.camera, s.firmware, s.open_firmware, s.created_at
             from rom_set s join camera c on c.name = s.camera
             where s.open_firmware is null or not exists
                 (select from rom_set n where n.camera = s.camera and n.open_firmware = s.open_firmware
                  and n.shipped_at > s.shipped_at)
             order by c.position, c.name, s.open_firmware nulls last, s.created_at desc, s.id",
        )
        .fetch_all(self.pool())
        .await?;
        let files: Vec<FileRow> =
            sqlx::query_as("select rom_set, slot, blob, size from rom_file order by slot")
                .fetch_all(self.pool())
                .await?;
        let mut by_set: BTreeMap<Uuid, Vec<RomFile>> = BTreeMap::new();
        for row in files {
            by_set.entry(row.rom_set).or_default().push(row.try_into()?);
        }
        Ok(sets.into_iter().map(|set| with_files(by_set.remove(&set.id).unwrap_or_default(), set)).collect())
    }

    /// Stores a ROM set and gives it back; the same files for the same camera and version are the same set.
    pub async fn insert_rom_set(&self, new: &NewRomSet) -> DbResult<RomSet> {
        let mut tx = self.begin().await?;
        let fresh = RomSetId::fresh();
        let row: SetRow = sqlx::query_as(
            "insert into rom_set (id, camera, firmware, content) values ($1, $2, $3, $4)
             on conflict (camera, firmware, content) do update set content = excluded.content
             returning id, camera, firmware, open_firmware, created_at",
        )
        .bind(fresh.0)
        .bind(&new.camera.0)
        .bind(&new.firmware)
        .bind(&new.content.0[..])
        .fetch_one(&mut *tx)
        .await?;
        if row.id == fresh.0 {
            insert_files(&mut tx, row.id, &new.files).await?;
        }
        tx.commit().await?;
        Ok(with_files(new.files.clone(), row))
    }

    /// Puts a set of the farm's own in force that was stored before from the same source; false when there is none.
    pub async fn ship_known_set(&self, camera: &CameraName, shipped: &ShippedAs) -> DbResult<bool> {
        let mut tx = self.begin().await?;
        lock_shipping(&mut tx).await?;
        let in_force: Option<Vec<u8>> = sqlx::query_scalar(
            "select source from rom_set where camera = $1 and open_firmware = $2 order by shipped_at desc limit 1",
        )
        .bind(&camera.0)
        .bind(&shipped.stands_for)
        .fetch_optional(&mut *tx)
        .await?;
        if in_force.is_some_and(|source| source == shipped.source.0) {
            return Ok(true);
        }
        let known = sqlx::query(
            "update rom_set set shipped_at = clock_timestamp()
             where camera = $1 and open_firmware = $2 and source = $3",
        )
        .bind(&camera.0)
        .bind(&shipped.stands_for)
        .bind(&shipped.source.0[..])
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(known.rows_affected() > 0)
    }

    /// Stores a set of the farm's own and puts it in force. Files that are stored as that set already are it from now on.
    pub async fn ship_set(&self, new: &NewRomSet, shipped: &ShippedAs) -> DbResult<()> {
        let mut tx = self.begin().await?;
        lock_shipping(&mut tx).await?;
        let fresh = RomSetId::fresh();
        let id: Uuid = sqlx::query_scalar(
            "insert into rom_set (id, camera, firmware, content, open_firmware, source, shipped_at)
             values ($1, $2, $3, $4, $5, $6, clock_timestamp())
             on conflict (camera, firmware, content) do update
             set open_firmware = excluded.open_firmware, source = excluded.source, shipped_at = excluded.shipped_at
             returning id",
        )
        .bind(fresh.0)
        .bind(&new.camera.0)
        .bind(&new.firmware)
        .bind(&new.content.0[..])
        .bind(&shipped.stands_for)
        .bind(&shipped.source.0[..])
        .fetch_one(&mut *tx)
        .await?;
        if id == fresh.0 {
            insert_files(&mut tx, id, &new.files).await?;
        }
        Ok(tx.commit().await?)
    }
}

/// Several orchestrators that start at once bring their sets one after the other.
async fn lock_shipping(conn: &mut PgConnection) -> DbResult<()> {
    sqlx::query("select pg_advisory_xact_lock(hashtextextended('shipped rom sets', 0))")
        .execute(conn)
        .await?;
    Ok(())
}

fn with_files(files: Vec<RomFile>, row: SetRow) -> RomSet {
    let (id, camera) = (RomSetId(row.id), CameraName(row.camera));
    let (firmware, open_firmware) = (row.firmware, row.open_firmware);
    RomSet { id, camera, firmware, open_firmware, files, created_at: row.created_at }
}

async fn insert_files(conn: &mut PgConnection, set: Uuid, files: &[RomFile]) -> DbResult<()> {
    for file in files {
        sqlx::query("insert into rom_file (rom_set, slot, blob, size) values ($1, $2, $3, $4)")
            .bind(set)
            .bind(slot_word(file.slot))
            .bind(&file.digest.0[..])
            .bind(signed(file.size))
            .execute(&mut *conn)
            .await?;
    }
    Ok(())
}

/// The files of a set.
pub(super) async fn rom_files(conn: &mut PgConnection, set: Uuid) -> DbResult<Vec<RomFile>> {
    let rows: Vec<FileRow> =
        sqlx::query_as("select rom_set, slot, blob, size from rom_file where rom_set = $1 order by slot")
            .bind(set)
            .fetch_all(conn)
            .await?;
    rows.into_iter().map(RomFile::try_from).collect()
}

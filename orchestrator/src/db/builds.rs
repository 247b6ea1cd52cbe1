//! Builds and their payload per camera.

use super::{DbError, DbResult, PgDb, Tx, digest_of, signed, unsigned};
use darkroom_protocol::api::{Build, BuildPlatform};
use darkroom_protocol::job::{Payload, PayloadKind};
use darkroom_protocol::{BuildId, CameraName, Digest};
use sqlx::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

#[derive(FromRow)]
struct BuildRow {
    id: Uuid,
    name: String,
    created_at: OffsetDateTime,
}

#[derive(FromRow)]
struct PlatformRow {
    camera: String,
    firmware: Option<String>,
    evidence: Option<String>,
    warnings: Vec<String>,
    kind: String,
    blob: Vec<u8>,
    size: i64,
}

fn kind_word(kind: PayloadKind) -> &'static str {
    match kind {
        PayloadKind::Autoexec => "autoexec",
        PayloadKind::Zip => "zip",
    }
}

/// A payload from its columns.
pub(super) fn payload(kind: &str, blob: &[u8], size: i64) -> DbResult<Payload> {
    let kind = match kind {
        "autoexec" => PayloadKind::Autoexec,
        "zip" => PayloadKind::Zip,
        other => return Err(DbError::corrupt("build_platform", format!("kind '{other}'"))),
    };
    Ok(Payload { kind, digest: digest_of("build_platform", blob)?, size: unsigned(size) })
}

impl TryFrom<PlatformRow> for BuildPlatform {
    type Error = DbError;
    fn try_from(row: PlatformRow) -> DbResult<Self> {
        let payload = payload(&row.kind, &row.blob, row.size)?;
        let (camera, firmware) = (CameraName(row.camera), row.firmware);
        Ok(Self { camera, firmware, evidence: row.evidence, warnings: row.warnings, payload })
    }
}

impl PgDb {
    /// Stores a build; `upload` and the payloads are blobs already. The same upload by the same caller, name and
    /// cameras is the same build: who repeats an upload and a submit with its key gets the batch they had.
    pub async fn insert_build(
        &self,
        name: &str,
        upload: Digest,
        platforms: &[BuildPlatform],
        created_by: &str,
    ) -> DbResult<BuildId> {
        let id = BuildId::fresh();
        let mut tx = self.begin().await?;
        // The same upload twice at the same time: the second one waits for the first.
        sqlx::query("select pg_advisory_xact_lock(hashtextextended($1, 0))")
            .bind(upload.to_string())
            .execute(&mut *tx)
            .await?;
        if let Some(known) = self.same_build(name, upload, platforms, created_by).await? {
            return Ok(known);
        }
        sqlx::query("insert into build (id, name, upload, created_by) values ($1, $2, $3, $4)")
            .bind(id.0)
            .bind(name)
            .bind(&upload.0[..])
            .bind(created_by)
            .execute(&mut *tx)
            .await?;
        for platform in platforms {
            insert_platform(&mut tx, id, platform).await?;
        }
        tx.commit().await?;
        Ok(id)
    }

    async fn same_build(
        &self,
        name: &str,
        upload: Digest,
        platforms: &[BuildPlatform],
        created_by: &str,
    ) -> DbResult<Option<BuildId>> {
        let like: Vec<Uuid> = sqlx::query_scalar(
            "select id from build where upload = $1 and name = $2 and created_by = $3 order by created_at, id",
        )
        .bind(&upload.0[..])
        .bind(name)
        .bind(created_by)
        .fetch_all(self.pool())
        .await?;
        for id in like.into_iter().map(BuildId) {
            let known = self.build(id).await?;
            let same = |build: &Build| {
                build.platforms.len() == platforms.len()
                    && platforms.iter().all(|platform| build.platforms.contains(platform))
            };
            if known.as_ref().is_some_and(same) {
                return Ok(Some(id));
            }
        }
        Ok(None)
    }

    /// A build with its payloads, in the order of cameras.
    pub async fn build(&self, id: BuildId) -> DbResult<Option<Build>> {
        let row: Option<BuildRow> = sqlx::query_as("select id, name, created_at from build where id = $1")
            .bind(id.0)
            .fetch_optional(self.pool())
            .await?;
        let Some(row) = row else { return Ok(None) };
        let platforms: Vec<PlatformRow> = sqlx::query_as(
            "select p.camera, p.firmware, p.evidence, p.warnings, p.kind, p.blob, p.size
             from build_platform p join camera c on c.name = p.camera
             where p.build = $1 order by c.position, c.name",
        )
        .bind(id.0)
        .fetch_all(self.pool())
        .await?;
        let platforms = platforms.into_iter().map(BuildPlatform::try_from).collect::<DbResult<_>>()?;
        Ok(Some(Build { id: BuildId(row.id), name: row.name, platforms, created_at: row.created_at }))
    }
}

async fn insert_platform(tx: &mut Tx, build: BuildId, platform: &BuildPlatform) -> DbResult<()> {
    sqlx::query(
        "insert into build_platform (build, camera, firmware, kind, blob, size, evidence, warnings)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(build.0)
    .bind(&platform.camera.0)
    .bind(&platform.firmware)
    .bind(kind_word(platform.payload.kind))
    .bind(&platform.payload.digest.0[..])
    .bind(signed(platform.payload.size))
    .bind(&platform.evidence)
    .bind(&platform.warnings)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

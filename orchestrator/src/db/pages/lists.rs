//! Cameras in use, builds, workers, scenarios.

use super::Before;
use crate::db::{DbResult, PgDb, digest_of};
use darkroom_protocol::worker::SandboxProbe;
use darkroom_protocol::{BuildId, Digest, ScenarioId};
use sqlx::FromRow;
use sqlx::types::Json;
use time::OffsetDateTime;
use uuid::Uuid;

/// How much a camera is used.
#[derive(Debug, Clone, FromRow)]
pub struct CameraUseRow {
    /// Camera.
    pub name: String,
    /// ROM sets stored for it.
    pub rom_sets: i64,
    /// Its job that ended last.
    pub last_job: Option<Uuid>,
    /// That job's verdict.
    pub last_verdict: Option<String>,
}

/// A build in a list.
#[derive(Debug, Clone, FromRow)]
pub struct BuildLineRow {
    /// Id.
    pub id: Uuid,
    /// Name.
    pub name: String,
    /// Who uploaded it.
    pub created_by: String,
    /// When.
    pub created_at: OffsetDateTime,
    /// Cameras it has payloads for.
    pub cameras: Vec<String>,
    /// Bytes of its payloads.
    pub size: i64,
}

/// A worker with the job that it runs.
#[derive(Debug, Clone, FromRow)]
pub struct WorkerRow {
    /// Name.
    pub name: String,
    /// Version of its program.
    pub version: String,
    /// Backend.
    pub backend: String,
    /// Its sandbox probes.
    pub sandbox: Json<Vec<SandboxProbe>>,
    /// When it was last heard of.
    pub seen_at: OffsetDateTime,
    /// Whether that is longer ago than a minute.
    pub silent: bool,
    /// When it went.
    pub gone_at: Option<OffsetDateTime>,
    /// Jobs finished.
    pub jobs_done: i64,
    /// Ends in a row by its own trouble.
    pub infra_streak: i32,
    /// The job that it runs.
    pub job: Option<Uuid>,
    /// That job's build and camera.
    pub job_name: Option<String>,
}

/// The newest version of a scenario.
#[derive(Debug, Clone)]
pub struct ScenarioPageRow {
    /// Id of the version.
    pub id: ScenarioId,
    /// TOML text.
    pub source: String,
    /// When it was stored.
    pub created_at: OffsetDateTime,
    /// Reference frames: name, camera or `*`, picture.
    pub references: Vec<(String, String, Digest)>,
}

impl PgDb {
    /// How much each camera is used.
    pub async fn camera_use(&self) -> DbResult<Vec<CameraUseRow>> {
        let rows = sqlx::query_as(
            "select c.name, (select count(*) from rom_set r where r.camera = c.name) as rom_sets,
             l.id as last_job, l.verdict as last_verdict
             from camera c left join lateral (select id, verdict from job where camera = c.name
                 and state = 'finished' order by queued_at desc limit 1) l on true
             order by c.position, c.name",
        );
        Ok(rows.fetch_all(self.pool()).await?)
    }

    /// The newest builds made before `before`, at most `limit`.
    pub async fn build_lines(&self, before: Option<Before>, limit: u32) -> DbResult<Vec<BuildLineRow>> {
        let rows = sqlx::query_as(
            "select b.id, b.name, b.created_by, b.created_at,
             coalesce(array_agg(p.camera order by c.position, c.name) filter (where p.camera is not null), '{}')
                 as cameras,
             coalesce(sum(p.size), 0)::bigint as size
             from (select * from build where $1::timestamptz is null or (created_at, id) < ($1, $2)
                   order by created_at desc, id desc limit $3) b
             left join build_platform p on p.build = b.id left join camera c on c.name = p.camera
             group by b.id, b.name, b.created_by, b.created_at order by b.created_at desc, b.id desc",
        );
        let rows = rows.bind(before.map(|before| before.at)).bind(before.map(|before| before.id));
        Ok(rows.bind(i64::from(limit)).fetch_all(self.pool()).await?)
    }

    /// Who uploaded a build.
    pub async fn build_author(&self, build: BuildId) -> DbResult<String> {
        let author = sqlx::query_scalar("select created_by from build where id = $1");
        Ok(author.bind(build.0).fetch_optional(self.pool()).await?.unwrap_or_default())
    }

    /// Workers that are there, then those that went within a day.
    pub async fn worker_cards(&self) -> DbResult<Vec<WorkerRow>> {
        let rows = sqlx::query_as(
            "select w.name, w.version, w.backend, w.sandbox, w.seen_at,
             w.seen_at < now() - interval '1 minute' as silent, w.gone_at, w.jobs_done, w.infra_streak,
             j.id as job, j.name as job_name
             from worker w left join lateral (
                 select job.id, build.name || ' on ' || job.camera as name from job join build on build.id = job.build
                 where job.worker = w.id and job.state = 'running' limit 1) j on true
             where w.gone_at is null or w.gone_at > now() - interval '1 day'
             order by w.gone_at is not null, w.name, w.registered_at desc limit 300",
        );
        Ok(rows.fetch_all(self.pool()).await?)
    }

    /// The newest version of a scenario with its references.
    pub async fn scenario_page(&self, name: &str) -> DbResult<Option<ScenarioPageRow>> {
        let newest: Option<(Uuid, String, OffsetDateTime)> = sqlx::query_as(
            "select id, source, created_at from scenario where name = $1 order by created_at desc, id desc limit 1",
        )
        .bind(name)
        .fetch_optional(self.pool())
        .await?;
        let Some((id, source, created_at)) = newest else { return Ok(None) };
        let rows: Vec<(String, String, Vec<u8>)> = sqlx::query_as(
            "select r.name, r.camera, r.blob from scenario_reference r left join camera c on c.name = r.camera
             where r.scenario = $1 order by r.name, c.position nulls first, r.camera",
        )
        .bind(id)
        .fetch_all(self.pool())
        .await?;
        let reference = |(name, camera, blob): (String, String, Vec<u8>)| {
            Ok((name, camera, digest_of("scenario_reference", &blob)?))
        };
        let references = rows.into_iter().map(reference).collect::<DbResult<_>>()?;
        Ok(Some(ScenarioPageRow { id: ScenarioId(id), source, created_at, references }))
    }
}

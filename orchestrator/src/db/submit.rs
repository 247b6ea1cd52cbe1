//! Storing a batch with its jobs and the ledger of expected checks.

use super::{DbResult, PgDb, listen};
use crate::live::LiveEvent;
use darkroom_protocol::verdict::{CheckResult, Reason, Verdict};
use darkroom_protocol::{BatchId, BuildId, CameraName, Digest, JobId, RomSetId, ScenarioId};
use sqlx::{PgConnection, Row};

/// A batch to store.
#[derive(Debug, Clone)]
pub struct NewBatch {
    /// Name for people.
    pub name: String,
    /// Who asks.
    pub created_by: String,
    /// The caller's key: the same key gives the same batch.
    pub idempotency_key: Option<String>,
    /// Digest of the request behind the key.
    pub request_hash: Digest,
    /// Lower runs first.
    pub priority: i16,
    /// Its cells.
    pub jobs: Vec<NewJob>,
}

/// A cell to store.
#[derive(Debug, Clone)]
pub struct NewJob {
    /// Build.
    pub build: BuildId,
    /// Camera.
    pub camera: CameraName,
    /// Scenario, one version of it.
    pub scenario: ScenarioId,
    /// ROM set; absent only when the job is skipped.
    pub rom_set: Option<RomSetId>,
    /// Set: it ends at once as skipped, for this reason.
    pub skip: Option<Reason>,
    /// The ledger of expected checks.
    pub checks: Vec<CheckResult>,
}

/// What became of a submit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Submitted {
    /// Stored.
    New(BatchId),
    /// The same key and the same request came before.
    Known(BatchId),
    /// The same key came before with another request.
    KeyReused(BatchId),
}

impl PgDb {
    /// Stores a batch and wakes the workers.
    pub async fn submit(&self, new: &NewBatch) -> DbResult<Submitted> {
        let id = BatchId::fresh();
        let mut tx = self.begin().await?;
        if !insert_batch(&mut tx, id, new).await? {
            tx.rollback().await?;
            return self.batch_of_key(new).await;
        }
        let ids: Vec<JobId> = new.jobs.iter().map(|_| JobId::fresh()).collect();
        insert_jobs(&mut tx, id, &ids, new).await?;
        insert_checks(&mut tx, &ids, &new.jobs).await?;
        super::batches::settle(&mut tx, id.0).await?;
        listen::announce(&mut tx, LiveEvent::Batch { batch: id }).await?;
        listen::wake_queue(&mut tx).await?;
        tx.commit().await?;
        Ok(Submitted::New(id))
    }

    async fn batch_of_key(&self, new: &NewBatch) -> DbResult<Submitted> {
        let row =
            sqlx::query("select id, request_hash from batch where created_by = $1 and idempotency_key = $2")
                .bind(&new.created_by)
                .bind(&new.idempotency_key)
                .fetch_one(self.pool())
                .await?;
        let (id, hash) = (BatchId(row.get(0)), row.get::<Vec<u8>, _>(1));
        let same = hash == new.request_hash.0;
        Ok(if same { Submitted::Known(id) } else { Submitted::KeyReused(id) })
    }
}

async fn insert_batch(conn: &mut PgConnection, id: BatchId, new: &NewBatch) -> DbResult<bool> {
    let done = sqlx::query(
        "insert into batch (id, name, created_by, idempotency_key, request_hash) values ($1, $2, $3, $4, $5)
         on conflict (created_by, idempotency_key) do nothing",
    )
    .bind(id.0)
    .bind(&new.name)
    .bind(&new.created_by)
    .bind(&new.idempotency_key)
    .bind(&new.request_hash.0[..])
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

async fn insert_jobs(conn: &mut PgConnection, batch: BatchId, ids: &[JobId], new: &NewBatch) -> DbResult<()> {
    let jobs = &new.jobs;
    let skip_code = |job: &NewJob| job.skip.as_ref().map(|reason| reason.code.word());
    let skip_detail = |job: &NewJob| job.skip.as_ref().map(|reason| reason.detail.clone());
    sqlx::query(
        "insert into job (id, batch, priority, build, camera, scenario, rom_set, position, reason_code,
                          reason_detail, state, verdict, finished_at)
         select l.id, $1, $2, l.build, l.camera, l.scenario, l.rom_set, l.ord, l.code, l.detail,
                case when l.code is null then 'queued' else 'finished' end,
                case when l.code is null then null else $10 end,
                case when l.code is null then null else now() end
         from unnest($3::uuid[], $4::uuid[], $5::text[], $6::uuid[], $7::uuid[], $8::text[], $9::text[])
              with ordinality as l (id, build, camera, scenario, rom_set, code, detail, ord)",
    )
    .bind(batch.0)
    .bind(new.priority)
    .bind(ids.iter().map(|id| id.0).collect::<Vec<_>>())
    .bind(jobs.iter().map(|job| job.build.0).collect::<Vec<_>>())
    .bind(jobs.iter().map(|job| job.camera.0.as_str()).collect::<Vec<_>>())
    .bind(jobs.iter().map(|job| job.scenario.0).collect::<Vec<_>>())
    .bind(jobs.iter().map(|job| job.rom_set.map(|set| set.0)).collect::<Vec<_>>())
    .bind(jobs.iter().map(skip_code).collect::<Vec<_>>())
    .bind(jobs.iter().map(skip_detail).collect::<Vec<_>>())
    .bind(Verdict::Skipped.word())
    .execute(conn)
    .await?;
    Ok(())
}

async fn insert_checks(conn: &mut PgConnection, ids: &[JobId], jobs: &[NewJob]) -> DbResult<()> {
    let rows: Vec<_> =
        ids.iter().zip(jobs).flat_map(|(id, job)| job.checks.iter().map(move |check| (id, check))).collect();
    sqlx::query(
        "insert into check_result (job, number, step, title, outcome)
         select job, 0, step, title, 'not-reached' from unnest($1::uuid[], $2::integer[], $3::text[])
              as list (job, step, title)",
    )
    .bind(rows.iter().map(|(id, _)| id.0).collect::<Vec<_>>())
    .bind(rows.iter().map(|(_, check)| i32::try_from(check.step).unwrap_or(i32::MAX)).collect::<Vec<_>>())
    .bind(rows.iter().map(|(_, check)| check.title.as_str()).collect::<Vec<_>>())
    .execute(conn)
    .await?;
    Ok(())
}

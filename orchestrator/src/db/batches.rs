//! Batches.

use super::{DbResult, PgDb, listen, unsigned};
use crate::live::LiveEvent;
use darkroom_protocol::BatchId;
use darkroom_protocol::api::{Batch, JobState, JobSummary};
use sqlx::{FromRow, PgConnection};
use std::collections::BTreeMap;
use time::OffsetDateTime;
use uuid::Uuid;

#[derive(FromRow)]
struct BatchRow {
    id: Uuid,
    name: String,
    created_at: OffsetDateTime,
    finished_at: Option<OffsetDateTime>,
}

impl PgDb {
    /// A batch with its jobs.
    pub async fn batch(&self, id: BatchId) -> DbResult<Option<Batch>> {
        let row: Option<BatchRow> =
            sqlx::query_as("select id, name, created_at, finished_at from batch where id = $1")
                .bind(id.0)
                .fetch_optional(self.pool())
                .await?;
        let Some(row) = row else { return Ok(None) };
        let jobs = self.batch_jobs(id).await?;
        let counts = count(&jobs);
        let why = if row.finished_at.is_some() { String::new() } else { self.why_waiting(&counts).await? };
        Ok(Some(assemble(row, jobs, counts, why)))
    }

    /// The newest batches, without their jobs' details: at most `limit` made before `before`.
    pub async fn batches(&self, before: Option<OffsetDateTime>, limit: u32) -> DbResult<Vec<Batch>> {
        let rows: Vec<BatchRow> = sqlx::query_as(
            "select id, name, created_at, finished_at from batch
             where $1::timestamptz is null or created_at < $1 order by created_at desc, id desc limit $2",
        )
        .bind(before)
        .bind(i64::from(limit))
        .fetch_all(self.pool())
        .await?;
        let mut found = Vec::new();
        for row in rows {
            let counts = self.counts(row.id).await?;
            let why =
                if row.finished_at.is_some() { String::new() } else { self.why_waiting(&counts).await? };
            found.push(assemble(row, Vec::new(), counts, why));
        }
        Ok(found)
    }

    /// Whether a batch has ended; `None`: no such batch.
    pub async fn batch_finished(&self, id: BatchId) -> DbResult<Option<bool>> {
        let found = sqlx::query_scalar("select finished_at is not null from batch where id = $1");
        Ok(found.bind(id.0).fetch_optional(self.pool()).await?)
    }

    async fn counts(&self, batch: Uuid) -> DbResult<BTreeMap<String, u64>> {
        let rows: Vec<(String, i64)> =
            sqlx::query_as("select coalesce(verdict, state), count(*) from job where batch = $1 group by 1")
                .bind(batch)
                .fetch_all(self.pool())
                .await?;
        Ok(rows.into_iter().map(|(word, count)| (word, unsigned(count))).collect())
    }

    async fn why_waiting(&self, counts: &BTreeMap<String, u64>) -> DbResult<String> {
        let of = |word| counts.get(word).copied().unwrap_or(0);
        let (queued, running) = (of("queued"), of("running"));
        let workers = self.live_workers().await?;
        Ok(match (queued, running, workers) {
            (0, running, _) => format!("{running} jobs are running"),
            (queued, 0, 0) => format!("{queued} jobs wait, and no worker is there"),
            (queued, 0, workers) => format!("{queued} jobs wait for one of {workers} workers"),
            (queued, running, _) => format!("{running} jobs are running, {queued} wait for a free worker"),
        })
    }
}

fn count(jobs: &[JobSummary]) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    for job in jobs {
        let word = match (job.state, job.verdict) {
            (_, Some(verdict)) => verdict.word(),
            (JobState::Running, None) => "running",
            (_, None) => "queued",
        };
        *counts.entry(word.to_owned()).or_insert(0) += 1;
    }
    counts
}

fn assemble(row: BatchRow, jobs: Vec<JobSummary>, counts: BTreeMap<String, u64>, why: String) -> Batch {
    let (created_at, finished_at) = (row.created_at, row.finished_at);
    let finished = finished_at.is_some();
    Batch { id: BatchId(row.id), name: row.name, finished, why, counts, jobs, created_at, finished_at }
}

/// Marks the batch as finished when its last job has a verdict. The batch row is locked first: of two jobs that end
/// at the same time, the second sees the first.
pub(super) async fn settle(conn: &mut PgConnection, batch: Uuid) -> DbResult<()> {
    sqlx::query("select from batch where id = $1 for update").bind(batch).execute(&mut *conn).await?;
    let done = sqlx::query(
        "update batch set finished_at = now() where id = $1 and finished_at is null
         and not exists (select from job where batch = $1 and state <> 'finished')",
    )
    .bind(batch)
    .execute(&mut *conn)
    .await?;
    if done.rows_affected() == 1 {
        listen::announce(conn, LiveEvent::Batch { batch: BatchId(batch) }).await?;
    }
    Ok(())
}

//! Cancelling and retrying by people.

use super::finish::cancel_job;
use super::{DbResult, PgDb, listen};
use crate::live::LiveEvent;
use darkroom_protocol::{BatchId, JobId};
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

#[derive(FromRow)]
struct Row {
    id: Uuid,
    batch: Uuid,
    state: String,
}

impl PgDb {
    /// Cancels a job: at once when it waits, by its worker when it runs. False: no such job.
    pub async fn cancel_job(&self, job: JobId) -> DbResult<bool> {
        let mut tx = self.begin().await?;
        let row: Option<Row> = sqlx::query_as("select id, batch, state from job where id = $1 for update")
            .bind(job.0)
            .fetch_optional(&mut *tx)
            .await?;
        let Some(row) = row else { return Ok(false) };
        cancel_row(&mut tx, &row).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Cancels all jobs of a batch that have no verdict. False: no such batch.
    pub async fn cancel_batch(&self, batch: BatchId) -> DbResult<bool> {
        let mut tx = self.begin().await?;
        let exists: bool = sqlx::query_scalar("select exists (select from batch where id = $1)")
            .bind(batch.0)
            .fetch_one(&mut *tx)
            .await?;
        let rows: Vec<Row> = sqlx::query_as(
            "select id, batch, state from job where batch = $1 and state <> 'finished' order by id for update",
        )
        .bind(batch.0)
        .fetch_all(&mut *tx)
        .await?;
        for row in &rows {
            cancel_row(&mut tx, row).await?;
        }
        tx.commit().await?;
        Ok(exists)
    }

    /// Queues a finished job again; false when it is not finished or does not exist, or was never runnable.
    pub async fn retry_job(&self, job: JobId) -> DbResult<bool> {
        let mut tx = self.begin().await?;
        let batch: Option<Uuid> = sqlx::query_scalar(
            "update job set state = 'queued', verdict = null, reason_code = null, reason_detail = null,
             report = null, finished_at = null, claimed_at = null, cancel = false, infra_retries = 0, worker = null,
             not_before = now(), queued_at = now()
             where id = $1 and state = 'finished' and verdict <> 'skipped' returning batch",
        )
        .bind(job.0)
        .fetch_optional(&mut *tx)
        .await?;
        let Some(batch) = batch else { return Ok(false) };
        sqlx::query("update batch set finished_at = null where id = $1")
            .bind(batch)
            .execute(&mut *tx)
            .await?;
        super::attempts::job_changed(&mut tx, batch, job.0).await?;
        listen::announce(&mut tx, LiveEvent::Batch { batch: BatchId(batch) }).await?;
        listen::wake_queue(&mut tx).await?;
        tx.commit().await?;
        Ok(true)
    }
}

async fn cancel_row(conn: &mut PgConnection, row: &Row) -> DbResult<()> {
    sqlx::query("update job set cancel = true where id = $1 and state <> 'finished'")
        .bind(row.id)
        .execute(&mut *conn)
        .await?;
    match row.state.as_str() {
        "queued" => cancel_job(conn, row.id, row.batch).await,
        "running" => super::attempts::job_changed(conn, row.batch, row.id).await,
        _ => Ok(()),
    }
}

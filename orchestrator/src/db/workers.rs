//! Worker slots.

use super::{DbResult, PgDb, listen};
use crate::live::LiveEvent;
use darkroom_protocol::WorkerId;
use darkroom_protocol::worker::Register;
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

impl PgDb {
    /// Notes a new worker slot.
    pub async fn register_worker(&self, hello: &Register) -> DbResult<WorkerId> {
        let id = WorkerId::fresh();
        let mut tx = self.begin().await?;
        sqlx::query("insert into worker (id, name, version, backend, sandbox) values ($1, $2, $3, $4, $5)")
            .bind(id.0)
            .bind(&hello.name)
            .bind(&hello.version)
            .bind(&hello.backend)
            .bind(Json(&hello.sandbox))
            .execute(&mut *tx)
            .await?;
        listen::announce(&mut tx, LiveEvent::Workers).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Notes that a worker asks for work; false when it was never registered.
    pub async fn worker_seen(&self, id: WorkerId) -> DbResult<bool> {
        let done = sqlx::query("update worker set seen_at = now(), gone_at = null where id = $1")
            .bind(id.0)
            .execute(self.pool())
            .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Marks workers as gone that hold no job and said nothing for a minute; how many there were.
    pub async fn mark_silent_workers(&self) -> DbResult<u64> {
        let mut tx = self.begin().await?;
        let gone = sqlx::query(
            "update worker set gone_at = now()
             where gone_at is null and seen_at < now() - interval '1 minute'
             and not exists (select from job where job.worker = worker.id and job.state = 'running')",
        )
        .execute(&mut *tx)
        .await?
        .rows_affected();
        if gone > 0 {
            listen::announce(&mut tx, LiveEvent::Workers).await?;
        }
        tx.commit().await?;
        Ok(gone)
    }

    /// How many workers are there that may take a job.
    pub async fn live_workers(&self) -> DbResult<i64> {
        let count = sqlx::query_scalar("select count(*) from worker where gone_at is null");
        Ok(count.fetch_one(self.pool()).await?)
    }
}

/// Counts an attempt that ended by the worker's own trouble. Three in a row, and it gets no job for 10 s, then 20 s …
/// up to about ten minutes.
pub(super) async fn blame(conn: &mut PgConnection, worker: Uuid) -> DbResult<()> {
    sqlx::query(
        "update worker set infra_streak = infra_streak + 1,
         quarantined_until = case when infra_streak >= 2
             then now() + interval '10 s' * power(2, least(infra_streak - 2, 6)) end
         where id = $1",
    )
    .bind(worker)
    .execute(conn)
    .await?;
    Ok(())
}

/// Notes that a worker brought a result.
pub(super) async fn praise(conn: &mut PgConnection, worker: Uuid) -> DbResult<()> {
    sqlx::query(
        "update worker set infra_streak = 0, quarantined_until = null, jobs_done = jobs_done + 1,
         seen_at = now() where id = $1",
    )
    .bind(worker)
    .execute(conn)
    .await?;
    Ok(())
}

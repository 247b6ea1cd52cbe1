//! Leases that ended: the worker is lost.

use super::finish::{Ending, cancel_job, end_attempt, end_job};
use super::{DbResult, PgDb, workers};
use darkroom_protocol::{AttemptNo, JobId};
use sqlx::FromRow;
use std::time::Duration;
use uuid::Uuid;

/// Jobs taken per sweep, so that one transaction stays short.
const PER_SWEEP: i64 = 100;

/// A job whose lease ended.
#[derive(Debug, Clone, FromRow)]
pub struct Expired {
    id: Uuid,
    batch: Uuid,
    attempts: i32,
    worker: Option<Uuid>,
    worker_name: Option<String>,
    cancel: bool,
    /// Attempts that ended by trouble of the farm before this one.
    pub infra_retries: i32,
}

impl Expired {
    /// The job.
    pub fn job(&self) -> JobId {
        JobId(self.id)
    }

    /// Name of the worker that was lost.
    pub fn worker_name(&self) -> &str {
        self.worker_name.as_deref().unwrap_or("unknown")
    }
}

impl PgDb {
    /// Ends attempts whose lease ended; `decide` says what becomes of each job. How many there were.
    pub async fn expire_leases(&self, decide: impl Fn(&Expired) -> Ending) -> DbResult<usize> {
        let mut tx = self.begin().await?;
        let expired: Vec<Expired> = sqlx::query_as(
            "select j.id, j.batch, j.attempts, j.worker, w.name as worker_name, j.cancel, j.infra_retries
             from job j left join worker w on w.id = j.worker
             where j.state = 'running' and j.lease_until <= now()
             order by j.lease_until limit $1 for update of j skip locked",
        )
        .bind(PER_SWEEP)
        .fetch_all(&mut *tx)
        .await?;
        for job in &expired {
            let number = AttemptNo(job.attempts.unsigned_abs());
            let log = "the worker's lease ended without a heartbeat";
            end_attempt(&mut tx, job.id, number, "lost", log, None).await?;
            if let Some(worker) = job.worker {
                workers::blame(&mut tx, worker).await?;
            }
            if job.cancel {
                cancel_job(&mut tx, job.id, job.batch).await?;
            } else {
                end_job(&mut tx, job.id, job.batch, &decide(job), None).await?;
            }
        }
        tx.commit().await?;
        Ok(expired.len())
    }

    /// Gives every running job at least `lease` from now: after an outage of the farm itself, no worker could have
    /// renewed in time.
    pub async fn grant_grace(&self, lease: Duration) -> DbResult<u64> {
        let done = sqlx::query(
            "update job set lease_until = now() + $1::float8 * interval '1 s'
             where state = 'running' and lease_until < now() + $1::float8 * interval '1 s'",
        )
        .bind(lease.as_secs_f64())
        .execute(self.pool())
        .await?;
        Ok(done.rows_affected())
    }
}

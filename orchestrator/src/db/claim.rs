//! Handing a job to a worker: one short transaction.

use super::{DbResult, PgDb, listen, signed, spec};
use crate::live::LiveEvent;
use darkroom_protocol::job::JobSpec;
use darkroom_protocol::limits::Limits;
use darkroom_protocol::{AttemptNo, BatchId, JobId, WorkerId};
use sqlx::{FromRow, PgConnection};
use std::time::Duration;
use uuid::Uuid;

/// Times of the lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeaseRules {
    /// How long a claim or heartbeat holds a job, by the database's clock.
    pub lease: Duration,
    /// How long a job that ended by a worker's trouble is kept for other workers.
    pub prefer_others: Duration,
}

/// A job handed out.
#[derive(Debug, Clone)]
pub struct Claimed {
    /// Number of the try.
    pub attempt: AttemptNo,
    /// What to run.
    pub spec: JobSpec,
}

#[derive(FromRow)]
struct Picked {
    id: Uuid,
    batch: Uuid,
    attempts: i32,
}

/// Slack over a scenario's log limit: the worker's own last lines ("log capped …").
const LOG_SLACK: u64 = 64 << 10;
/// Upload allowance per frame; a full-size PNG of noise stays below.
const FRAME_BYTES: u64 = 2 << 20;
/// Frames beside those of the film strip: expected, actual and difference pictures of checks.
const EVIDENCE_FRAMES: u64 = 64;

impl PgDb {
    /// Hands the next job to `worker`, if there is one: attempt n+1, with a lease and the hash of its secret.
    pub async fn claim(
        &self,
        worker: WorkerId,
        secret_hash: &[u8; 32],
        rules: LeaseRules,
    ) -> DbResult<Option<Claimed>> {
        let mut tx = self.begin().await?;
        let Some(picked) = pick(&mut tx, worker, rules).await? else { return Ok(None) };
        let spec = match spec::assemble(&mut tx, JobId(picked.id)).await? {
            Ok(spec) => spec,
            Err(reason) => {
                // Left in the queue, it would be picked first for ever.
                super::finish::fail_unrunnable(&mut tx, picked.id, picked.batch, &reason).await?;
                tx.commit().await?;
                return Ok(None);
            }
        };
        insert_attempt(&mut tx, &picked, worker, secret_hash, &spec.limits).await?;
        let event = LiveEvent::Job { batch: BatchId(picked.batch), job: JobId(picked.id) };
        listen::announce(&mut tx, event).await?;
        tx.commit().await?;
        Ok(Some(Claimed { attempt: AttemptNo(picked.attempts.unsigned_abs()), spec }))
    }

    /// Whether a job waits that may be claimed now.
    pub async fn has_claimable(&self) -> DbResult<bool> {
        let found = sqlx::query_scalar(
            "select exists (select from job where state = 'queued' and not_before <= now())",
        );
        Ok(found.fetch_one(self.pool()).await?)
    }
}

async fn pick(conn: &mut PgConnection, worker: WorkerId, rules: LeaseRules) -> DbResult<Option<Picked>> {
    let picked = sqlx::query_as(
        "with next as (
             select id from job
             where state = 'queued' and not_before <= now()
               and not (infra_retries > 0 and worker = $1 and not_before > now() - $3::float8 * interval '1 s')
               and exists (select from worker w where w.id = $1 and (w.quarantined_until is null
                           or w.quarantined_until <= now()))
             order by priority, queued_at, position
             limit 1 for update skip locked)
         update job set state = 'running', attempts = attempts + 1, worker = $1, claimed_at = now(),
                        lease_until = now() + $2::float8 * interval '1 s'
         from next where job.id = next.id
         returning job.id, job.batch, job.attempts",
    )
    .bind(worker.0)
    .bind(rules.lease.as_secs_f64())
    .bind(rules.prefer_others.as_secs_f64());
    Ok(picked.fetch_optional(conn).await?)
}

async fn insert_attempt(
    conn: &mut PgConnection,
    picked: &Picked,
    worker: WorkerId,
    secret_hash: &[u8; 32],
    limits: &Limits,
) -> DbResult<()> {
    let blob_cap = limits.artefact_bytes + (u64::from(limits.frames) + EVIDENCE_FRAMES) * FRAME_BYTES;
    sqlx::query(
        "insert into attempt (job, number, worker, secret_hash, log_cap, frame_cap, blob_cap)
         values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(picked.id)
    .bind(picked.attempts)
    .bind(worker.0)
    .bind(&secret_hash[..])
    .bind(signed(limits.log_bytes + LOG_SLACK))
    .bind(i32::try_from(limits.frames).unwrap_or(i32::MAX))
    .bind(signed(blob_cap))
    .execute(conn)
    .await?;
    Ok(())
}

//! The fence: only the current attempt of a running job may write.

use super::{DbError, DbResult, PgDb, Tx, listen, unsigned};
use crate::live::LiveEvent;
use darkroom_protocol::worker::HeartbeatAnswer;
use darkroom_protocol::{AttemptNo, BatchId, Digest, JobId};
use sqlx::FromRow;
use std::time::Duration;
use subtle::ConstantTimeEq as _;
use thiserror::Error;
use uuid::Uuid;

/// Which attempt somebody claims to be.
#[derive(Debug, Clone, Copy)]
pub struct AttemptKey {
    /// The job.
    pub job: JobId,
    /// Number of the try.
    pub number: AttemptNo,
    /// SHA-256 of the secret given.
    pub secret_hash: [u8; 32],
}

/// Why a write of a worker is refused.
#[derive(Debug, Error)]
pub enum Fence {
    /// No such job.
    #[error("no job {0}")]
    UnknownJob(JobId),
    /// The attempt is not the current one, its lease ended, or the secret is wrong.
    #[error("attempt {1} of job {0} is not the current one, or its lease ended: drop the job")]
    Stale(JobId, AttemptNo),
    /// The attempt ended already with another result.
    #[error("attempt {1} of job {0} ended already with another result")]
    EndedOtherwise(JobId, AttemptNo),
    /// Log bytes before the offset are missing.
    #[error("the log has {expected} bytes, cannot append at {offset}")]
    LogGap {
        /// Where the next byte goes.
        expected: u64,
        /// Where the writer wanted to go on.
        offset: u64,
    },
    /// Events before these are missing.
    #[error("the next event is number {expected}, not {first}")]
    EventGap {
        /// Number of the next event.
        expected: u64,
        /// Number that came.
        first: u64,
    },
    /// The attempt produced more than its cap.
    #[error("more {what} than the cap of {cap}")]
    TooMuch {
        /// `log bytes`, `frames`, `blob bytes`.
        what: &'static str,
        /// The cap.
        cap: u64,
    },
    /// Blobs that are named but were not uploaded.
    #[error("blobs were named but not uploaded: {}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "))]
    MissingBlobs(Vec<Digest>),
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl From<sqlx::Error> for Fence {
    fn from(error: sqlx::Error) -> Self {
        Self::Db(error.into())
    }
}

/// A job and its attempt, locked by the current transaction.
#[derive(Debug, FromRow)]
pub struct Held {
    /// Batch of the job.
    pub(super) batch: Uuid,
    /// Somebody wants it cancelled.
    pub cancel: bool,
    /// Attempts that ended by trouble of the farm.
    pub infra_retries: i32,
    state: String,
    attempts: i32,
    leased: Option<bool>,
    pub(super) worker: Option<Uuid>,
    secret_hash: Option<Vec<u8>>,
    outcome: Option<String>,
    pub(super) finish_hash: Option<Vec<u8>>,
    pub(super) next_event: Option<i64>,
    pub(super) log_bytes: Option<i64>,
    pub(super) log_cap: Option<i64>,
    pub(super) frames: Option<i32>,
    pub(super) frame_cap: Option<i32>,
}

/// What a call needs of the lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lease {
    /// It must not have ended.
    Held,
    /// It may have ended, as long as nobody took the job away (a heartbeat that comes late).
    MayBeLate,
}

impl Held {
    fn is_current(&self, key: &AttemptKey, lease: Lease) -> bool {
        self.state == "running"
            && i64::from(self.attempts) == i64::from(key.number.0)
            && self.outcome.as_deref() == Some("running")
            && (lease == Lease::MayBeLate || self.leased == Some(true))
    }

    fn knows(&self, key: &AttemptKey) -> bool {
        self.secret_hash.as_deref().is_some_and(|hash| hash.ct_eq(&key.secret_hash[..]).into())
    }

    /// Whether the attempt has ended by a finish call, and with which content.
    pub(super) fn finished_with(&self, key: &AttemptKey) -> Option<&[u8]> {
        self.finish_hash.as_deref().filter(|_| self.knows(key))
    }
}

/// The job and the attempt, locked, whatever their state.
pub(super) async fn lock(tx: &mut Tx, key: &AttemptKey) -> Result<Held, Fence> {
    // Two statements: who had to wait for the lock must not see the attempt as it was before the wait.
    sqlx::query("select from job where id = $1 for update").bind(key.job.0).execute(&mut **tx).await?;
    let row: Option<Held> = sqlx::query_as(
        "select j.batch, j.cancel, j.infra_retries, j.state, j.attempts, j.lease_until > now() as leased, a.worker,
                a.secret_hash, a.outcome, a.finish_hash, a.next_event, a.log_bytes, a.log_cap, a.frames, a.frame_cap
         from job j left join attempt a on a.job = j.id and a.number = $2
         where j.id = $1",
    )
    .bind(key.job.0)
    .bind(i64::from(key.number.0))
    .fetch_optional(&mut **tx)
    .await?;
    row.ok_or(Fence::UnknownJob(key.job))
}

/// The job and the attempt, locked, if `key` is the current attempt.
pub(super) async fn hold(tx: &mut Tx, key: &AttemptKey, lease: Lease) -> Result<Held, Fence> {
    let held = lock(tx, key).await?;
    let current = held.knows(key) && held.is_current(key, lease);
    if current { Ok(held) } else { Err(Fence::Stale(key.job, key.number)) }
}

impl PgDb {
    /// Renews the lease.
    pub async fn heartbeat(&self, key: &AttemptKey, lease: Duration) -> Result<HeartbeatAnswer, Fence> {
        let mut tx = self.begin().await?;
        let held = hold(&mut tx, key, Lease::MayBeLate).await?;
        sqlx::query("update job set lease_until = now() + $2::float8 * interval '1 s' where id = $1")
            .bind(key.job.0)
            .bind(lease.as_secs_f64())
            .execute(&mut *tx)
            .await?;
        sqlx::query("update worker set seen_at = now(), gone_at = null where id = $1")
            .bind(held.worker)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        let lease_seconds = u32::try_from(lease.as_secs()).unwrap_or(u32::MAX);
        Ok(HeartbeatAnswer { lease_seconds, cancel: held.cancel })
    }

    /// Checks that `key` is the current attempt, for calls that write nothing themselves.
    pub async fn check_attempt(&self, key: &AttemptKey) -> Result<(), Fence> {
        let mut tx = self.begin().await?;
        hold(&mut tx, key, Lease::Held).await?;
        Ok(tx.rollback().await?)
    }

    /// Counts `bytes` against the attempt's upload cap; what is left of it.
    pub async fn upload_allowance(&self, key: &AttemptKey) -> Result<u64, Fence> {
        let mut tx = self.begin().await?;
        hold(&mut tx, key, Lease::Held).await?;
        let left: i64 = sqlx::query_scalar(
            "select greatest(blob_cap - blob_bytes, 0) from attempt where job = $1 and number = $2",
        )
        .bind(key.job.0)
        .bind(i64::from(key.number.0))
        .fetch_one(&mut *tx)
        .await?;
        tx.rollback().await?;
        Ok(unsigned(left))
    }

    /// Counts an upload of the attempt.
    pub async fn count_upload(&self, key: &AttemptKey, bytes: u64) -> Result<(), Fence> {
        sqlx::query("update attempt set blob_bytes = blob_bytes + $3 where job = $1 and number = $2")
            .bind(key.job.0)
            .bind(i64::from(key.number.0))
            .bind(super::signed(bytes))
            .execute(self.pool())
            .await?;
        Ok(())
    }

    /// Whether the job's spec names the blob: its ROM files, payload and references.
    pub async fn spec_names_blob(&self, job: JobId, digest: Digest) -> DbResult<bool> {
        let found = sqlx::query_scalar(
            "select exists (
                 select from job j where j.id = $1 and (
                     exists (select from rom_file f where f.rom_set = j.rom_set and f.blob = $2)
                     or exists (select from build_platform p
                                where p.build = j.build and p.camera = j.camera and p.blob = $2)
                     or exists (select from scenario_reference r where r.scenario = j.scenario and r.blob = $2)))",
        );
        Ok(found.bind(job.0).bind(&digest.0[..]).fetch_one(self.pool()).await?)
    }

    /// Gives the job back to the queue unharmed.
    pub async fn release(&self, key: &AttemptKey, why: &str) -> Result<(), Fence> {
        let mut tx = self.begin().await?;
        let held = hold(&mut tx, key, Lease::Held).await?;
        super::finish::end_attempt(&mut tx, key.job.0, key.number, "released", why, None).await?;
        if held.cancel {
            super::finish::cancel_job(&mut tx, key.job.0, held.batch).await?;
        } else {
            super::finish::requeue(&mut tx, key.job.0, held.batch, 0).await?;
        }
        Ok(tx.commit().await?)
    }
}

/// Tells everybody that a job changed, when the transaction commits.
pub(super) async fn job_changed(tx: &mut sqlx::PgConnection, batch: Uuid, job: Uuid) -> DbResult<()> {
    listen::announce(tx, LiveEvent::Job { batch: BatchId(batch), job: JobId(job) }).await
}

//! The life of a job: submit, claim, heartbeat, finish, and what happens when a worker is lost.
//!
//! The rules (who may retry, what is believed) are pure functions in [`rules`]; the transactions are in `db`.

mod cells;
mod roms;
mod rules;
mod submit;
mod sweep;
mod wait;
mod work;

pub use rules::QueueRules;
pub use submit::SubmitOutcome;

use crate::db::PgDb;
use crate::error::{Answer, Refusal};
use crate::live::LiveEvents;
use darkroom_protocol::api::{Batch, Job};
use darkroom_protocol::{BatchId, JobId};
use tokio_util::sync::CancellationToken;

/// Hands jobs out and takes results in; cheap to clone.
#[derive(Clone, Debug)]
pub struct Queue {
    db: PgDb,
    live: LiveEvents,
    rules: QueueRules,
    stop: CancellationToken,
}

impl Queue {
    /// A queue on that database. `stop` ends calls that wait.
    pub fn new(db: PgDb, live: LiveEvents, rules: QueueRules, stop: CancellationToken) -> Self {
        Self { db, live, rules, stop }
    }

    /// A batch with its jobs.
    pub async fn batch(&self, id: BatchId) -> Answer<Batch> {
        self.db.batch(id).await?.ok_or_else(|| Refusal::not_found("batch", id))
    }

    /// A job with its attempts and report.
    pub async fn job(&self, id: JobId) -> Answer<Job> {
        self.db.job(id).await?.ok_or_else(|| Refusal::not_found("job", id))
    }

    /// Cancels a job: at once when it waits, by its worker when it runs.
    pub async fn cancel_job(&self, id: JobId) -> Answer<Job> {
        if !self.db.cancel_job(id).await? {
            return Err(Refusal::not_found("job", id));
        }
        self.job(id).await
    }

    /// Cancels every job of a batch that has no verdict yet.
    pub async fn cancel_batch(&self, id: BatchId) -> Answer<Batch> {
        if !self.db.cancel_batch(id).await? {
            return Err(Refusal::not_found("batch", id));
        }
        self.batch(id).await
    }

    /// Queues a finished job again.
    pub async fn retry_job(&self, id: JobId) -> Answer<Job> {
        let retried = self.db.retry_job(id).await?;
        let job = self.job(id).await?;
        if !retried {
            let message = format!("job {id} is not finished, or was skipped: there is nothing to try again");
            return Err(Refusal::new(crate::error::Kind::Conflict, "cannot-retry", message));
        }
        Ok(job)
    }
}

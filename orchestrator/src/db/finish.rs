//! The end of an attempt and of a job.

use super::attempts::{AttemptKey, Fence, Held, Lease, hold, job_changed, lock};
use super::results::{clean, insert_card_change, insert_check, require_blobs};
use super::{DbError, DbResult, PgDb, Tx, batches, listen, workers};
use darkroom_protocol::report::RunReport;
use darkroom_protocol::verdict::{Reason, ReasonCode, Verdict};
use darkroom_protocol::{AttemptNo, Digest};
use sqlx::types::Json;
use sqlx::{PgConnection, Row};
use std::collections::BTreeSet;
use uuid::Uuid;

/// What becomes of a job whose attempt ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Ending {
    /// The job has its verdict.
    Final {
        /// Verdict.
        verdict: Verdict,
        /// Why, unless passed.
        reason: Option<Reason>,
    },
    /// Trouble of the farm: it goes back to the queue.
    Retry,
}

/// The end of an attempt as a worker reports it.
#[derive(Debug, Clone)]
pub struct Finished<'a> {
    /// What came out.
    pub report: &'a RunReport,
    /// What the supervisor noticed.
    pub supervisor_log: &'a str,
    /// Digest of the call: the same call twice is fine.
    pub hash: Digest,
}

impl PgDb {
    /// Ends an attempt with its report; `decide` says what becomes of the job.
    pub async fn finish(
        &self,
        key: &AttemptKey,
        finished: &Finished<'_>,
        decide: impl FnOnce(&Held, &Expected) -> (Ending, Blame),
    ) -> Result<(), Fence> {
        let mut tx = self.begin().await?;
        let before = lock(&mut tx, key).await?;
        if let Some(hash) = before.finished_with(key) {
            let same = hash == finished.hash.0;
            return if same { Ok(()) } else { Err(Fence::EndedOtherwise(key.job, key.number)) };
        }
        let held = hold(&mut tx, key, Lease::Held).await?;
        store_report(&mut tx, key, finished.report).await?;
        let (ending, blame) = decide(&held, &expected_steps(&mut tx, key.job.0).await?);
        let outcome =
            if ending == Ending::Retry { "infra-error" } else { outcome_of(finished.report.verdict) };
        let hash = Some(finished.hash);
        end_attempt(&mut tx, key.job.0, key.number, outcome, finished.supervisor_log, hash).await?;
        settle_worker(&mut tx, held.worker, blame).await?;
        end_job(&mut tx, key.job.0, held.batch, &ending, Some(finished.report)).await?;
        Ok(tx.commit().await?)
    }
}

/// Steps that the ledger of the job expects a check for.
pub type Expected = BTreeSet<u32>;

/// What the end says about the worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blame {
    /// It brought a result.
    Worked,
    /// It failed by its own trouble.
    WorkerFailed,
    /// Neither: the job itself may be what kills workers.
    Unclear,
}

fn outcome_of(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::InfraError => "infra-error",
        Verdict::Cancelled => "cancelled",
        _ => "finished",
    }
}

async fn settle_worker(tx: &mut Tx, worker: Option<Uuid>, blame: Blame) -> DbResult<()> {
    let Some(worker) = worker else { return Ok(()) };
    match blame {
        Blame::Worked => workers::praise(tx, worker).await,
        Blame::WorkerFailed => workers::blame(tx, worker).await,
        Blame::Unclear => Ok(()),
    }
}

async fn store_report(tx: &mut Tx, key: &AttemptKey, report: &RunReport) -> Result<(), Fence> {
    let proofs = report.checks.iter().flat_map(|check| &check.evidence).map(|proof| proof.digest);
    let files = report.card_changes.iter().filter_map(|change| change.digest);
    require_blobs(tx, proofs.chain(files).collect()).await?;
    for check in &report.checks {
        insert_check(tx, key, check).await?;
    }
    for change in &report.card_changes {
        insert_card_change(tx, key, change).await?;
    }
    Ok(())
}

async fn expected_steps(tx: &mut Tx, job: Uuid) -> DbResult<Expected> {
    let rows = sqlx::query("select step from check_result where job = $1 and number = 0")
        .bind(job)
        .fetch_all(&mut **tx)
        .await?;
    Ok(rows.iter().map(|row| row.get::<i32, _>(0).unsigned_abs()).collect())
}

/// Ends the attempt's row.
pub(super) async fn end_attempt(
    conn: &mut PgConnection,
    job: Uuid,
    number: AttemptNo,
    outcome: &str,
    supervisor_log: &str,
    finish_hash: Option<Digest>,
) -> DbResult<()> {
    sqlx::query(
        "update attempt set outcome = $3, supervisor_log = $4, finish_hash = $5, ended_at = now()
         where job = $1 and number = $2",
    )
    .bind(job)
    .bind(i64::from(number.0))
    .bind(outcome)
    .bind(clean(supervisor_log))
    .bind(finish_hash.as_ref().map(|hash| &hash.0[..]))
    .execute(conn)
    .await?;
    Ok(())
}

/// Ends or requeues a job whose attempt ended.
pub(super) async fn end_job(
    conn: &mut PgConnection,
    job: Uuid,
    batch: Uuid,
    ending: &Ending,
    report: Option<&RunReport>,
) -> DbResult<()> {
    match ending {
        Ending::Retry => requeue(conn, job, batch, 1).await,
        Ending::Final { verdict, reason } => {
            set_verdict(conn, job, *verdict, reason.as_ref(), report).await?;
            job_changed(conn, batch, job).await?;
            batches::settle(conn, batch).await
        }
    }
}

async fn set_verdict(
    conn: &mut PgConnection,
    job: Uuid,
    verdict: Verdict,
    reason: Option<&Reason>,
    report: Option<&RunReport>,
) -> DbResult<()> {
    let report = report.map(json_without_nul).transpose()?;
    sqlx::query(
        "update job set state = 'finished', verdict = $2, reason_code = $3, reason_detail = $4, report = $5,
         lease_until = null, finished_at = now(), infra_retries = infra_retries + ($2 = 'infra-error')::int
         where id = $1",
    )
    .bind(job)
    .bind(verdict.word())
    .bind(reason.map(|reason| reason.code.word()))
    .bind(reason.map(|reason| clean(&reason.detail)))
    .bind(report)
    .execute(conn)
    .await?;
    Ok(())
}

/// A report as JSON that `jsonb` takes: NUL is not allowed in its strings, and guests put it there.
fn json_without_nul(report: &RunReport) -> DbResult<Json<serde_json::Value>> {
    let text = serde_json::to_string(report).map_err(|error| DbError::corrupt("job", error))?;
    // A backslash that escapes a backslash is not the start of the escape.
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        let length = if escape.starts_with("\\u0000") { 6 } else { 2.min(escape.len()) };
        out.push_str(before);
        out.push_str(if length == 6 { "\u{fffd}" } else { &escape[..length] });
        rest = &escape[length..];
    }
    out.push_str(rest);
    serde_json::from_str(&out).map(Json).map_err(|error| DbError::corrupt("job", error))
}

/// Puts a job back into the queue, where it keeps its place.
pub(super) async fn requeue(
    conn: &mut PgConnection,
    job: Uuid,
    batch: Uuid,
    infra_retries: i32,
) -> DbResult<()> {
    sqlx::query(
        "update job set state = 'queued', lease_until = null, claimed_at = null, not_before = now(),
         infra_retries = infra_retries + $2 where id = $1",
    )
    .bind(job)
    .bind(infra_retries)
    .execute(&mut *conn)
    .await?;
    job_changed(conn, batch, job).await?;
    listen::wake_queue(conn).await
}

/// Ends a job as cancelled.
pub(super) async fn cancel_job(conn: &mut PgConnection, job: Uuid, batch: Uuid) -> DbResult<()> {
    let reason = Reason { code: ReasonCode::CancelledByUser, detail: "cancelled on request".to_owned() };
    let ending = Ending::Final { verdict: Verdict::Cancelled, reason: Some(reason) };
    end_job(conn, job, batch, &ending, None).await
}

/// Ends a job that was picked but for which no spec can be made.
pub(super) async fn fail_unrunnable(
    conn: &mut PgConnection,
    job: Uuid,
    batch: Uuid,
    why: &str,
) -> DbResult<()> {
    let reason = Reason { code: ReasonCode::WorkerError, detail: format!("cannot be handed out: {why}") };
    let ending = Ending::Final { verdict: Verdict::InfraError, reason: Some(reason) };
    tracing::error!(%job, why, "job cannot be handed out");
    // The pick counted an attempt that never was.
    sqlx::query("update job set attempts = attempts - 1 where id = $1").bind(job).execute(&mut *conn).await?;
    end_job(conn, job, batch, &ending, None).await
}

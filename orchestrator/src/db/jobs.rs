//! Reading jobs.

use super::{DbError, DbResult, PgDb, digest_of, unsigned};
use darkroom_protocol::api::{Attempt, Job, JobState, JobSummary};
use darkroom_protocol::report::RunReport;
use darkroom_protocol::verdict::{Reason, ReasonCode, Verdict};
use darkroom_protocol::{AttemptNo, BatchId, BuildId, CameraName, JobId};
use sqlx::types::Json;
use sqlx::{AssertSqlSafe, FromRow};
use time::OffsetDateTime;
use uuid::Uuid;

/// Columns of [`JobRow`]; the figures come from the report of the deciding attempt.
const SUMMARY: &str = "
    select j.id, j.batch, j.build, b.name as build_name, j.camera, s.name as scenario, j.state, j.verdict,
           j.reason_code, j.reason_detail, r.open_firmware,
           (j.report->>'host_ms')::bigint as host_ms, (j.report->>'guest_ns')::bigint as guest_ns,
           nullif(j.report->>'state_hash', '') as state_hash, j.report->>'log_digest' as log_digest,
           coalesce((select array_agg(f.blob order by f.seq) from frame f
                     where f.job = j.id and f.number = j.attempts), '{}') as frames
    from job j join build b on b.id = j.build join scenario s on s.id = j.scenario
    left join rom_set r on r.id = j.rom_set";

#[derive(FromRow)]
struct JobRow {
    id: Uuid,
    batch: Uuid,
    build: Uuid,
    build_name: String,
    camera: String,
    scenario: String,
    state: String,
    verdict: Option<String>,
    reason_code: Option<String>,
    reason_detail: Option<String>,
    open_firmware: Option<String>,
    host_ms: Option<i64>,
    guest_ns: Option<i64>,
    state_hash: Option<String>,
    log_digest: Option<String>,
    frames: Vec<Vec<u8>>,
}

/// State from its word.
pub(crate) fn job_state(word: &str) -> DbResult<JobState> {
    match word {
        "queued" => Ok(JobState::Queued),
        "running" => Ok(JobState::Running),
        "finished" => Ok(JobState::Finished),
        other => Err(DbError::corrupt("job", format!("state '{other}'"))),
    }
}

/// Verdict from its word.
pub(crate) fn verdict_of(word: &str) -> DbResult<Verdict> {
    Verdict::from_word(word).ok_or_else(|| DbError::corrupt("job", format!("verdict '{word}'")))
}

/// Reason from its columns.
pub(crate) fn reason_of(code: Option<&str>, detail: Option<String>) -> DbResult<Option<Reason>> {
    let Some(code) = code else { return Ok(None) };
    let code: ReasonCode =
        serde_json::from_value(code.into()).map_err(|error| DbError::corrupt("job", error))?;
    Ok(Some(Reason { code, detail: detail.unwrap_or_default() }))
}

impl TryFrom<JobRow> for JobSummary {
    type Error = DbError;
    fn try_from(row: JobRow) -> DbResult<Self> {
        let log_digest = row.log_digest.map(|text| text.parse()).transpose();
        Ok(Self {
            id: JobId(row.id),
            build: BuildId(row.build),
            build_name: row.build_name,
            camera: CameraName(row.camera),
            scenario: row.scenario,
            open_firmware: row.open_firmware,
            state: job_state(&row.state)?,
            verdict: row.verdict.as_deref().map(verdict_of).transpose()?,
            reason: reason_of(row.reason_code.as_deref(), row.reason_detail)?,
            host_ms: row.host_ms.map(unsigned),
            guest_ns: row.guest_ns.map(unsigned),
            state_hash: row.state_hash,
            log_digest: log_digest.map_err(|error| DbError::corrupt("job", error))?,
            frames: row.frames.iter().map(|blob| digest_of("frame", blob)).collect::<DbResult<_>>()?,
        })
    }
}

#[derive(FromRow)]
struct AttemptRow {
    number: i32,
    worker: String,
    outcome: String,
    supervisor_log: String,
    claimed_at: OffsetDateTime,
    ended_at: Option<OffsetDateTime>,
}

impl From<AttemptRow> for Attempt {
    fn from(row: AttemptRow) -> Self {
        Self {
            number: AttemptNo(row.number.unsigned_abs()),
            worker: row.worker,
            outcome: row.outcome,
            supervisor_log: row.supervisor_log,
            claimed_at: row.claimed_at,
            ended_at: row.ended_at,
        }
    }
}

impl PgDb {
    /// The jobs of a batch in their order.
    pub async fn batch_jobs(&self, batch: BatchId) -> DbResult<Vec<JobSummary>> {
        // The text is two constants of this file.
        let sql = AssertSqlSafe(format!("{SUMMARY} where j.batch = $1 order by j.position"));
        let rows: Vec<JobRow> = sqlx::query_as(sql).bind(batch.0).fetch_all(self.pool()).await?;
        rows.into_iter().map(JobSummary::try_from).collect()
    }

    /// A job with its attempts and its report.
    pub async fn job(&self, id: JobId) -> DbResult<Option<Job>> {
        let sql = AssertSqlSafe(format!("{SUMMARY} where j.id = $1"));
        let row: Option<JobRow> = sqlx::query_as(sql).bind(id.0).fetch_optional(self.pool()).await?;
        let Some(row) = row else { return Ok(None) };
        let batch = BatchId(row.batch);
        let (queued_at, report): (OffsetDateTime, Option<Json<RunReport>>) =
            sqlx::query_as("select queued_at, report from job where id = $1")
                .bind(id.0)
                .fetch_one(self.pool())
                .await?;
        let (summary, attempts) = (row.try_into()?, self.attempts(id).await?);
        Ok(Some(Job { summary, batch, queued_at, attempts, report: report.map(|json| json.0) }))
    }

    /// The attempts of a job in order.
    pub async fn attempts(&self, job: JobId) -> DbResult<Vec<Attempt>> {
        let rows: Vec<AttemptRow> = sqlx::query_as(
            "select a.number, w.name as worker, a.outcome, a.supervisor_log, a.claimed_at, a.ended_at
             from attempt a join worker w on w.id = a.worker where a.job = $1 order by a.number",
        )
        .bind(job.0)
        .fetch_all(self.pool())
        .await?;
        Ok(rows.into_iter().map(Attempt::from).collect())
    }

    /// Up to `limit` bytes (and the rest of a piece) of the log of a job's latest attempt, from `offset` on.
    pub async fn log_from(&self, job: JobId, offset: u64, limit: usize) -> DbResult<Vec<u8>> {
        let rows: Vec<(i64, Vec<u8>)> = sqlx::query_as(
            "select l.start, l.bytes from log_chunk l join job j on j.id = l.job and j.attempts = l.number
             where l.job = $1 and l.start + octet_length(l.bytes) > $2 order by l.start limit 256",
        )
        .bind(job.0)
        .bind(super::signed(offset))
        .fetch_all(self.pool())
        .await?;
        let mut log = Vec::new();
        for (start, bytes) in rows {
            let skip = usize::try_from(offset.saturating_sub(unsigned(start))).unwrap_or(usize::MAX);
            log.extend_from_slice(bytes.get(skip..).unwrap_or_default());
            if log.len() >= limit {
                break;
            }
        }
        Ok(log)
    }

    /// Length of the log of a job's latest attempt; `None`: no such job.
    pub async fn log_length(&self, job: JobId) -> DbResult<Option<u64>> {
        let length: Option<i64> = sqlx::query_scalar(
            "select coalesce(a.log_bytes, 0) from job j
             left join attempt a on a.job = j.id and a.number = j.attempts where j.id = $1",
        )
        .bind(job.0)
        .fetch_optional(self.pool())
        .await?;
        Ok(length.map(unsigned))
    }
}

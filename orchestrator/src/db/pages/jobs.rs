//! One job with everything that its page shows.

use crate::db::{DbError, DbResult, PgDb, digest_of, unsigned};
use darkroom_protocol::JobId;
use darkroom_protocol::report::{CardChange, CardChangeKind, FrameInfo, RunReport};
use darkroom_protocol::verdict::{CheckOutcome, CheckResult, Evidence};
use sqlx::FromRow;
use sqlx::types::Json;
use time::OffsetDateTime;
use uuid::Uuid;

/// A job and what it is a cell of.
#[derive(Debug, Clone, FromRow)]
pub struct JobPageRow {
    /// Job.
    pub id: Uuid,
    /// Batch.
    pub batch: Uuid,
    /// The batch's name.
    pub batch_name: String,
    /// Build.
    pub build: Uuid,
    /// The build's name.
    pub build_name: String,
    /// Camera.
    pub camera: String,
    /// Scenario's name.
    pub scenario: String,
    /// ROM set.
    pub rom_set: Option<Uuid>,
    /// Its firmware version.
    pub firmware: Option<String>,
    /// Version that the open firmware in it stands for, when it is the farm's own.
    pub open_firmware: Option<String>,
    /// State's word.
    pub state: String,
    /// Verdict's word.
    pub verdict: Option<String>,
    /// Reason's code.
    pub reason_code: Option<String>,
    /// Reason's sentence.
    pub reason_detail: Option<String>,
    /// Whether somebody asked to cancel it.
    pub cancel: bool,
    /// When it was queued.
    pub queued_at: OffsetDateTime,
    /// When it was claimed.
    pub claimed_at: Option<OffsetDateTime>,
    /// When it ended.
    pub finished_at: Option<OffsetDateTime>,
    /// Report of the deciding attempt.
    pub report: Option<Json<RunReport>>,
    /// Bytes of the latest attempt's log.
    pub log_bytes: i64,
    /// Waiting jobs that come first; `None` when it does not wait.
    pub ahead: Option<i64>,
}

#[derive(FromRow)]
struct FrameRow {
    seq: i32,
    label: String,
    guest_ns: i64,
    width: i32,
    height: i32,
    led: String,
    blob: Vec<u8>,
}

impl TryFrom<FrameRow> for FrameInfo {
    type Error = DbError;
    fn try_from(row: FrameRow) -> DbResult<Self> {
        Ok(Self {
            seq: row.seq.unsigned_abs(),
            label: row.label,
            guest_ns: unsigned(row.guest_ns),
            width: row.width.unsigned_abs(),
            height: row.height.unsigned_abs(),
            digest: digest_of("frame", &row.blob)?,
            led: row.led,
        })
    }
}

#[derive(FromRow)]
struct CheckRow {
    step: i32,
    title: String,
    outcome: String,
    detail: String,
    evidence: Json<Vec<Evidence>>,
}

impl TryFrom<CheckRow> for CheckResult {
    type Error = DbError;
    fn try_from(row: CheckRow) -> DbResult<Self> {
        let outcome = match row.outcome.as_str() {
            "passed" => CheckOutcome::Passed,
            "failed" => CheckOutcome::Failed,
            "not-reached" => CheckOutcome::NotReached,
            other => return Err(DbError::corrupt("check_result", format!("outcome '{other}'"))),
        };
        let (step, evidence) = (row.step.unsigned_abs(), row.evidence.0);
        Ok(Self { step, title: row.title, outcome, detail: row.detail, evidence })
    }
}

/// A step that began.
#[derive(Debug, Clone, FromRow)]
pub struct StepRow {
    /// Index from 0.
    pub step: i32,
    /// In words.
    pub title: String,
    /// Guest time in nanoseconds.
    pub guest_ns: i64,
}

#[derive(FromRow)]
struct ChangeRow {
    path: String,
    kind: String,
    size: i64,
    blob: Option<Vec<u8>>,
}

impl TryFrom<ChangeRow> for CardChange {
    type Error = DbError;
    fn try_from(row: ChangeRow) -> DbResult<Self> {
        let kind = match row.kind.as_str() {
            "added" => CardChangeKind::Added,
            "changed" => CardChangeKind::Changed,
            "removed" => CardChangeKind::Removed,
            other => return Err(DbError::corrupt("card_change", format!("kind '{other}'"))),
        };
        let digest = row.blob.as_deref().map(|blob| digest_of("card_change", blob)).transpose()?;
        Ok(Self { path: row.path, kind, size: unsigned(row.size), digest })
    }
}

/// A job in a list.
#[derive(Debug, Clone, FromRow)]
pub struct JobLineRow {
    /// Job.
    pub id: Uuid,
    /// Build's name.
    pub build_name: String,
    /// Camera.
    pub camera: String,
    /// Scenario's name.
    pub scenario: String,
    /// State's word.
    pub state: String,
    /// Verdict's word.
    pub verdict: Option<String>,
    /// Sentence of the reason.
    pub reason_detail: Option<String>,
    /// When it was queued.
    pub queued_at: OffsetDateTime,
}

impl PgDb {
    /// A job and what it is a cell of.
    pub async fn job_page(&self, id: JobId) -> DbResult<Option<JobPageRow>> {
        let row = sqlx::query_as(
            "select j.id, j.batch, t.name as batch_name, j.build, b.name as build_name, j.camera,
             s.name as scenario, j.rom_set, r.firmware, r.open_firmware, j.state, j.verdict, j.reason_code, j.reason_detail, j.cancel,
             j.queued_at, j.claimed_at, j.finished_at, j.report, coalesce(a.log_bytes, 0) as log_bytes,
             case when j.state = 'queued' then
                 (select count(*) from job q where q.state = 'queued'
                  and (q.priority, q.queued_at, q.position) < (j.priority, j.queued_at, j.position)) end as ahead
             from job j join batch t on t.id = j.batch join build b on b.id = j.build
             join scenario s on s.id = j.scenario left join rom_set r on r.id = j.rom_set
             left join attempt a on a.job = j.id and a.number = j.attempts
             where j.id = $1",
        );
        Ok(row.bind(id.0).fetch_optional(self.pool()).await?)
    }

    /// Whether a job has ended; `None`: no such job.
    pub async fn job_finished(&self, id: JobId) -> DbResult<Option<bool>> {
        let found = sqlx::query_scalar("select state = 'finished' from job where id = $1");
        Ok(found.bind(id.0).fetch_optional(self.pool()).await?)
    }

    /// The film strip of the latest attempt.
    pub async fn frames(&self, job: JobId) -> DbResult<Vec<FrameInfo>> {
        let rows: Vec<FrameRow> = sqlx::query_as(
            "select f.seq, f.label, f.guest_ns, f.width, f.height, f.led, f.blob
             from frame f join job j on j.id = f.job and j.attempts = f.number where f.job = $1 order by f.seq",
        )
        .bind(job.0)
        .fetch_all(self.pool())
        .await?;
        rows.into_iter().map(FrameInfo::try_from).collect()
    }

    /// Every expected check: the latest attempt's row, or the one written when the job was made.
    pub async fn checks(&self, job: JobId) -> DbResult<Vec<CheckResult>> {
        let rows: Vec<CheckRow> = sqlx::query_as(
            "select distinct on (c.step) c.step, c.title, c.outcome, c.detail, c.evidence
             from check_result c join job j on j.id = c.job
             where c.job = $1 and c.number in (0, j.attempts) order by c.step, c.number desc",
        )
        .bind(job.0)
        .fetch_all(self.pool())
        .await?;
        rows.into_iter().map(CheckResult::try_from).collect()
    }

    /// The steps that the latest attempt began.
    pub async fn steps(&self, job: JobId) -> DbResult<Vec<StepRow>> {
        let rows = sqlx::query_as(
            "select p.step, p.title, p.guest_ns from job_step p join job j on j.id = p.job and j.attempts = p.number
             where p.job = $1 order by p.step",
        );
        Ok(rows.bind(job.0).fetch_all(self.pool()).await?)
    }

    /// What the latest attempt changed on its card.
    pub async fn card_changes(&self, job: JobId) -> DbResult<Vec<CardChange>> {
        let rows: Vec<ChangeRow> = sqlx::query_as(
            "select c.path, c.kind, c.size, c.blob
             from card_change c join job j on j.id = c.job and j.attempts = c.number where c.job = $1 order by c.path",
        )
        .bind(job.0)
        .fetch_all(self.pool())
        .await?;
        rows.into_iter().map(CardChange::try_from).collect()
    }

    /// The latest jobs of a camera, newest first.
    pub async fn camera_jobs(&self, camera: &str, limit: u32) -> DbResult<Vec<JobLineRow>> {
        let rows = sqlx::query_as(
            "select j.id, b.name as build_name, j.camera, s.name as scenario, j.state, j.verdict, j.reason_detail,
             j.queued_at
             from job j join build b on b.id = j.build join scenario s on s.id = j.scenario
             where j.camera = $1 order by j.queued_at desc, j.id desc limit $2",
        );
        Ok(rows.bind(camera).bind(i64::from(limit)).fetch_all(self.pool()).await?)
    }
}

//! Batches and their sheets.

use super::Before;
use crate::db::{DbResult, PgDb, unsigned};
use darkroom_protocol::{BatchId, BuildId};
use sqlx::FromRow;
use sqlx::types::Json;
use std::collections::BTreeMap;
use time::OffsetDateTime;
use uuid::Uuid;

/// A batch in a list, with its jobs per verdict or state.
#[derive(Debug, Clone, FromRow)]
pub struct BatchLineRow {
    /// Id.
    pub id: Uuid,
    /// Name.
    pub name: String,
    /// Who submitted it.
    pub created_by: String,
    /// When.
    pub created_at: OffsetDateTime,
    /// When its last job ended.
    pub finished_at: Option<OffsetDateTime>,
    /// Word of verdict or state → jobs.
    pub counts: Json<BTreeMap<String, u64>>,
}

/// A job as a frame of the sheet.
#[derive(Debug, Clone, FromRow)]
pub struct CellRow {
    /// Job.
    pub id: Uuid,
    /// Camera.
    pub camera: String,
    /// Build.
    pub build: Uuid,
    /// Its name.
    pub build_name: String,
    /// Scenario's name.
    pub scenario: String,
    /// Version that the open firmware stands for, when it runs on that.
    pub open_firmware: Option<String>,
    /// State's word.
    pub state: String,
    /// Verdict's word.
    pub verdict: Option<String>,
    /// Sentence of the reason.
    pub reason_detail: Option<String>,
    /// Digest of the last frame of the latest attempt.
    pub thumb: Option<Vec<u8>>,
}

/// What the farm is doing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pulse {
    /// Workers that may take a job.
    pub workers: u64,
    /// Jobs that run.
    pub running: u64,
    /// Jobs that wait.
    pub waiting: u64,
}

/// The start of every query for [`BatchLineRow`]; each place that uses it adds its own condition.
macro_rules! batch_lines {
    ($rest:literal) => {
        concat!(
            "select b.id, b.name, b.created_by, b.created_at, b.finished_at,
             coalesce((select jsonb_object_agg(word, n) from
                 (select coalesce(verdict, state) as word, count(*) as n from job where batch = b.id group by 1) t),
                 '{}') as counts
             from batch b where ",
            $rest
        )
    };
}

impl PgDb {
    /// A batch with its tally.
    pub async fn batch_line(&self, id: BatchId) -> DbResult<Option<BatchLineRow>> {
        let row = sqlx::query_as(batch_lines!("b.id = $1"));
        Ok(row.bind(id.0).fetch_optional(self.pool()).await?)
    }

    /// The newest batches made before `before`, at most `limit`.
    pub async fn batch_lines(&self, before: Option<Before>, limit: u32) -> DbResult<Vec<BatchLineRow>> {
        let rows = sqlx::query_as(batch_lines!(
            "$1::timestamptz is null or (b.created_at, b.id) < ($1, $2)
             order by b.created_at desc, b.id desc limit $3"
        ));
        let rows = rows.bind(before.map(|before| before.at)).bind(before.map(|before| before.id));
        Ok(rows.bind(i64::from(limit)).fetch_all(self.pool()).await?)
    }

    /// The newest batches in which a build ran, at most `limit`.
    pub async fn batch_lines_of_build(&self, build: BuildId, limit: u32) -> DbResult<Vec<BatchLineRow>> {
        let rows = sqlx::query_as(batch_lines!(
            "b.id in (select batch from job where build = $1) order by b.created_at desc, b.id desc limit $2"
        ));
        Ok(rows.bind(build.0).bind(i64::from(limit)).fetch_all(self.pool()).await?)
    }

    /// The sheet of a batch, in the order of its jobs.
    pub async fn cells(&self, batch: BatchId) -> DbResult<Vec<CellRow>> {
        let rows = sqlx::query_as(
            "select j.id, j.camera, j.build, b.name as build_name, s.name as scenario, j.state, j.verdict,
             j.reason_detail, r.open_firmware, f.blob as thumb
             from job j join build b on b.id = j.build join scenario s on s.id = j.scenario
             left join rom_set r on r.id = j.rom_set
             left join lateral (select blob from frame where job = j.id and number = j.attempts
                                order by seq desc limit 1) f on true
             where j.batch = $1 order by j.position",
        );
        Ok(rows.bind(batch.0).fetch_all(self.pool()).await?)
    }

    /// What the farm is doing.
    pub async fn pulse(&self) -> DbResult<Pulse> {
        let (workers, running, waiting): (i64, i64, i64) = sqlx::query_as(
            "select (select count(*) from worker where gone_at is null),
             (select count(*) from job where state = 'running'), (select count(*) from job where state = 'queued')",
        )
        .fetch_one(self.pool())
        .await?;
        Ok(Pulse { workers: unsigned(workers), running: unsigned(running), waiting: unsigned(waiting) })
    }
}

//! What a running attempt sends: log, steps, frames, checks. Each call may come twice.

use super::attempts::{AttemptKey, Fence, Held, Lease, hold, job_changed};
use super::{DbResult, PgDb, Tx, blobs, listen, signed, unsigned};
use crate::live::LiveEvent;
use darkroom_protocol::report::{CardChange, CardChangeKind, FrameInfo};
use darkroom_protocol::verdict::{CheckOutcome, CheckResult};
use darkroom_protocol::worker::{Event, EventBatch};
use darkroom_protocol::{BatchId, Digest, JobId};
use sqlx::types::Json;

/// What a log write did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogWrite {
    /// Length of the log now.
    pub end: u64,
}

impl PgDb {
    /// Appends to the log at `offset`; bytes that are there already are not doubled.
    pub async fn append_log(&self, key: &AttemptKey, offset: u64, bytes: &[u8]) -> Result<LogWrite, Fence> {
        let mut tx = self.begin().await?;
        let held = hold(&mut tx, key, Lease::Held).await?;
        let have = unsigned(held.log_bytes.unwrap_or(0));
        let cap = unsigned(held.log_cap.unwrap_or(0));
        if offset > have {
            return Err(Fence::LogGap { expected: have, offset });
        }
        let end = offset.saturating_add(bytes.len() as u64);
        if end > cap {
            return Err(Fence::TooMuch { what: "log bytes", cap });
        }
        let known = usize::try_from(have - offset).unwrap_or(usize::MAX);
        let Some(fresh) = bytes.get(known..).filter(|fresh| !fresh.is_empty()) else {
            return Ok(LogWrite { end: have });
        };
        insert_log(&mut tx, key, have, end, fresh).await?;
        listen::announce(&mut tx, LiveEvent::Log { job: key.job, end }).await?;
        tx.commit().await?;
        Ok(LogWrite { end })
    }

    /// Takes events in order; those that came before are ignored.
    pub async fn take_events(&self, key: &AttemptKey, batch: &EventBatch) -> Result<(), Fence> {
        let mut tx = self.begin().await?;
        let mut held = hold(&mut tx, key, Lease::Held).await?;
        let next = unsigned(held.next_event.unwrap_or(0));
        if batch.first > next {
            return Err(Fence::EventGap { expected: next, first: batch.first });
        }
        let known = usize::try_from(next - batch.first).unwrap_or(usize::MAX);
        let fresh = batch.events.get(known..).unwrap_or_default();
        if fresh.is_empty() {
            return Ok(());
        }
        for event in fresh {
            take_event(&mut tx, key, &mut held, event).await?;
        }
        sqlx::query("update attempt set next_event = $3 where job = $1 and number = $2")
            .bind(key.job.0)
            .bind(number(key))
            .bind(signed(next + fresh.len() as u64))
            .execute(&mut *tx)
            .await?;
        job_changed(&mut tx, held.batch, key.job.0).await?;
        Ok(tx.commit().await?)
    }
}

fn number(key: &AttemptKey) -> i64 {
    i64::from(key.number.0)
}

async fn insert_log(tx: &mut Tx, key: &AttemptKey, start: u64, end: u64, bytes: &[u8]) -> DbResult<()> {
    sqlx::query("insert into log_chunk (job, number, start, bytes) values ($1, $2, $3, $4)")
        .bind(key.job.0)
        .bind(number(key))
        .bind(signed(start))
        .bind(bytes)
        .execute(&mut **tx)
        .await?;
    sqlx::query("update attempt set log_bytes = $3 where job = $1 and number = $2")
        .bind(key.job.0)
        .bind(number(key))
        .bind(signed(end))
        .execute(&mut **tx)
        .await?;
    Ok(())
}

async fn take_event(tx: &mut Tx, key: &AttemptKey, held: &mut Held, event: &Event) -> Result<(), Fence> {
    match event {
        Event::Started => Ok(()),
        Event::Step { index, title, guest_ns } => Ok(insert_step(tx, key, *index, title, *guest_ns).await?),
        Event::Frame(frame) => insert_frame(tx, key, held, frame).await,
        Event::Check(check) => {
            require_blobs(tx, check.evidence.iter().map(|proof| proof.digest).collect()).await?;
            Ok(insert_check(tx, key, check).await?)
        }
    }
}

async fn insert_step(tx: &mut Tx, key: &AttemptKey, step: u32, title: &str, guest_ns: u64) -> DbResult<()> {
    sqlx::query(
        "insert into job_step (job, number, step, title, guest_ns) values ($1, $2, $3, $4, $5)
         on conflict do nothing",
    )
    .bind(key.job.0)
    .bind(number(key))
    .bind(i64::from(step))
    .bind(clean(title))
    .bind(signed(guest_ns))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

async fn insert_frame(
    tx: &mut Tx,
    key: &AttemptKey,
    held: &mut Held,
    frame: &FrameInfo,
) -> Result<(), Fence> {
    let cap = held.frame_cap.unwrap_or(0);
    let count = held.frames.get_or_insert(0);
    if *count >= cap {
        return Err(Fence::TooMuch { what: "frames", cap: u64::from(cap.unsigned_abs()) });
    }
    *count += 1;
    require_blobs(tx, vec![frame.digest]).await?;
    sqlx::query(
        "with strip as (update attempt set frames = frames + 1 where job = $1 and number = $2)
         insert into frame (job, number, seq, label, guest_ns, width, height, led, blob)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing",
    )
    .bind(key.job.0)
    .bind(number(key))
    .bind(i64::from(frame.seq))
    .bind(clean(&frame.label))
    .bind(signed(frame.guest_ns))
    .bind(i64::from(frame.width))
    .bind(i64::from(frame.height))
    .bind(clean(&frame.led))
    .bind(&frame.digest.0[..])
    .execute(&mut **tx)
    .await?;
    let batch = BatchId(held.batch);
    Ok(listen::announce(tx, LiveEvent::Frame { batch, job: JobId(key.job.0), seq: frame.seq }).await?)
}

/// Refuses to name blobs that are not there.
pub(super) async fn require_blobs(tx: &mut Tx, digests: Vec<Digest>) -> Result<(), Fence> {
    if digests.is_empty() {
        return Ok(());
    }
    let missing = blobs::missing_blobs(tx, &digests).await?;
    if missing.is_empty() { Ok(()) } else { Err(Fence::MissingBlobs(missing)) }
}

/// Writes or replaces the row of a check for this attempt.
pub(super) async fn insert_check(tx: &mut Tx, key: &AttemptKey, check: &CheckResult) -> DbResult<()> {
    sqlx::query(
        "insert into check_result (job, number, step, title, outcome, detail, evidence)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (job, number, step) do update set title = excluded.title, outcome = excluded.outcome,
         detail = excluded.detail, evidence = excluded.evidence",
    )
    .bind(key.job.0)
    .bind(number(key))
    .bind(i64::from(check.step))
    .bind(clean(&check.title))
    .bind(outcome_word(check.outcome))
    .bind(clean(&check.detail))
    .bind(Json(&check.evidence))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Writes a file change of this attempt.
pub(super) async fn insert_card_change(tx: &mut Tx, key: &AttemptKey, change: &CardChange) -> DbResult<()> {
    let kind = match change.kind {
        CardChangeKind::Added => "added",
        CardChangeKind::Changed => "changed",
        CardChangeKind::Removed => "removed",
    };
    sqlx::query(
        "insert into card_change (job, number, path, kind, size, blob) values ($1, $2, $3, $4, $5, $6)
         on conflict do nothing",
    )
    .bind(key.job.0)
    .bind(number(key))
    .bind(clean(&change.path))
    .bind(kind)
    .bind(signed(change.size))
    .bind(change.digest.as_ref().map(|digest| &digest.0[..]))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

fn outcome_word(outcome: CheckOutcome) -> &'static str {
    match outcome {
        CheckOutcome::Passed => "passed",
        CheckOutcome::Failed => "failed",
        CheckOutcome::NotReached => "not-reached",
    }
}

/// Text that a column takes: Postgres has no NUL in text.
pub(super) fn clean(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

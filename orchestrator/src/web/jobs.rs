//! A job: its page, its frames, cancel and retry.

use super::html::{Page, PageResult, parts};
use super::logs::{self, LogQuery};
use super::marks::{mark, name_or_id};
use super::visitor::{Submitter, Visitor};
use super::why;
use crate::db::{DbResult, JobPageRow, StepRow, reason_of};
use crate::error::Refusal;
use crate::state::AppState;
use axum::extract::{Path, Query, State};
use axum::response::{Redirect, Response};
use darkroom_protocol::report::{FrameInfo, RunReport};
use darkroom_protocol::{BatchId, BuildId, JobId, RomSetId};
use darkroom_web_ui::view::Room;
use darkroom_web_ui::view::job::{Figures, FramePage, JobHead, JobPage, StepView};

/// `GET /jobs/{id}`
pub(super) async fn page(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(query): Query<LogQuery>,
) -> PageResult<Page<JobPage>> {
    Ok(Page(view(&state, &visitor, job_id(&id)?, &query).await?))
}

/// `GET /jobs/{id}/live`: the parts of the page that change; the log grows by itself.
pub(super) async fn live(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> PageResult<Response> {
    let page = view(&state, &visitor, job_id(&id)?, &LogQuery::nothing()).await?;
    Ok(parts(&[&page.as_upper(), &page.as_lower()]))
}

/// `GET /jobs/{id}/frames/{seq}`
pub(super) async fn frame(
    State(state): State<AppState>,
    visitor: Visitor,
    Path((id, seq)): Path<(String, String)>,
) -> PageResult<Page<FramePage>> {
    let id = job_id(&id)?;
    let head = head(&row(&state, id).await?)?;
    let frames = state.db.frames(id).await?;
    let at = frames.iter().position(|frame| frame.seq.to_string() == seq);
    let at = at.ok_or_else(|| Refusal::not_found("frame", seq))?;
    let seq_at = |at: usize| frames.get(at).map(|frame: &FrameInfo| frame.seq);
    Ok(Page(FramePage {
        shell: visitor.shell(format!("Frame {} of {}", frames[at].seq + 1, head.name()), Room::Sheets),
        head,
        of: frames.len(),
        earlier: at.checked_sub(1).and_then(seq_at),
        later: seq_at(at + 1),
        frame: frames[at].clone(),
    }))
}

/// `POST /jobs/{id}/cancel`
pub(super) async fn cancel(
    State(state): State<AppState>,
    _: Submitter,
    Path(id): Path<String>,
) -> PageResult<Redirect> {
    let id = job_id(&id)?;
    state.queue.cancel_job(id).await?;
    Ok(Redirect::to(&format!("/jobs/{id}")))
}

/// `POST /jobs/{id}/retry`
pub(super) async fn retry(
    State(state): State<AppState>,
    _: Submitter,
    Path(id): Path<String>,
) -> PageResult<Redirect> {
    let id = job_id(&id)?;
    state.queue.retry_job(id).await?;
    Ok(Redirect::to(&format!("/jobs/{id}")))
}

/// The id in a path.
pub(super) fn job_id(text: &str) -> Result<JobId, Refusal> {
    text.parse().map_err(|_| Refusal::not_found("job", text))
}

/// The job's row.
pub(super) async fn row(state: &AppState, id: JobId) -> PageResult<JobPageRow> {
    Ok(state.db.job_page(id).await?.ok_or_else(|| Refusal::not_found("job", id))?)
}

/// Which cell the job is.
pub(super) fn head(row: &JobPageRow) -> DbResult<JobHead> {
    Ok(JobHead {
        id: JobId(row.id),
        batch: BatchId(row.batch),
        batch_name: name_or_id(row.batch_name.clone(), &row.batch.to_string()),
        build: BuildId(row.build),
        build_name: row.build_name.clone(),
        camera: row.camera.clone(),
        scenario: row.scenario.clone(),
        rom_set: row.rom_set.map(RomSetId).zip(row.firmware.clone()),
        open_firmware: row.open_firmware.clone(),
        mark: mark(&row.state, row.verdict.as_deref())?,
        reason: reason_of(row.reason_code.as_deref(), row.reason_detail.clone())?,
        queued_at: row.queued_at,
        claimed_at: row.claimed_at,
        finished_at: row.finished_at,
    })
}

async fn view(state: &AppState, visitor: &Visitor, id: JobId, query: &LogQuery) -> PageResult<JobPage> {
    let row = row(state, id).await?;
    let head = head(&row)?;
    let report = row.report.as_ref().map(|report| &report.0);
    let log = logs::read(state, &row, head.mark.is_done(), query).await?;
    Ok(JobPage {
        shell: visitor.shell(head.name(), Room::Sheets),
        why: why::job(&row, state.db.pulse().await?),
        frames: state.db.frames(id).await?,
        frames_capped: report.is_some_and(|report| report.frames_capped),
        checks: state.db.checks(id).await?,
        steps: state.db.steps(id).await?.into_iter().map(step).collect(),
        log,
        changes: state.db.card_changes(id).await?,
        faults: report.map(|report| report.faults.clone()).unwrap_or_default(),
        unknown: report.map(|report| report.unknown_accesses.clone()).unwrap_or_default(),
        inside: report.map(|report| report.guest.clone()).unwrap_or_default(),
        attempts: state.db.attempts(id).await?,
        figures: report.map(figures),
        may_submit: visitor.may_submit(),
        head,
    })
}

fn step(row: StepRow) -> StepView {
    StepView { index: row.step.unsigned_abs(), title: row.title, guest_ns: row.guest_ns.unsigned_abs() }
}

fn figures(report: &RunReport) -> Figures {
    Figures {
        stop: report.stop.clone(),
        guest_ns: report.guest_ns,
        instructions: report.instructions,
        host_ms: report.host_ms,
        engine: report.engine.clone(),
        state_hash: report.state_hash.clone(),
    }
}

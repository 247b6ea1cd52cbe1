//! Batches: list, sheet, cancel.

use super::forms::Older;
use super::html::{Page, PageResult, parts};
use super::marks::{batch_line, cell};
use super::visitor::{Submitter, Visitor};
use super::why;
use crate::db::DbResult;
use crate::error::Refusal;
use crate::state::AppState;
use axum::extract::{Path, Query, State};
use axum::response::{Redirect, Response};
use darkroom_protocol::BatchId;
use darkroom_web_ui::Mark;
use darkroom_web_ui::matrix::Matrix;
use darkroom_web_ui::view::Room;
use darkroom_web_ui::view::batch::{BatchPage, BatchesPage};
use darkroom_web_ui::view::overview::BatchLine;
use serde::Deserialize;
use time::OffsetDateTime;

/// Batches per page.
const PAGE: u32 = 40;

/// Which frames stand out.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Filter {
    verdict: Option<String>,
}

/// Address of the batches older than `line`.
pub(super) fn older_than(line: &BatchLine) -> String {
    format!("/batches?{}", Older::after(line.created_at, line.id.0))
}

/// `GET /batches`
pub(super) async fn list(
    State(state): State<AppState>,
    visitor: Visitor,
    Query(older): Query<Older>,
) -> PageResult<Page<BatchesPage>> {
    let rows = state.db.batch_lines(older.before(), PAGE + 1).await?;
    let mut batches: Vec<_> = rows.into_iter().map(batch_line).collect();
    let more = batches.len() > PAGE as usize;
    batches.truncate(PAGE as usize);
    let older = batches.last().filter(|_| more).map(older_than);
    let shell = visitor.shell("Sheets", Room::Sheets);
    Ok(Page(BatchesPage { shell, now: OffsetDateTime::now_utc(), batches, older }))
}

/// `GET /batches/{id}`
pub(super) async fn page(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(filter): Query<Filter>,
) -> PageResult<Page<BatchPage>> {
    Ok(Page(view(&state, &visitor, batch_id(&id)?, &filter).await?))
}

/// `GET /batches/{id}/live`: the parts of the page that change.
pub(super) async fn live(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(filter): Query<Filter>,
) -> PageResult<Response> {
    Ok(parts(&[&view(&state, &visitor, batch_id(&id)?, &filter).await?.as_live()]))
}

/// `POST /batches/{id}/cancel`
pub(super) async fn cancel(
    State(state): State<AppState>,
    _: Submitter,
    Path(id): Path<String>,
) -> PageResult<Redirect> {
    let id = batch_id(&id)?;
    state.queue.cancel_batch(id).await?;
    Ok(Redirect::to(&format!("/batches/{id}")))
}

/// The id in a path.
pub(super) fn batch_id(text: &str) -> Result<BatchId, Refusal> {
    text.parse().map_err(|_| Refusal::not_found("batch", text))
}

/// The sheet of a batch.
pub(super) async fn matrix(state: &AppState, id: BatchId, filter: Option<Mark>) -> DbResult<Matrix> {
    let cells = state.db.cells(id).await?.into_iter().map(cell).collect::<DbResult<_>>()?;
    Ok(Matrix::new(cells, filter))
}

async fn view(state: &AppState, visitor: &Visitor, id: BatchId, filter: &Filter) -> PageResult<BatchPage> {
    let row = state.db.batch_line(id).await?.ok_or_else(|| Refusal::not_found("batch", id))?;
    let batch = batch_line(row);
    let filter = filter.verdict.as_deref().and_then(Mark::from_word);
    Ok(BatchPage {
        shell: visitor.shell(batch.name.clone(), Room::Sheets),
        now: OffsetDateTime::now_utc(),
        why: why::batch(&batch.tally, state.db.pulse().await?),
        matrix: matrix(state, id, filter).await?,
        batch,
        may_cancel: visitor.may_submit(),
    })
}

//! Builds: list, detail, another run.

use super::forms::Older;
use super::html::{Page, PageResult};
use super::marks::batch_line;
use super::visitor::{Submitter, Visitor};
use crate::db::BuildLineRow;
use crate::error::Refusal;
use crate::state::AppState;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::Redirect;
use darkroom_protocol::BuildId;
use darkroom_protocol::api::{Submit, SubmitRun};
use darkroom_web_ui::view::Room;
use darkroom_web_ui::view::builds::{BuildLine, BuildPage, BuildsPage};
use serde::Deserialize;
use time::OffsetDateTime;

/// Builds per page.
const PAGE: u32 = 40;
/// Batches on a build's page.
const BATCHES: u32 = 20;
/// Priority of what people start by hand.
pub(super) const PRIORITY: i16 = 50;

/// `GET /builds`
pub(super) async fn list(
    State(state): State<AppState>,
    visitor: Visitor,
    Query(older): Query<Older>,
) -> PageResult<Page<BuildsPage>> {
    let mut rows = state.db.build_lines(older.before(), PAGE + 1).await?;
    let more = rows.len() > PAGE as usize;
    rows.truncate(PAGE as usize);
    let older = rows.last().filter(|_| more);
    let older = older.map(|row| format!("/builds?{}", Older::after(row.created_at, row.id)));
    let shell = visitor.shell("Builds", Room::Builds);
    let builds = rows.into_iter().map(line).collect();
    Ok(Page(BuildsPage { shell, now: OffsetDateTime::now_utc(), builds, older }))
}

fn line(row: BuildLineRow) -> BuildLine {
    BuildLine {
        id: BuildId(row.id),
        name: row.name,
        by: row.created_by,
        cameras: row.cameras,
        size: row.size.unsigned_abs(),
        created_at: row.created_at,
    }
}

/// `GET /builds/{id}`
pub(super) async fn page(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> PageResult<Page<BuildPage>> {
    let id = build_id(&id)?;
    let build = state.db.build(id).await?.ok_or_else(|| Refusal::not_found("build", id))?;
    let batches = state.db.batch_lines_of_build(id, BATCHES).await?;
    let scenarios = state.db.scenarios().await?;
    Ok(Page(BuildPage {
        shell: visitor.shell(build.name.clone(), Room::Builds),
        now: OffsetDateTime::now_utc(),
        by: state.db.build_author(id).await?,
        batches: batches.into_iter().map(batch_line).collect(),
        scenarios: scenarios.into_iter().map(|scenario| scenario.name).collect(),
        may_submit: visitor.may_submit(),
        build,
    }))
}

/// Another run of a build.
#[derive(Debug, Deserialize)]
pub(super) struct Run {
    scenario: String,
}

/// `POST /builds/{id}/run`
pub(super) async fn run(
    State(state): State<AppState>,
    Submitter(visitor): Submitter,
    Path(id): Path<String>,
    Form(Run { scenario }): Form<Run>,
) -> PageResult<Redirect> {
    let id = build_id(&id)?;
    let build = state.db.build(id).await?.ok_or_else(|| Refusal::not_found("build", id))?;
    let submit = Submit {
        name: build.name,
        runs: vec![SubmitRun { build: id, scenarios: vec![scenario] }],
        cameras: Vec::new(),
        firmware: None,
        priority: PRIORITY,
    };
    let outcome = state.queue.submit(visitor.name(), &submit, None).await?;
    Ok(Redirect::to(&format!("/batches/{}", outcome.batch)))
}

fn build_id(text: &str) -> Result<BuildId, Refusal> {
    text.parse().map_err(|_| Refusal::not_found("build", text))
}

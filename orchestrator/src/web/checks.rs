//! The pictures of one check, large.

use super::html::{Page, PageResult};
use super::jobs::{head, job_id, row};
use super::visitor::Visitor;
use crate::error::Refusal;
use crate::state::AppState;
use axum::extract::{Path, State};
use darkroom_web_ui::view::Room;
use darkroom_web_ui::view::job::CheckPage;

/// `GET /jobs/{id}/checks/{step}`
pub(super) async fn page(
    State(state): State<AppState>,
    visitor: Visitor,
    Path((id, step)): Path<(String, String)>,
) -> PageResult<Page<CheckPage>> {
    let id = job_id(&id)?;
    let head = head(&row(&state, id).await?)?;
    let checks = state.db.checks(id).await?;
    let check = checks.into_iter().find(|check| check.step.to_string() == step);
    let check = check.ok_or_else(|| Refusal::not_found("check", step))?;
    Ok(Page(CheckPage { shell: visitor.shell(check.title.clone(), Room::Sheets), head, check }))
}

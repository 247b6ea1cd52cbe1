//! Scenarios.

use super::html::{Page, PageResult};
use super::visitor::Visitor;
use crate::error::{Kind, Refusal};
use crate::state::AppState;
use axum::extract::{Path, State};
use darkroom_protocol::scenario::Scenario;
use darkroom_web_ui::view::Room;
use darkroom_web_ui::view::scenarios::{ReferenceView, ScenarioPage, ScenariosPage};

/// `GET /scenarios`
pub(super) async fn list(State(state): State<AppState>, visitor: Visitor) -> PageResult<Page<ScenariosPage>> {
    let shell = visitor.shell("Scenarios", Room::Scenarios);
    Ok(Page(ScenariosPage { shell, scenarios: state.db.scenarios().await? }))
}

/// `GET /scenarios/{name}`
pub(super) async fn page(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(name): Path<String>,
) -> PageResult<Page<ScenarioPage>> {
    let row = state.db.scenario_page(&name).await?.ok_or_else(|| Refusal::not_found("scenario", &name))?;
    let scenario = Scenario::parse(&name, &row.source)
        .map_err(|error| Refusal::new(Kind::Internal, "internal", format!("stored scenario: {error}")))?;
    let reference = |(name, camera, digest)| ReferenceView { name, camera, digest };
    Ok(Page(ScenarioPage {
        shell: visitor.shell(name, Room::Scenarios),
        id: row.id,
        scenario,
        source: row.source,
        created_at: row.created_at,
        references: row.references.into_iter().map(reference).collect(),
    }))
}

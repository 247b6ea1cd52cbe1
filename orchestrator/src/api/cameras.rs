//! `/cameras`.

use super::extract::Raw;
use crate::auth::{Caller, Scope};
use crate::error::{Answer, Refusal};
use crate::state::AppState;
use axum::extract::State;
use axum::http::StatusCode;
use darkroom_protocol::api::{ApiError, Camera};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list, add))
}

/// All cameras that the farm knows.
#[utoipa::path(get, path = "/cameras", responses((status = 200, body = [Camera])), security(("token" = [])))]
async fn list(State(state): State<AppState>, caller: Caller) -> Answer<axum::Json<Vec<Camera>>> {
    caller.require(Scope::Read)?;
    Ok(axum::Json(state.db.cameras().await?.into_iter().map(|row| row.camera).collect()))
}

/// Adds a camera from the text of its file.
#[utoipa::path(post, path = "/cameras", request_body(content = String, content_type = "application/toml"),
    responses((status = 201, body = Camera), (status = 409, body = ApiError), (status = 422, body = ApiError)),
    security(("token" = [])))]
async fn add(
    State(state): State<AppState>,
    caller: Caller,
    Raw(body): Raw,
) -> Answer<(StatusCode, axum::Json<Camera>)> {
    caller.require(Scope::Admin)?;
    let text = std::str::from_utf8(&body);
    let text = text.map_err(|error| Refusal::invalid("bad-camera", format!("camera file: {error}")))?;
    Ok((StatusCode::CREATED, axum::Json(state.intake.camera(text).await?)))
}

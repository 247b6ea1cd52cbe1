//! `/builds`.

use super::extract::{Path, Query};
use crate::auth::{Caller, Scope};
use crate::error::{Answer, Refusal};
use crate::intake;
use crate::state::AppState;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use darkroom_protocol::api::{ApiError, Build};
use darkroom_protocol::{BuildId, CameraName};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    // The upload is streamed and counted by the handler.
    OpenApiRouter::new().routes(routes!(upload)).routes(routes!(read)).layer(DefaultBodyLimit::disable())
}

/// About an upload.
#[derive(Debug, Deserialize, IntoParams)]
struct About {
    /// Name of the file, for example `magiclantern-Nightly.2018Jul03.60D111.zip`.
    name: String,
    /// Cameras picked by hand, separated by commas.
    #[serde(default)]
    cameras: String,
}

/// Stores a build: a nightly zip, a bundle of zips or folders, or an `autoexec.bin`.
#[utoipa::path(post, path = "/builds", params(About),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = Build), (status = 413, body = ApiError), (status = 422, body = ApiError)),
    security(("token" = [])))]
async fn upload(
    State(state): State<AppState>,
    caller: Caller,
    Query(about): Query<About>,
    body: Body,
) -> Answer<(StatusCode, axum::Json<Build>)> {
    caller.require(Scope::Submit)?;
    let upload = intake::spool(body.into_data_stream(), state.limits.upload_bytes).await?;
    let cameras = about.cameras.split(',').map(str::trim).filter(|name| !name.is_empty());
    let cameras: Vec<CameraName> = cameras.map(|name| CameraName(name.to_owned())).collect();
    let build = state.intake.build(&caller.name, &about.name, upload, &cameras).await?;
    Ok((StatusCode::CREATED, axum::Json(build)))
}

/// A build.
#[utoipa::path(get, path = "/builds/{id}", params(("id" = BuildId, Path)),
    responses((status = 200, body = Build), (status = 404, body = ApiError)), security(("token" = [])))]
async fn read(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<BuildId>,
) -> Answer<axum::Json<Build>> {
    caller.require(Scope::Read)?;
    let build = state.db.build(id).await?;
    build.map(axum::Json).ok_or_else(|| Refusal::not_found("build", id))
}

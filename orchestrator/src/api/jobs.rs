//! `/jobs`.

use super::extract::{Path, Query};
use crate::auth::{Caller, Scope};
use crate::error::{Answer, Refusal};
use crate::state::AppState;
use axum::body::Body;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use darkroom_protocol::JobId;
use darkroom_protocol::api::{ApiError, Job};
use futures_util::stream;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Bytes of log read from the database at once.
const PIECE: usize = 256 << 10;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(read))
        .routes(routes!(log))
        .routes(routes!(cancel))
        .routes(routes!(retry))
}

/// A job with its attempts and its report.
#[utoipa::path(get, path = "/jobs/{id}", params(("id" = JobId, Path)),
    responses((status = 200, body = Job), (status = 404, body = ApiError)), security(("token" = [])))]
async fn read(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<JobId>,
) -> Answer<axum::Json<Job>> {
    caller.require(Scope::Read)?;
    Ok(axum::Json(state.queue.job(id).await?))
}

/// Where to start.
#[derive(Debug, Deserialize, IntoParams)]
struct From {
    /// Leave out that many bytes at the start.
    #[serde(default)]
    offset: u64,
}

/// The console log of the latest attempt, as far as it has come.
#[utoipa::path(get, path = "/jobs/{id}/log", params(("id" = JobId, Path), From),
    responses((status = 200, content_type = "text/plain", body = Vec<u8>), (status = 404, body = ApiError)),
    security(("token" = [])))]
async fn log(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<JobId>,
    Query(from): Query<From>,
) -> Answer<Response> {
    caller.require(Scope::Read)?;
    let end = state.db.log_length(id).await?.ok_or_else(|| Refusal::not_found("job", id))?;
    let pieces = stream::try_unfold(from.offset, move |offset| {
        let db = state.db.clone();
        async move {
            if offset >= end {
                return Ok::<_, crate::db::DbError>(None);
            }
            let piece = db.log_from(id, offset, PIECE).await?;
            let next = offset + piece.len() as u64;
            // Nothing came: a newer attempt has begun and the log starts anew.
            Ok((!piece.is_empty()).then_some((piece, next)))
        }
    });
    // As a download and as plain text: what a guest prints is never a page of ours.
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"console.log\""),
    ];
    Ok((headers, Body::from_stream(pieces)).into_response())
}

/// Cancels a job: at once when it waits, by its worker when it runs.
#[utoipa::path(post, path = "/jobs/{id}/cancel", params(("id" = JobId, Path)),
    responses((status = 200, body = Job), (status = 404, body = ApiError)), security(("token" = [])))]
async fn cancel(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<JobId>,
) -> Answer<axum::Json<Job>> {
    caller.require(Scope::Submit)?;
    Ok(axum::Json(state.queue.cancel_job(id).await?))
}

/// Queues a finished job again; its earlier attempts stay.
#[utoipa::path(post, path = "/jobs/{id}/retry", params(("id" = JobId, Path)),
    responses((status = 200, body = Job), (status = 404, body = ApiError), (status = 409, body = ApiError)),
    security(("token" = [])))]
async fn retry(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<JobId>,
) -> Answer<axum::Json<Job>> {
    caller.require(Scope::Submit)?;
    Ok(axum::Json(state.queue.retry_job(id).await?))
}

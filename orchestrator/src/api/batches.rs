//! `/batches`.

use super::extract::{Json, Path, Query};
use crate::auth::{Caller, Scope};
use crate::error::{Answer, Refusal};
use crate::state::AppState;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use darkroom_protocol::BatchId;
use darkroom_protocol::api::{ApiError, Batch, Submit};
use serde::Deserialize;
use std::time::Duration;
use time::OffsetDateTime;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Header with the caller's own name for a submit.
const KEY_HEADER: &str = "idempotency-key";
/// Batches per page.
const PAGE: u32 = 50;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list, submit))
        .routes(routes!(read))
        .routes(routes!(cancel))
        .routes(routes!(junit))
}

/// Where a list goes on.
#[derive(Debug, Deserialize, IntoParams)]
struct Page {
    /// Only batches made before this time (RFC 3339).
    #[serde(default, with = "time::serde::rfc3339::option")]
    #[param(value_type = Option<String>)]
    before: Option<OffsetDateTime>,
    /// How many, at most 50.
    limit: Option<u32>,
}

/// The newest batches, without their jobs.
#[utoipa::path(get, path = "/batches", params(Page), responses((status = 200, body = [Batch])),
               security(("token" = [])))]
async fn list(
    State(state): State<AppState>,
    caller: Caller,
    Query(page): Query<Page>,
) -> Answer<axum::Json<Vec<Batch>>> {
    caller.require(Scope::Read)?;
    Ok(axum::Json(state.db.batches(page.before, page.limit.unwrap_or(PAGE).min(PAGE)).await?))
}

/// Starts a batch: builds × scenarios × cameras. With an `Idempotency-Key`, the same request again gives the same batch.
#[utoipa::path(post, path = "/batches", request_body = Submit,
    params(("Idempotency-Key" = Option<String>, Header, description = "the caller's own name for this submit")),
    responses((status = 201, body = Batch), (status = 200, body = Batch, description = "the same request came before"),
              (status = 409, body = ApiError), (status = 422, body = ApiError)),
    security(("token" = [])))]
async fn submit(
    State(state): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
    Json(submit): Json<Submit>,
) -> Answer<Response> {
    caller.require(Scope::Submit)?;
    let key = headers.get(KEY_HEADER).map(|value| value.to_str());
    let key =
        key.transpose().map_err(|_| Refusal::invalid("bad-key", "Idempotency-Key must be plain text"))?;
    let outcome = state.queue.submit(&caller.name, &submit, key).await?;
    let batch = state.queue.batch(outcome.batch).await?;
    let status = if outcome.new { StatusCode::CREATED } else { StatusCode::OK };
    let location = format!("{}/batches/{}", super::PREFIX, outcome.batch);
    Ok((status, [(header::LOCATION, location)], axum::Json(batch)).into_response())
}

/// How long to wait.
#[derive(Debug, Deserialize, IntoParams)]
struct Wait {
    /// Seconds to wait for the end of the batch, at most 300.
    #[serde(default)]
    wait: u64,
}

/// A batch with its jobs; waits for its end when asked to.
#[utoipa::path(get, path = "/batches/{id}", params(("id" = BatchId, Path), Wait),
    responses((status = 200, body = Batch), (status = 404, body = ApiError)), security(("token" = [])))]
async fn read(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<BatchId>,
    Query(wait): Query<Wait>,
) -> Answer<axum::Json<Batch>> {
    caller.require(Scope::Read)?;
    Ok(axum::Json(state.queue.wait_for_batch(id, Duration::from_secs(wait.wait)).await?))
}

/// Cancels every job of the batch that has no verdict yet.
#[utoipa::path(post, path = "/batches/{id}/cancel", params(("id" = BatchId, Path)),
    responses((status = 200, body = Batch), (status = 404, body = ApiError)), security(("token" = [])))]
async fn cancel(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<BatchId>,
) -> Answer<axum::Json<Batch>> {
    caller.require(Scope::Submit)?;
    Ok(axum::Json(state.queue.cancel_batch(id).await?))
}

/// The batch as JUnit: a suite per build and scenario, a case per camera.
#[utoipa::path(get, path = "/batches/{id}/junit.xml", params(("id" = BatchId, Path)),
    responses((status = 200, content_type = "application/xml", body = String), (status = 404, body = ApiError)),
    security(("token" = [])))]
async fn junit(State(state): State<AppState>, caller: Caller, Path(id): Path<BatchId>) -> Answer<Response> {
    caller.require(Scope::Read)?;
    let xml = super::junit::of_batch(&state, id).await?;
    Ok(([(header::CONTENT_TYPE, "application/xml; charset=utf-8")], xml).into_response())
}

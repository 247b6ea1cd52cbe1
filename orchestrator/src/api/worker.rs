//! `/worker`: the worker's side. Every call on an attempt passes the fence.

use super::extract::{Json, Path, Query, Raw};
use crate::auth::{Caller, Scope, Secret};
use crate::db::AttemptKey;
use crate::error::{Answer, Refusal};
use crate::state::AppState;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use darkroom_protocol::api::ApiError;
use darkroom_protocol::worker::{
    ATTEMPT_SECRET_HEADER, Claim, ClaimRequest, EventBatch, Finish, HeartbeatAnswer, Register, Registered,
    Release,
};
use darkroom_protocol::{AttemptNo, Digest, JobId};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Largest JSON body: a finish call with many checks, faults and card changes.
const MAX_JSON: usize = 8 << 20;
/// Largest piece of log in one call.
const MAX_LOG_PIECE: usize = 4 << 20;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    let json = OpenApiRouter::new()
        .routes(routes!(register))
        .routes(routes!(claim))
        .routes(routes!(heartbeat))
        .routes(routes!(events))
        .routes(routes!(finish))
        .routes(routes!(release))
        .layer(DefaultBodyLimit::max(MAX_JSON));
    let log = OpenApiRouter::new().routes(routes!(log)).layer(DefaultBodyLimit::max(MAX_LOG_PIECE));
    // Uploads are streamed and counted against the attempt's own cap.
    let blobs = OpenApiRouter::new().routes(routes!(put_blob, get_blob)).layer(DefaultBodyLimit::disable());
    json.merge(log).merge(blobs)
}

/// A caller with the scope `worker`.
struct Worker;

impl FromRequestParts<AppState> for Worker {
    type Rejection = Refusal;
    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Answer<Self> {
        Caller::from_request_parts(parts, state).await?.require(Scope::Worker)?;
        Ok(Self)
    }
}

/// The attempt that a worker speaks for: from the path and the secret's header.
struct OnAttempt(AttemptKey);

#[derive(Deserialize)]
struct AttemptPath {
    job: JobId,
    attempt: AttemptNo,
}

impl FromRequestParts<AppState> for OnAttempt {
    type Rejection = Refusal;
    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Answer<Self> {
        Worker::from_request_parts(parts, state).await?;
        let Path(AttemptPath { job, attempt }) = Path::from_request_parts(parts, state).await?;
        let secret = parts.headers.get(ATTEMPT_SECRET_HEADER).and_then(|value| value.to_str().ok());
        let secret = secret.ok_or_else(|| {
            Refusal::unauthenticated(format!("calls on an attempt need the header {ATTEMPT_SECRET_HEADER}"))
        })?;
        let secret_hash = Secret::from_text(secret).hash().0;
        Ok(Self(AttemptKey { job, number: attempt, secret_hash }))
    }
}

/// A worker slot says hello.
#[utoipa::path(post, path = "/register", request_body = Register,
    responses((status = 200, body = Registered), (status = 409, body = ApiError)), security(("token" = [])))]
async fn register(
    State(state): State<AppState>,
    _: Worker,
    Json(hello): Json<Register>,
) -> Answer<axum::Json<Registered>> {
    Ok(axum::Json(state.queue.register(&hello).await?))
}

/// Asks for work; the call is held open until there is some or the wait is over.
#[utoipa::path(post, path = "/claim", request_body = ClaimRequest,
    responses((status = 200, body = Claim), (status = 204, description = "nothing came within the wait"),
              (status = 404, body = ApiError)),
    security(("token" = [])))]
async fn claim(
    State(state): State<AppState>,
    _: Worker,
    Json(request): Json<ClaimRequest>,
) -> Answer<Response> {
    Ok(match state.queue.claim(&request).await? {
        Some(claim) => axum::Json(claim).into_response(),
        None => StatusCode::NO_CONTENT.into_response(),
    })
}

/// Renews the lease.
#[utoipa::path(post, path = "/jobs/{job}/attempts/{attempt}/heartbeat",
    params(("job" = JobId, Path), ("attempt" = AttemptNo, Path)),
    responses((status = 200, body = HeartbeatAnswer), (status = 409, body = ApiError)), security(("token" = [])))]
async fn heartbeat(
    State(state): State<AppState>,
    OnAttempt(key): OnAttempt,
) -> Answer<axum::Json<HeartbeatAnswer>> {
    Ok(axum::Json(state.queue.heartbeat(&key).await?))
}

/// Takes events in order; those that came before are ignored.
#[utoipa::path(post, path = "/jobs/{job}/attempts/{attempt}/events", request_body = EventBatch,
    params(("job" = JobId, Path), ("attempt" = AttemptNo, Path)),
    responses((status = 204), (status = 409, body = ApiError), (status = 422, body = ApiError)),
    security(("token" = [])))]
async fn events(
    State(state): State<AppState>,
    OnAttempt(key): OnAttempt,
    Json(events): Json<EventBatch>,
) -> Answer<StatusCode> {
    state.queue.events(&key, &events).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Where log bytes go.
#[derive(Debug, Deserialize, IntoParams)]
struct At {
    /// Offset of the first byte in the log.
    offset: u64,
}

/// Appends to the log; bytes that are there already are not doubled.
#[utoipa::path(post, path = "/jobs/{job}/attempts/{attempt}/log",
    params(("job" = JobId, Path), ("attempt" = AttemptNo, Path), At),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 204), (status = 409, body = ApiError), (status = 413, body = ApiError),
              (status = 422, body = ApiError)),
    security(("token" = [])))]
async fn log(
    State(state): State<AppState>,
    OnAttempt(key): OnAttempt,
    Query(at): Query<At>,
    Raw(bytes): Raw,
) -> Answer<StatusCode> {
    state.queue.append_log(&key, at.offset, &bytes).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
struct BlobPath {
    digest: Digest,
}

/// Uploads a blob; its digest is checked.
#[utoipa::path(put, path = "/jobs/{job}/attempts/{attempt}/blobs/{digest}",
    params(("job" = JobId, Path), ("attempt" = AttemptNo, Path), ("digest" = Digest, Path)),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 204), (status = 409, body = ApiError), (status = 413, body = ApiError),
              (status = 422, body = ApiError)),
    security(("token" = [])))]
async fn put_blob(
    State(state): State<AppState>,
    OnAttempt(key): OnAttempt,
    Path(BlobPath { digest }): Path<BlobPath>,
    body: Body,
) -> Answer<StatusCode> {
    let left = state.db.upload_allowance(&key).await?;
    let stored = state.blobs.put_stream(body.into_data_stream(), left, Some(digest)).await?;
    state.db.count_upload(&key, stored.size).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Downloads a blob that the job's spec names.
#[utoipa::path(get, path = "/jobs/{job}/attempts/{attempt}/blobs/{digest}",
    params(("job" = JobId, Path), ("attempt" = AttemptNo, Path), ("digest" = Digest, Path)),
    responses((status = 200, content_type = "application/octet-stream", body = Vec<u8>),
              (status = 404, body = ApiError), (status = 409, body = ApiError)),
    security(("token" = [])))]
async fn get_blob(
    State(state): State<AppState>,
    OnAttempt(key): OnAttempt,
    Path(BlobPath { digest }): Path<BlobPath>,
) -> Answer<Response> {
    state.db.check_attempt(&key).await?;
    let size = state.blobs.size(digest).await?;
    let named = state.db.spec_names_blob(key.job, digest).await?;
    let size = size.filter(|_| named).ok_or_else(|| Refusal::not_found("blob of this job", digest))?;
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::CONTENT_LENGTH, size.to_string()),
    ];
    Ok((headers, Body::from_stream(state.blobs.read(digest))).into_response())
}

/// Ends the attempt with its result; the same report twice is fine.
#[utoipa::path(post, path = "/jobs/{job}/attempts/{attempt}/finish", request_body = Finish,
    params(("job" = JobId, Path), ("attempt" = AttemptNo, Path)),
    responses((status = 204), (status = 409, body = ApiError), (status = 422, body = ApiError)),
    security(("token" = [])))]
async fn finish(
    State(state): State<AppState>,
    OnAttempt(key): OnAttempt,
    Json(finish): Json<Finish>,
) -> Answer<StatusCode> {
    state.queue.finish(&key, &finish).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Hands the job back without a result.
#[utoipa::path(post, path = "/jobs/{job}/attempts/{attempt}/release", request_body = Release,
    params(("job" = JobId, Path), ("attempt" = AttemptNo, Path)),
    responses((status = 204), (status = 409, body = ApiError)), security(("token" = [])))]
async fn release(
    State(state): State<AppState>,
    OnAttempt(key): OnAttempt,
    Json(release): Json<Release>,
) -> Answer<StatusCode> {
    state.queue.release(&key, &release.why).await?;
    Ok(StatusCode::NO_CONTENT)
}

//! `/blobs`.

use super::extract::Path;
use crate::auth::{Caller, Scope};
use crate::error::{Answer, Refusal};
use crate::state::AppState;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use darkroom_protocol::Digest;
use darkroom_protocol::api::ApiError;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(read))
}

/// A blob: a frame, a reference, a file from a card, an upload. Dumps of cameras only for administrators.
#[utoipa::path(get, path = "/blobs/{digest}", params(("digest" = Digest, Path)),
    responses((status = 200, content_type = "application/octet-stream", body = Vec<u8>),
              (status = 403, body = ApiError), (status = 404, body = ApiError)),
    security(("token" = [])))]
async fn read(
    State(state): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
    Path(digest): Path<Digest>,
) -> Answer<Response> {
    caller.require(Scope::Read)?;
    serve(&state, &caller, &headers, digest).await
}

/// A blob as an answer. A PNG may be shown in place; anything else is a download of unknown type.
async fn serve(state: &AppState, caller: &Caller, headers: &HeaderMap, digest: Digest) -> Answer<Response> {
    let size = state.blobs.size(digest).await?.ok_or_else(|| Refusal::not_found("blob", digest))?;
    state.guard_rom(caller, digest).await?;
    let tag = format!("\"{digest}\"");
    let known = headers.get(header::IF_NONE_MATCH).is_some_and(|value| value.as_bytes() == tag.as_bytes());
    let cache =
        [(header::ETAG, tag), (header::CACHE_CONTROL, "private, max-age=31536000, immutable".to_owned())];
    if known {
        return Ok((StatusCode::NOT_MODIFIED, cache).into_response());
    }
    let start = state.db.blob_chunks(digest, 0, 1).await?;
    let is_png = start.first().is_some_and(|chunk| chunk.starts_with(b"\x89PNG\r\n\x1a\n"));
    let (kind, place) =
        if is_png { ("image/png", "inline") } else { ("application/octet-stream", "attachment") };
    let about = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, place.to_owned()),
        (header::CONTENT_LENGTH, size.to_string()),
    ];
    Ok((cache, about, Body::from_stream(state.blobs.read(digest))).into_response())
}

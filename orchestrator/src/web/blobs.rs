//! Blobs: pictures inline, everything else as a download that the browser does not look into.

use super::html::PageResult;
use super::visitor::Visitor;
use crate::error::Refusal;
use crate::state::AppState;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use darkroom_protocol::Digest;
use futures_util::{StreamExt, TryStreamExt, stream};

/// How every PNG starts.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";
/// The content of a digest never changes; the answer depends on who asks, so only the browser keeps it.
const FOR_EVER: &str = "private, max-age=31536000, immutable";
/// What a blob may do when it is opened by itself: nothing.
const LOCKED: &str = "default-src 'none'; sandbox";
/// The same for a picture, which browsers put on a page of their own with styles of their own.
const LOCKED_PICTURE: &str = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'";

/// `GET /blobs/{digest}`
pub(super) async fn blob(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(digest): Path<String>,
    headers: HeaderMap,
) -> PageResult<Response> {
    let digest: Digest = digest.parse().map_err(|_| Refusal::not_found("blob", digest))?;
    let size = state.db.blob_size(digest).await?.ok_or_else(|| Refusal::not_found("blob", digest))?;
    state.guard_rom(visitor.caller(), digest).await?;
    let tag = format!("\"{digest}\"");
    if headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
        return Ok(StatusCode::NOT_MODIFIED.into_response());
    }
    content(&state, digest, size, tag).await
}

async fn content(state: &AppState, digest: Digest, size: u64, tag: String) -> PageResult<Response> {
    let mut source = Box::pin(state.blobs.read(digest));
    let first: Bytes = source.try_next().await?.unwrap_or_default();
    let (kind, disposition, policy) = if first.starts_with(PNG) {
        ("image/png", format!("inline; filename=\"{digest}.png\""), LOCKED_PICTURE)
    } else {
        ("application/octet-stream", format!("attachment; filename=\"{digest}.bin\""), LOCKED)
    };
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_LENGTH, size.to_string()),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CACHE_CONTROL, FOR_EVER.to_owned()),
        (header::ETAG, tag),
        (header::CONTENT_SECURITY_POLICY, policy.to_owned()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
    ];
    let body = Body::from_stream(stream::iter([Ok(first)]).chain(source));
    Ok((headers, body).into_response())
}

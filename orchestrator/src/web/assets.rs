//! Style sheet, script, icon: their address carries their content's hash, so they are kept for ever.

use super::html::PageError;
use crate::error::Refusal;
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use darkroom_web_ui::assets;

/// `GET /assets/{name}`
pub(super) async fn asset(Path(name): Path<String>) -> Response {
    match assets::find(&name) {
        Some(asset) => {
            let headers = [
                (header::CONTENT_TYPE, asset.content_type),
                (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
            ];
            (headers, asset.bytes).into_response()
        }
        None => PageError::from(Refusal::not_found("file", name)).into_response(),
    }
}

/// `GET /favicon.ico`: what browsers ask for where no page names an icon, as beside a picture opened by itself.
pub(super) async fn icon() -> Redirect {
    Redirect::temporary(&assets::ICON)
}

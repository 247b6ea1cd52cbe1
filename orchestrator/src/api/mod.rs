//! The API under `/api/v1`. The endpoints are those that `protocol::api` and `protocol::worker` list; the OpenAPI text
//! is made from this code.

mod batches;
mod blobs;
mod builds;
mod cameras;
mod extract;
mod jobs;
mod junit;
mod rom_sets;
mod scenarios;
mod worker;

use crate::error::{Kind, Refusal};
use crate::state::AppState;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::{Json, Router, routing};
use darkroom_protocol::api::ApiError;
use utoipa::OpenApi;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa_axum::router::OpenApiRouter;

/// Where the API stands.
pub const PREFIX: &str = "/api/v1";

#[derive(OpenApi)]
#[openapi(info(title = "Darkroom", description = "Test farm for Magic Lantern builds on emulated cameras"))]
struct Head;

/// Routes of the whole API, with its description and JSON errors for what it does not have.
pub fn routes(state: &AppState) -> Router<AppState> {
    let (router, mut description) =
        OpenApiRouter::with_openapi(Head::openapi()).nest(PREFIX, all(state)).split_for_parts();
    let bearer = SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build());
    description.components.get_or_insert_default().add_security_scheme("token", bearer);
    let description = Json(description);
    router
        .route(&format!("{PREFIX}/openapi.json"), routing::get(async move || description.clone()))
        .route(&format!("{PREFIX}/{{*rest}}"), routing::any(no_such_call))
        .method_not_allowed_fallback(wrong_method)
}

fn all(state: &AppState) -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .merge(batches::routes())
        .merge(blobs::routes())
        .merge(builds::routes())
        .merge(cameras::routes())
        .merge(jobs::routes())
        .merge(rom_sets::routes(&state.limits))
        .merge(scenarios::routes(&state.limits))
        .nest("/worker", worker::routes())
}

async fn no_such_call(uri: axum::http::Uri) -> Refusal {
    Refusal::new(Kind::NotFound, "no-such-call", format!("the API has no {}", uri.path()))
}

async fn wrong_method(method: axum::http::Method, uri: axum::http::Uri) -> Response {
    let body = ApiError {
        code: "wrong-method".to_owned(),
        message: format!("{} does not take {method}", uri.path()),
    };
    (axum::http::StatusCode::METHOD_NOT_ALLOWED, Json(body)).into_response()
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = self.kind.status();
        let body = Json(ApiError { code: self.code.to_owned(), message: self.message });
        match self.kind {
            Kind::Unauthenticated => (status, [(header::WWW_AUTHENTICATE, "Bearer")], body).into_response(),
            Kind::Unavailable => (status, [(header::RETRY_AFTER, "1")], body).into_response(),
            _ => (status, body).into_response(),
        }
    }
}

//! The application: all routes with their layers.

use crate::error::{Kind, Refusal};
use crate::state::AppState;
use crate::{api, web};
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Request, Response, header};
use axum::response::IntoResponse;
use std::any::Any;
use std::time::Duration;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::csrf::CsrfLayer;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::sensitive_headers::SetSensitiveRequestHeadersLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::RequestBodyTimeoutLayer;
use tower_http::trace::TraceLayer;

/// What pages may load: only from here, scripts and styles only as files.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; \
     connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// How long a sender may pause inside a request's body; an upload as a whole may take as long as it needs.
const BODY_PAUSE: Duration = Duration::from_secs(30);

/// Headers of every answer.
const SECURITY_HEADERS: [(HeaderName, &str); 4] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// The whole application: pages, API, layers.
///
/// Writes that a browser sends from another site are refused everywhere (`Sec-Fetch-Site`, `Origin`); programs send
/// neither header and are not concerned. Waiting calls and streams end with the state's `shutdown` token.
pub fn create_app(state: AppState) -> Router {
    let router = Router::new().merge(api::routes(&state)).merge(web::routes());
    let layers = ServiceBuilder::new()
        .layer(SetSensitiveRequestHeadersLayer::new([
            header::AUTHORIZATION,
            header::COOKIE,
            HeaderName::from_static(darkroom_protocol::worker::ATTEMPT_SECRET_HEADER),
        ]))
        .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
        .layer(TraceLayer::new_for_http().make_span_with(span_of))
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(CatchPanicLayer::custom(panicked))
        .layer(CsrfLayer::new())
        .layer(RequestBodyTimeoutLayer::new(BODY_PAUSE));
    let router = SECURITY_HEADERS.into_iter().fold(router, |router, (name, value)| {
        router.layer(SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value)))
    });
    router.layer(layers).with_state(state)
}

fn span_of(request: &Request<Body>) -> tracing::Span {
    let id = request.headers().get("x-request-id").and_then(|id| id.to_str().ok()).unwrap_or_default();
    tracing::debug_span!("request", method = %request.method(), path = request.uri().path(), id)
}

fn panicked(_: Box<dyn Any + Send + 'static>) -> Response<Body> {
    // The panic hook has written message and place to the log.
    Refusal::new(Kind::Internal, "internal", "the farm could not do that; its log says why").into_response()
}

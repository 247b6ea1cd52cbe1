//! Web pages.

use crate::state::AppState;
use axum::Router;

/// Routes of all pages.
pub fn routes() -> Router<AppState> {
    Router::new()
}

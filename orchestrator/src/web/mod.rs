//! The dashboard: one file per page. Handlers fill the view structs of `web-ui` and know no SQL.
//!
//! Every route stands in [`table`] with what it asks of the caller; a test walks it.

mod assets;
mod batches;
mod blobs;
mod builds;
mod cameras;
mod checks;
mod events;
mod forms;
mod html;
mod jobs;
mod logs;
mod marks;
mod open_firmware;
mod overview;
mod rom_sets;
mod scenarios;
mod session;
mod upload;
mod visitor;
mod why;
mod workers;

use crate::state::AppState;
use axum::Router;
use axum::http::Method;
use axum::routing::{MethodRouter, get, post};

/// What a route asks of the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Nothing: login, style, script.
    Open,
    /// Reading.
    Read,
    /// Submitting.
    Submit,
}

/// A route of the dashboard.
#[derive(Debug)]
pub struct PageRoute {
    /// Method.
    pub method: Method,
    /// Path pattern.
    pub path: &'static str,
    /// What it asks of the caller.
    pub access: Access,
    handler: MethodRouter<AppState>,
}

fn page(access: Access, path: &'static str, handler: MethodRouter<AppState>) -> PageRoute {
    PageRoute { method: Method::GET, path, access, handler }
}

fn action(access: Access, path: &'static str, handler: MethodRouter<AppState>) -> PageRoute {
    PageRoute { method: Method::POST, path, access, handler }
}

/// Every route of the dashboard.
pub fn table() -> Vec<PageRoute> {
    let mut table = open();
    table.extend(reading());
    table.extend(submitting());
    table
}

/// Routes of all pages.
pub fn routes() -> Router<AppState> {
    let router = Router::new().fallback(html::not_found);
    table().into_iter().fold(router, |router, route| router.route(route.path, route.handler))
}

fn open() -> Vec<PageRoute> {
    use Access::Open;
    vec![
        page(Open, "/assets/{name}", get(assets::asset)),
        page(Open, "/favicon.ico", get(assets::icon)),
        page(Open, "/login", get(session::form)),
        action(Open, "/login", post(session::log_in)),
        action(Open, "/logout", post(session::log_out)),
    ]
}

fn reading() -> Vec<PageRoute> {
    use Access::Read;
    vec![
        page(Read, "/", get(overview::overview)),
        page(Read, "/live", get(overview::live)),
        page(Read, "/batches", get(batches::list)),
        page(Read, "/batches/{id}", get(batches::page)),
        page(Read, "/batches/{id}/live", get(batches::live)),
        page(Read, "/jobs/{id}", get(jobs::page)),
        page(Read, "/jobs/{id}/live", get(jobs::live)),
        page(Read, "/jobs/{id}/log.txt", get(logs::raw)),
        page(Read, "/jobs/{id}/log/lines", get(logs::lines)),
        page(Read, "/jobs/{id}/frames/{seq}", get(jobs::frame)),
        page(Read, "/jobs/{id}/checks/{step}", get(checks::page)),
        page(Read, "/cameras", get(cameras::list)),
        page(Read, "/cameras/{name}", get(cameras::page)),
        page(Read, "/rom-sets", get(rom_sets::list)),
        page(Read, "/open-firmware", get(open_firmware::page)),
        page(Read, "/builds", get(builds::list)),
        page(Read, "/builds/{id}", get(builds::page)),
        page(Read, "/scenarios", get(scenarios::list)),
        page(Read, "/scenarios/{name}", get(scenarios::page)),
        page(Read, "/workers", get(workers::list)),
        page(Read, "/blobs/{digest}", get(blobs::blob)),
        page(Read, "/events/farm", get(events::farm)),
        page(Read, "/events/batches/{id}", get(events::batch)),
        page(Read, "/events/jobs/{id}", get(events::job)),
    ]
}

fn submitting() -> Vec<PageRoute> {
    use Access::Submit;
    vec![
        page(Submit, "/upload", get(upload::form)),
        action(Submit, "/upload", upload::post()),
        action(Submit, "/rom-sets", rom_sets::post()),
        action(Submit, "/builds/{id}/run", post(builds::run)),
        action(Submit, "/batches/{id}/cancel", post(batches::cancel)),
        action(Submit, "/jobs/{id}/cancel", post(jobs::cancel)),
        action(Submit, "/jobs/{id}/retry", post(jobs::retry)),
    ]
}

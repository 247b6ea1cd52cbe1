//! Workers.

use super::html::{Page, PageResult};
use super::visitor::Visitor;
use crate::db::WorkerRow;
use crate::state::AppState;
use axum::extract::State;
use darkroom_protocol::JobId;
use darkroom_web_ui::view::Room;
use darkroom_web_ui::view::workers::{Health, WorkerCard, WorkersPage};
use time::OffsetDateTime;

/// `GET /workers`
pub(super) async fn list(State(state): State<AppState>, visitor: Visitor) -> PageResult<Page<WorkersPage>> {
    let workers = state.db.worker_cards().await?.into_iter().map(card).collect();
    let shell = visitor.shell("Workers", Room::Workers);
    Ok(Page(WorkersPage { shell, now: OffsetDateTime::now_utc(), workers }))
}

fn card(row: WorkerRow) -> WorkerCard {
    let health = match (row.gone_at, row.job, row.silent) {
        (Some(_), _, _) => Health::Gone,
        (None, Some(_), _) => Health::Busy,
        (None, None, true) => Health::Silent,
        (None, None, false) => Health::Idle,
    };
    WorkerCard {
        name: row.name,
        version: row.version,
        backend: row.backend,
        health,
        seen_at: row.seen_at,
        jobs_done: row.jobs_done.unsigned_abs(),
        infra_streak: row.infra_streak.unsigned_abs(),
        probes: row.sandbox.0,
        job: row.job.map(JobId).zip(row.job_name),
    }
}

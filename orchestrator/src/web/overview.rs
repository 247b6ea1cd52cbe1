//! The front page.

use super::batches::matrix;
use super::html::{Page, PageResult, parts};
use super::marks::batch_line;
use super::visitor::Visitor;
use crate::db::Pulse;
use crate::state::AppState;
use axum::extract::State;
use axum::response::Response;
use darkroom_web_ui::view::Room;
use darkroom_web_ui::view::overview::{FarmPulse, NewestSheet, Overview};
use time::OffsetDateTime;

/// Batches below the newest one.
const EARLIER: u32 = 12;

/// `GET /`
pub(super) async fn overview(State(state): State<AppState>, visitor: Visitor) -> PageResult<Page<Overview>> {
    Ok(Page(view(&state, &visitor).await?))
}

/// `GET /live`: the parts of `/` that change.
pub(super) async fn live(State(state): State<AppState>, visitor: Visitor) -> PageResult<Response> {
    Ok(parts(&[&view(&state, &visitor).await?.as_live()]))
}

async fn view(state: &AppState, visitor: &Visitor) -> PageResult<Overview> {
    let mut lines: Vec<_> =
        state.db.batch_lines(None, EARLIER + 2).await?.into_iter().map(batch_line).collect();
    let more = lines.len() > EARLIER as usize + 1;
    lines.truncate(EARLIER as usize + 1);
    let older = lines.last().filter(|_| more).map(super::batches::older_than);
    let newest = if lines.is_empty() { None } else { Some(lines.remove(0)) };
    let newest = match newest {
        Some(batch) => Some(NewestSheet { matrix: matrix(state, batch.id, None).await?, batch }),
        None => None,
    };
    Ok(Overview {
        shell: visitor.shell("Overview", Room::Sheets),
        now: OffsetDateTime::now_utc(),
        pulse: pulse(state.db.pulse().await?),
        newest,
        earlier: lines,
        older,
    })
}

fn pulse(pulse: Pulse) -> FarmPulse {
    FarmPulse { workers: pulse.workers, running: pulse.running, waiting: pulse.waiting }
}

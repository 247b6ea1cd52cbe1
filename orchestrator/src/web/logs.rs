//! A job's log: the piece on its page, new lines while it runs, the raw bytes.

use super::html::{Page, PageResult};
use super::jobs::{job_id, row};
use super::visitor::Visitor;
use crate::db::{DbError, DbResult, JobPageRow};
use crate::state::AppState;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use darkroom_protocol::JobId;
use darkroom_web_ui::log::{LogView, Scanner, Want};
use darkroom_web_ui::view::job::{JobLog, LogLines};
use futures_util::{Stream, TryStreamExt, stream};
use serde::Deserialize;

/// Bytes read at once.
const PIECE: usize = 256 << 10;
/// Longest text to look for.
const MAX_QUERY: usize = 200;

/// Which lines to show.
#[derive(Debug, Default, Deserialize)]
pub(super) struct LogQuery {
    q: Option<String>,
    from: Option<u64>,
}

/// Lines after a number.
#[derive(Debug, Deserialize)]
pub(super) struct After {
    #[serde(default)]
    after: u64,
}

impl LogQuery {
    /// No line at all, for parts that do not show the log.
    pub(super) fn nothing() -> Self {
        Self { q: None, from: Some(u64::MAX) }
    }

    fn want(&self) -> (Want, String) {
        match (self.q.as_deref().map(str::trim), self.from) {
            (Some(text), _) if !text.is_empty() => {
                let text: String = text.chars().take(MAX_QUERY).collect();
                (Want::Matching(text.clone()), text)
            }
            (_, Some(from)) => (Want::From(from.max(1)), String::new()),
            (_, None) => (Want::Tail, String::new()),
        }
    }
}

/// The piece of the log that `query` asks for.
pub(super) async fn read(
    state: &AppState,
    row: &JobPageRow,
    complete: bool,
    query: &LogQuery,
) -> DbResult<JobLog> {
    let (want, text) = query.want();
    let view = match want {
        Want::From(u64::MAX) => Scanner::new(want).finish(complete, &text),
        want => scan(state, JobId(row.id), want, complete, &text).await?,
    };
    let report = row.report.as_ref().map(|report| &report.0);
    let capped_at = report.filter(|report| report.log_capped).map(|report| report.log_bytes);
    Ok(JobLog { view, bytes: row.log_bytes.unsigned_abs(), capped_at })
}

async fn scan(state: &AppState, job: JobId, want: Want, complete: bool, text: &str) -> DbResult<LogView> {
    let mut scanner = Scanner::new(want);
    let mut pieces = std::pin::pin!(pieces(state.clone(), job));
    while let Some(piece) = pieces.try_next().await? {
        scanner.feed(&piece);
    }
    Ok(scanner.finish(complete, text))
}

/// The kept log, piece by piece; no connection is held between pieces.
fn pieces(state: AppState, job: JobId) -> impl Stream<Item = Result<Bytes, DbError>> + Send + 'static {
    stream::try_unfold(0, move |offset: u64| {
        let db = state.db.clone();
        async move {
            let piece = db.log_from(job, offset, PIECE).await?;
            let next = offset + piece.len() as u64;
            Ok((!piece.is_empty()).then(|| (Bytes::from(piece), next)))
        }
    })
}

/// `GET /jobs/{id}/log/lines?after=N`
pub(super) async fn lines(
    State(state): State<AppState>,
    _: Visitor,
    Path(id): Path<String>,
    Query(After { after }): Query<After>,
) -> PageResult<Page<LogLines>> {
    let id = job_id(&id)?;
    let complete = row(&state, id).await?.state == "finished";
    let view = scan(&state, id, Want::From(after.saturating_add(1)), complete, "").await?;
    Ok(Page(LogLines { view, place: String::new() }))
}

/// `GET /jobs/{id}/log.txt`: the bytes as the guest printed them.
pub(super) async fn raw(
    State(state): State<AppState>,
    _: Visitor,
    Path(id): Path<String>,
) -> PageResult<Response> {
    let id = job_id(&id)?;
    row(&state, id).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (header::CACHE_CONTROL, "private, no-cache"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
    ];
    Ok((headers, Body::from_stream(pieces(state, id))).into_response())
}

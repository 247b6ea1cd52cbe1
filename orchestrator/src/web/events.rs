//! Live events for pages: `change` says "fetch your parts again", `end` the same and that nothing more will come. They
//! carry no content, so a lost or doubled one does no harm.

use super::batches::batch_id;
use super::html::PageResult;
use super::jobs::job_id;
use super::visitor::Visitor;
use crate::live::{LiveEvent, LiveReader};
use crate::state::AppState;
use axum::extract::{Path, State};
use axum::response::sse::{Event, KeepAlive, Sse};
use darkroom_protocol::{BatchId, JobId};
use futures_util::{Stream, stream};
use std::convert::Infallible;
use std::time::Duration;

/// Pause after each event: a run that prints much must not keep every reader busy.
const BREATH: Duration = Duration::from_millis(200);

/// What a page follows.
#[derive(Debug, Clone, Copy)]
enum Topic {
    /// Everything but logs.
    Farm,
    /// One batch.
    Batch(BatchId),
    /// One job.
    Job(JobId),
}

impl Topic {
    fn concerns(self, event: LiveEvent) -> bool {
        match (self, event) {
            (_, LiveEvent::Resync) => true,
            (Self::Farm, event) => !matches!(event, LiveEvent::Log { .. }),
            (Self::Batch(own), LiveEvent::Job { batch, .. } | LiveEvent::Frame { batch, .. })
            | (Self::Batch(own), LiveEvent::Batch { batch }) => own == batch,
            (Self::Job(own), LiveEvent::Job { job, .. } | LiveEvent::Frame { job, .. })
            | (Self::Job(own), LiveEvent::Log { job, .. }) => own == job,
            _ => false,
        }
    }

    /// Whether nothing more will come. Trouble of the database is no reason to end.
    async fn has_ended(self, state: &AppState) -> bool {
        match self {
            Self::Farm => false,
            Self::Batch(id) => matches!(state.db.batch_finished(id).await, Ok(None | Some(true))),
            Self::Job(id) => matches!(state.db.job_finished(id).await, Ok(None | Some(true))),
        }
    }
}

/// `GET /events/farm`
pub(super) async fn farm(
    State(state): State<AppState>,
    _: Visitor,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    follow(state, Topic::Farm)
}

/// `GET /events/batches/{id}`
pub(super) async fn batch(
    State(state): State<AppState>,
    _: Visitor,
    Path(id): Path<String>,
) -> PageResult<Sse<impl Stream<Item = Result<Event, Infallible>>>> {
    Ok(follow(state, Topic::Batch(batch_id(&id)?)))
}

/// `GET /events/jobs/{id}`
pub(super) async fn job(
    State(state): State<AppState>,
    _: Visitor,
    Path(id): Path<String>,
) -> PageResult<Sse<impl Stream<Item = Result<Event, Infallible>>>> {
    Ok(follow(state, Topic::Job(job_id(&id)?)))
}

/// A page that follows its topic.
struct Follower {
    state: AppState,
    topic: Topic,
    reader: LiveReader,
    /// False until the first look: what happened before the page listened must not be missed.
    looked: bool,
}

fn follow(state: AppState, topic: Topic) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    // Subscribed before the first look at the database, so nothing falls in between.
    let reader = state.live.subscribe();
    let follower = Follower { state, topic, reader, looked: false };
    let events = stream::unfold(Some(follower), |follower| async {
        let mut follower = follower?;
        let (event, ended) = follower.next().await?;
        Some((Ok(event), (!ended).then_some(follower)))
    });
    Sse::new(events).keep_alive(KeepAlive::new())
}

impl Follower {
    /// The next event, and whether it is the last one; `None` when the server shuts down.
    async fn next(&mut self) -> Option<(Event, bool)> {
        if std::mem::replace(&mut self.looked, true) {
            let stop = self.state.shutdown.clone();
            tokio::select! {
                () = stop.cancelled() => return None,
                news = self.news() => news?,
            }
            tokio::time::sleep(BREATH).await;
        }
        let ended = self.topic.has_ended(&self.state).await;
        Some((event(if ended { "end" } else { "change" }), ended))
    }

    async fn news(&mut self) -> Option<()> {
        while !self.topic.concerns(self.reader.next().await?) {}
        Some(())
    }
}

/// An event needs some data, or browsers drop it.
fn event(name: &'static str) -> Event {
    Event::default().event(name).data("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_hears_only_of_its_own() {
        let (batch, other, job) = (BatchId::fresh(), BatchId::fresh(), JobId::fresh());
        let about = |batch| LiveEvent::Job { batch, job };
        assert!(Topic::Batch(batch).concerns(about(batch)));
        assert!(!Topic::Batch(batch).concerns(about(other)));
        assert!(!Topic::Batch(batch).concerns(LiveEvent::Log { job, end: 1 }));
        assert!(Topic::Job(job).concerns(LiveEvent::Log { job, end: 1 }));
        assert!(!Topic::Job(JobId::fresh()).concerns(about(batch)));
        assert!(Topic::Job(job).concerns(LiveEvent::Resync), "missed events count as changes");
        assert!(Topic::Farm.concerns(LiveEvent::Batch { batch }));
    }
}

//! Live events: what changed, for pages that follow a run and for calls that wait.
//!
//! Events travel through Postgres (`NOTIFY`), so that every orchestrator on the same database sees all of them. They
//! carry ids only: the reader asks the database for what is new, so a lost or doubled event does no harm.

use crate::db::{Listener, Notice, PgDb};
use darkroom_protocol::{BatchId, JobId};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use tokio::sync::{broadcast, watch};
use tokio_util::sync::CancellationToken;

/// Events that a slow reader may lag behind before it gets [`LiveEvent::Resync`].
const BACKLOG: usize = 1024;
/// Pause before listening again after the database went away.
const RECONNECT_PAUSE: Duration = Duration::from_millis(250);

/// Something changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum LiveEvent {
    /// State, verdict, step or checks of a job.
    Job {
        /// Its batch.
        batch: BatchId,
        /// The job.
        job: JobId,
    },
    /// A job's log grew.
    Log {
        /// The job.
        job: JobId,
        /// Its new length in bytes.
        end: u64,
    },
    /// A frame was added.
    Frame {
        /// The job's batch.
        batch: BatchId,
        /// The job.
        job: JobId,
        /// Place in the film strip.
        seq: u32,
    },
    /// A batch was made or finished.
    Batch {
        /// The batch.
        batch: BatchId,
    },
    /// A worker came or went.
    Workers,
    /// Events may have been missed: read everything again.
    Resync,
}

/// Hands out live events of the whole farm; cheap to clone.
#[derive(Clone, Debug)]
pub struct LiveEvents {
    events: broadcast::Sender<LiveEvent>,
    queue: watch::Sender<u64>,
}

impl Default for LiveEvents {
    fn default() -> Self {
        Self { events: broadcast::Sender::new(BACKLOG), queue: watch::Sender::new(0) }
    }
}

impl LiveEvents {
    /// Follows all events from now on.
    pub fn subscribe(&self) -> LiveReader {
        LiveReader { events: self.events.subscribe() }
    }

    /// Follows the queue: the value changes whenever there may be a job to claim.
    pub fn queue_changes(&self) -> watch::Receiver<u64> {
        self.queue.subscribe()
    }

    /// Tells all waiting claims of this process to look again.
    pub fn wake_queue(&self) {
        self.queue.send_modify(|count| *count = count.wrapping_add(1));
    }

    fn publish(&self, notice: Notice) {
        match notice {
            Notice::Queue => self.wake_queue(),
            // No reader at the moment is fine.
            Notice::Live(event) => drop(self.events.send(event)),
            Notice::ConnectionLost => {
                self.wake_queue();
                drop(self.events.send(LiveEvent::Resync));
            }
        }
    }

    /// Feeds the events from the database until `stop`; reconnects for ever.
    pub async fn run(self, db: PgDb, stop: CancellationToken) {
        while !stop.is_cancelled() {
            tokio::select! {
                () = stop.cancelled() => return,
                ended = self.listen(&db) => {
                    if let Err(error) = ended {
                        tracing::warn!(%error, "live events: connection to the database lost");
                    }
                }
            }
            self.publish(Notice::ConnectionLost);
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(RECONNECT_PAUSE) => {}
            }
        }
    }

    async fn listen(&self, db: &PgDb) -> crate::db::DbResult<()> {
        let mut listener = Listener::connect(db).await?;
        // What happened before listening began is seen by reading again.
        self.publish(Notice::ConnectionLost);
        loop {
            self.publish(listener.next().await?);
        }
    }
}

/// A reader of live events.
#[derive(Debug)]
pub struct LiveReader {
    events: broadcast::Receiver<LiveEvent>,
}

impl LiveReader {
    /// The next event; [`LiveEvent::Resync`] when some were missed; `None` when the process ends.
    pub async fn next(&mut self) -> Option<LiveEvent> {
        match self.events.recv().await {
            Ok(event) => Some(event),
            Err(broadcast::error::RecvError::Lagged(_)) => Some(LiveEvent::Resync),
            Err(broadcast::error::RecvError::Closed) => None,
        }
    }
}

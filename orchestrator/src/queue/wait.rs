//! Waiting for the end of a batch.

use super::Queue;
use crate::error::{Answer, Refusal};
use crate::live::LiveEvent;
use darkroom_protocol::BatchId;
use darkroom_protocol::api::Batch;
use std::time::Duration;

/// Longest wait of one call.
const MAX_WAIT: Duration = Duration::from_secs(300);
/// A notice may be lost with the connection that carried it: look again at least this often.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

impl Queue {
    /// The batch when it has ended, or as it is after `wait`.
    pub async fn wait_for_batch(&self, id: BatchId, wait: Duration) -> Answer<Batch> {
        let deadline = tokio::time::Instant::now() + wait.min(MAX_WAIT);
        let mut live = self.live.subscribe();
        while tokio::time::Instant::now() < deadline && !self.batch_ended(id).await? {
            let look_again = (tokio::time::Instant::now() + LOOK_AGAIN).min(deadline);
            tokio::select! {
                () = about_batch(&mut live, id) => {}
                () = tokio::time::sleep_until(look_again) => {}
                () = self.stop.cancelled() => break,
            }
        }
        self.batch(id).await
    }

    async fn batch_ended(&self, id: BatchId) -> Answer<bool> {
        self.db.batch_finished(id).await?.ok_or_else(|| Refusal::not_found("batch", id))
    }
}

async fn about_batch(live: &mut crate::live::LiveReader, id: BatchId) {
    loop {
        match live.next().await {
            Some(LiveEvent::Batch { batch }) if batch == id => return,
            Some(LiveEvent::Resync) => return,
            Some(_) => {}
            // The stop token ends the wait.
            None => std::future::pending().await,
        }
    }
}

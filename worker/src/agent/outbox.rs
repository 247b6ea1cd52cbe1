//! Sends what a job produces while it runs: gathered for a moment, in order, each thing once.

use std::collections::BTreeSet;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use darkroom_protocol::Digest;
use darkroom_protocol::worker::{Event, EventBatch};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout_at};

use super::client::{AttemptClient, CallError};
use super::retry::until_accepted;
use crate::supervise::Delivery;

/// How long things are gathered before they are sent.
const GATHER: Duration = Duration::from_millis(80);
/// Bytes of log sent in one call.
const MAX_LOG: usize = 256 << 10;
/// Bytes of blobs gathered before they are sent.
const MAX_BLOBS: usize = 4 << 20;
/// Events sent in one call.
const MAX_EVENTS: usize = 200;

/// Sends everything until the job's side is closed.
pub(super) async fn send_all(
    client: AttemptClient,
    mut inbox: mpsc::Receiver<Delivery>,
) -> Result<(), CallError> {
    let mut sender = Sender { client, log_offset: 0, next_event: 0, sent: BTreeSet::new() };
    while let Some(first) = inbox.recv().await {
        let mut batch = Batch::default();
        batch.add(first);
        let deadline = Instant::now() + GATHER;
        while !batch.is_full()
            && let Ok(Some(next)) = timeout_at(deadline, inbox.recv()).await
        {
            batch.add(next);
        }
        sender.send(batch).await?;
    }
    Ok(())
}

#[derive(Default)]
struct Batch {
    log: BytesMut,
    blobs: Vec<(Digest, Bytes)>,
    blob_bytes: usize,
    events: Vec<Event>,
}

impl Batch {
    fn add(&mut self, delivery: Delivery) {
        match delivery {
            Delivery::Log(bytes) => self.log.extend_from_slice(&bytes),
            Delivery::Event(event) => self.events.push(event),
            Delivery::Blob(digest, bytes) => {
                self.blob_bytes += bytes.len();
                self.blobs.push((digest, bytes));
            }
        }
    }

    fn is_full(&self) -> bool {
        self.log.len() >= MAX_LOG || self.blob_bytes >= MAX_BLOBS || self.events.len() >= MAX_EVENTS
    }
}

struct Sender {
    client: AttemptClient,
    log_offset: u64,
    next_event: u64,
    sent: BTreeSet<Digest>,
}

impl Sender {
    /// Blobs first: events name them.
    async fn send(&mut self, batch: Batch) -> Result<(), CallError> {
        let client = &self.client;
        for (digest, bytes) in batch.blobs {
            if self.sent.insert(digest) {
                until_accepted("sending a blob", || client.put_blob(digest, bytes.clone())).await?;
            }
        }
        if !batch.log.is_empty() {
            let (offset, bytes) = (self.log_offset, batch.log.freeze());
            self.log_offset += bytes.len() as u64;
            until_accepted("sending the log", || client.log(offset, bytes.clone())).await?;
        }
        if !batch.events.is_empty() {
            let batch = EventBatch { first: self.next_event, events: batch.events };
            self.next_event += batch.events.len() as u64;
            until_accepted("sending events", || client.events(&batch)).await?;
        }
        Ok(())
    }
}

//! The worker's side of the queue.

use super::Queue;
use crate::auth::Secret;
use crate::db::{AttemptKey, Claimed, Finished, LeaseRules};
use crate::error::{Answer, Kind, Refusal};
use darkroom_protocol::worker::{
    Claim, ClaimRequest, EventBatch, Finish, HeartbeatAnswer, Register, Registered,
};
use darkroom_protocol::{Digest, WORKER_PROTOCOL};
use std::time::Duration;

/// Longest hold of a claim call.
const MAX_WAIT: Duration = Duration::from_secs(30);

impl Queue {
    /// Notes a worker slot; one that speaks another version of the protocol is refused.
    pub async fn register(&self, hello: &Register) -> Answer<Registered> {
        if hello.protocol != WORKER_PROTOCOL {
            let message =
                format!("worker speaks protocol {}, this orchestrator {WORKER_PROTOCOL}", hello.protocol);
            return Err(Refusal::new(Kind::Conflict, "wrong-protocol", message));
        }
        let texts = [&hello.name, &hello.version, &hello.backend];
        if texts.iter().any(|text| text.len() > 200 || text.contains('\0')) || hello.sandbox.len() > 100 {
            return Err(Refusal::invalid("bad-registration", "a name is too long, or too many probes"));
        }
        let worker = self.db.register_worker(hello).await?;
        let heartbeat_seconds = u32::try_from(self.rules.heartbeat.as_secs().max(1)).unwrap_or(u32::MAX);
        Ok(Registered { worker, heartbeat_seconds })
    }

    /// The next job for a worker; waits for one as long as the worker asks.
    pub async fn claim(&self, request: &ClaimRequest) -> Answer<Option<Claim>> {
        if !self.db.worker_seen(request.worker).await? {
            return Err(Refusal::not_found("worker", request.worker));
        }
        let wait = Duration::from_millis(request.wait_ms.into()).min(MAX_WAIT);
        let deadline = tokio::time::Instant::now() + wait;
        let mut changes = self.live.queue_changes();
        loop {
            changes.borrow_and_update();
            if let Some(claim) = self.claim_now(request).await? {
                return Ok(Some(claim));
            }
            tokio::select! {
                changed = changes.changed() => if changed.is_err() { return Ok(None) },
                () = tokio::time::sleep_until(deadline) => return Ok(None),
                () = self.stop.cancelled() => return Ok(None),
            }
        }
    }

    async fn claim_now(&self, request: &ClaimRequest) -> Answer<Option<Claim>> {
        let secret = Secret::attempt();
        let rules = LeaseRules { lease: self.rules.lease, prefer_others: self.rules.prefer_others };
        let claimed = self.db.claim(request.worker, &secret.hash().0, rules).await?;
        Ok(claimed.map(|Claimed { attempt, spec }| Claim {
            attempt,
            secret: secret.reveal().to_owned(),
            lease_seconds: u32::try_from(self.rules.lease.as_secs()).unwrap_or(u32::MAX),
            spec,
        }))
    }

    /// Renews the lease.
    pub async fn heartbeat(&self, key: &AttemptKey) -> Answer<HeartbeatAnswer> {
        Ok(self.db.heartbeat(key, self.rules.lease).await?)
    }

    /// Takes events.
    pub async fn events(&self, key: &AttemptKey, events: &EventBatch) -> Answer<()> {
        Ok(self.db.take_events(key, events).await?)
    }

    /// Appends to the log.
    pub async fn append_log(&self, key: &AttemptKey, offset: u64, bytes: &[u8]) -> Answer<()> {
        self.db.append_log(key, offset, bytes).await?;
        Ok(())
    }

    /// Ends an attempt with its result. The same call twice is fine.
    pub async fn finish(&self, key: &AttemptKey, finish: &Finish) -> Answer<()> {
        let body = serde_json::to_vec(finish)
            .map_err(|error| Refusal::new(Kind::Internal, "internal", error.to_string()))?;
        let hash = Digest::of(&body);
        let finished = Finished { report: &finish.report, supervisor_log: &finish.supervisor_log, hash };
        let decide = |held: &crate::db::Held, expected: &crate::db::Expected| {
            self.rules.after_report(&finish.report, expected, held.infra_retries, held.cancel)
        };
        Ok(self.db.finish(key, &finished, decide).await?)
    }

    /// Hands a job back unharmed.
    pub async fn release(&self, key: &AttemptKey, why: &str) -> Answer<()> {
        Ok(self.db.release(key, why).await?)
    }
}

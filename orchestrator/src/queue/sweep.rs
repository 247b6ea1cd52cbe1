//! The sweep: ends leases, and wakes claims whose notice was missed.

use super::Queue;
use crate::db::DbResult;
use std::time::Instant;

impl Queue {
    /// Sweeps until the queue is stopped. After an outage of the farm or its database, running jobs first get a fresh
    /// lease: nobody could have renewed it.
    pub async fn sweep_until_stopped(self) {
        let mut timer = tokio::time::interval(self.rules.sweep);
        timer.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut last_good: Option<Instant> = None;
        loop {
            tokio::select! {
                () = self.stop.cancelled() => return,
                _ = timer.tick() => {}
            }
            match self.sweep_after(last_good).await {
                Ok(()) => last_good = Some(Instant::now()),
                Err(error) => tracing::warn!(%error, "sweep failed"),
            }
        }
    }

    async fn sweep_after(&self, last_good: Option<Instant>) -> DbResult<()> {
        let outage = last_good.is_none_or(|last| last.elapsed() > self.rules.lease / 3);
        if outage {
            self.db.grant_grace(self.rules.lease).await?;
        }
        self.sweep_once().await
    }

    /// One sweep.
    pub async fn sweep_once(&self) -> DbResult<()> {
        let lost = self
            .db
            .expire_leases(|expired| {
                tracing::warn!(job = %expired.job(), worker = expired.worker_name(), "worker lost");
                self.rules.after_loss(expired.infra_retries, expired.worker_name())
            })
            .await?;
        if lost > 0 {
            tracing::info!(lost, "leases ended");
        }
        self.db.mark_silent_workers().await?;
        if self.db.has_claimable().await? {
            self.live.wake_queue();
        }
        Ok(())
    }
}

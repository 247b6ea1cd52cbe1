//! Pauses between restarts of a worker that does not stay up.

use std::time::Duration;
use tokio::time::Instant;

const FIRST: Duration = Duration::from_millis(250);
const LONGEST: Duration = Duration::from_secs(30);
/// A worker that stayed up that long starts over with the first pause.
const HEALTHY: Duration = Duration::from_secs(60);

/// The pauses of one slot.
#[derive(Debug)]
pub(super) struct Backoff {
    next: Duration,
    started: Instant,
}

impl Backoff {
    pub(super) fn new() -> Self {
        Self { next: FIRST, started: Instant::now() }
    }

    /// Notes a start.
    pub(super) fn started(&mut self) {
        self.started = Instant::now();
    }

    /// How long to wait now that the worker ended.
    pub(super) fn pause(&mut self) -> Duration {
        let pause = if self.started.elapsed() >= HEALTHY { FIRST } else { self.next };
        self.next = (pause * 2).min(LONGEST);
        pause
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn pauses_double_up_to_a_limit_and_start_over_after_a_healthy_run() {
        let mut backoff = Backoff::new();
        let pauses: Vec<u128> = (0..9).map(|_| backoff.pause().as_millis()).collect();
        assert_eq!(pauses, [250, 500, 1000, 2000, 4000, 8000, 16000, 30000, 30000]);
        backoff.started();
        tokio::time::advance(Duration::from_secs(61)).await;
        assert_eq!(backoff.pause().as_millis(), 250);
    }
}

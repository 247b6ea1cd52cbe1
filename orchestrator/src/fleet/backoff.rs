//! Pauses between restarts of a worker that does not stay up.

use std::time::Duration;

const FIRST: Duration = Duration::from_millis(250);
const LONGEST: Duration = Duration::from_secs(30);
/// A worker that stayed up that long starts over with the first pause.
const HEALTHY: Duration = Duration::from_secs(60);

/// The pauses of one slot.
#[derive(Debug)]
pub(super) struct Backoff {
    next: Duration,
}

impl Backoff {
    pub(super) fn new() -> Self {
        Self { next: FIRST }
    }

    /// How long to wait before the next start of a worker that `ran` so long.
    pub(super) fn pause(&mut self, ran: Duration) -> Duration {
        let pause = if ran >= HEALTHY { FIRST } else { self.next };
        self.next = (pause * 2).min(LONGEST);
        pause
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_a_limit_and_start_over_after_a_healthy_run() {
        let mut backoff = Backoff::new();
        let pauses: Vec<u128> = (0..9).map(|_| backoff.pause(Duration::ZERO).as_millis()).collect();
        assert_eq!(pauses, [250, 500, 1000, 2000, 4000, 8000, 16000, 30000, 30000]);
        assert_eq!(backoff.pause(HEALTHY).as_millis(), 250);
        assert_eq!(backoff.pause(Duration::ZERO).as_millis(), 500);
    }
}

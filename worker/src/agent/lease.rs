//! The right to run one attempt: renewed by heartbeats, given up in time.

use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, sleep_until};

use super::client::{AttemptClient, CallError};

/// Before the lease ends the job must be dead, whatever the orchestrator's clock says.
const MARGIN: Duration = Duration::from_secs(5);
/// Pause after a heartbeat that did not get through.
const RETRY: Duration = Duration::from_secs(1);
/// Longest wait for the answer to a heartbeat.
const BEAT_TIMEOUT: Duration = Duration::from_secs(5);

/// Why an attempt must be dropped without a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lost {
    /// The orchestrator said so.
    Fenced,
    /// It could not be renewed in time.
    Expired,
}

#[derive(Debug, Clone, Copy)]
struct State {
    /// When the job must be dead.
    deadline: Instant,
    cancelled: bool,
    fenced: bool,
}

/// The lease of one attempt. Dropping it ends the heartbeats.
#[derive(Debug)]
pub(super) struct Lease {
    state: watch::Receiver<State>,
    keeper: JoinHandle<()>,
}

impl Lease {
    /// Renews once, which must work, and then goes on renewing in a task of its own.
    pub(super) async fn take(
        client: AttemptClient,
        granted: Duration,
        period: Duration,
    ) -> Result<Self, CallError> {
        let started = Instant::now();
        let answer = client.heartbeat(BEAT_TIMEOUT.min(granted)).await?;
        let first = State {
            deadline: deadline(started, answer.lease_seconds),
            cancelled: answer.cancel,
            fenced: false,
        };
        let (tell, state) = watch::channel(first);
        let keeper = tokio::spawn(keep(client, period, tell));
        Ok(Self { state, keeper })
    }

    /// Comes true when the attempt must be dropped.
    pub(super) fn lost(&self) -> impl Future<Output = Lost> + use<> {
        let mut state = self.state.clone();
        async move {
            loop {
                let now = *state.borrow_and_update();
                if now.fenced {
                    return Lost::Fenced;
                }
                tokio::select! {
                    () = sleep_until(now.deadline) => {
                        if state.borrow().deadline <= Instant::now() {
                            return Lost::Expired;
                        }
                    }
                    Ok(()) = state.changed() => {}
                }
            }
        }
    }

    /// Comes true when somebody cancelled the job.
    pub(super) fn cancelled(&self) -> impl Future<Output = ()> + use<> {
        let mut state = self.state.clone();
        async move {
            if state.wait_for(|state| state.cancelled).await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.keeper.abort();
    }
}

/// Counted from the moment the request left: the orchestrator's own clock starts later.
fn deadline(started: Instant, lease_seconds: u32) -> Instant {
    let lease = Duration::from_secs(u64::from(lease_seconds));
    started + lease - MARGIN.min(lease / 4)
}

async fn keep(client: AttemptClient, period: Duration, tell: watch::Sender<State>) {
    let mut pause = period;
    loop {
        sleep(pause).await;
        let started = Instant::now();
        match client.heartbeat(BEAT_TIMEOUT).await {
            Ok(answer) => {
                pause = period;
                tell.send_modify(|state| {
                    state.deadline = deadline(started, answer.lease_seconds);
                    state.cancelled |= answer.cancel;
                });
            }
            Err(CallError::Fenced | CallError::Refused(..)) => {
                tell.send_modify(|state| state.fenced = true);
                return;
            }
            Err(CallError::Trouble(why)) => {
                tracing::warn!("heartbeat: {why}");
                pause = RETRY.min(period);
            }
        }
    }
}

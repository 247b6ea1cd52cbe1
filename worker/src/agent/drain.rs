//! Stopping politely: the first signal lets the running job end for a while, the second one does not.

use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until};

/// Pause between looks at the process that started this one.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// Whether the worker has been asked to stop, and since when.
#[derive(Debug, Clone, Copy, Default)]
struct Asked {
    since: Option<Instant>,
    twice: bool,
}

/// Asks a worker to stop. Cloned freely.
#[derive(Debug, Clone)]
pub struct Stopper(watch::Sender<Asked>);

/// The worker's ear for a [`Stopper`].
#[derive(Debug, Clone)]
pub struct Drain {
    asked: watch::Receiver<Asked>,
    grace: Duration,
}

impl Stopper {
    /// Asks once more: the first time to drain, the second time to hand the running job back at once.
    pub fn ask(&self) {
        self.0.send_modify(|asked| {
            asked.twice = asked.since.is_some();
            asked.since = asked.since.or_else(|| Some(Instant::now()));
        });
    }

    /// Asks at each SIGTERM and SIGINT from now on.
    ///
    /// # Errors
    /// When the signals cannot be caught.
    pub fn ask_at_signals(&self) -> std::io::Result<()> {
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        let stopper = self.clone();
        tokio::spawn(async move {
            loop {
                tokio::select! {
                    _ = terminate.recv() => {}
                    _ = interrupt.recv() => {}
                }
                tracing::info!("asked to stop");
                stopper.ask();
            }
        });
        Ok(())
    }

    /// Asks once the process `parent`, which started this one, is gone: whoever kept the worker alive can neither stop
    /// nor count it any more.
    pub fn ask_without(&self, parent: u32) {
        let stopper = self.clone();
        tokio::spawn(async move {
            while std::os::unix::process::parent_id() == parent {
                sleep(LOOK_AGAIN).await;
            }
            tracing::warn!(parent, "the process that started this worker is gone");
            stopper.ask();
        });
    }
}

impl Drain {
    /// A worker that lets a job go on for `grace` once it has been asked to stop.
    pub fn new(grace: Duration) -> (Stopper, Self) {
        let (tell, asked) = watch::channel(Asked::default());
        (Stopper(tell), Self { asked, grace })
    }

    /// Whether the worker has been asked to stop.
    pub(super) fn asked(&self) -> bool {
        self.asked.borrow().since.is_some()
    }

    /// Comes true when the worker is asked to stop.
    pub(super) async fn begun(&self) {
        wait(self.asked.clone(), |asked| asked.since.is_some()).await;
    }

    /// Comes true when a running job must be handed back.
    pub(super) async fn over(&self) {
        self.begun().await;
        let since = self.asked.borrow().since.unwrap_or_else(Instant::now);
        tokio::select! {
            () = sleep_until(since + self.grace) => {}
            () = wait(self.asked.clone(), |asked| asked.twice) => {}
        }
    }
}

/// A stopper that is gone never asks.
async fn wait(mut asked: watch::Receiver<Asked>, holds: fn(&Asked) -> bool) {
    if asked.wait_for(holds).await.is_err() {
        std::future::pending::<()>().await;
    }
}

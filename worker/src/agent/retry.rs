//! Tries a call again while that may help.

use std::future::Future;
use std::time::Duration;

use super::client::CallError;

const FIRST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(5);

/// Pauses that double from a tenth of a second to five seconds.
#[derive(Debug)]
pub(super) struct BackOff(Duration);

impl BackOff {
    pub(super) fn new() -> Self {
        Self(FIRST)
    }

    pub(super) async fn pause(&mut self) {
        tokio::time::sleep(self.0).await;
        self.0 = (self.0 * 2).min(LONGEST);
    }
}

/// Repeats `call` until it works or is refused for good. Endless by itself: the caller's lease ends it.
pub(super) async fn until_accepted<T, F>(what: &str, mut call: impl FnMut() -> F) -> Result<T, CallError>
where
    F: Future<Output = Result<T, CallError>>,
{
    let mut back_off = BackOff::new();
    loop {
        match call().await {
            Err(CallError::Trouble(why)) => {
                tracing::warn!("{what}: {why}; trying again");
                back_off.pause().await;
            }
            decided => return decided,
        }
    }
}

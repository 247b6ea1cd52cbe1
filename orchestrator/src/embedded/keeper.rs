//! Keeps the private server up: one that ends by itself (killed, out of memory) is started again.

use super::{EmbeddedPostgres, leftover};
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// Pause between looks at the server, and between attempts to start it.
const LOOK_AGAIN: Duration = Duration::from_millis(250);

/// A private server that is started again whenever it ends.
#[derive(Debug)]
pub struct Keeper {
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Keeper {
    pub(super) fn new(server: EmbeddedPostgres) -> Self {
        let stop = CancellationToken::new();
        Self { task: tokio::spawn(keep(server, stop.clone())), stop }
    }

    /// Stops the server, waiting for it.
    pub async fn stop(self) {
        self.stop.cancel();
        if let Err(error) = self.task.await {
            tracing::error!(%error, "stopping Postgres");
        }
    }
}

async fn keep(mut server: EmbeddedPostgres, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return server.stop(),
            () = tokio::time::sleep(LOOK_AGAIN) => {}
        }
        if !server.is_running() {
            start_again(&mut server).await;
        }
    }
}

/// One attempt. It fails while processes of the dead server still use its memory; then there is another one soon.
async fn start_again(server: &mut EmbeddedPostgres) {
    tracing::warn!("Postgres ended by itself; starting it again");
    // Somebody may have restarted it by hand; two servers on one folder cannot be.
    let started = match leftover::stop_running(&server.folder.data()) {
        Ok(()) => server.launch().await,
        Err(error) => Err(error),
    };
    if let Err(error) = started {
        tracing::error!(%error, "Postgres");
    }
}

//! The server: application, live events and sweep over one database, until told to stop.

use crate::app::create_app;
use crate::auth::{Anonymous, Auth};
use crate::config::Limits;
use crate::db::PgDb;
use crate::intake::Intake;
use crate::live::LiveEvents;
use crate::queue::{Queue, QueueRules};
use crate::shipped::Shelf;
use crate::state::AppState;
use crate::store::BlobStore;
use anyhow::Context;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// How long open requests may go on after the stop.
const GRACE: Duration = Duration::from_secs(5);

/// What a server is made of.
#[derive(Debug, Clone)]
pub struct ServerSettings {
    /// Where to listen; several when workers come in by another way (a container network).
    pub listen: Vec<SocketAddr>,
    /// What callers without a token may do.
    pub anonymous: Anonymous,
    /// Cookies for https only.
    pub secure_cookies: bool,
    /// Times and limits of the queue.
    pub rules: QueueRules,
    /// Caps of uploads.
    pub limits: Limits,
    /// ROM sets and scenarios that are there from the start.
    pub shelf: Shelf,
}

impl Default for ServerSettings {
    fn default() -> Self {
        Self {
            listen: vec![SocketAddr::from(([127, 0, 0, 1], 0))],
            anonymous: Anonymous::None,
            secure_cookies: false,
            rules: QueueRules::default(),
            limits: Limits::default(),
            shelf: Shelf::default(),
        }
    }
}

/// A running server.
#[derive(Debug)]
pub struct Server {
    /// Its services.
    pub state: AppState,
    /// Addresses that it listens on.
    pub addresses: Vec<SocketAddr>,
    tasks: JoinSet<()>,
    serving: CancellationToken,
}

impl Server {
    /// Starts to serve; the database is migrated already.
    ///
    /// # Errors
    /// An address that cannot be listened on, or a database that does not answer.
    pub async fn start(db: PgDb, settings: ServerSettings) -> anyhow::Result<Self> {
        let state = assemble(db, &settings);
        state.intake.seed_cameras().await?;
        settings.shelf.bring(&state.db, &state.blobs, &state.intake).await?;
        let mut server =
            Self { tasks: JoinSet::new(), addresses: Vec::new(), serving: CancellationToken::new(), state };
        let (live, queue) = (server.state.live.clone(), server.state.queue.clone());
        server.tasks.spawn(live.run(server.state.db.clone(), server.serving.clone()));
        server.tasks.spawn(queue.sweep_until_stopped());
        for address in settings.listen {
            server.listen(address).await?;
        }
        Ok(server)
    }

    /// Serves on one more address, and says which it became.
    ///
    /// # Errors
    /// The address cannot be listened on.
    pub async fn listen(&mut self, address: SocketAddr) -> anyhow::Result<SocketAddr> {
        let listener = TcpListener::bind(address).await.with_context(|| format!("listening on {address}"))?;
        let address = listener.local_addr().context("own address")?;
        self.addresses.push(address);
        let app = create_app(self.state.clone()).into_make_service_with_connect_info::<SocketAddr>();
        let stop = self.state.shutdown.clone();
        self.tasks.spawn(async move {
            let served = axum::serve(listener, app).with_graceful_shutdown(stop.cancelled_owned()).await;
            if let Err(error) = served {
                tracing::error!(%error, %address, "serving ended");
            }
        });
        Ok(address)
    }

    /// URL of the first address.
    pub fn url(&self) -> String {
        self.addresses.first().map(|address| format!("http://{address}")).unwrap_or_default()
    }

    /// Stops: streams end, waiting calls answer, open requests get a few seconds.
    pub async fn stop(mut self) {
        self.state.shutdown.cancel();
        self.serving.cancel();
        let all_ended = async { while self.tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(GRACE, all_ended).await.is_err() {
            tracing::warn!("some requests did not end in time");
            self.tasks.shutdown().await;
        }
    }
}

fn assemble(db: PgDb, settings: &ServerSettings) -> AppState {
    let (live, shutdown) = (LiveEvents::default(), CancellationToken::new());
    let blobs = BlobStore::new(db.clone());
    AppState {
        auth: Auth::new(db.clone(), settings.anonymous),
        queue: Queue::new(db.clone(), live.clone(), settings.rules, shutdown.clone()),
        intake: Intake::new(db.clone(), blobs.clone(), settings.shelf.clone()),
        limits: Arc::new(settings.limits.clone()),
        secure_cookies: settings.secure_cookies,
        blobs,
        live,
        shutdown,
        db,
    }
}

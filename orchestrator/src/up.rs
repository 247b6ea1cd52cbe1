//! A whole farm in one call: database, server and workers. `darkroom up` and `darkroom-orchestrator serve` use it.

use crate::auth::{Anonymous, Scope, Secret};
use crate::config::DatabaseArgs;
use crate::database::Database;
use crate::fleet::{BackendChoice, ContainerSettings, Fleet, Join, WorkerProgram};
use crate::serve::{Server, ServerSettings};
use anyhow::Context;
use std::net::SocketAddr;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// What a farm is made of.
#[derive(Debug, Clone)]
pub struct UpSettings {
    /// Database.
    pub database: DatabaseArgs,
    /// Where people reach it.
    pub listen: Vec<SocketAddr>,
    /// What callers without a token may do.
    pub anonymous: Anonymous,
    /// Cookies for https only.
    pub secure_cookies: bool,
    /// Worker slots.
    pub workers: usize,
    /// How workers are started.
    pub backend: BackendChoice,
    /// The worker program for the `process` backend.
    pub program: WorkerProgram,
    /// What containers are made of; without it there are none.
    pub containers: Option<ContainerSettings>,
}

/// A farm that is up.
#[derive(Debug, Clone)]
pub struct Ready {
    /// Where people reach it.
    pub url: String,
    /// How the workers run: `process`, `docker`, `none`.
    pub backend: &'static str,
    /// The first admin token: there is one only when the database had none, and it is not shown again.
    pub admin_token: Option<String>,
}

/// Brings a farm up, calls `ready`, and runs it until `stop`; then takes it down in order.
///
/// # Errors
/// Whatever keeps a part from starting; the parts that started are taken down.
pub async fn up(
    settings: UpSettings,
    ready: impl FnOnce(&Ready),
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let database = Database::open(&settings.database).await?;
    let ran = run(&database, settings, ready, stop).await;
    database.close().await;
    ran
}

async fn run(
    database: &Database,
    settings: UpSettings,
    ready: impl FnOnce(&Ready),
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let fleet = Fleet::choose(settings.backend, settings.program, settings.containers).await?;
    let server_settings = ServerSettings {
        listen: settings.listen,
        anonymous: settings.anonymous,
        secure_cookies: settings.secure_cookies,
        ..ServerSettings::default()
    };
    let mut server = Server::start(database.db.clone(), server_settings).await?;
    let backend = fleet.as_ref().map_or("none", Fleet::name);
    let workers = match fleet {
        Some(fleet) => Some(Workers::start(&mut server, fleet, settings.workers).await?),
        None => None,
    };
    let admin_token = server.state.auth.first_admin().await?.map(|token| token.secret.reveal().to_owned());
    ready(&Ready { url: server.url(), backend, admin_token });
    stop.cancelled().await;
    if let Some(workers) = workers {
        workers.stop(&server).await;
    }
    server.stop().await;
    Ok(())
}

/// The running fleet and the token it uses.
struct Workers {
    token: Uuid,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Workers {
    async fn start(server: &mut Server, fleet: Fleet, count: usize) -> anyhow::Result<Self> {
        let address = reachable(server, &fleet).await?;
        let token = server.state.auth.create_token("fleet", &[Scope::Worker], None).await?;
        let join =
            Join { server: format!("http://{address}"), token: Secret::from_text(token.secret.reveal()) };
        let stop = CancellationToken::new();
        let task = tokio::spawn({
            let stop = stop.clone();
            async move { fleet.run(count, join, stop).await }
        });
        Ok(Self { token: token.id, stop, task })
    }

    /// Ends the workers while the server still takes their jobs back.
    async fn stop(self, server: &Server) {
        self.stop.cancel();
        let _ = self.task.await;
        if let Err(error) = server.state.auth.revoke_token(self.token).await {
            tracing::warn!(%error, "the fleet's token is not revoked");
        }
    }
}

/// An address of the server that the fleet's workers reach; one more is opened when there is none.
async fn reachable(server: &mut Server, fleet: &Fleet) -> anyhow::Result<SocketAddr> {
    let host = fleet.host_address();
    let fits = |address: &&SocketAddr| address.ip() == host || address.ip().is_unspecified();
    if let Some(address) = server.addresses.iter().find(fits) {
        return Ok(SocketAddr::new(host, address.port()));
    }
    server.listen(SocketAddr::new(host, 0)).await.context("listening for workers")
}

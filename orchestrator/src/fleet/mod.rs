//! The fleet: keeps worker slots alive, as processes of this host or as containers. Nothing else in the orchestrator
//! knows how a worker is started; only [`docker`] knows the container engine.
//!
//! A worker is told what it needs by its environment: `DARKROOM_SERVER` (URL), `DARKROOM_TOKEN`,
//! `DARKROOM_WORKER_NAME`, `DARKROOM_WORKER_BACKEND`, and as a process of this host `DARKROOM_WORKER_PARENT`: it stops
//! when that process is gone. Nothing stands on its command line, which every user can read.

mod backoff;
mod docker;
mod process;

pub use docker::{ContainerSettings, DockerFleet};
pub use process::ProcessFleet;

use crate::auth::Secret;
use std::ffi::OsString;
use std::net::IpAddr;
use std::path::PathBuf;
use thiserror::Error;
use tokio_util::sync::CancellationToken;

/// Why a fleet cannot be started.
#[derive(Debug, Error)]
pub enum FleetError {
    /// No engine, or it refused something.
    #[error("container engine: {0}")]
    Engine(String),
    /// The engine answers, but cannot run the worker.
    #[error("the container engine cannot run the worker: {0}")]
    CannotRun(String),
    /// The worker binary for the image.
    #[error("worker binary {path}: {reason}")]
    Binary {
        /// Where.
        path: PathBuf,
        /// Why.
        reason: String,
    },
}

/// Which backend to take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum BackendChoice {
    /// Containers when an engine answers and can run them, else processes.
    #[default]
    Auto,
    /// Processes of this host.
    Process,
    /// Containers of this host's Docker engine.
    Docker,
    /// No workers: they are started elsewhere.
    None,
}

/// How a worker program is started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkerProgram {
    /// Program for the `process` backend.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<OsString>,
}

/// What a worker needs to reach the orchestrator.
#[derive(Debug, Clone)]
pub struct Join {
    /// URL of the orchestrator, as the worker reaches it.
    pub server: String,
    /// A token with the scope `worker`.
    pub token: Secret,
}

impl Join {
    /// The same orchestrator as seen from the fleet's workers: this host's loopback address is not theirs.
    pub fn seen_by(self, fleet: &Fleet) -> Self {
        let server = on_host(&self.server, fleet.host_address());
        Self { server: server.unwrap_or(self.server), ..self }
    }

    fn environment(&self, name: &str, backend: &str) -> [(&'static str, String); 4] {
        [
            ("DARKROOM_SERVER", self.server.clone()),
            ("DARKROOM_TOKEN", self.token.reveal().to_owned()),
            ("DARKROOM_WORKER_NAME", name.to_owned()),
            ("DARKROOM_WORKER_BACKEND", backend.to_owned()),
        ]
    }
}

/// A way to keep workers alive.
pub trait Backend: Send + Sync {
    /// Its word: `process`, `docker`.
    fn name(&self) -> &'static str;

    /// The address of this host as workers reach it.
    fn host_address(&self) -> IpAddr;

    /// Keeps `count` workers alive until `stop`; then ends them all before it returns.
    fn run(&self, count: usize, join: Join, stop: CancellationToken) -> impl Future<Output = ()> + Send;
}

/// The backend that was chosen.
#[derive(Debug)]
pub enum Fleet {
    /// Processes.
    Process(ProcessFleet),
    /// Containers.
    Docker(DockerFleet),
}

impl Fleet {
    /// Prepares the backend of `choice`; `None` for [`BackendChoice::None`].
    ///
    /// # Errors
    /// When Docker was asked for and cannot be had; `auto` falls back to processes and says why.
    pub async fn choose(
        choice: BackendChoice,
        program: WorkerProgram,
        containers: Option<ContainerSettings>,
    ) -> Result<Option<Self>, FleetError> {
        match choice {
            BackendChoice::None => Ok(None),
            BackendChoice::Process => Ok(Some(Self::Process(ProcessFleet::new(program)))),
            BackendChoice::Docker => Ok(Some(Self::Docker(docker_fleet(containers).await?))),
            BackendChoice::Auto => Ok(Some(match docker_fleet(containers).await {
                Ok(fleet) => Self::Docker(fleet),
                Err(reason) => {
                    tracing::info!(%reason, "workers run as processes");
                    Self::Process(ProcessFleet::new(program))
                }
            })),
        }
    }

    /// Its word: `process`, `docker`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Process(fleet) => fleet.name(),
            Self::Docker(fleet) => fleet.name(),
        }
    }

    /// The address of this host as workers reach it.
    pub fn host_address(&self) -> IpAddr {
        match self {
            Self::Process(fleet) => fleet.host_address(),
            Self::Docker(fleet) => fleet.host_address(),
        }
    }

    /// Keeps `count` workers alive until `stop`.
    pub async fn run(&self, count: usize, join: Join, stop: CancellationToken) {
        match self {
            Self::Process(fleet) => fleet.run(count, join, stop).await,
            Self::Docker(fleet) => fleet.run(count, join, stop).await,
        }
    }
}

/// A URL of this host's loopback, with another address of this host in its place.
fn on_host(url: &str, host: IpAddr) -> Option<String> {
    let uri: axum::http::Uri = url.parse().ok()?;
    let name = uri.host()?;
    let is_loopback =
        name == "localhost" || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    let address = std::net::SocketAddr::new(host, uri.port_u16()?);
    is_loopback.then(|| format!("{}://{address}", uri.scheme_str().unwrap_or("http")))
}

async fn docker_fleet(settings: Option<ContainerSettings>) -> Result<DockerFleet, FleetError> {
    let settings =
        settings.ok_or_else(|| FleetError::Engine("there is no static worker binary".to_owned()))?;
    DockerFleet::prepare(settings).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loopback_url_is_moved_to_the_workers_side_of_the_host() {
        let bridge: IpAddr = "172.20.0.1".parse().unwrap();
        assert_eq!(on_host("http://127.0.0.1:8640", bridge).as_deref(), Some("http://172.20.0.1:8640"));
        assert_eq!(on_host("http://localhost:8640/", bridge).as_deref(), Some("http://172.20.0.1:8640"));
        assert_eq!(on_host("http://farm.example:8640", bridge), None);
        assert_eq!(on_host("nonsense", bridge), None);
    }
}

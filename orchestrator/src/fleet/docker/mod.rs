//! Workers as containers of this host's engine.
//!
//! The image is made from one static binary (`FROM scratch`). A container has no rights beyond those of its one
//! process: see [`container`]. Its network is internal and reaches nothing but this host's address on it.

mod container;
mod image;
mod network;

use super::backoff::Backoff;
use super::{Backend, FleetError, Join};
use bollard::Docker;
use bollard::query_parameters::{
    CreateContainerOptionsBuilder, ListContainersOptionsBuilder, RemoveContainerOptionsBuilder,
    StopContainerOptionsBuilder, WaitContainerOptions,
};
use futures_util::StreamExt;
use std::collections::HashMap;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Instant;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// Label of everything that a farm owns; its value is the farm's name.
const LABEL: &str = "org.darkroom.farm";
/// What a worker may ask of the kernel; its jobs may much less.
const SECCOMP: &str = include_str!("../../../../docker/seccomp-worker.json");
/// Seconds that a container gets to hand its job back.
const STOP_SECONDS: i32 = 10;

/// What containers are made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContainerSettings {
    /// Name of the farm: containers, network and labels carry it, so that farms of one host do not meet.
    pub farm: String,
    /// The worker, statically linked.
    pub binary: PathBuf,
    /// Text of the seccomp profile: `docker/seccomp-worker.json` unless replaced.
    pub seccomp: String,
    /// Most bytes of memory of one worker.
    pub memory: i64,
    /// CPU time of one worker, in billionths of a core.
    pub nano_cpus: i64,
}

impl ContainerSettings {
    /// Usual limits: 2 GiB (a camera has up to 512 MiB of RAM, and a job keeps a card and a start image), one core.
    pub fn new(farm: &str, binary: PathBuf) -> Self {
        let (farm, seccomp) = (farm.to_owned(), SECCOMP.to_owned());
        Self { farm, binary, seccomp, memory: 2 << 30, nano_cpus: 1_000_000_000 }
    }
}

impl From<bollard::errors::Error> for FleetError {
    fn from(error: bollard::errors::Error) -> Self {
        Self::Engine(error.to_string())
    }
}

/// Keeps a container per slot alive.
#[derive(Debug, Clone)]
pub struct DockerFleet {
    docker: Docker,
    settings: ContainerSettings,
    image: String,
    network: network::Internal,
}

impl DockerFleet {
    /// Makes image and network, removes what an earlier run left, and tries one container.
    ///
    /// # Errors
    /// No engine, no static binary, or the engine cannot run it.
    pub async fn prepare(settings: ContainerSettings) -> Result<Self, FleetError> {
        // Old engines refuse a newer version of the API than their own.
        let docker = Docker::connect_with_unix_defaults()?.negotiate_version().await?;
        docker.ping().await?;
        let image = image::ensure(&docker, &settings.binary).await?;
        let network = network::ensure(&docker, &settings.farm).await?;
        let fleet = Self { docker, settings, image, network };
        fleet.remove_leftovers().await?;
        fleet.probe().await?;
        Ok(fleet)
    }

    /// Runs the worker once in a container as it will be, to print its version.
    async fn probe(&self) -> Result<(), FleetError> {
        let mut body = container::body(&self.settings, &self.image, &self.network.name, Vec::new());
        body.cmd = Some(vec!["--version".to_owned()]);
        let id = self.create(&format!("{}-probe", self.prefix()), body).await?;
        let ran = self.run_to_end(&id).await;
        self.remove(&id).await;
        match ran? {
            0 => Ok(()),
            code => Err(FleetError::CannotRun(format!("its version call ended with {code}"))),
        }
    }

    fn prefix(&self) -> String {
        format!("darkroom-{}", self.settings.farm)
    }

    async fn create(
        &self,
        name: &str,
        body: bollard::models::ContainerCreateBody,
    ) -> Result<String, FleetError> {
        let options = CreateContainerOptionsBuilder::default().name(name).build();
        Ok(self.docker.create_container(Some(options), body).await?.id)
    }

    /// Starts a container and waits for its end; its exit code.
    async fn run_to_end(&self, id: &str) -> Result<i64, FleetError> {
        let started = self.docker.start_container(id, None).await;
        started.map_err(|error| FleetError::CannotRun(error.to_string()))?;
        let mut ended = std::pin::pin!(self.docker.wait_container(id, None::<WaitContainerOptions>));
        match ended.next().await {
            Some(Ok(response)) => Ok(response.status_code),
            Some(Err(bollard::errors::Error::DockerContainerWaitError { code, .. })) => Ok(code),
            Some(Err(error)) => Err(error.into()),
            None => Err(FleetError::Engine("the engine broke off".to_owned())),
        }
    }

    async fn remove(&self, id: &str) {
        let options = RemoveContainerOptionsBuilder::default().force(true).v(true).build();
        if let Err(error) = self.docker.remove_container(id, Some(options)).await {
            tracing::warn!(container = id, %error, "container cannot be removed");
        }
    }

    /// Removes containers of this farm that an orchestrator left behind when it was killed.
    async fn remove_leftovers(&self) -> Result<(), FleetError> {
        let filters = HashMap::from([("label", vec![format!("{LABEL}={}", self.settings.farm)])]);
        let options = ListContainersOptionsBuilder::default().all(true).filters(&filters).build();
        for container in self.docker.list_containers(Some(options)).await? {
            if let Some(id) = container.id {
                tracing::info!(container = id, "removing a container that an earlier run left behind");
                self.remove(&id).await;
            }
        }
        Ok(())
    }

    async fn keep_alive(self, join: Join, slot: usize, stop: CancellationToken) {
        let mut backoff = Backoff::new();
        while !stop.is_cancelled() {
            let started = Instant::now();
            if let Err(error) = self.run_slot(&join, slot, &stop).await {
                tracing::error!(slot, %error, "worker container");
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(backoff.pause(started.elapsed())) => {}
            }
        }
    }

    /// One life of a slot's container.
    async fn run_slot(&self, join: &Join, slot: usize, stop: &CancellationToken) -> Result<(), FleetError> {
        let name = format!("{}-{slot}", self.prefix());
        let environment = join.environment(&name, self.name());
        let environment = environment.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let body = container::body(&self.settings, &self.image, &self.network.name, environment);
        let id = self.create(&name, body).await?;
        let ended = tokio::select! {
            code = self.run_to_end(&id) => code.map(|code| {
                tracing::warn!(slot, code, "worker container ended; starting a new one");
            }),
            () = stop.cancelled() => {
                let options = StopContainerOptionsBuilder::default().t(STOP_SECONDS).build();
                self.docker.stop_container(&id, Some(options)).await.map_err(FleetError::from)
            }
        };
        self.remove(&id).await;
        ended
    }
}

impl Backend for DockerFleet {
    fn name(&self) -> &'static str {
        "docker"
    }

    fn host_address(&self) -> IpAddr {
        self.network.gateway
    }

    async fn run(&self, count: usize, join: Join, stop: CancellationToken) {
        let mut slots = JoinSet::new();
        for slot in 1..=count {
            slots.spawn(self.clone().keep_alive(join.clone(), slot, stop.clone()));
        }
        slots.join_all().await;
        network::remove(&self.docker, &self.network).await;
    }
}

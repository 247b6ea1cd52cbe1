//! What a worker must be told, and where it looks for it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, ensure};
use clap::Args;

use crate::child::sandbox::Budget;

/// Settings of a worker, from its arguments or environment.
#[derive(Args, Debug, Clone)]
pub struct Settings {
    /// Address of the orchestrator, for example `http://10.0.0.2:8640`. An IP address needs no name service.
    #[arg(long, env = "DARKROOM_SERVER")]
    pub server: Option<String>,
    /// File that holds the token; else the variable `DARKROOM_TOKEN` holds the token itself.
    #[arg(long, env = "DARKROOM_TOKEN_FILE")]
    pub token_file: Option<PathBuf>,
    /// Certificates to trust (PEM), for `https` addresses; without it those of the system.
    #[arg(long, env = "DARKROOM_CA_FILE")]
    pub ca_file: Option<PathBuf>,
    /// Name shown to people; without it the host's.
    #[arg(long, env = "DARKROOM_WORKER_NAME")]
    pub name: Option<String>,
    /// What started the worker, for people: `process`, `docker` …
    #[arg(long, env = "DARKROOM_WORKER_BACKEND", default_value = "process")]
    pub backend: String,
    /// Process id of what started the worker: once it is gone, the worker stops. Without it, it goes on alone.
    #[arg(long, env = "DARKROOM_WORKER_PARENT")]
    pub parent: Option<u32>,
    /// Bytes of blobs kept in memory between jobs.
    #[arg(long, env = "DARKROOM_CACHE_BYTES", default_value_t = 192 << 20)]
    pub cache_bytes: u64,
    /// Address space of a job's process, in bytes.
    #[arg(long, env = "DARKROOM_JOB_MEMORY_BYTES", default_value_t = Budget::default().memory_bytes)]
    pub job_memory_bytes: u64,
    /// Seconds that a running job may take to end when the worker is asked to stop; then it is handed back.
    #[arg(long, env = "DARKROOM_DRAIN_SECONDS", default_value_t = 5.0)]
    pub drain_seconds: f64,
}

impl Settings {
    /// Checks that everything needed is there and reads the token.
    ///
    /// # Errors
    /// When something is missing, naming it.
    pub fn resolve(self) -> anyhow::Result<Config> {
        let server = self.server.context("no orchestrator: set DARKROOM_SERVER or --server")?;
        let server: reqwest::Url = server.parse().with_context(|| format!("the address '{server}'"))?;
        ensure!(matches!(server.scheme(), "http" | "https"), "the address '{server}' must be http or https");
        require_name_service(&server)?;
        let program = std::env::current_exe().context("finding the worker's own program")?;
        Ok(Config {
            token: token(self.token_file.as_deref())?,
            ca: self.ca_file.map(|path| read(&path)).transpose()?,
            name: self.name.unwrap_or_else(host_name),
            backend: self.backend,
            cache_bytes: self.cache_bytes,
            job_memory_bytes: self.job_memory_bytes,
            drain: Duration::try_from_secs_f64(self.drain_seconds).context("drain seconds")?,
            server,
            program,
        })
    }
}

/// Everything a worker needs to know.
#[derive(Clone)]
pub struct Config {
    /// The orchestrator's address.
    pub server: reqwest::Url,
    /// The worker's token.
    pub token: String,
    /// Certificates to trust, as PEM.
    pub ca: Option<Vec<u8>>,
    /// Name for people.
    pub name: String,
    /// What started the worker.
    pub backend: String,
    /// The worker's own program, started again for each job.
    pub program: PathBuf,
    /// Bytes of blobs kept between jobs.
    pub cache_bytes: u64,
    /// Address space of a job's process.
    pub job_memory_bytes: u64,
    /// How long a running job may go on once the worker is asked to stop.
    pub drain: Duration,
}

/// The resolver falls back to public name servers when it finds no settings: a worker must not talk to those.
fn require_name_service(server: &reqwest::Url) -> anyhow::Result<()> {
    let by_name = server.domain().is_some_and(|name| name != "localhost");
    ensure!(
        !by_name || Path::new("/etc/resolv.conf").exists(),
        "{server} is a name, and there is no /etc/resolv.conf to look it up with: give an IP address"
    );
    Ok(())
}

fn token(file: Option<&Path>) -> anyhow::Result<String> {
    let text = match file {
        Some(path) => String::from_utf8(read(path)?).context("the token file is not text")?,
        None => {
            std::env::var("DARKROOM_TOKEN").context("no token: set DARKROOM_TOKEN or DARKROOM_TOKEN_FILE")?
        }
    };
    let token = text.trim().to_owned();
    ensure!(!token.is_empty(), "the token is empty");
    Ok(token)
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("reading {}", path.display()))
}

fn host_name() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let name = name.trim();
    if name.is_empty() { "worker".to_owned() } else { name.to_owned() }
}

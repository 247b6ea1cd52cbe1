//! A private Postgres under the data folder, from the server binaries that are installed.
//!
//! It listens on a Unix socket only. Postgres refuses to run as root, so root drops to an unprivileged user for it.
//! A server that a killed orchestrator left behind is stopped first.

mod account;
mod binaries;
mod folder;
mod keeper;
mod leftover;

pub use keeper::Keeper;

use account::Account;
use binaries::Binaries;
use folder::Folder;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use sqlx::Connection;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use std::fs::File;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use thiserror::Error;

/// Superuser of the private server; nobody else can reach its socket.
const ROLE: &str = "darkroom";
const DATABASE: &str = "postgres";
const CONNECTIONS: u32 = 100;
/// How long the server may take to answer after its start; recovery after a crash included.
const READY_WITHIN: Duration = Duration::from_secs(60);
/// How long it may take to stop before it is killed (which loses nothing: it recovers from its log).
const STOP_WITHIN: Duration = Duration::from_secs(20);
const PAUSE: Duration = Duration::from_millis(20);

/// Why there is no private server.
#[derive(Debug, Error)]
pub enum EmbeddedError {
    /// Not installed.
    #[error(
        "no Postgres server found in PATH or under /usr/lib/postgresql: install 'postgresql', or set DATABASE_URL"
    )]
    NotInstalled,
    /// Root without an unprivileged user.
    #[error("running as root needs a user 'postgres' or 'nobody' for the server")]
    NoAccount,
    /// Another process uses the folder.
    #[error("{0} is in use by another darkroom")]
    InUse(PathBuf),
    /// A file or folder.
    #[error("{path}: {error}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// `initdb` failed.
    #[error("creating the database failed: {0}")]
    Init(String),
    /// The server did not come up.
    #[error("Postgres did not start: {0}")]
    Start(String),
}

impl EmbeddedError {
    fn file(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |error| Self::File { path, error }
    }
}

/// Whether data must survive a power cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Durability {
    /// Yes.
    #[default]
    Safe,
    /// No: for tests.
    Fast,
}

/// A running private server. Dropping it stops it.
#[derive(Debug)]
pub struct EmbeddedPostgres {
    binaries: Binaries,
    folder: Folder,
    account: Option<Account>,
    durability: Durability,
    child: Option<Child>,
    // Held as long as the server may run.
    _lock: File,
}

/// Starts the private server of the data folder `dir`; makes the database when it is new.
///
/// # Errors
/// See [`EmbeddedError`]; a server that does not start is quoted.
pub async fn start(dir: &Path, durability: Durability) -> Result<EmbeddedPostgres, EmbeddedError> {
    let binaries = Binaries::find().ok_or(EmbeddedError::NotInstalled)?;
    let account = Account::for_server()?;
    let folder = Folder::prepare(dir, account.as_ref())?;
    let lock = folder.lock()?;
    leftover::stop(&folder.data())?;
    let mut server = EmbeddedPostgres { binaries, folder, account, durability, child: None, _lock: lock };
    if !server.folder.is_initialised() {
        server.initialise()?;
    }
    server.launch().await?;
    Ok(server)
}

impl EmbeddedPostgres {
    /// How to connect.
    pub fn options(&self) -> PgConnectOptions {
        PgConnectOptions::new_without_pgpass()
            .socket(self.folder.socket_dir())
            .username(ROLE)
            .database(DATABASE)
    }

    /// Stops the server, waiting for it: clients are disconnected, everything is on disk.
    pub fn stop(&mut self) {
        let Some(mut child) = self.child.take() else { return };
        // A process id of a child that was not waited for cannot be another process.
        let pid = Pid::from_raw(child.id().cast_signed());
        let _ = kill(pid, Signal::SIGINT);
        let deadline = Instant::now() + STOP_WITHIN;
        while Instant::now() < deadline {
            if !matches!(child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(PAUSE);
        }
        tracing::warn!("Postgres does not stop; killing it");
        let _ = kill(pid, Signal::SIGQUIT);
        let _ = child.wait();
    }

    /// Stops and starts the server.
    ///
    /// # Errors
    /// As [`start`].
    pub async fn restart(&mut self) -> Result<(), EmbeddedError> {
        self.stop();
        self.launch().await
    }

    /// Hands the server to a task that starts it again whenever it ends by itself.
    pub fn keep_alive(self) -> Keeper {
        Keeper::new(self)
    }

    fn is_running(&mut self) -> bool {
        self.child.as_mut().is_some_and(|child| matches!(child.try_wait(), Ok(None)))
    }

    /// Process id of the server while it runs.
    pub fn id(&self) -> Option<u32> {
        self.child.as_ref().map(Child::id)
    }

    fn initialise(&self) -> Result<(), EmbeddedError> {
        let fresh = self.folder.fresh_data()?;
        let mut command = self.command(&self.binaries.initdb);
        command.arg("--pgdata").arg(&fresh).args(["--username", ROLE, "--encoding", "UTF8", "--locale", "C"]);
        command.args(["--auth-local", "trust", "--auth-host", "reject"]);
        if self.durability == Durability::Fast {
            command.arg("--no-sync");
        }
        let output = command.stdin(Stdio::null()).output();
        let output = output.map_err(|error| EmbeddedError::Init(error.to_string()))?;
        if !output.status.success() {
            return Err(EmbeddedError::Init(String::from_utf8_lossy(&output.stderr).trim().to_owned()));
        }
        self.folder.adopt(&fresh)
    }

    async fn launch(&mut self) -> Result<(), EmbeddedError> {
        let log = self.folder.open_log()?;
        let errors = log.try_clone().map_err(EmbeddedError::file(&self.folder.log()))?;
        let mut command = self.command(&self.binaries.postgres);
        command.arg("-D").arg(self.folder.data());
        for setting in self.settings() {
            command.arg("-c").arg(setting);
        }
        let child = command.stdin(Stdio::null()).stdout(log).stderr(errors).spawn();
        self.child = Some(child.map_err(|error| EmbeddedError::Start(error.to_string()))?);
        self.wait_until_ready().await
    }

    fn settings(&self) -> Vec<String> {
        let mut settings = vec![
            "listen_addresses=".to_owned(),
            format!("unix_socket_directories={}", self.folder.socket_dir().display()),
            "unix_socket_permissions=0700".to_owned(),
            format!("max_connections={CONNECTIONS}"),
        ];
        if self.durability == Durability::Fast {
            settings
                .extend(["fsync=off", "synchronous_commit=off", "full_page_writes=off"].map(str::to_owned));
        }
        settings
    }

    /// A command that runs as the server's user, in a process group of its own: Ctrl-C in a terminal reaches only us,
    /// and we stop the server last.
    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.env_clear().env("LC_ALL", "C").env("PATH", "/usr/bin:/bin").process_group(0);
        command.current_dir("/");
        if let Some(account) = &self.account {
            command.uid(account.uid).gid(account.gid);
        }
        command
    }

    async fn wait_until_ready(&mut self) -> Result<(), EmbeddedError> {
        let deadline = Instant::now() + READY_WITHIN;
        loop {
            if let Ok(mut connection) = PgConnection::connect_with(&self.options()).await
                && connection.ping().await.is_ok()
            {
                return Ok(());
            }
            if !self.is_running() || Instant::now() > deadline {
                self.stop();
                return Err(EmbeddedError::Start(self.folder.log_tail()));
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
}

impl Drop for EmbeddedPostgres {
    fn drop(&mut self) {
        self.stop();
    }
}

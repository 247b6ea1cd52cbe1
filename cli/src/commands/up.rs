//! `darkroom up`: the farm in one process, with a private database and its workers.

use crate::args::Up as Arguments;
use crate::exit::{Outcome, Usage};
use anyhow::Context;
use clap::ValueEnum;
use darkroom_orchestrator::auth::Anonymous;
use darkroom_orchestrator::config::DatabaseArgs;
use darkroom_orchestrator::fleet::{BackendChoice, ContainerSettings, WorkerProgram};
use darkroom_orchestrator::up::{Ready, UpSettings, up};
use darkroom_protocol::Digest;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;

pub(crate) fn run(arguments: Arguments) -> anyhow::Result<Outcome> {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(serve(arguments))?;
    Ok(Outcome::Passed)
}

async fn serve(arguments: Arguments) -> anyhow::Result<()> {
    fs::create_dir_all(&arguments.data).with_context(|| format!("creating {}", arguments.data.display()))?;
    let settings = settings(&arguments)?;
    let mut announced = Ok(());
    let announce = |ready: &Ready| announced = announce(ready, arguments.ready_file.as_deref());
    up(settings, announce, stop_on_signal()?).await?;
    announced
}

fn settings(arguments: &Arguments) -> anyhow::Result<UpSettings> {
    let data =
        arguments.data.canonicalize().with_context(|| format!("finding {}", arguments.data.display()))?;
    let worker = worker_program(arguments)?;
    let backend = BackendChoice::from_str(&arguments.fleet, true).map_err(Usage)?;
    let containers = ContainerSettings::new(&farm_name(&data), worker.clone());
    Ok(UpSettings {
        database: DatabaseArgs { database_url: std::env::var("DATABASE_URL").ok(), data },
        listen: vec![arguments.listen],
        anonymous: if arguments.open { Anonymous::Submit } else { Anonymous::None },
        secure_cookies: false,
        workers: arguments.workers,
        backend,
        program: WorkerProgram { program: worker, arguments: Vec::new() },
        containers: Some(containers),
    })
}

/// The worker that lies beside this program, unless another is named.
fn worker_program(arguments: &Arguments) -> anyhow::Result<PathBuf> {
    let beside =
        || -> anyhow::Result<PathBuf> { Ok(std::env::current_exe()?.with_file_name("darkroom-worker")) };
    let program = arguments.worker_program.clone().map_or_else(beside, Ok)?;
    if program.is_file() {
        return Ok(program);
    }
    Err(Usage(format!("there is no worker program at {}; name one with --worker-program", program.display()))
        .into())
}

/// Farms of one host must not meet on its engine: the name comes from the data folder.
fn farm_name(data: &Path) -> String {
    Digest::of(data.as_os_str().as_bytes()).to_string()[..8].to_owned()
}

/// Ends the farm in order on Ctrl-C and on SIGTERM.
fn stop_on_signal() -> anyhow::Result<CancellationToken> {
    let stop = CancellationToken::new();
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::spawn({
        let stop = stop.clone();
        async move {
            tokio::select! { _ = terminate.recv() => {}, _ = interrupt.recv() => {} }
            stop.cancel();
        }
    });
    Ok(stop)
}

fn announce(ready: &Ready, file: Option<&Path>) -> anyhow::Result<()> {
    say!("dashboard: {} (workers: {})", ready.url, ready.backend);
    if let Some(token) = &ready.admin_token {
        say!("admin token, shown once: {token}");
    }
    let Some(file) = file else { return Ok(()) };
    let token = ready.admin_token.as_deref().unwrap_or_default();
    // Written under another name first: whoever waits for the file must find it whole.
    let draft = file.with_extension("new");
    let mut out = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&draft)?;
    write!(out, "server={}\ntoken={token}\n", ready.url)?;
    fs::rename(&draft, file).with_context(|| format!("writing {}", file.display()))
}

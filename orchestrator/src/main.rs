//! The orchestrator program: the parts of a farm one by one. `darkroom up` starts them all together.

use anyhow::Context;
use clap::{Args, Parser, Subcommand};
use darkroom_orchestrator::auth::{Auth, Scope, Secret};
use darkroom_orchestrator::config::{DatabaseArgs, ServeArgs};
use darkroom_orchestrator::database::Database;
use darkroom_orchestrator::fleet::{BackendChoice, ContainerSettings, Fleet, Join, WorkerProgram};
use darkroom_orchestrator::up::{UpSettings, up};
use std::path::PathBuf;
use time::{Duration, OffsetDateTime};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Web, API, queue and fleet of a Darkroom farm.
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serves pages and API, and runs the queue. Prints the first admin token when there is none.
    Serve(ServeArgs),
    /// Keeps workers alive on this host.
    Fleet(FleetArgs),
    /// Brings the database up to date.
    Migrate(DatabaseArgs),
    /// Tokens.
    #[command(subcommand)]
    Token(TokenCommand),
}

#[derive(Args)]
struct FleetArgs {
    /// URL of the orchestrator. Containers see a loopback address as this host's address on their network; the
    /// orchestrator must listen there, too.
    #[arg(long, env = "DARKROOM_SERVER")]
    server: String,
    /// File with a token of the scope 'worker'.
    #[arg(long, env = "DARKROOM_TOKEN_FILE")]
    token_file: PathBuf,
    /// Worker slots.
    #[arg(long, default_value_t = 2)]
    workers: usize,
    /// How workers are started.
    #[arg(long, value_enum, default_value_t)]
    backend: BackendChoice,
    /// Worker program for processes.
    #[arg(long, default_value = "darkroom-worker")]
    program: PathBuf,
    /// Statically linked worker program for containers.
    #[arg(long)]
    static_program: Option<PathBuf>,
    /// Seccomp profile of containers; without it the built-in one.
    #[arg(long)]
    seccomp: Option<PathBuf>,
    /// Name of the farm on this host's engine.
    #[arg(long, default_value = "default")]
    farm: String,
}

#[derive(Subcommand)]
enum TokenCommand {
    /// Makes a token and prints it: the only time that it is shown.
    Create {
        #[command(flatten)]
        database: DatabaseArgs,
        /// Name for lists and the audit trail.
        name: String,
        /// What it allows; several are possible.
        #[arg(long = "scope", value_enum, required = true)]
        scopes: Vec<Scope>,
        /// Days until it ends; absent: never.
        #[arg(long)]
        days: Option<i64>,
    },
    /// Lists tokens, without their secrets.
    List {
        #[command(flatten)]
        database: DatabaseArgs,
    },
    /// Revokes a token at once; browser sessions made with it end.
    Revoke {
        #[command(flatten)]
        database: DatabaseArgs,
        /// Its id.
        id: Uuid,
    },
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let filter =
        tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "info,sqlx=warn".into());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    match Cli::parse().command {
        Command::Serve(args) => serve(args).await,
        Command::Fleet(args) => fleet(args).await,
        Command::Migrate(args) => {
            Database::open(&args).await?.close().await;
            Ok(())
        }
        Command::Token(command) => token(command).await,
    }
}

async fn serve(args: ServeArgs) -> anyhow::Result<()> {
    let settings = UpSettings {
        database: args.database,
        listen: args.listen,
        anonymous: args.anonymous,
        secure_cookies: args.secure_cookies,
        workers: 0,
        backend: BackendChoice::None,
        program: WorkerProgram { program: PathBuf::new(), arguments: Vec::new() },
        containers: None,
    };
    let announce = |ready: &darkroom_orchestrator::up::Ready| {
        println!("listening on {}", ready.url);
        if let Some(token) = &ready.admin_token {
            println!("first admin token, shown only now: {token}");
        }
    };
    up(settings, announce, stop_on_signal()?).await
}

async fn fleet(args: FleetArgs) -> anyhow::Result<()> {
    let token = std::fs::read_to_string(&args.token_file);
    let token = token.with_context(|| args.token_file.display().to_string())?;
    let join = Join { server: args.server, token: Secret::from_text(token.trim()) };
    let program = WorkerProgram { program: args.program, arguments: Vec::new() };
    let containers =
        args.static_program.map(|binary| container_settings(&args.farm, binary, args.seccomp.as_deref()));
    let fleet = Fleet::choose(args.backend, program, containers.transpose()?).await?;
    if let Some(fleet) = fleet {
        let join = join.seen_by(&fleet);
        fleet.run(args.workers, join, stop_on_signal()?).await;
    }
    Ok(())
}

fn container_settings(
    farm: &str,
    binary: PathBuf,
    seccomp: Option<&std::path::Path>,
) -> anyhow::Result<ContainerSettings> {
    let mut settings = ContainerSettings::new(farm, binary);
    if let Some(path) = seccomp {
        settings.seccomp = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    }
    Ok(settings)
}

async fn token(command: TokenCommand) -> anyhow::Result<()> {
    let (TokenCommand::Create { database, .. }
    | TokenCommand::List { database }
    | TokenCommand::Revoke { database, .. }) = &command;
    let database = Database::open(database).await?;
    let auth = Auth::new(database.db.clone(), Default::default());
    let done = token_in(&auth, &command).await;
    database.close().await;
    done
}

async fn token_in(auth: &Auth, command: &TokenCommand) -> anyhow::Result<()> {
    match command {
        TokenCommand::Create { name, scopes, days, .. } => {
            let end = days.map(|days| OffsetDateTime::now_utc() + Duration::days(days));
            let token = auth.create_token(name, scopes, end).await?;
            println!("{}", token.secret.reveal());
        }
        TokenCommand::List { .. } => {
            for token in auth.tokens().await? {
                let state = if token.revoked_at.is_some() { "revoked" } else { "valid" };
                println!("{}  {}  {}  {}", token.id, state, token.scopes.join(","), token.name);
            }
        }
        TokenCommand::Revoke { id, .. } => auth.revoke_token(*id).await?,
    }
    Ok(())
}

/// Ends with SIGINT or SIGTERM.
fn stop_on_signal() -> anyhow::Result<CancellationToken> {
    use tokio::signal::unix::{SignalKind, signal};
    let stop = CancellationToken::new();
    let mut interrupt = signal(SignalKind::interrupt()).context("signals")?;
    let mut terminate = signal(SignalKind::terminate()).context("signals")?;
    tokio::spawn({
        let stop = stop.clone();
        async move {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            stop.cancel();
        }
    });
    Ok(stop)
}

//! The worker program: `darkroom-worker` leases and runs jobs; `child` and `probe` are what it starts itself.

use anyhow::Context;
use clap::{Args, Parser, Subcommand};
use darkroom_protocol::worker::SandboxProbe;
use darkroom_worker::agent::{self, Drain, Settings};
use darkroom_worker::child::sandbox::Budget;
use darkroom_worker::child::{self, probe_nothing, probe_sandbox};
use darkroom_worker::supervise::Launcher;

/// Leases jobs from a Darkroom orchestrator and runs each in a sandboxed process.
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    settings: Settings,
}

#[derive(Subcommand)]
enum Command {
    /// Runs one job; started by the worker itself.
    #[command(hide = true)]
    Child {
        /// Process id of the worker: without it the job dies.
        #[arg(long)]
        parent: u32,
        #[command(flatten)]
        budget: BudgetArgs,
    },
    /// Tries from inside the sandbox; started by the worker itself, like a job.
    #[command(hide = true)]
    CagedProbe {
        #[command(flatten)]
        budget: BudgetArgs,
    },
    /// Starts a process as jobs are started, lets it try to break out, and prints how that went as JSON. Fails when something
    /// went through.
    Probe {
        /// Show the same attempts without the sandbox.
        #[arg(long)]
        without_sandbox: bool,
    },
}

#[derive(Args)]
struct BudgetArgs {
    /// Address space of a job, in bytes.
    #[arg(long, default_value_t = Budget::default().memory_bytes)]
    memory_bytes: u64,
    /// CPU time of a job, in seconds.
    #[arg(long, default_value_t = Budget::default().cpu_seconds)]
    cpu_seconds: u64,
}

impl From<BudgetArgs> for Budget {
    fn from(args: BudgetArgs) -> Self {
        Self { memory_bytes: args.memory_bytes, cpu_seconds: args.cpu_seconds }
    }
}

fn main() -> anyhow::Result<()> {
    let cli = Cli::parse();
    match cli.command {
        Some(Command::Child { parent, budget }) => {
            child::die_with_parent(parent)?;
            child::run(&budget.into())
        }
        Some(Command::CagedProbe { budget }) => print(&probe_sandbox(&budget.into())?),
        Some(Command::Probe { without_sandbox: true }) => print(&probe_nothing()),
        Some(Command::Probe { without_sandbox: false }) => probe(),
        None => work(cli.settings),
    }
}

fn print(probes: &[SandboxProbe]) -> anyhow::Result<()> {
    println!("{}", serde_json::to_string_pretty(probes)?);
    Ok(())
}

fn probe() -> anyhow::Result<()> {
    let program = std::env::current_exe().context("finding the worker's own program")?;
    let launcher = Launcher::new(program, Budget::default().memory_bytes);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let probes = runtime.block_on(launcher.probe())?;
    print(&probes)?;
    agent::refuse_holes(&probes)
}

/// One thread: jobs live as long as the thread that started them, and everything that takes time is in other processes.
fn work(settings: Settings) -> anyhow::Result<()> {
    let filter =
        tracing_subscriber::EnvFilter::try_from_env("DARKROOM_LOG").unwrap_or_else(|_| "info".into());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let parent = settings.parent;
    let config = settings.resolve()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let (stopper, drain) = Drain::new(config.drain);
        stopper.ask_at_signals().context("catching signals")?;
        if let Some(parent) = parent {
            stopper.ask_without(parent);
        }
        agent::work(config, drain).await
    })
}

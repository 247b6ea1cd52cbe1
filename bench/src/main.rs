//! `darkroom-bench`: prints figures of the emulator and of the farm as tables, and writes them as JSON.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, bail};
use clap::{Parser, Subcommand};
use darkroom_bench::cold::{self, ColdPlan};
use darkroom_bench::cpu::{self, Plan};
use darkroom_bench::engine::{Engine, Native, Ours, Qemu};
use darkroom_bench::farm::{self, FarmPlan};
use darkroom_bench::kernels::{ConsoleKind, Kernel, KernelBuild, Level, Selection, Variant};
use darkroom_bench::snapshot::{self, SnapshotPlan};
use darkroom_emu_core::arm;

/// Figures of the emulator and the farm.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Writes the figures here too, as JSON
    #[arg(long, global = true)]
    json: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Runs the kernels in our engines, in QEMU and natively, and compares their speed
    Cpu(CpuArguments),
    /// Runs code that is executed once or a few times in our engines and in QEMU
    Cold(ColdArguments),
    /// Measures latency and throughput of a running farm
    Farm(FarmArguments),
    /// Measures what it costs to save a machine and to fork it
    Snapshot(SnapshotArguments),
}

#[derive(clap::Args)]
struct SnapshotArguments {
    /// RAM of the machine in MiB
    #[arg(long, default_value_t = 512, value_parser = clap::value_parser!(u64).range(1..=3072))]
    ram_mib: u64,
    /// What the machine has written since the last snapshot, in MiB
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=3072))]
    dirty_mib: u64,
    /// Measurements of each figure
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..))]
    repeats: u32,
}

#[derive(clap::Args)]
struct CpuArguments {
    /// Builds to run, by their names in firmware/kernels/Makefile
    #[arg(long, value_delimiter = ',', default_value = "v5-arm,v5-thumb,r4-thumb2")]
    variants: Vec<String>,
    /// Kernels to run (default: all)
    #[arg(long, value_delimiter = ',')]
    kernels: Vec<String>,
    /// Optimisation level of guest and host programs
    #[arg(long, value_enum, default_value = "O2")]
    level: Level,
    /// Engines to compare
    #[arg(long, value_delimiter = ',', default_value = "jit,interp,qemu,native")]
    engines: Vec<String>,
    /// How long a run should take, in milliseconds of processor time
    #[arg(long, default_value_t = 300)]
    target_ms: u64,
    /// Measurements of each figure; the median counts
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
    repeats: u32,
    /// Where the kernels are built
    #[arg(long, default_value = "firmware/kernels/build")]
    build: PathBuf,
}

#[derive(clap::Args)]
struct ColdArguments {
    /// Distinct blocks
    #[arg(long, default_value_t = 200_000, value_parser = clap::value_parser!(u32).range(100..=1_000_000))]
    blocks: u32,
    /// How often each block is executed
    #[arg(long, value_delimiter = ',', default_value = "1,3", value_parser = clap::value_parser!(u32).range(1..))]
    rounds: Vec<u32>,
    /// Engines to compare
    #[arg(long, value_delimiter = ',', default_value = "jit,interp,qemu")]
    engines: Vec<String>,
    /// Measurements of each figure; the median counts
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    repeats: u32,
}

#[derive(clap::Args)]
struct FarmArguments {
    /// Address of the farm
    #[arg(long, env = "DARKROOM_SERVER")]
    server: String,
    /// Token with the scopes to read and submit
    #[arg(long, env = "DARKROOM_TOKEN", hide_env_values = true)]
    token: Option<String>,
    /// Jobs of each part
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..))]
    jobs: u32,
    /// The farm's worker slots: so many jobs are under way at a time
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..))]
    workers_hint: u32,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let json = match arguments.command {
        Command::Cpu(cpu) => serde_json::to_string_pretty(&run_cpu(&cpu)?)?,
        Command::Cold(cold) => serde_json::to_string_pretty(&run_cold(&cold)?)?,
        Command::Farm(farm) => serde_json::to_string_pretty(&run_farm(farm)?)?,
        Command::Snapshot(snapshot) => serde_json::to_string_pretty(&run_snapshot(&snapshot)?)?,
    };
    if let Some(file) = arguments.json {
        std::fs::write(&file, json + "\n").with_context(|| format!("writing {}", file.display()))?;
    }
    Ok(())
}

fn run_cpu(arguments: &CpuArguments) -> anyhow::Result<cpu::CpuReport> {
    let variants = arguments.variants.iter().map(|name| variant(name)).collect::<anyhow::Result<Vec<_>>>()?;
    let levels = [arguments.level];
    let selection = Selection { variants: &variants, levels: &levels, console: ConsoleKind::Semihosting };
    let build = KernelBuild::make(&arguments.build, selection)?;
    let kernels = chosen(build.kernels(arguments.level)?, &arguments.kernels)?;
    let native = Native { program: build.native(arguments.level) };
    let engines = engines(&arguments.engines, Some(&native))?;
    let plan = Plan {
        build: &build,
        level: arguments.level,
        variants: &variants,
        kernels: &kernels,
        engines: &engines.iter().map(AsRef::as_ref).collect::<Vec<_>>(),
        target: Duration::from_millis(arguments.target_ms),
        repeats: arguments.repeats,
    };
    let report =
        cpu::measure(&plan, &mut |variant, kernel| eprintln!("measuring {variant} {}", kernel.name))?;
    println!("{}", Qemu::version().unwrap_or_default());
    print!("{}", cpu::table(&report));
    Ok(report)
}

fn run_cold(arguments: &ColdArguments) -> anyhow::Result<cold::ColdReport> {
    let engines = engines(&arguments.engines, None)?;
    let plan = ColdPlan {
        blocks: arguments.blocks,
        rounds: &arguments.rounds,
        engines: &engines.iter().map(AsRef::as_ref).collect::<Vec<_>>(),
        repeats: arguments.repeats,
    };
    let report = cold::measure(&plan, &mut |variant, rounds| {
        eprintln!("measuring {variant}, each block {rounds} times");
    })?;
    println!("{}", Qemu::version().unwrap_or_default());
    print!("{}", cold::table(&report));
    Ok(report)
}

fn run_farm(arguments: FarmArguments) -> anyhow::Result<farm::FarmReport> {
    let plan = FarmPlan {
        server: arguments.server,
        token: arguments.token,
        jobs: arguments.jobs,
        outstanding: arguments.workers_hint,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let report = runtime.block_on(farm::measure(&plan))?;
    print!("{}", farm::table(&report));
    Ok(report)
}

fn run_snapshot(arguments: &SnapshotArguments) -> anyhow::Result<snapshot::SnapshotReport> {
    let SnapshotArguments { ram_mib, dirty_mib, repeats } = *arguments;
    if dirty_mib > ram_mib {
        bail!("--dirty-mib {dirty_mib} is more than --ram-mib {ram_mib}");
    }
    let report = snapshot::measure(&SnapshotPlan { ram_mib, dirty_mib, repeats })?;
    print!("{}", snapshot::table(&report));
    Ok(report)
}

fn variant(name: &str) -> anyhow::Result<Variant> {
    let known = Variant::ALL.map(Variant::name).join(", ");
    Variant::named(name).with_context(|| format!("no build is called '{name}'; there are {known}"))
}

fn chosen(all: Vec<Kernel>, wanted: &[String]) -> anyhow::Result<Vec<Kernel>> {
    if let Some(unknown) = wanted.iter().find(|name| all.iter().all(|kernel| kernel.name != **name)) {
        let known: Vec<&str> = all.iter().map(|kernel| kernel.name.as_str()).collect();
        bail!("no kernel is called '{unknown}'; there are {}", known.join(", "));
    }
    let is_wanted = |kernel: &Kernel| wanted.is_empty() || wanted.contains(&kernel.name);
    Ok(all.into_iter().filter(is_wanted).collect())
}

/// The engines of these names; the host's own only where there is a program for it.
fn engines(names: &[String], native: Option<&Native>) -> anyhow::Result<Vec<Box<dyn Engine>>> {
    let engine = |name: &String| -> anyhow::Result<Box<dyn Engine>> {
        Ok(match (name.as_str(), native) {
            ("interp", _) => Box::new(Ours(arm::Engine::Interpreter)),
            ("jit", _) => Box::new(Ours(arm::Engine::Jit)),
            ("qemu", _) => Box::new(Qemu),
            ("native", Some(native)) => Box::new(native.clone()),
            (_, Some(_)) => bail!("no engine is called '{name}'; there are jit, interp, qemu, native"),
            (_, None) => bail!("no engine is called '{name}' here; there are jit, interp, qemu"),
        })
    };
    names.iter().map(engine).collect()
}

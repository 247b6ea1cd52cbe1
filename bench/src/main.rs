//! `darkroom-bench`: prints figures of the emulator and of the farm as tables, and writes them as JSON.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, bail};
use clap::{Parser, Subcommand};
use darkroom_bench::cpu::{self, Plan};
use darkroom_bench::engine::{Engine, Interpreter, Native, Qemu};
use darkroom_bench::farm::{self, FarmPlan};
use darkroom_bench::kernels::{ConsoleKind, Kernel, KernelBuild, Level, Selection, Variant};

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
    /// Measures latency and throughput of a running farm
    Farm(FarmArguments),
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
    #[arg(long, value_delimiter = ',', default_value = "interp,qemu,native")]
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
        Command::Farm(farm) => serde_json::to_string_pretty(&run_farm(farm)?)?,
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
    let engines = engines(&arguments.engines, &build, arguments.level)?;
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

fn engines(names: &[String], build: &KernelBuild, level: Level) -> anyhow::Result<Vec<Box<dyn Engine>>> {
    let engine = |name: &String| -> anyhow::Result<Box<dyn Engine>> {
        Ok(match name.as_str() {
            "interp" => Box::new(Interpreter),
            "qemu" => Box::new(Qemu),
            "native" => Box::new(Native { program: build.native(level) }),
            _ => bail!("no engine is called '{name}'; there are interp, qemu, native"),
        })
    };
    names.iter().map(engine).collect()
}

//! The command line.

use clap::{Args, Parser, Subcommand};
use darkroom_protocol::BatchId;
use darkroom_protocol::limits::Limits;
use std::path::PathBuf;

/// Runs Magic Lantern builds on emulated Canon cameras.
///
/// Exit codes: 0 passed, 1 a build failed, 2 trouble of the farm, 3 usage.
#[derive(Debug, Parser)]
#[command(name = "darkroom", version)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Start the whole farm here: database, dashboard, workers
    Up(Up),
    /// Run one camera here, without a farm
    Emu(Emu),
    /// List the cameras, their cards and the ROM files they need
    Models(Models),
    /// Look into card images, build and compare them
    #[command(subcommand)]
    Card(Card),
    /// ROM files: write out the open ones, check dumps, upload them
    #[command(subcommand)]
    Rom(Rom),
    /// Upload builds and run them on cameras
    Submit(Submit),
    /// Wait for a batch to end
    Wait(Wait),
    /// Fetch a batch's results as JUnit XML
    Junit(Junit),
    /// Compare two batches cell by cell: log bytes, frames, state hash
    Compare(Compare),
    /// Store a scenario in the farm
    Scenario(PutScenario),
    /// Write out a sample build and its scenario
    Sample(Sample),
    /// Run CPU test vectors
    CpuCheck(CpuCheck),
    /// Run random programs in two ways and compare where they end
    CpuCompare(CpuCompare),
    /// Torment both engines and whole cameras with guests that mean harm
    CpuFuzz(CpuFuzz),
    /// Run a bare image in plain RAM
    RunImage(RunImage),
    /// Run the sample builds on the open ROMs of all cameras in a farm, check every cell
    Demo(Demo),
}

/// Where the farm is.
#[derive(Debug, Clone, Args)]
pub(crate) struct Server {
    /// Address of the farm
    #[arg(long, env = "DARKROOM_SERVER", default_value = "http://127.0.0.1:8640", value_name = "URL")]
    pub(crate) server: String,
    /// API token; `darkroom up` prints one when it starts on a new data folder
    #[arg(long, env = "DARKROOM_TOKEN", hide_env_values = true, value_name = "TOKEN")]
    pub(crate) token: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Up {
    /// Folder that holds everything the farm keeps
    #[arg(long, env = "DARKROOM_DATA", default_value = "data", value_name = "DIR")]
    pub(crate) data: PathBuf,
    /// Address to listen on
    #[arg(long, default_value = "127.0.0.1:8640", value_name = "ADDR")]
    pub(crate) listen: std::net::SocketAddr,
    /// Workers to start
    #[arg(long, default_value_t = default_workers(), value_name = "N")]
    pub(crate) workers: usize,
    /// How workers are started: containers, or processes where no engine answers
    #[arg(long, default_value = "auto", value_parser = ["auto", "docker", "process"])]
    pub(crate) fleet: String,
    /// The worker program; default: `darkroom-worker` beside this one
    #[arg(long, value_name = "FILE")]
    pub(crate) worker_program: Option<PathBuf>,
    /// Anybody who reaches the address may read and submit without a token (for a desk, not for a network)
    #[arg(long)]
    pub(crate) open: bool,
    /// Write the address into this file (mode 0600) once the farm is ready, and the first API token when it is new
    #[arg(long, value_name = "FILE")]
    pub(crate) ready_file: Option<PathBuf>,
}

fn default_workers() -> usize {
    std::thread::available_parallelism().map_or(2, std::num::NonZero::get)
}

#[derive(Debug, Args)]
pub(crate) struct Emu {
    /// Camera, for example 60D
    pub(crate) camera: String,
    /// Folder with ROM0.BIN, ROM1.BIN, SFDATA.BIN, or "open": the open boot ROM with the open firmware; default: the open
    /// boot ROM alone
    #[arg(long, value_name = "DIR|open")]
    pub(crate) rom: Option<PathBuf>,
    /// With --rom open: version of the camera's firmware that the open firmware stands for, for example 1.2.3. Default: the
    /// one that the build says it is for, by its name or its ML/modules/*.sym; else the camera's first
    #[arg(long, value_name = "VERSION", requires = "rom")]
    pub(crate) firmware: Option<String>,
    #[command(flatten)]
    pub(crate) card: EmuCard,
    /// What to do and to expect: a file, with its references in `references/` beside it, or the name of a scenario that comes
    /// with Darkroom: ml-boot, ml-menu-tour, ml-settings, ml-modules, ml-power, ml-crash
    #[arg(long, value_name = "FILE|NAME")]
    pub(crate) scenario: Option<PathBuf>,
    /// What executes the guest; its results are the same. The interpreter steps in where the host gives no memory for
    /// generated code
    #[arg(long, value_enum, default_value_t = CameraEngine::Jit)]
    pub(crate) engine: CameraEngine,
    /// Guest time to run, in seconds; default: the scenario's limit, or 10
    #[arg(long, value_parser = guest_seconds, value_name = "N")]
    pub(crate) guest_seconds: Option<f64>,
    /// Write the last frame here
    #[arg(long, value_name = "OUT.png")]
    pub(crate) screenshot: Option<PathBuf>,
    /// Write the console log here as well
    #[arg(long, value_name = "FILE")]
    pub(crate) log: Option<PathBuf>,
    /// Keep every frame, and the files changed on the card, in this folder
    #[arg(long, value_name = "DIR")]
    pub(crate) keep: Option<PathBuf>,
    /// Print the report as JSON on standard output; the console goes to standard error
    #[arg(long)]
    pub(crate) json: bool,
}

/// What is on the card.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct EmuCard {
    /// A bare autoexec.bin
    #[arg(long, value_name = "FILE")]
    pub(crate) autoexec: Option<PathBuf>,
    /// A zip as Magic Lantern ships it
    #[arg(long, value_name = "FILE")]
    pub(crate) zip: Option<PathBuf>,
    /// A card image (raw or qcow2), or a folder with the card's files; never written to
    #[arg(long, value_name = "IMAGE|DIR")]
    pub(crate) card: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Models {
    /// Only this camera, with all its facts
    pub(crate) camera: Option<String>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Card {
    /// List the files of a card image
    Ls {
        /// Raw or qcow2 image
        image: PathBuf,
    },
    /// Copy a file out of a card image
    Get {
        /// Raw or qcow2 image
        image: PathBuf,
        /// Path on the card
        path: String,
        /// Where to; default: standard output
        output: Option<PathBuf>,
    },
    /// Copy a file into a raw card image
    Put {
        /// Raw image
        image: PathBuf,
        /// File to copy
        file: PathBuf,
        /// Path on the card; default: the file's name in the root
        path: Option<String>,
    },
    /// Build a bootable card image from a folder, a zip or an autoexec.bin
    Build {
        /// Folder, zip or autoexec.bin
        source: PathBuf,
        /// Image to write
        output: PathBuf,
        /// Size in MiB; default: large enough
        #[arg(long, value_name = "MIB")]
        size: Option<u64>,
    },
    /// Say which files differ between two card images
    Diff {
        /// Image before
        before: PathBuf,
        /// Image after
        after: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Rom {
    /// Write the open ROM files of a camera into a folder
    Open {
        /// Camera
        camera: String,
        /// Folder; made when missing
        dir: PathBuf,
        /// Put the open firmware of this version behind the boot ROM, for example 1.1.1
        #[arg(long, value_name = "VERSION")]
        firmware: Option<String>,
    },
    /// Check ROM files: size, equal halves, what is missing
    Check {
        /// Camera
        camera: String,
        /// Folder with the files
        dir: PathBuf,
    },
    /// Upload a ROM set to the farm
    Upload {
        /// Camera
        camera: String,
        /// Folder with the files
        dir: PathBuf,
        /// Firmware version of the dump, for example 111; open belongs to the farm where it ships that set
        #[arg(long, value_name = "VERSION")]
        firmware: String,
        #[command(flatten)]
        server: Server,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Submit {
    /// Builds: an autoexec.bin, a zip as Magic Lantern ships it, or a bundle of these
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// Camera; repeat it, or separate by commas. Default: those the build is for
    #[arg(long = "camera", short = 'c', value_delimiter = ',', value_name = "CAMERA")]
    pub(crate) cameras: Vec<String>,
    /// Scenario stored in the farm; repeat it. Default: boot
    #[arg(long = "scenario", short = 's', value_delimiter = ',', value_name = "NAME")]
    pub(crate) scenarios: Vec<String>,
    /// ROM firmware to run on: a version; open, the farm's open firmware of the version that the build is for; or
    /// open:VERSION. Default: the newest set of the build's version, else open
    #[arg(long, value_name = "VERSION")]
    pub(crate) firmware: Option<String>,
    /// Name of the batch
    #[arg(long, default_value = "")]
    pub(crate) name: String,
    /// The same key submits once, however often the call is repeated; default: a new one
    #[arg(long, env = "DARKROOM_IDEMPOTENCY_KEY", value_name = "KEY")]
    pub(crate) idempotency_key: Option<String>,
    /// Wait for the end, and exit by the result
    #[arg(long)]
    pub(crate) wait: bool,
    /// With --wait: write JUnit XML here
    #[arg(long, requires = "wait", value_name = "FILE")]
    pub(crate) junit: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) server: Server,
}

#[derive(Debug, Args)]
pub(crate) struct Wait {
    /// The batch
    pub(crate) batch: BatchId,
    /// Give up after this many seconds (exit code 2)
    #[arg(long, value_name = "N")]
    pub(crate) timeout: Option<u64>,
    #[command(flatten)]
    pub(crate) server: Server,
}

#[derive(Debug, Args)]
pub(crate) struct Junit {
    /// The batch
    pub(crate) batch: BatchId,
    /// File to write; default: standard output
    #[arg(long, short)]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) server: Server,
}

#[derive(Debug, Args)]
pub(crate) struct Compare {
    /// One batch
    pub(crate) left: BatchId,
    /// The other
    pub(crate) right: BatchId,
    #[command(flatten)]
    pub(crate) server: Server,
}

#[derive(Debug, Args)]
pub(crate) struct PutScenario {
    /// TOML file; PNGs in `references/` beside it come along (`references/NAME.png`, `references/CAMERA/NAME.png`)
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) server: Server,
}

#[derive(Debug, Args)]
pub(crate) struct Sample {
    /// hello, hang, crash, wrong-picture, noisy or card-check
    pub(crate) name: String,
    /// Folder to write into; made when missing
    pub(crate) dir: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Run the batch a second time and compare every cell
    #[arg(long)]
    pub(crate) twice: bool,
    #[command(flatten)]
    pub(crate) server: Server,
}

/// What executes guest code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Engine {
    /// The interpreter
    Interp,
    /// The JIT
    Jit,
    /// One after the other, compared
    Both,
}

/// What executes a camera.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum CameraEngine {
    /// The interpreter
    Interp,
    /// The JIT
    Jit,
}

/// A processor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Cpu {
    /// ARMv5TE: DIGIC 2 to 5
    #[value(name = "arm946e-s")]
    Arm946es,
    /// ARMv7-R: DIGIC 6
    CortexR4,
    /// ARMv7-A: DIGIC 7 and later
    CortexA9,
}

impl Cpu {
    /// The core of that name.
    pub(crate) fn core(self) -> darkroom_emu_core::arm::Core {
        use darkroom_emu_core::arm::Core;
        match self {
            Self::Arm946es => Core::DIGIC4,
            Self::CortexR4 => Core::CortexR4,
            Self::CortexA9 => Core::CortexA9 { index: 0 },
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct CpuCheck {
    /// Files of vectors, JSON lines, plain or xz
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// What executes them
    #[arg(long, value_enum, default_value_t = Engine::Interp)]
    pub(crate) engine: Engine,
    /// The processor; default: by the file's name (v5-…, v7-…, a9-…)
    #[arg(long, value_enum)]
    pub(crate) cpu: Option<Cpu>,
    /// How many failed vectors of a file are shown
    #[arg(long, default_value_t = 5, value_name = "N")]
    pub(crate) show: u64,
}

/// The second way of running random programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Against {
    /// The interpreter in slices, with snapshots in between
    Interp,
    /// The JIT, in one go and in slices
    Jit,
}

#[derive(Debug, Args)]
pub(crate) struct CpuCompare {
    /// Instruction set and core: v5-arm, v5-thumb, v7-arm-r4, v7-thumb2-r4, v7-arm-a9, v7-thumb2-a9, or all
    #[arg(long, value_delimiter = ',', default_value = "all", value_name = "ISA")]
    pub(crate) isa: Vec<String>,
    /// Programs for each of them
    #[arg(long, default_value_t = 10_000, value_name = "N")]
    pub(crate) programs: u64,
    /// What the interpreter in one go is compared with: the JIT, or the interpreter in slices
    #[arg(long, value_enum, default_value_t = Against::Jit)]
    pub(crate) against: Against,
    /// Programs that mean harm: memory full of anything, every control register written
    #[arg(long)]
    pub(crate) hostile: bool,
    /// Seed of the series
    #[arg(long, default_value_t = 1, value_name = "S")]
    pub(crate) seed: u64,
    /// Number of the first program
    #[arg(long, default_value_t = 0, value_name = "K")]
    pub(crate) first: u64,
    /// Threads
    #[arg(long, default_value_t = default_workers(), value_name = "T")]
    pub(crate) threads: usize,
    /// How many programs that differ are shown in full
    #[arg(long, default_value_t = 3, value_name = "N")]
    pub(crate) show: usize,
    /// Print the state hashes of all ends, joined; slower
    #[arg(long)]
    pub(crate) hash: bool,
}

#[derive(Debug, Args)]
pub(crate) struct CpuFuzz {
    /// Host seconds to go on
    #[arg(long, default_value_t = 60, value_name = "N")]
    pub(crate) seconds: u64,
    /// Seed of the series
    #[arg(long, default_value_t = 1, value_name = "S")]
    pub(crate) seed: u64,
    /// Number of the first case
    #[arg(long, default_value_t = 0, value_name = "K")]
    pub(crate) first: u64,
    /// Stop after this many cases
    #[arg(long, default_value_t = u64::MAX, value_name = "N")]
    pub(crate) cases: u64,
    /// Threads
    #[arg(long, default_value_t = default_workers(), value_name = "T")]
    pub(crate) threads: usize,
    /// Work in this process; the cases under way are noted in a file
    #[arg(long, hide = true, value_name = "FILE")]
    pub(crate) journal: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct RunImage {
    /// The image
    pub(crate) file: PathBuf,
    /// Address it is put at
    #[arg(long, value_parser = address, value_name = "ADDR")]
    pub(crate) load: u32,
    /// Address of the first instruction; default: the load address
    #[arg(long, value_parser = address, value_name = "ADDR")]
    pub(crate) entry: Option<u32>,
    /// The processor
    #[arg(long, value_enum)]
    pub(crate) cpu: Option<Cpu>,
    /// Start in Thumb state
    #[arg(long)]
    pub(crate) thumb: bool,
    /// Bytes of RAM from address 0 on, for example 64M
    #[arg(long, value_parser = bytes, value_name = "SIZE")]
    pub(crate) ram: Option<u64>,
    /// Stop after this many instructions
    #[arg(long, default_value_t = u64::MAX, value_name = "N")]
    pub(crate) max_insns: u64,
    /// What executes it
    #[arg(long, value_enum, default_value_t = Engine::Jit)]
    pub(crate) engine: Engine,
    /// Print host seconds, MIPS and what was compiled
    #[arg(long)]
    pub(crate) stats: bool,
}

/// Guest time of a run, in seconds, within what a scenario may ask for.
fn guest_seconds(text: &str) -> Result<f64, String> {
    let seconds: f64 = text.parse().map_err(|error| format!("{error}"))?;
    let most = Limits::ceiling().guest_seconds;
    // Not a number fails both comparisons.
    if seconds > 0.0 && seconds <= most {
        return Ok(seconds);
    }
    Err(format!("it must be above 0 and at most {most}"))
}

/// A number, hexadecimal with 0x.
fn number(text: &str) -> Result<u64, String> {
    let plain = text.replace('_', "");
    let parsed = match plain.strip_prefix("0x").or_else(|| plain.strip_prefix("0X")) {
        Some(digits) => u64::from_str_radix(digits, 16),
        None => plain.parse(),
    };
    parsed.map_err(|error| format!("'{text}' is not a number: {error}"))
}

fn address(text: &str) -> Result<u32, String> {
    u32::try_from(number(text)?).map_err(|_| format!("{text} is not a 32-bit address"))
}

/// A size with an optional K, M or G (1024 each).
fn bytes(text: &str) -> Result<u64, String> {
    let (digits, shift) = match text.as_bytes().last() {
        Some(b'k' | b'K') => (&text[..text.len() - 1], 10),
        Some(b'm' | b'M') => (&text[..text.len() - 1], 20),
        Some(b'g' | b'G') => (&text[..text.len() - 1], 30),
        _ => (text, 0),
    };
    let size = number(digits)?;
    size.checked_shl(shift)
        .filter(|shifted| shifted >> shift == size)
        .ok_or_else(|| format!("{text} is too large"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guest_time_is_a_positive_number_of_seconds_below_the_ceiling() {
        assert_eq!(guest_seconds("0.5"), Ok(0.5));
        assert_eq!(guest_seconds("3600"), Ok(3600.0));
        for wrong in ["nan", "inf", "-1", "0", "1e300", "3600.1", "soon", ""] {
            assert!(guest_seconds(wrong).is_err(), "{wrong}");
        }
    }
}

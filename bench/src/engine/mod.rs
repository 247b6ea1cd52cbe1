//! What executes a kernel: our engines, QEMU, or the host itself.

mod clock;
mod native;
mod ours;
mod qemu;

use std::time::Duration;

pub use native::Native;
pub use ours::Ours;
pub use qemu::Qemu;

use crate::Result;
use crate::kernels::{Image, Kernel, Variant};

/// One run of a kernel.
#[derive(Clone, Copy, Debug)]
pub struct Work<'a> {
    /// What the image is compiled for.
    pub variant: Variant,
    /// The image; engines that run no guest code have their own program.
    pub image: &'a Image,
    /// Which kernel.
    pub kernel: &'a Kernel,
    /// How often.
    pub rounds: u32,
}

impl Work<'_> {
    fn told_image(&self) -> Image {
        self.image.told(self.kernel.index, self.rounds)
    }
}

/// What came out of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Everything printed.
    pub console: String,
    /// Processor time of the host, start-up included.
    pub cpu_time: Duration,
    /// Guest instructions, where the engine counts them.
    pub instructions: Option<u64>,
}

/// Something that runs kernels.
pub trait Engine {
    /// Name in the tables.
    fn name(&self) -> &'static str;

    /// Runs a kernel to its end.
    ///
    /// # Errors
    /// [`BenchError`](crate::BenchError) when the engine does not start or the run does not end well.
    fn run(&self, work: Work<'_>) -> Result<Outcome>;
}

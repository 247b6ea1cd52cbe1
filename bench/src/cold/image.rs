use super::program::Program;
use super::start::start_up;
use crate::kernels::{Image, Kernel, Variant};

/// The part of the chain that the short run executes: its last eighth.
const SHORT_PART: u32 = 8;

/// A chain of blocks behind start-up code that prints a checksum of the registers. The image's header has the number of
/// rounds, and says whether a round executes the whole chain (kernel 0) or its last part (kernel 1).
#[derive(Debug)]
pub struct ColdImage {
    /// The image.
    pub image: Image,
    /// The whole chain.
    pub long: Kernel,
    /// Its last part.
    pub short: Kernel,
    /// Blocks that only the whole chain has.
    pub blocks: u32,
    /// Instructions of these blocks.
    pub instructions: u64,
}

impl ColdImage {
    /// A chain of at least `blocks` blocks, the same for the same numbers: Thumb-2 for that build, else A32.
    #[must_use]
    pub fn new(variant: Variant, blocks: u32, seed: u64) -> Self {
        let mut program = Program::new(variant == Variant::R4Thumb2, seed);
        program.grow(blocks - blocks / SHORT_PART);
        let (left_out, instructions, short) = (program.blocks(), program.instructions(), program.len());
        program.grow(blocks);
        let mut bytes = start_up([0, short], program.is_thumb());
        bytes.extend(program.finish());
        Self {
            image: Image::new(bytes),
            long: Kernel { index: 0, name: "all blocks".to_owned() },
            short: Kernel { index: 1, name: "an eighth of them".to_owned() },
            blocks: left_out,
            instructions,
        }
    }
}

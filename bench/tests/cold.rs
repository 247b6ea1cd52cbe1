//! The chains of cold blocks execute what they say, and the same in every engine of ours.

use darkroom_bench::cold::ColdImage;
use darkroom_bench::engine::{Engine, Ours, Outcome, Work};
use darkroom_bench::kernels::{Kernel, Variant};
use darkroom_emu_core::arm;

#[cfg(target_arch = "x86_64")]
const ENGINES: &[arm::Engine] = &[arm::Engine::Interpreter, arm::Engine::Jit];
#[cfg(not(target_arch = "x86_64"))]
const ENGINES: &[arm::Engine] = &[arm::Engine::Interpreter];

fn run(engine: arm::Engine, variant: Variant, cold: &ColdImage, kernel: &Kernel, rounds: u32) -> Outcome {
    let work = Work { variant, image: &cold.image, kernel, rounds };
    Ours(engine).run(work).unwrap_or_else(|error| panic!("{variant} {engine:?}: {error}"))
}

#[test]
fn every_block_is_executed_once_in_each_round() {
    for variant in [Variant::V5Arm, Variant::R4Arm, Variant::R4Thumb2] {
        let cold = ColdImage::new(variant, 4000, 7);
        assert!((3500..3510).contains(&cold.blocks), "{}", cold.blocks);
        for (engine, rounds) in ENGINES.iter().flat_map(|engine| [1, 2, 40].map(|rounds| (*engine, rounds))) {
            let count =
                |kernel| run(engine, variant, &cold, kernel, rounds).instructions.expect("it counts them");
            let more = count(&cold.long) - count(&cold.short);
            assert_eq!(more, cold.instructions * u64::from(rounds), "{variant} {engine:?} {rounds}");
        }
    }
}

#[test]
fn the_checksum_is_the_same_everywhere_and_tells_chains_and_rounds_apart() {
    let cold = ColdImage::new(Variant::R4Thumb2, 1000, 7);
    let mut printed = Vec::new();
    for rounds in [1, 2] {
        let [first, rest @ ..] = ENGINES else { panic!("there is an engine") };
        for kernel in [&cold.long, &cold.short] {
            let console =
                |engine: &arm::Engine| run(*engine, Variant::R4Thumb2, &cold, kernel, rounds).console;
            let expected = console(first);
            assert!(rest.iter().all(|engine| console(engine) == expected), "{expected}");
            assert_eq!(expected.len(), 9, "{expected:?}");
            printed.push(expected);
        }
    }
    printed.sort_unstable();
    printed.dedup();
    assert_eq!(printed.len(), 4, "{printed:?}");
}

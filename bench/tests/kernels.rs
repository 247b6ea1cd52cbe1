//! Compiled C in the interpreter prints what the host's own build of the same source prints: every kernel, every
//! instruction set, every optimisation level.

use std::path::Path;
use std::process::Command;

use darkroom_bench::engine::{Engine, Ours, Work};
use darkroom_bench::kernels::{ConsoleKind, Kernel, KernelBuild, Level, Selection, Variant};
use darkroom_emu_core::arm;
use darkroom_emu_core::bare::{BareConfig, BareMachine, End};
use darkroom_emu_core::memory::GuestAddr;

#[cfg(target_arch = "x86_64")]
const ENGINES: &[arm::Engine] = &[arm::Engine::Interpreter, arm::Engine::Jit];
#[cfg(not(target_arch = "x86_64"))]
const ENGINES: &[arm::Engine] = &[arm::Engine::Interpreter];

/// All tests share one build folder; the first one fills it.
fn build(console: ConsoleKind) -> KernelBuild {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("kernels");
    let selection = Selection { variants: &Variant::ALL, levels: &Level::ALL, console };
    KernelBuild::make(&folder, selection).expect("the kernels build")
}

/// Number by which an image's header asks for every kernel.
const EVERY: u32 = u32::MAX;

fn on_the_host(build: &KernelBuild, level: Level, rounds: u32) -> String {
    let output =
        Command::new(build.native(level)).arg(rounds.to_string()).output().expect("the host's program runs");
    String::from_utf8(output.stdout).expect("it prints text")
}

/// Runs all kernels and compares line by line.
fn prints_the_same(console: ConsoleKind, variant: Variant, level: Level) {
    let build = build(console);
    let image = build.image(variant, level).expect("it was built");
    let every = Kernel { index: EVERY, name: "all".to_owned() };
    let work = Work { variant, image: &image, kernel: &every, rounds: 2 };
    let expected = on_the_host(&build, level, 2);
    assert!(expected.lines().count() >= 13, "the host printed only {expected:?}");
    for engine in ENGINES {
        let outcome =
            Ours(*engine).run(work).unwrap_or_else(|error| panic!("{variant} {level} {engine:?}: {error}"));
        for (got, expected) in outcome.console.lines().zip(expected.lines()) {
            assert_eq!(got, expected, "{variant} {level} {engine:?}");
        }
        assert_eq!(outcome.console.lines().count(), expected.lines().count(), "{variant} {level} {engine:?}");
    }
}

macro_rules! variants {
    ($($name:ident: $variant:ident),* $(,)?) => { $(
        mod $name {
            use super::*;
            #[test] fn o0() { prints_the_same(ConsoleKind::Ml, Variant::$variant, Level::O0); }
            #[test] fn o1() { prints_the_same(ConsoleKind::Ml, Variant::$variant, Level::O1); }
            #[test] fn o2() { prints_the_same(ConsoleKind::Ml, Variant::$variant, Level::O2); }
            #[test] fn o3() { prints_the_same(ConsoleKind::Ml, Variant::$variant, Level::O3); }
        }
    )* };
}

variants! {
    v5_arm: V5Arm,
    v5_thumb: V5Thumb,
    r4_arm: R4Arm,
    r4_thumb2: R4Thumb2,
    r4_thumb2_hard: R4Thumb2Hard,
    a9_thumb2_neon: A9Thumb2Neon,
}

#[test]
fn semihosting_prints_the_same_from_arm_and_thumb() {
    for variant in [Variant::V5Arm, Variant::V5Thumb] {
        prints_the_same(ConsoleKind::Semihosting, variant, Level::O2);
    }
}

#[test]
fn the_host_agrees_with_itself_at_every_level() {
    let build = build(ConsoleKind::Ml);
    let reference = on_the_host(&build, Level::O0, 5);
    for level in Level::ALL {
        assert_eq!(on_the_host(&build, level, 5), reference, "{level}");
    }
}

#[test]
fn slices_change_nothing() {
    let build = build(ConsoleKind::Ml);
    let image = build.image(Variant::V5Arm, Level::O2).expect("it was built").told(0, 1);
    let run = |slice: u64| {
        let mut machine = BareMachine::new(&BareConfig::new(Variant::V5Arm.core())).expect("a machine");
        machine.load(GuestAddr(0x8000), image.bytes()).expect("it fits");
        machine.start_at(GuestAddr(0x8000), false);
        let mut console = Vec::new();
        let end = loop {
            match machine.run(slice, &mut |bytes| console.extend_from_slice(bytes)) {
                End::Limit => {}
                end => break end,
            }
        };
        (end, machine.instructions(), machine.state_hash(), console)
    };
    assert_eq!(run(997), run(u64::MAX));
}

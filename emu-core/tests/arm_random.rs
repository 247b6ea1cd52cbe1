//! Random programs end alike, however and by whomever they are run.

use darkroom_emu_core::arm::random::{Comparer, Isa, Kind, Series, Way};

/// Programs for each instruction set and core; `RANDOM_PROGRAMS` asks for another number.
fn programs() -> u64 {
    std::env::var("RANDOM_PROGRAMS").map_or(1000, |count| count.parse().expect("a number"))
}

/// Gives the number of regions compiled on the way.
fn end_alike(isa: Isa, kind: Kind, way: Way) -> u64 {
    let mut series = Series::new(isa, kind, 2026);
    let mut comparer = Comparer::new(isa, [Way::REFERENCE, way]).expect("the host gives memory for code");
    for index in 0..programs() {
        let program = series.program(index);
        if !comparer.agree(&program) {
            let difference = comparer.examine(&program).expect("the host gives memory for code");
            panic!("{}: {difference:#?}", program.name);
        }
    }
    comparer.regions()
}

/// Found by long runs: code that was compiled without ever having been interpreted changed itself under translation.
#[cfg(target_arch = "x86_64")]
#[test]
fn programs_that_once_ended_otherwise_end_alike() {
    for (isa, kind, index) in [(Isa::V5Thumb, Kind::Sane, 1492), (Isa::V7Thumb2R4, Kind::Hostile, 71_660)] {
        let program = Series::new(isa, kind, 20_261_122).program(index);
        let mut comparer =
            Comparer::new(isa, [Way::REFERENCE, Way::GENERATED]).expect("the host gives memory for code");
        assert!(comparer.agree(&program), "{}", program.name);
    }
}

macro_rules! sets {
    ($($name:ident: $isa:ident),* $(,)?) => { $(
        mod $name {
            use super::*;

            #[test]
            fn in_slices() {
                assert_eq!(end_alike(Isa::$isa, Kind::Sane, Way::SLICED), 0);
            }

            #[test]
            fn hostile_in_slices() {
                end_alike(Isa::$isa, Kind::Hostile, Way::SLICED);
            }

            #[cfg(target_arch = "x86_64")]
            #[test]
            fn hostile_in_generated_code() {
                end_alike(Isa::$isa, Kind::Hostile, Way::GENERATED);
            }

            #[cfg(target_arch = "x86_64")]
            #[test]
            fn in_generated_code() {
                assert!(end_alike(Isa::$isa, Kind::Sane, Way::GENERATED) > 5 * programs());
            }
        }
    )* };
}

sets! {
    v5_arm: V5Arm,
    v5_thumb: V5Thumb,
    v7_arm_on_the_r4: V7ArmR4,
    v7_thumb2_on_the_r4: V7Thumb2R4,
    v7_arm_on_the_a9: V7ArmA9,
    v7_thumb2_on_the_a9: V7Thumb2A9,
}

//! The floating-point unit of the Cortex-R4F: what it has, and what it has not of the Cortex-A9's.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use darkroom_emu_core::arm::vectors::{self, Vector};
use darkroom_emu_core::arm::{Core, Decoder, Engine, FaultKind, Op, VfpOp};
use darkroom_emu_core::bare::{BareConfig, BareMachine};
use darkroom_emu_core::memory::GuestAddr;

const AT: GuestAddr = GuestAddr(0x8000);

/// A machine that has executed these words, with the unit switched on before.
fn executed(core: Core, words: &[u32]) -> BareMachine {
    let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    let mut machine = BareMachine::new(&BareConfig::new(core)).expect("64 MiB fit");
    machine.cpu_mut().enable_float();
    machine.load(AT, &bytes).expect("it fits");
    machine.start_at(AT, false);
    machine.run(words.len() as u64, &mut |_| {});
    machine
}

fn is_undefined(core: Core, word: u32) -> bool {
    let faults = executed(core, &[word]).cpu_mut().take_faults();
    faults.first().is_some_and(|fault| fault.kind == FaultKind::Undefined)
}

#[test]
fn the_identity_is_that_of_the_r4f() {
    // vmrs r0, fpsid; vmrs r1, mvfr0; vmrs r2, mvfr1
    let machine = executed(Core::CortexR4, &[0xEEF0_0A10, 0xEEF7_1A10, 0xEEF6_2A10]);
    let read = [0, 1, 2].map(|n| machine.cpu().reg(n));
    assert_eq!(read, [0x4102_3147, 0x1011_0221, 0x0000_0011]);
}

#[test]
fn the_status_register_has_no_bits_of_simd_and_half_precision() {
    // mvn r0, #0; vmsr fpscr, r0; vmrs r1, fpscr
    let all_ones = [0xE3E0_0000, 0xEEE1_0A10, 0xEEF1_1A10];
    assert_eq!(executed(Core::CortexR4, &all_ones).cpu().reg(1), 0xF3F7_009F);
    assert_eq!(executed(Core::CortexA9 { index: 0 }, &all_ones).cpu().reg(1), 0xFFF7_009F);
}

#[test]
fn sixteen_doubles_and_both_precisions_are_there() {
    // vmov.f64 d15, #1.0; vadd.f64 d14, d15, d15; vmov.f32 s31, #1.0; vcvt.f64.f32 d13, s31; vsqrt.f64 d12, d13
    let words = [0xEEB7_FB00, 0xEE3F_EB0F, 0xEEF7_FA00, 0xEEB7_DAEF, 0xEEB1_CBCD];
    let mut machine = executed(Core::CortexR4, &words);
    assert_eq!(machine.cpu_mut().take_faults(), []);
    assert_eq!(machine.cpu().double(14), 2.0_f64.to_bits());
    assert_eq!(machine.cpu().double(12), 1.0_f64.to_bits());
}

/// What the Cortex-A9 executes and the Cortex-R4F has not.
const ONLY_A9: [(&str, u32); 16] = [
    ("vadd.f64 d16, d0, d0", 0xEE70_0B00),
    ("vadd.f64 d0, d16, d0", 0xEE30_0B80),
    ("vadd.f64 d0, d0, d16", 0xEE30_0B20),
    ("vmov.f64 d16, #1.0", 0xEEF7_0B00),
    ("vcmp.f64 d16, d0", 0xEEF4_0B40),
    ("vcvt.f64.f32 d16, s0", 0xEEF7_0AC0),
    ("vcvt.s32.f64 s0, d16", 0xEEBD_0BE0),
    ("vldr d16, [pc]", 0xEDDF_0B00),
    ("vldm pc, {d15-d16}", 0xEC9F_FB04),
    ("vmov d16, r0, r1", 0xEC41_0B30),
    ("vmov.32 d16[0], r0", 0xEE00_0B90),
    ("vmov.8 d0[0], r0", 0xEE40_0B10),
    ("vmov.u16 r0, d0[0]", 0xEE90_0B30),
    ("vdup.32 d0, r0", 0xEE80_0B10),
    ("vcvtb.f32.f16 s0, s0", 0xEEB2_0A40),
    ("vadd.i32 d0, d0, d0", 0xF220_0800),
];

#[test]
fn what_belongs_to_the_a9_is_undefined() {
    for (text, word) in ONLY_A9 {
        assert!(is_undefined(Core::CortexR4, word), "{text}");
        assert!(!is_undefined(Core::CortexA9 { index: 0 }, word), "{text}");
    }
}

#[test]
fn without_access_every_instruction_is_undefined() {
    let mut machine = BareMachine::new(&BareConfig::new(Core::CortexR4)).expect("64 MiB fit");
    // vmov.f64 d0, #1.0
    machine.load(AT, &0xEEB7_0B00_u32.to_le_bytes()).expect("it fits");
    machine.start_at(AT, false);
    machine.run(1, &mut |_| {});
    assert_eq!(machine.cpu_mut().take_faults().len(), 1);
}

/// True when the R4F has the vector's one instruction, and it does the same there: its status register has fewer bits.
fn is_for_the_r4f(vector: &Vector, decoder: &Decoder) -> bool {
    let swapped = u32::from_str_radix(&vector.code, 16).expect("one A32 word");
    matches!(decoder.a32(swapped.swap_bytes()).op, Op::Vfp(op) if !matches!(op, VfpOp::Msr { .. }))
}

#[test]
fn the_vectors_of_the_a9_that_the_r4f_has_pass() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/a9-fp.jsonl");
    let file = BufReader::new(File::open(path).expect("the sample is there"));
    let decoder = Decoder::new(Core::CortexR4);
    let all = vectors::read(file).map(|vector| vector.expect("the sample is well formed"));
    let shared: Vec<Vector> = all.filter(|vector| is_for_the_r4f(vector, &decoder)).collect();
    assert!(shared.len() > 50, "only {} vectors", shared.len());
    for vector in shared {
        let differences = vector.check(Core::CortexR4, Engine::Interpreter).expect("the sample can be run");
        assert!(differences.is_empty(), "{}", vector.report(&differences));
    }
}

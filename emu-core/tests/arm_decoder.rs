//! The decoder is complete: every word is an instruction or undefined, and every instruction has a text.

use darkroom_emu_core::arm::{Core, Decoder, Insn, Op, disassemble};
use darkroom_emu_core::memory::GuestAddr;

const CORES: [Core; 3] = [Core::DIGIC4, Core::CortexR4, Core::CortexA9 { index: 0 }];

/// A stride that is odd and has no pattern, so that every field takes every value.
const STRIDE: usize = 4_177;

fn look_at(insn: &Insn, thumb: bool, size: u8) {
    assert_eq!(insn.size, size);
    assert!(!disassemble(insn, GuestAddr(0x1000), thumb).is_empty());
}

#[test]
fn every_a32_word_has_a_meaning() {
    for core in CORES {
        let decoder = Decoder::new(core);
        let mut undefined = 0;
        for word in (0..=u32::MAX).step_by(STRIDE) {
            let insn = decoder.a32(word);
            look_at(&insn, false, 4);
            undefined += u32::from(matches!(insn.op, Op::Undefined { .. }));
        }
        assert!(undefined > 0, "{core:?} has undefined words");
    }
}

#[test]
fn every_t16_halfword_has_a_meaning_in_and_out_of_an_it_block() {
    for core in CORES {
        let decoder = Decoder::new(core);
        for half in 0..=u16::MAX {
            if decoder.thumb_size(half) == 2 {
                look_at(&decoder.t16(half, 0), true, 2);
                look_at(&decoder.t16(half, 0x08), true, 2);
            }
        }
    }
}

#[test]
fn every_t32_word_has_a_meaning() {
    for core in [CORES[1], CORES[2]] {
        let decoder = Decoder::new(core);
        for word in (0xE800_0000..=u32::MAX).step_by(STRIDE / 8) {
            look_at(&decoder.t32(word, 0), true, 4);
        }
    }
}

#[test]
fn a_core_has_only_its_own_instructions() {
    let (v5, r4, a9) = (Decoder::new(CORES[0]), Decoder::new(CORES[1]), Decoder::new(CORES[2]));
    let is_undefined = |insn: Insn| matches!(insn.op, Op::Undefined { .. });
    // movw r0, #1; sxtb r0, r1; ldrex r0, [r1]
    for word in [0xE300_0001, 0xE6AF_0071, 0xE191_0F9F] {
        assert!(is_undefined(v5.a32(word)), "{word:08x}");
        assert!(!is_undefined(r4.a32(word)), "{word:08x}");
    }
    // sdiv r0, r1, r2 in Thumb state
    assert!(!is_undefined(r4.t32(0xFB91_F0F2, 0)));
    assert!(is_undefined(a9.t32(0xFB91_F0F2, 0)));
    // The architecture's permanently undefined space.
    assert!(is_undefined(a9.a32(0xE7F0_00F0)));
    assert!(is_undefined(v5.t16(0xDE00, 0)));
}

#[test]
fn the_same_meaning_has_one_operation() {
    let decoder = Decoder::new(Core::CortexR4);
    // adds r0, r1, r2 in all three encodings
    let a32 = decoder.a32(0xE091_0002).op;
    assert_eq!(decoder.t16(0x1888, 0).op, a32);
    assert_eq!(decoder.t32(0xEB11_0002, 0).op, a32);
}

#[test]
fn a_quadword_has_no_odd_name() {
    let a9 = Decoder::new(CORES[2]);
    let is_undefined = |insn: Insn| matches!(insn.op, Op::Undefined { .. });
    // vadd.i32 of registers 0 and of register 1, as quadwords and as doublewords; vmovl.s8 to both.
    for (word, undefined) in [
        (0x0220_0840, false),
        (0x0220_1840, true),
        (0x0220_1800, false),
        (0x0288_0A10, false),
        (0x0288_1A10, true),
    ] {
        assert_eq!(is_undefined(a9.a32(0xF000_0000 | word)), undefined, "{word:08x}");
        assert_eq!(is_undefined(a9.t32(0xED00_0000 | word, 0)), undefined, "{word:08x}");
    }
    // vdup.32 to q0, and to the upper half of q0.
    assert!(!is_undefined(a9.a32(0xEEA0_0B10)) && is_undefined(a9.a32(0xEEA1_0B10)));
}

#[test]
fn structures_are_aligned_to_no_more_than_they_have() {
    let a9 = Decoder::new(CORES[2]);
    // vld1.8 of one, two and four registers; vld3.8; one lane of 8, 16 and 32 bits; with alignments that are there and
    // others that are not.
    for (word, undefined) in [
        (0xF420_071F, false),
        (0xF420_072F, true),
        (0xF420_0A2F, false),
        (0xF420_0A3F, true),
        (0xF420_023F, false),
        (0xF420_041F, false),
        (0xF420_042F, true),
        (0xF4A0_000F, false),
        (0xF4A0_001F, true),
        (0xF4A0_041F, false),
        (0xF4A0_042F, true),
        (0xF4A0_083F, false),
        (0xF4A0_081F, true),
        (0xF4A0_084F, true),
    ] {
        assert_eq!(matches!(a9.a32(word).op, Op::Undefined { .. }), undefined, "{word:08X}");
    }
}

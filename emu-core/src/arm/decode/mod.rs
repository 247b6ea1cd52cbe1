//! The one decoder: words in, [`Insn`] out. Complete: every word is an instruction or
//! [`Op::Undefined`](super::Op::Undefined).
//!
//! Encodings stand in tables, written as bit patterns like those of the architecture manual (ARM DDI 0100 for
//! ARMv5TE, ARM DDI 0406 for ARMv7). Bits that the manual calls should-be-zero or should-be-one are ignored.
//! UNPREDICTABLE register choices are executed as they fall out, unless a row says that it refuses them.

mod a32;
mod a32_media;
mod neon;
mod neon_misc;
mod pattern;
mod t16;
mod t32;
mod t32_media;
mod t32_memory;
mod vfp;

use a32::T32_COPROCESSOR as COPROCESSOR;
pub(super) use pattern::Pattern;
use pattern::{Need, Table, bits};

use super::insn::{Cond, Insn, Op};
use super::model::Core;
use super::simd::FloatUnit;

/// Decodes for one core: only encodings that the core has are known.
#[derive(Clone)]
pub struct Decoder {
    a32: Table,
    unconditional: Table,
    t16: Table,
    t32: Table,
    thumb2: bool,
    float: Option<&'static FloatUnit>,
}

impl Decoder {
    /// A decoder for `core`.
    #[must_use]
    pub fn new(core: Core) -> Self {
        let float = FloatUnit::of(core);
        let has = |need: Need| match need {
            Need::V5 => true,
            Need::OnlyV5 => core.is_v5(),
            Need::V7 => !core.is_v5(),
            Need::ThumbDiv => core == Core::CortexR4,
            Need::Vfp => float.is_some(),
            Need::V7A | Need::Neon => matches!(core, Core::CortexA9 { .. }),
        };
        let a32 = [
            a32::MISC,
            a32::MULTIPLY,
            a32::EXTRA_LOAD_STORE,
            a32::ALU,
            a32_media::MEDIA,
            a32::MEMORY_AND_BRANCH,
            vfp::VFP,
            a32::COPROCESSOR,
        ];
        let unconditional = [neon_misc::MISC, neon::DATA, neon_misc::MEMORY, a32::UNCONDITIONAL];
        let t32 = [
            t32::DATA,
            t32::CONTROL,
            t32::REGISTER,
            t32_media::MEDIA,
            t32_media::MULTIPLY,
            t32_memory::MULTIPLE,
            t32_memory::SINGLE,
            vfp::VFP,
            COPROCESSOR,
        ];
        Self {
            a32: Table::new(&a32, 20, 8, has),
            unconditional: Table::new(&unconditional, 20, 8, has),
            t16: Table::new(&[t16::T16], 9, 7, has),
            t32: Table::new(&t32, 20, 9, has),
            thumb2: !core.is_v5(),
            float,
        }
    }

    /// The meaning of a word, unless the core's floating-point unit lacks it or has no such register.
    fn look_up(&self, table: &Table, word: u32) -> Op {
        match table.look_up(word) {
            Op::Vfp(op) if !self.float.is_some_and(|unit| unit.has(&op)) => Op::Undefined { word },
            Op::Neon(op) if op.names_odd_quadword() => Op::Undefined { word },
            op => op,
        }
    }

    /// The A32 encodings of the core; those that carry a condition as always executed.
    pub(super) fn a32_patterns(&self) -> Vec<Pattern> {
        let always = |row: Pattern| Pattern { mask: row.mask | 0xF000_0000, value: row.value | 0xE000_0000 };
        self.a32.patterns().map(always).chain(self.unconditional.patterns()).collect()
    }

    /// The T16 encodings of the core.
    pub(super) fn t16_patterns(&self) -> Vec<Pattern> {
        self.t16.patterns().collect()
    }

    /// The T32 encodings of the core, Advanced SIMD in its T32 form.
    pub(super) fn t32_patterns(&self) -> Vec<Pattern> {
        self.t32.patterns().chain(self.unconditional.patterns().filter_map(thumb_simd)).collect()
    }

    /// Decodes an A32 word.
    #[must_use]
    pub fn a32(&self, word: u32) -> Insn {
        let (table, cond) = match word >> 28 {
            15 => (&self.unconditional, Cond::Always),
            cond => (&self.a32, Cond::from_bits(cond)),
        };
        Insn { op: self.look_up(table, word), cond, size: 4, it: 0 }
    }

    /// Length in bytes of the Thumb instruction that starts with this halfword.
    #[must_use]
    pub fn thumb_size(&self, first: u16) -> u8 {
        if self.thumb2 && first >= 0xE800 { 4 } else { 2 }
    }

    /// Decodes a T16 halfword. `it` is the ITSTATE in force, 0 outside of an IT block.
    #[must_use]
    pub fn t16(&self, half: u16, it: u8) -> Insn {
        let op = self.t16.look_up(half.into());
        let op = if it & 15 != 0 { t16::without_flags(op) } else { op };
        let cond = match half >> 8 {
            // A breakpoint ignores the block it stands in.
            0xBE => Cond::Always,
            0xD0..=0xDD => Cond::from_bits(u32::from(half >> 8)),
            _ => it_condition(it),
        };
        Insn { op, cond, size: 2, it }
    }

    /// Decodes a T32 instruction, its first halfword in the high half. `it` as for [`t16`](Self::t16).
    #[must_use]
    pub fn t32(&self, word: u32, it: u8) -> Insn {
        let cond = if t32::is_conditional_branch(word) {
            Cond::from_bits(bits(word, 25, 22))
        } else {
            it_condition(it)
        };
        let op = match simd_form(word) {
            Some(a32) => self.look_up(&self.unconditional, a32),
            None => self.look_up(&self.t32, word),
        };
        Insn { op, cond, size: 4, it }
    }
}

/// The A32 word of a T32 Advanced SIMD instruction: data processing moves its U bit, loads and stores their prefix.
fn simd_form(word: u32) -> Option<u32> {
    match word >> 24 {
        0xEF | 0xFF => Some(word & 0x00FF_FFFF | 0xF200_0000 | (word >> 28 & 1) << 24),
        0xF9 if word >> 20 & 1 == 0 => Some(word & 0x00FF_FFFF | 0xF400_0000),
        _ => None,
    }
}

/// The T32 form of an A32 Advanced SIMD pattern, the reverse of [`simd_form`].
fn thumb_simd(row: Pattern) -> Option<Pattern> {
    let turned = |word: u32| word & 0x00FF_FFFF | (word >> 24 & 1) << 28;
    let is_load_or_store = row.value >> 24 == 0xF4 && row.mask >> 20 & 1 != 0 && row.value >> 20 & 1 == 0;
    match row.value >> 25 {
        0x79 => {
            Some(Pattern { mask: turned(row.mask) | 0xEF00_0000, value: turned(row.value) | 0xEF00_0000 })
        }
        _ if is_load_or_store => Some(Pattern { value: row.value & 0x00FF_FFFF | 0xF900_0000, ..row }),
        _ => None,
    }
}

fn it_condition(it: u8) -> Cond {
    if it & 15 == 0 { Cond::Always } else { Cond::from_bits(u32::from(it >> 4)) }
}

/// ITSTATE after the instruction that executed under `it`.
#[inline]
#[must_use]
pub(super) fn advance_it(it: u8) -> u8 {
    if it & 7 == 0 { 0 } else { it & 0xE0 | it << 1 & 0x1F }
}

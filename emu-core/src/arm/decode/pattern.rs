//! Decoding tables: bit patterns written as in the architecture manual, indexed for speed.

use std::sync::OnceLock;

use super::super::insn::Op;

/// Which cores have an encoding.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Need {
    /// All of them.
    V5,
    /// ARMv7 only (this includes what ARMv6 added).
    V7,
    /// ARMv7-A only.
    V7A,
    /// Cores up to ARMv5 only.
    OnlyV5,
    /// A core with SDIV and UDIV in Thumb state.
    ThumbDiv,
    /// A VFP unit.
    Vfp,
    /// Advanced SIMD.
    Neon,
}

/// One row of a table: the words with `word & mask == value` are built by `build`, which may still refuse one:
/// then the rows below get their turn.
#[derive(Clone, Copy)]
pub(super) struct Row {
    pub(super) mask: u32,
    pub(super) value: u32,
    pub(super) need: Need,
    pub(super) build: fn(u32) -> Option<Op>,
}

/// The fixed bits of an encoding: the words with `word & mask == value`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in super::super) struct Pattern {
    pub(in super::super) mask: u32,
    pub(in super::super) value: u32,
}

/// Reads a pattern: `0` and `1` are fixed bits, any other letter is free, blanks do not count. The first letter is
/// the highest bit.
pub(super) const fn row(pattern: &str, need: Need, build: fn(u32) -> Option<Op>) -> Row {
    let text = pattern.as_bytes();
    let (mut mask, mut value, mut i) = (0u32, 0u32, 0);
    while i < text.len() {
        if text[i] != b' ' {
            mask = mask << 1 | (text[i] == b'0' || text[i] == b'1') as u32;
            value = value << 1 | (text[i] == b'1') as u32;
        }
        i += 1;
    }
    Row { mask, value, need, build }
}

/// The rows a core has. For each value of some selector bits the few rows that can match are listed when a word with
/// that value is first seen.
#[derive(Clone)]
pub(super) struct Table {
    rows: Vec<Row>,
    shift: u32,
    buckets: Vec<OnceLock<Vec<Row>>>,
}

impl Table {
    /// Indexes `rows` by `width` bits from `shift` up.
    pub(super) fn new(rows: &[&[Row]], shift: u32, width: u32, has: impl Fn(Need) -> bool) -> Self {
        let rows = rows.iter().copied().flatten().filter(|row| has(row.need)).copied().collect();
        Self { rows, shift, buckets: vec![OnceLock::new(); 1 << width] }
    }

    /// The fixed bits of every row.
    pub(super) fn patterns(&self) -> impl Iterator<Item = Pattern> + '_ {
        self.rows.iter().map(|row| Pattern { mask: row.mask, value: row.value })
    }

    fn bucket(&self, index: usize) -> Vec<Row> {
        let field = (self.buckets.len() as u32 - 1) << self.shift;
        let value = (index as u32) << self.shift;
        self.rows.iter().filter(|row| (row.value ^ value) & row.mask & field == 0).copied().collect()
    }

    /// The meaning of a word; [`Op::Undefined`] when no row has it.
    pub(super) fn look_up(&self, word: u32) -> Op {
        let index = (word >> self.shift) as usize & (self.buckets.len() - 1);
        let rows = self.buckets[index].get_or_init(|| self.bucket(index));
        rows.iter()
            .filter(|row| word & row.mask == row.value)
            .find_map(|row| (row.build)(word))
            .unwrap_or(Op::Undefined { word })
    }
}

/// Bits `hi` to `lo` of a word, shifted down.
pub(super) const fn bits(word: u32, hi: u32, lo: u32) -> u32 {
    word >> lo & (u32::MAX >> (31 - (hi - lo)))
}

/// One bit of a word.
pub(super) const fn bit(word: u32, n: u32) -> bool {
    word >> n & 1 != 0
}

/// Four bits from `lo` up, as a register number.
pub(super) const fn reg(word: u32, lo: u32) -> super::super::insn::Reg {
    super::super::insn::Reg((word >> lo & 15) as u8)
}

/// The low `width` bits of a value, sign extended.
pub(super) const fn sign_extend(value: u32, width: u32) -> i32 {
    (value << (32 - width)) as i32 >> (32 - width)
}

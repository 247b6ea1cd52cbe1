//! A chain of blocks, each of which leads to the next.

use std::ops::Range;

use darkroom_emu_core::arm::random::Rng;

use super::rows::{A32, Row, T32};

/// Code in the making, in one instruction set.
pub(super) struct Program {
    thumb: bool,
    rng: Rng,
    bytes: Vec<u8>,
    /// Blocks so far.
    blocks: u32,
    /// Instructions in them.
    instructions: u64,
}

/// How a block ends.
#[derive(Clone, Copy)]
enum End {
    /// A branch over words that are no code.
    Jump,
    /// The same under a condition that holds.
    Taken,
    /// A branch under a condition that does not hold.
    NotTaken,
    /// A call of a function that consists of one block; itself it is reached by a branch over that function.
    Call,
}

/// As often as in a compiler's code, roughly.
const ENDS: [(End, u32); 4] = [(End::Jump, 15), (End::Taken, 30), (End::NotTaken, 30), (End::Call, 25)];
/// Instructions of a block before those that end it.
const BODY: Range<u32> = 2..10;
/// Words between two blocks: literals, or code that is not executed.
const HOLE: Range<u32> = 1..4;

/// A branch. Distances count from its own address.
#[derive(Clone, Copy)]
enum Branch {
    Always,
    Equal,
    NotEqual,
    Call,
}

impl Program {
    pub(super) fn new(thumb: bool, seed: u64) -> Self {
        Self { thumb, rng: Rng::of(&[seed]), bytes: Vec::new(), blocks: 0, instructions: 0 }
    }

    /// Bytes of code so far: where the next block will begin.
    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    pub(super) fn blocks(&self) -> u32 {
        self.blocks
    }

    pub(super) fn instructions(&self) -> u64 {
        self.instructions
    }

    pub(super) fn is_thumb(&self) -> bool {
        self.thumb
    }

    /// Adds blocks until there are at least so many.
    pub(super) fn grow(&mut self, blocks: u32) {
        while self.blocks < blocks {
            self.add();
        }
    }

    /// Adds a block, or the two of a call.
    fn add(&mut self) {
        let end = ENDS[self.rng.weighted(&ENDS.map(|(_, weight)| weight))].0;
        match end {
            End::Jump => {
                self.body();
                self.leap(Branch::Always);
            }
            End::Taken => {
                self.body();
                self.compare();
                self.leap(Branch::Equal);
            }
            End::NotTaken => {
                self.body();
                self.compare();
                self.branch(Branch::NotEqual, -16);
            }
            End::Call => self.call(),
        }
    }

    /// Branches to the address in r11: the chain ends here.
    pub(super) fn finish(mut self) -> Vec<u8> {
        let bits = if self.thumb { 0x4758 } else { 0xE12F_FF1B };
        self.put(bits, self.narrow());
        self.bytes
    }

    fn call(&mut self) {
        self.body();
        let function = self.function();
        let length = function.len() as i32;
        self.branch(Branch::Always, self.narrow() as i32 + length);
        self.bytes.extend(function);
        let begin = self.bytes.len() as i32 - length;
        self.body();
        self.branch(Branch::Call, begin - self.bytes.len() as i32);
    }

    /// A block that returns.
    fn function(&mut self) -> Vec<u8> {
        let before = std::mem::take(&mut self.bytes);
        self.body();
        let bits = if self.thumb { 0x4770 } else { 0xE12F_FF1E };
        self.end_block(bits, self.narrow());
        std::mem::replace(&mut self.bytes, before)
    }

    fn body(&mut self) {
        let rows: &[Row] = if self.thumb { T32 } else { A32 };
        for _ in 0..self.rng.between(BODY.start, BODY.end - 1) {
            let index = self.rng.below(rows.len() as u32) as usize;
            let (bits, size) = rows[index].draw(&mut self.rng);
            self.put(bits, size);
            self.instructions += 1;
        }
    }

    /// cmp r7, r7: equal.
    fn compare(&mut self) {
        let bits = if self.thumb { 0x42BF } else { 0xE157_0007 };
        self.put(bits, self.narrow());
        self.instructions += 1;
    }

    /// Branches over words that are never executed.
    fn leap(&mut self, branch: Branch) {
        let hole = self.rng.between(HOLE.start, HOLE.end - 1);
        self.branch(branch, (self.narrow() + 4 * hole) as i32);
        for _ in 0..hole {
            let word = self.rng.word();
            self.bytes.extend(word.to_le_bytes());
        }
    }

    fn branch(&mut self, branch: Branch, distance: i32) {
        let (bits, size) =
            if self.thumb { thumb_branch(branch, distance) } else { arm_branch(branch, distance) };
        self.end_block(bits, size);
    }

    fn end_block(&mut self, bits: u32, size: u32) {
        self.put(bits, size);
        self.instructions += 1;
        self.blocks += 1;
    }

    /// Size of a short instruction.
    fn narrow(&self) -> u32 {
        if self.thumb { 2 } else { 4 }
    }

    fn put(&mut self, bits: u32, size: u32) {
        let bits = if self.thumb && size == 4 { bits.rotate_left(16) } else { bits };
        self.bytes.extend(&bits.to_le_bytes()[..size as usize]);
    }
}

/// A branch over this distance from its own address, and its size.
fn arm_branch(branch: Branch, distance: i32) -> (u32, u32) {
    let words = ((distance - 8) / 4) as u32 & 0x00FF_FFFF;
    let bits = match branch {
        Branch::Always => 0xEA00_0000,
        Branch::Equal => 0x0A00_0000,
        Branch::NotEqual => 0x1A00_0000,
        Branch::Call => 0xEB00_0000,
    };
    (bits | words, 4)
}

/// The same in Thumb state: up to 254 bytes under a condition, 2 KiB without one.
fn thumb_branch(branch: Branch, distance: i32) -> (u32, u32) {
    let halves = ((distance - 4) / 2) as u32;
    match branch {
        Branch::Always => (0xE000 | halves & 0x7FF, 2),
        Branch::Equal => (0xD000 | halves & 0xFF, 2),
        Branch::NotEqual => (0xD100 | halves & 0xFF, 2),
        Branch::Call => (thumb_call(halves), 4),
    }
}

fn thumb_call(halves: u32) -> u32 {
    let sign = halves >> 23 & 1;
    let flipped = |bit: u32| !(halves >> bit ^ sign) & 1;
    let (j1, j2) = (flipped(22), flipped(21));
    0xF000_D000 | sign << 26 | (halves >> 11 & 0x3FF) << 16 | j1 << 13 | j2 << 11 | halves & 0x7FF
}

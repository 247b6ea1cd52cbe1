//! Two rigs against each other.

use super::super::jit::ArenaError;
use super::difference::{alike, differences};
use super::isa::Isa;
use super::program::Program;
use super::rig::{Rig, Way};

/// Instructions shown before a difference.
const TRAIL: u64 = 24;

/// Two ways to run the same programs.
pub struct Comparer {
    isa: Isa,
    ways: [Way; 2],
    rigs: [Rig; 2],
}

/// A program that ended differently.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Difference {
    /// What differs, in words; the first way's value stands first.
    pub lines: Vec<String>,
    /// Instructions after which a difference can first be seen.
    pub first: u64,
    /// A fresh machine shows it, too; else it needs the programs before.
    pub reproduced: bool,
}

impl Comparer {
    /// Compares these ways.
    ///
    /// # Errors
    /// [`ArenaError`] when code should be generated and the host gives no memory for it.
    pub fn new(isa: Isa, ways: [Way; 2]) -> Result<Self, ArenaError> {
        let rigs = [Rig::new(isa, ways[0])?, Rig::new(isa, ways[1])?];
        Ok(Self { isa, ways, rigs })
    }

    /// The same on machines that have run nothing yet.
    fn fresh(&self) -> Result<Self, ArenaError> {
        Self::new(self.isa, self.ways)
    }

    /// Runs a program both ways; true when it ended alike.
    pub fn agree(&mut self, program: &Program) -> bool {
        self.agree_until(program, program.limit)
    }

    fn agree_until(&mut self, program: &Program, limit: u64) -> bool {
        let [a, b] = &mut self.rigs;
        a.run(program, limit);
        b.run(program, limit);
        alike(a, b)
    }

    /// BLAKE3 of the state that the last program left: processor, instruction count, memory.
    #[must_use]
    pub fn last_hash(&self) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new();
        self.rigs[0].hash_into(&mut hasher);
        *hasher.finalize().as_bytes()
    }

    /// Regions of code generated so far, by both ways.
    #[must_use]
    pub fn regions(&self) -> u64 {
        self.rigs.iter().map(Rig::regions).sum()
    }

    /// The rig of the first way, as the last program left it.
    #[must_use]
    pub fn first_rig(&self) -> &Rig {
        &self.rigs[0]
    }

    /// As [`examine`](Self::examine), on machines that have run nothing yet.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn examine_fresh(&self, program: &Program) -> Result<Difference, ArenaError> {
        let mut fresh = self.fresh()?;
        fresh.agree(program);
        fresh.examine(program)
    }

    /// Says what differs at the end of the program that was run last, and when it begins to.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn examine(&mut self, program: &Program) -> Result<Difference, ArenaError> {
        let [a, b] = &mut self.rigs;
        let before = differences(a, b);
        let mut fresh = self.fresh()?;
        if fresh.agree(program) {
            return Ok(Difference { lines: before, first: program.limit, reproduced: false });
        }
        let first = fresh.first_difference(program);
        fresh.agree_until(program, first);
        let [a, b] = &mut fresh.rigs;
        Ok(Difference { lines: differences(a, b), first, reproduced: true })
    }

    /// The last instructions up to the difference, as the first way executes them.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn trail(&self, program: &Program, difference: &Difference) -> Result<Vec<String>, ArenaError> {
        let mut rig = Rig::new(self.isa, self.ways[0])?;
        let before = (difference.first.saturating_sub(TRAIL)..difference.first).map(|limit| {
            rig.run(program, limit);
            format!("{limit:5}  {}", rig.next_instruction())
        });
        Ok(before.collect())
    }

    /// The smallest limit at which the ends differ, as far as a search by halves finds it.
    fn first_difference(&mut self, program: &Program) -> u64 {
        let (mut same, mut differs) = (0, program.limit);
        while differs - same > 1 {
            let middle = same + (differs - same) / 2;
            if self.agree_until(program, middle) { same = middle } else { differs = middle }
        }
        differs
    }

    /// The program with everything left out that the difference does not need.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn shrink(&self, program: &Program) -> Result<Program, ArenaError> {
        let mut fresh = self.fresh()?;
        let mut small = program.clone();
        small.limit = fresh.first_difference(program);
        fresh.shrink_incidents(&mut small);
        let mut size = small.pieces.len().next_power_of_two();
        while size > 0 {
            fresh.shrink_pieces(&mut small, size);
            size /= 2;
        }
        small.limit = fresh.first_difference(&small);
        Ok(small)
    }

    fn shrink_incidents(&mut self, program: &mut Program) {
        for index in (0..program.incidents.len()).rev() {
            let mut without = program.clone();
            without.incidents.remove(index);
            if !self.agree(&without) {
                *program = without;
            }
        }
    }

    /// Blanks pieces in groups of this size.
    fn shrink_pieces(&mut self, program: &mut Program, size: usize) {
        for start in (0..program.pieces.len()).step_by(size) {
            let mut without = program.clone();
            let end = (start + size).min(without.pieces.len());
            without.pieces[start..end].iter_mut().for_each(|piece| *piece = piece.blanked());
            if without.pieces != program.pieces && !self.agree(&without) {
                *program = without;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::program::Kind;
    use super::super::series::Series;
    use super::*;

    const ISA: Isa = Isa::V7Thumb2A9;

    /// Two rigs that have run these programs.
    fn after(left: u64, right: u64) -> Comparer {
        let mut series = Series::new(ISA, Kind::Sane, 9);
        let mut comparer = Comparer::new(ISA, [Way::REFERENCE; 2]).unwrap();
        for (rig, index) in comparer.rigs.iter_mut().zip([left, right]) {
            let program = series.program(index);
            rig.run(&program, program.limit);
        }
        comparer
    }

    #[test]
    fn ends_that_differ_are_told_in_words() {
        let Comparer { rigs: [mut a, mut b], .. } = after(1, 2);
        assert!(!alike(&mut a, &mut b));
        let lines = differences(&mut a, &mut b).join("\n");
        assert!(lines.contains("r15: 0x") && lines.contains("RAM at 0x"), "{lines}");
    }

    #[test]
    fn one_bit_of_memory_or_of_a_register_is_enough() {
        let Comparer { rigs: [mut a, mut b], .. } = after(3, 3);
        assert!(alike(&mut a, &mut b));
        b.board.dma(0x6000, !a.board.space.peek_u32(0x6000.into()).unwrap());
        assert!(!alike(&mut a, &mut b));
        assert_eq!(differences(&mut a, &mut b).len(), 1);
        let Comparer { rigs: [mut a, mut b], .. } = after(3, 3);
        b.cpu.set_double(31, a.cpu.double(31) ^ 1);
        assert!(!alike(&mut a, &mut b));
        assert_eq!(differences(&mut a, &mut b).len(), 1);
    }
}

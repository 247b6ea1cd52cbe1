//! The way of a transfer through memory: three nested loops over runs of bytes (reference: engine.md §2.3).

use serde::{Deserialize, Serialize};

/// Sizes and gaps, as the registers of a channel give them. Gaps are sign-extended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct Geometry {
    /// Bytes of a run: in all passes of the middle loop but the last, in the last.
    pub(super) xa: u32,
    pub(super) xb: u32,
    /// Runs less one: in all passes of the outer loop but the last, in the last.
    pub(super) ya: u32,
    pub(super) yb: u32,
    /// Passes less one of the middle and the outer loop.
    pub(super) xn: u32,
    pub(super) yn: u32,
    /// Bytes left out behind a run, by the kind of pass; behind a pass; behind the last pass.
    pub(super) off1a: u32,
    pub(super) off1b: u32,
    pub(super) off2a: u32,
    pub(super) off2b: u32,
    pub(super) off3: u32,
}

/// A place on that way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct Walk {
    geometry: Geometry,
    address: u32,
    outer: u32,
    middle: u32,
    inner: u32,
    /// Bytes of the present run that are behind.
    behind: u32,
    ended: bool,
}

impl Walk {
    pub(super) const fn new(address: u32, geometry: Geometry) -> Self {
        Self { geometry, address, outer: 0, middle: 0, inner: 0, behind: 0, ended: false }
    }

    /// Where the way stands; after its end, where it ended.
    pub(super) const fn address(&self) -> u32 {
        self.address
    }

    pub(super) const fn ended(&self) -> bool {
        self.ended
    }

    /// Bytes left of the present run; there may be none.
    pub(super) fn left_in_run(&self) -> u32 {
        self.run() - self.behind
    }

    /// Goes on by at most the rest of the present run, and over the gap behind it when that is done.
    pub(super) fn advance(&mut self, bytes: u32) {
        self.address = self.address.wrapping_add(bytes);
        self.behind += bytes;
        if self.behind >= self.run() {
            self.address = self.address.wrapping_add(self.gap());
            self.behind = 0;
            self.next_run();
        }
    }

    const fn last_middle(&self) -> bool {
        self.middle >= self.geometry.xn
    }

    const fn last_outer(&self) -> bool {
        self.outer >= self.geometry.yn
    }

    const fn last_inner(&self) -> bool {
        self.inner >= if self.last_outer() { self.geometry.yb } else { self.geometry.ya }
    }

    const fn run(&self) -> u32 {
        if self.last_middle() { self.geometry.xb } else { self.geometry.xa }
    }

    const fn gap(&self) -> u32 {
        let geometry = &self.geometry;
        match (self.last_inner(), self.last_middle()) {
            (false, false) => geometry.off1a,
            (false, true) => geometry.off1b,
            (true, true) => geometry.off3,
            (true, false) if self.last_outer() => geometry.off2b,
            (true, false) => geometry.off2a,
        }
    }

    const fn next_run(&mut self) {
        match (self.last_inner(), self.last_middle(), self.last_outer()) {
            (false, ..) => self.inner += 1,
            (true, false, _) => (self.inner, self.middle) = (0, self.middle + 1),
            (true, true, false) => (self.inner, self.middle, self.outer) = (0, 0, self.outer + 1),
            (true, true, true) => self.ended = true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runs(geometry: Geometry) -> (Vec<(u32, u32)>, u32) {
        let mut walk = Walk::new(0x1000, geometry);
        let mut runs = Vec::new();
        while !walk.ended() {
            let bytes = walk.left_in_run();
            runs.push((walk.address(), bytes));
            walk.advance(bytes);
        }
        (runs, walk.address())
    }

    #[test]
    fn a_rectangle_leaves_out_the_rest_of_each_line() {
        let (runs, end) = runs(Geometry { xb: 10, yb: 2, off1b: 6, ..Geometry::default() });
        assert_eq!(runs, [(0x1000, 10), (0x1010, 10), (0x1020, 10)]);
        assert_eq!(end, 0x102A);
    }

    #[test]
    fn all_loops_and_gaps_add_up_as_the_reference_says() {
        let g = Geometry {
            xa: 8,
            xb: 4,
            ya: 1,
            yb: 2,
            xn: 2,
            yn: 1,
            off1a: 1,
            off1b: 2,
            off2a: 3,
            off2b: 5,
            off3: 7,
        };
        let (runs, end) = runs(g);
        let bytes: u32 = runs.iter().map(|(_, bytes)| bytes).sum();
        let first = g.xa * (g.ya + 1) * g.xn + g.xb * (g.ya + 1);
        assert_eq!(bytes, first * g.yn + g.xa * (g.yb + 1) * g.xn + g.xb * (g.yb + 1));
        let outer =
            ((g.xa + g.off1a) * g.ya + g.xa + g.off2a) * g.xn + (g.xb + g.off1b) * g.ya + g.xb + g.off3;
        let last =
            ((g.xa + g.off1a) * g.yb + g.xa + g.off2b) * g.xn + (g.xb + g.off1b) * g.yb + g.xb + g.off3;
        assert_eq!(end - 0x1000, outer * g.yn + last);
    }

    #[test]
    fn a_run_may_be_taken_in_pieces() {
        let mut walk = Walk::new(0, Geometry { xb: 10, ..Geometry::default() });
        walk.advance(4);
        assert_eq!((walk.address(), walk.left_in_run(), walk.ended()), (4, 6, false));
        walk.advance(6);
        assert!(walk.ended());
    }
}

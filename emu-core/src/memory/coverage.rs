//! Which layer of a snapshot holds which pages of a block.

use std::ops::Range;

/// Pages that follow each other and lie in one layer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Extent {
    pub(super) pages: Range<u32>,
    /// Number of the layer in its snapshot.
    pub(super) layer: usize,
}

/// Which pages of a block the layers hold. A page in none of them is zero.
#[derive(Clone, Default, Debug)]
pub(super) struct Coverage {
    /// What a fork maps: ascending and disjoint.
    pub(super) mapped: Vec<Extent>,
    /// What a fork copies over that, because so small a mapping costs more than it saves: ascending and disjoint.
    pub(super) copied: Vec<Extent>,
}

impl Coverage {
    /// This with newer pages (both lists ascending, all ranges disjoint) in `layer`.
    pub(super) fn overlaid(&self, new: &Overlay, layer: usize) -> Self {
        Self {
            mapped: replaced(&self.mapped, &new.mapped, &new.mapped, layer),
            copied: replaced(&self.copied, &new.all(), &new.copied, layer),
        }
    }

    pub(super) fn copied_pages(&self) -> usize {
        self.copied.iter().map(|extent| extent.pages.len()).sum()
    }
}

/// Pages that are to be covered anew.
#[derive(Clone, Default, Debug)]
pub(super) struct Overlay {
    pub(super) mapped: Vec<Range<u32>>,
    pub(super) copied: Vec<Range<u32>>,
}

impl Overlay {
    /// Ranges of at least `min` pages are mapped, shorter ones copied.
    pub(super) fn split(pages: &[Range<u32>], min: usize) -> Self {
        let (mapped, copied) = pages.iter().cloned().partition(|pages| pages.len() >= min);
        Self { mapped, copied }
    }

    fn all(&self) -> Vec<Range<u32>> {
        let mut all = [self.mapped.as_slice(), &self.copied].concat();
        all.sort_unstable_by_key(|pages| pages.start);
        all
    }
}

/// The extents without the pages `gone`, and with `new` pages in `layer`.
fn replaced(old: &[Extent], gone: &[Range<u32>], new: &[Range<u32>], layer: usize) -> Vec<Extent> {
    let new = new.iter().map(|pages| Extent { pages: pages.clone(), layer });
    let mut extents: Vec<Extent> = old.iter().flat_map(|old| rest(old, gone)).chain(new).collect();
    extents.sort_unstable_by_key(|extent| extent.pages.start);
    extents
}

/// What stays of an extent where `pages` are taken away.
fn rest<'a>(old: &'a Extent, pages: &'a [Range<u32>]) -> impl Iterator<Item = Extent> + 'a {
    let first = pages.partition_point(|taken| taken.end <= old.pages.start);
    let taken = pages[first..].iter().take_while(|taken| taken.start < old.pages.end);
    let starts = std::iter::once(old.pages.start).chain(taken.clone().map(|taken| taken.end));
    let ends = taken.map(|taken| taken.start).chain(std::iter::once(old.pages.end));
    let parts = starts.zip(ends).filter(|(start, end)| start < end);
    parts.map(|(start, end)| Extent { pages: start..end, layer: old.layer })
}

/// Ranges that hold all of `pages` (ascending); two of them are joined where at most `gap` pages lie between.
pub(super) fn joined(pages: impl Iterator<Item = usize>, gap: u32) -> Vec<Range<u32>> {
    let mut ranges: Vec<Range<u32>> = Vec::new();
    for page in pages.map(|page| page as u32) {
        match ranges.last_mut().filter(|last| page - last.end <= gap) {
            Some(last) => last.end = page + 1,
            None => ranges.push(page..page + 1),
        }
    }
    ranges
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(extents: &[Extent]) -> Vec<(Range<u32>, usize)> {
        extents.iter().map(|extent| (extent.pages.clone(), extent.layer)).collect()
    }

    fn mapped(pages: &[Range<u32>]) -> Overlay {
        Overlay::split(pages, 0)
    }

    #[test]
    fn a_newer_layer_hides_what_it_holds() {
        let base = Coverage::default().overlaid(&mapped(&[2..10, 20..21, 30..40]), 0);
        let next = base.overlaid(&mapped(&[0..3, 5..6, 20..22, 39..50]), 1);
        let expected = [(0..3, 1), (3..5, 0), (5..6, 1), (6..10, 0), (20..22, 1), (30..39, 0), (39..50, 1)];
        assert_eq!(seen(&next.mapped), expected);
        let last = next.overlaid(&mapped(&[0..25, 25..60]), 2);
        assert_eq!(seen(&last.mapped), [(0..25, 2), (25..60, 2)]);
    }

    #[test]
    fn what_is_copied_lies_over_what_is_mapped() {
        let base = Coverage::default().overlaid(&mapped(&[0..100, 200..300]), 0);
        let next = base.overlaid(&Overlay::split(&[5..6, 20..24, 50..70], 8), 1);
        assert_eq!(seen(&next.mapped), [(0..50, 0), (50..70, 1), (70..100, 0), (200..300, 0)]);
        assert_eq!(seen(&next.copied), [(5..6, 1), (20..24, 1)]);
        let last = next.overlaid(&Overlay::split(&[2..10, 21..22], 8), 2);
        assert_eq!(seen(&last.copied), [(20..21, 1), (21..22, 2), (22..24, 1)]);
        assert_eq!(seen(&last.mapped)[..3], [(0..2, 0), (2..10, 2), (10..50, 0)]);
        assert_eq!(last.copied_pages(), 4);
    }

    #[test]
    fn near_pages_are_joined() {
        assert_eq!(joined([1, 2, 4, 9].into_iter(), 0), [1..3, 4..5, 9..10]);
        assert_eq!(joined([1, 2, 4, 9].into_iter(), 1), [1..5, 9..10]);
        assert_eq!(joined([1, 2, 4, 9, 15].into_iter(), 4), [1..10, 15..16]);
        assert!(joined(std::iter::empty(), 4).is_empty());
    }
}

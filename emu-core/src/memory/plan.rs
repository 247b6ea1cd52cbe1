//! What a snapshot writes, and which older layers it goes on using. All that a snapshot takes of the host is bounded
//! here.

use std::ops::Range;
use std::sync::Arc;

use super::addr::PAGE_SIZE;
use super::block::Block;
use super::coverage::{Coverage, Overlay, joined};
use super::layer::Layer;

/// Parts that a fork maps, which bounds its mappings (two for each at most; Linux allows a process 65,530).
const MAX_MAPPED: usize = 512;
/// Pages that a fork copies.
const MAX_COPIED: usize = 4096;
/// Fewer pages than this are copied where mapping them would take too many mappings.
const WORTH_MAPPING: usize = 8;
/// Layers of a snapshot, which bounds the open files.
const MAX_LAYERS: usize = 32;
/// Unchanged pages between two changed ones that are saved along, because another mapping costs more.
const NEAR: u32 = 1;
/// Bytes that the layers of a snapshot may hold beyond twice what its guest has touched.
const SLACK: u64 = 16 << 20;

/// What a snapshot will consist of.
pub(super) struct Plan {
    /// Layers taken over.
    pub(super) layers: Vec<Arc<Layer>>,
    /// Pages of each block that the next layer holds.
    pub(super) pages: Vec<Vec<Range<u32>>>,
    pub(super) coverage: Vec<Coverage>,
}

/// The last snapshot: what pages that are marked clean are equal to.
pub(super) struct Base<'a> {
    pub(super) layers: &'a [Arc<Layer>],
    /// By block; of those that came later it knows nothing.
    pub(super) coverage: Vec<&'a Coverage>,
}

impl Plan {
    /// A layer of what changed over the last snapshot's, or of everything where that is not there or grew too large.
    pub(super) fn new(blocks: &[Block], base: Option<&Base<'_>>) -> Self {
        base.and_then(|base| Self::delta(blocks, base)).unwrap_or_else(|| Self::whole(blocks))
    }

    fn delta(blocks: &[Block], base: &Base<'_>) -> Option<Self> {
        if base.layers.len() >= MAX_LAYERS || is_wasteful(blocks, base.layers) {
            return None;
        }
        let near = blocks.iter().map(|block| joined(block.dirty(), NEAR)).collect();
        Some(Self::over(base, near, 0)).filter(Self::is_small).or_else(|| {
            let spans: Vec<_> = blocks.iter().map(Block::dirty_spans).collect();
            let plans = [0, WORTH_MAPPING].into_iter().map(|min| Self::over(base, spans.clone(), min));
            plans.into_iter().find(Self::is_small)
        })
    }

    /// These pages over the last snapshot's layers, mapped from `min` pages on.
    fn over(base: &Base<'_>, pages: Vec<Vec<Range<u32>>>, min: usize) -> Self {
        let coverage = cover(&base.coverage, &pages, min, base.layers.len());
        Self { layers: base.layers.to_vec(), pages, coverage }
    }

    /// Everything touched. Pages between that are zero may show through the layer.
    fn whole(blocks: &[Block]) -> Self {
        let joined = |gap| -> Vec<_> { blocks.iter().map(|block| joined(block.touched(), gap)).collect() };
        let gaps = std::iter::successors(Some(NEAR), |gap| Some(gap * 4)).take_while(|gap| *gap < 1 << 20);
        let fits = |pages: &Vec<Vec<Range<u32>>>| pages.iter().map(Vec::len).sum::<usize>() <= MAX_MAPPED / 2;
        let pages = gaps.map(joined).find(fits).unwrap_or_else(|| joined(1 << 20));
        Self { layers: Vec::new(), coverage: cover(&[], &pages, 0, 0), pages }
    }

    /// Whether a fork of it would take little of the host.
    fn is_small(&self) -> bool {
        let mapped: usize = self.coverage.iter().map(|coverage| coverage.mapped.len()).sum();
        let copied: usize = self.coverage.iter().map(Coverage::copied_pages).sum();
        mapped <= MAX_MAPPED && copied <= MAX_COPIED
    }
}

/// Whether the layers would hold far more than what there is.
fn is_wasteful(blocks: &[Block], layers: &[Arc<Layer>]) -> bool {
    let held: u64 = layers.iter().map(|layer| layer.bytes()).sum();
    let new: usize = blocks.iter().map(|block| block.dirty().count()).sum();
    let touched: usize = blocks.iter().map(Block::touched_count).sum();
    let bytes = |pages: usize| pages as u64 * u64::from(PAGE_SIZE);
    held + bytes(new) > 2 * bytes(touched) + SLACK
}

/// The coverage of each block when these pages of it lie in a new layer, mapped from `min` pages on.
fn cover(older: &[&Coverage], pages: &[Vec<Range<u32>>], min: usize, layer: usize) -> Vec<Coverage> {
    let none = Coverage::default();
    let older = older.iter().copied().chain(std::iter::repeat(&none));
    pages.iter().zip(older).map(|(pages, older)| older.overlaid(&Overlay::split(pages, min), layer)).collect()
}

//! Does a picture equal its reference, and where not?

use darkroom_protocol::scenario::Area;

use super::picture::Picture;

/// How exactly two pictures must agree.
#[derive(Debug, Clone, Copy)]
pub(super) struct Agreement<'a> {
    /// Largest difference per colour channel that still counts as equal.
    pub tolerance: u8,
    /// Pixels that may differ by more.
    pub max_outliers: u32,
    /// Compare only these areas; everything when empty.
    pub areas: &'a [Area],
    /// Leave these areas out.
    pub exclude: &'a [Area],
}

/// What a comparison found.
#[derive(Debug)]
pub(super) struct Comparison {
    /// Whether they agree.
    pub equal: bool,
    /// In words, with figures.
    pub detail: String,
    /// Differing pixels in red over a faint copy of the expected picture; none when the sizes differ.
    pub difference: Option<Picture>,
}

/// Compares what was seen with what was expected.
pub(super) fn compare(expected: &Picture, actual: &Picture, how: Agreement<'_>) -> Comparison {
    if (expected.width(), expected.height()) != (actual.width(), actual.height()) {
        return other_size(expected, actual);
    }
    let width = expected.width();
    let (wanted, _) = expected.rgba().as_chunks::<4>();
    let (seen, _) = actual.rgba().as_chunks::<4>();
    let mut drawn = Vec::with_capacity(actual.rgba().len());
    let mut tally = Tally::default();
    for ((index, left), right) in (0u32..).zip(wanted).zip(seen) {
        let spread = spread(left, right);
        let differs = spread > how.tolerance && how.covers(index % width, index / width);
        if differs {
            tally.add(index % width, index / width, spread);
        }
        drawn.extend_from_slice(&if differs { [255, 0, 0, 255] } else { faint(left) });
    }
    let equal = tally.pixels <= how.max_outliers;
    let difference = (!equal).then(|| Picture::new(width, expected.height(), drawn).ok()).flatten();
    Comparison { equal, detail: tally.describe(how), difference }
}

impl Agreement<'_> {
    fn covers(&self, x: u32, y: u32) -> bool {
        let wanted = self.areas.is_empty() || self.areas.iter().any(|area| holds(area, x, y));
        wanted && !self.exclude.iter().any(|area| holds(area, x, y))
    }
}

fn holds(area: &Area, x: u32, y: u32) -> bool {
    let inside = |at: u32, from: u32, length: u32| at >= from && at - from < length;
    inside(x, area.x, area.width) && inside(y, area.y, area.height)
}

/// Largest difference of one channel.
fn spread(left: &[u8; 4], right: &[u8; 4]) -> u8 {
    left.iter().zip(right).map(|(a, b)| a.abs_diff(*b)).max().unwrap_or_default()
}

/// The pixel as a light grey, so that red stands out.
fn faint(pixel: &[u8; 4]) -> [u8; 4] {
    let sum: u16 = pixel[..3].iter().map(|channel| u16::from(*channel)).sum();
    let grey = u8::try_from(160 + sum / 12).unwrap_or(u8::MAX);
    [grey, grey, grey, 255]
}

fn other_size(expected: &Picture, actual: &Picture) -> Comparison {
    let detail = format!(
        "the screen is {}×{}, the reference {}×{}",
        actual.width(),
        actual.height(),
        expected.width(),
        expected.height()
    );
    Comparison { equal: false, detail, difference: None }
}

/// Pixels that differ: how many, by how much, and where.
#[derive(Debug, Default)]
struct Tally {
    pixels: u32,
    worst: u8,
    corner: Option<([u32; 2], [u32; 2])>,
}

impl Tally {
    fn add(&mut self, x: u32, y: u32, spread: u8) {
        self.pixels += 1;
        self.worst = self.worst.max(spread);
        let (low, high) = self.corner.get_or_insert(([x, y], [x, y]));
        *low = [low[0].min(x), low[1].min(y)];
        *high = [high[0].max(x), high[1].max(y)];
    }

    fn describe(&self, how: Agreement<'_>) -> String {
        let Some((low, high)) = self.corner else {
            return "every pixel agrees".to_owned();
        };
        format!(
            "{} pixels differ by more than {} (at most {} may), by up to {}, between ({}, {}) and ({}, {})",
            self.pixels, how.tolerance, how.max_outliers, self.worst, low[0], low[1], high[0], high[1]
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(level: u8) -> Picture {
        Picture::new(4, 4, [level, level, level, 255].repeat(16)).expect("a fine picture")
    }

    fn with_dot(x: usize, y: usize) -> Picture {
        let mut rgba = plain(10).rgba().to_vec();
        rgba[(y * 4 + x) * 4] = 60;
        Picture::new(4, 4, rgba).expect("a fine picture")
    }

    const EXACT: Agreement<'static> = Agreement { tolerance: 0, max_outliers: 0, areas: &[], exclude: &[] };

    #[test]
    fn tolerance_is_per_channel() {
        assert!(!compare(&plain(10), &plain(13), EXACT).equal);
        assert!(compare(&plain(10), &plain(13), Agreement { tolerance: 3, ..EXACT }).equal);
    }

    #[test]
    fn outliers_are_counted_and_shown() {
        let found = compare(&plain(10), &with_dot(2, 1), EXACT);
        assert!(!found.equal);
        assert!(
            found.detail.contains("1 pixels differ") && found.detail.contains("(2, 1)"),
            "{}",
            found.detail
        );
        let difference = found.difference.expect("drawn");
        assert_eq!(difference.rgba()[(4 + 2) * 4..][..4], [255, 0, 0, 255]);
        assert!(compare(&plain(10), &with_dot(2, 1), Agreement { max_outliers: 1, ..EXACT }).equal);
    }

    #[test]
    fn areas_and_exclusions_choose_the_pixels() {
        let dot = [Area { x: 2, y: 1, width: 1, height: 1 }];
        let rest = [Area { x: 0, y: 2, width: 4, height: 2 }];
        assert!(compare(&plain(10), &with_dot(2, 1), Agreement { exclude: &dot, ..EXACT }).equal);
        assert!(compare(&plain(10), &with_dot(2, 1), Agreement { areas: &rest, ..EXACT }).equal);
        assert!(!compare(&plain(10), &with_dot(2, 1), Agreement { areas: &dot, ..EXACT }).equal);
    }

    #[test]
    fn other_sizes_never_agree() {
        let small = Picture::new(1, 1, vec![10, 10, 10, 255]).expect("a fine picture");
        let found = compare(&plain(10), &small, EXACT);
        assert!(!found.equal && found.difference.is_none());
        assert!(found.detail.contains("1×1"));
    }
}

use serde::{Deserialize, Serialize};

use super::picture::Frame;

/// A rectangle of pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Area {
    /// Left edge.
    pub x: u32,
    /// Upper edge.
    pub y: u32,
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

impl Area {
    /// Whether it holds a place.
    pub const fn contains(&self, x: u32, y: u32) -> bool {
        x >= self.x && x - self.x < self.width && y >= self.y && y - self.y < self.height
    }
}

/// What counts as the same picture.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompareRules {
    /// Only these areas count; the whole picture when there is none.
    pub areas: Vec<Area>,
    /// These areas do not count.
    pub ignore: Vec<Area>,
    /// A channel may differ by this much.
    pub tolerance: u8,
    /// This many pixels may differ by more.
    pub max_outliers: u64,
}

impl CompareRules {
    fn counts(&self, x: u32, y: u32) -> bool {
        let chosen = self.areas.is_empty() || self.areas.iter().any(|area| area.contains(x, y));
        chosen && !self.ignore.iter().any(|area| area.contains(x, y))
    }
}

/// What a comparison found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// Whether the rules are met.
    pub matches: bool,
    /// Pixels that counted.
    pub compared: u64,
    /// Pixels of them that differ by more than the tolerance.
    pub outliers: u64,
    /// The largest difference of a channel among the pixels that counted.
    pub worst: u8,
    /// The smallest rectangle around all outliers.
    pub bounds: Option<Area>,
    /// The picture darkened to a third, with the outliers in red.
    pub difference: Frame,
}

/// Two pictures cannot be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the picture has {}x{} pixels, the reference {}x{}", .actual.0, .actual.1, .expected.0, .expected.1)]
pub struct CompareError {
    /// Width and height of the picture.
    pub actual: (u32, u32),
    /// Width and height of the reference.
    pub expected: (u32, u32),
}

const OUTLIER: [u8; 3] = [0xFF, 0, 0];

/// Compares a picture with a reference.
///
/// # Errors
/// [`CompareError`] when their sizes differ.
pub fn compare(actual: &Frame, expected: &Frame, rules: &CompareRules) -> Result<Comparison, CompareError> {
    let (size, wanted) = ((actual.width(), actual.height()), (expected.width(), expected.height()));
    if size != wanted {
        return Err(CompareError { actual: size, expected: wanted });
    }
    let mut found = Comparison {
        matches: false,
        compared: 0,
        outliers: 0,
        worst: 0,
        bounds: None,
        difference: Frame::black(size.0, size.1),
    };
    for y in 0..size.1 {
        for x in 0..size.0 {
            found.look_at(x, y, actual.pixel(x, y), expected.pixel(x, y), rules);
        }
    }
    found.matches = found.outliers <= rules.max_outliers;
    Ok(found)
}

impl Comparison {
    fn look_at(&mut self, x: u32, y: u32, actual: [u8; 3], expected: [u8; 3], rules: &CompareRules) {
        self.difference.set_pixel(x, y, actual.map(|channel| channel / 3));
        if !rules.counts(x, y) {
            return;
        }
        let worst = actual.iter().zip(expected).map(|(a, b)| a.abs_diff(b)).max().unwrap_or(0);
        self.compared += 1;
        self.worst = self.worst.max(worst);
        if worst > rules.tolerance {
            self.outliers += 1;
            self.bounds = Some(grow(self.bounds, x, y));
            self.difference.set_pixel(x, y, OUTLIER);
        }
    }
}

fn grow(bounds: Option<Area>, x: u32, y: u32) -> Area {
    let Some(area) = bounds else { return Area { x, y, width: 1, height: 1 } };
    let (left, top) = (area.x.min(x), area.y.min(y));
    let (right, bottom) = ((area.x + area.width).max(x + 1), (area.y + area.height).max(y + 1));
    Area { x: left, y: top, width: right - left, height: bottom - top }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spotted(spots: &[(u32, u32, u8)]) -> Frame {
        let mut frame = Frame::black(20, 10);
        spots.iter().for_each(|&(x, y, level)| frame.set_pixel(x, y, [0, level, 0]));
        frame
    }

    #[test]
    fn tolerance_and_outliers_are_allowed_and_no_more() {
        let actual = spotted(&[(3, 2, 9), (7, 5, 200)]);
        let rules =
            |tolerance, max_outliers| CompareRules { tolerance, max_outliers, ..CompareRules::default() };
        let found = compare(&actual, &spotted(&[]), &rules(8, 2)).expect("same size");
        assert!(found.matches && found.outliers == 2 && found.worst == 200 && found.compared == 200);
        assert_eq!(found.bounds, Some(Area { x: 3, y: 2, width: 5, height: 4 }));
        assert_eq!(found.difference.pixel(3, 2), OUTLIER);
        assert!(compare(&actual, &spotted(&[]), &rules(9, 1)).expect("same size").matches);
        assert!(!compare(&actual, &spotted(&[]), &rules(9, 0)).expect("same size").matches);
    }

    #[test]
    fn areas_choose_what_counts() {
        let actual = spotted(&[(3, 2, 255)]);
        let left = Area { x: 0, y: 0, width: 10, height: 10 };
        let right = Area { x: 10, y: 0, width: 10, height: 10 };
        let only = |areas: Vec<Area>, ignore: Vec<Area>| {
            let rules = CompareRules { areas, ignore, ..CompareRules::default() };
            compare(&actual, &spotted(&[]), &rules).expect("same size")
        };
        assert!(only(vec![right], vec![]).matches);
        assert!(!only(vec![left], vec![]).matches);
        assert!(only(vec![left], vec![left]).matches);
        assert_eq!(only(vec![right], vec![]).compared, 100);
    }

    #[test]
    fn sizes_must_be_equal() {
        let error =
            compare(&Frame::black(2, 2), &Frame::black(2, 3), &CompareRules::default()).expect_err("differ");
        assert_eq!(error.to_string(), "the picture has 2x2 pixels, the reference 2x3");
    }
}

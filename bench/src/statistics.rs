use serde::Serialize;

/// The middle value; the mean of the two middle ones when their number is even. 0 for no values.
#[must_use]
pub fn median(values: &[f64]) -> f64 {
    let sorted = sorted(values);
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => 0.0,
        count if count % 2 == 1 => sorted[middle],
        _ => f64::midpoint(sorted[middle - 1], sorted[middle]),
    }
}

/// The smallest value that at least `percent` of a hundred values do not exceed (nearest rank). 0 for no values.
#[must_use]
pub fn percentile(values: &[f64], percent: u32) -> f64 {
    let sorted = sorted(values);
    let rank = (sorted.len() * percent as usize).div_ceil(100).max(1);
    sorted.get(rank - 1).copied().unwrap_or(0.0)
}

/// The geometric mean of positive values; 0 for no values.
#[must_use]
pub fn geometric_mean(values: &[f64]) -> f64 {
    if values.is_empty() {
        return 0.0;
    }
    let logarithms: f64 = values.iter().map(|value| value.ln()).sum();
    (logarithms / values.len() as f64).exp()
}

/// How a time is spread, in milliseconds.
#[derive(Clone, Debug, Serialize)]
pub struct Distribution {
    /// Half of the values are no longer.
    pub p50_ms: f64,
    /// 99 of 100 values are no longer.
    pub p99_ms: f64,
    /// The longest.
    pub max_ms: f64,
}

impl Distribution {
    /// Of these values in milliseconds.
    #[must_use]
    pub fn of(millis: &[f64]) -> Self {
        Self {
            p50_ms: percentile(millis, 50),
            p99_ms: percentile(millis, 99),
            max_ms: percentile(millis, 100),
        }
    }
}

fn sorted(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_of_odd_and_even_counts() {
        assert_eq!(median(&[3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), 2.5);
        assert_eq!(median(&[]), 0.0);
    }

    #[test]
    fn percentiles_are_values_that_occurred() {
        let values: Vec<f64> = (1..=200).rev().map(f64::from).collect();
        assert_eq!(percentile(&values, 50), 100.0);
        assert_eq!(percentile(&values, 99), 198.0);
        assert_eq!(percentile(&[7.0], 99), 7.0);
    }

    #[test]
    fn the_geometric_mean_of_a_ratio_and_its_inverse_is_one() {
        assert!((geometric_mean(&[4.0, 0.25]) - 1.0).abs() < 1e-12);
    }
}

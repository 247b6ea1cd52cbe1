//! Numbers that look random and are the same for the same seed, on every host.

/// SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
#[derive(Clone, Debug)]
pub struct Rng(u64);

const GAMMA: u64 = 0x9E37_79B9_7F4A_7C15;

fn mix(mut z: u64) -> u64 {
    z = (z ^ z >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ z >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ z >> 31
}

impl Rng {
    /// The stream that belongs to these numbers.
    #[must_use]
    pub fn of(numbers: &[u64]) -> Self {
        Self(numbers.iter().fold(GAMMA, |state, number| mix(state ^ mix(number.wrapping_add(GAMMA)))))
    }

    /// The next 64 bits.
    pub fn long(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GAMMA);
        mix(self.0)
    }

    /// The next 32 bits.
    pub fn word(&mut self) -> u32 {
        (self.long() >> 32) as u32
    }

    /// A number below `end`, which is not 0.
    pub fn below(&mut self, end: u32) -> u32 {
        ((u64::from(self.word()) * u64::from(end)) >> 32) as u32
    }

    /// A number from `first` to `last`, both included.
    pub fn between(&mut self, first: u32, last: u32) -> u32 {
        first + self.below(last - first + 1)
    }

    /// True in `percent` of 100 cases.
    pub fn chance(&mut self, percent: u32) -> bool {
        self.below(100) < percent
    }

    /// One of the items, which are not none.
    pub fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len() as u32) as usize]
    }

    /// The place of a weight, drawn in proportion to the weights, whose sum is not 0.
    pub fn weighted(&mut self, weights: &[u32]) -> usize {
        let mut left = self.below(weights.iter().sum());
        weights
            .iter()
            .position(|weight| {
                let hit = left < *weight;
                left = left.wrapping_sub(*weight);
                hit
            })
            .unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::Rng;

    #[test]
    fn the_stream_belongs_to_its_numbers() {
        let first = |numbers: &[u64]| Rng::of(numbers).long();
        assert_eq!(first(&[1, 2]), first(&[1, 2]));
        assert_ne!(first(&[1, 2]), first(&[2, 1]));
        assert_ne!(first(&[1, 2]), first(&[1, 3]));
    }

    #[test]
    fn weights_are_kept_about() {
        let mut rng = Rng::of(&[7]);
        let mut hits = [0; 3];
        (0..10_000).for_each(|_| hits[rng.weighted(&[1, 0, 3])] += 1);
        assert!(hits[1] == 0 && (2200..2800).contains(&hits[0]), "{hits:?}");
    }
}

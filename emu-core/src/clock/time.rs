use std::fmt;
use std::ops::Add;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// An instant of guest time: nanoseconds since power-on. Arithmetic saturates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct GuestTime(u64);

impl GuestTime {
    /// Power-on.
    pub const ZERO: Self = Self(0);
    /// Later than anything that can happen (584 years).
    pub const MAX: Self = Self(u64::MAX);

    /// The instant `nanos` after power-on.
    pub const fn from_nanos(nanos: u64) -> Self {
        Self(nanos)
    }

    /// The instant `micros` after power-on.
    pub const fn from_micros(micros: u64) -> Self {
        Self(micros.saturating_mul(1_000))
    }

    /// The instant `millis` after power-on.
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis.saturating_mul(1_000_000))
    }

    /// Nanoseconds since power-on.
    pub const fn as_nanos(self) -> u64 {
        self.0
    }

    /// Whole microseconds since power-on.
    pub const fn as_micros(self) -> u64 {
        self.0 / 1_000
    }

    /// Time from `earlier` to `self`, zero when `earlier` is later.
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0))
    }
}

impl Add<Duration> for GuestTime {
    type Output = Self;

    fn add(self, span: Duration) -> Self {
        let nanos = u64::try_from(span.as_nanos()).unwrap_or(u64::MAX);
        Self(self.0.saturating_add(nanos))
    }
}

/// Seconds with nine decimals, as in logs: `1.000250000`.
impl fmt::Display for GuestTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:09}", self.0 / 1_000_000_000, self.0 % 1_000_000_000)
    }
}

/// Turns the CPU's instruction count into guest time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Clock {
    nanos_per_instruction: u64,
    skipped_nanos: u64,
}

impl Clock {
    /// A clock at power-on. A cost of zero is taken as one nanosecond, so that time always moves.
    pub const fn new(nanos_per_instruction: u64) -> Self {
        let cost = if nanos_per_instruction == 0 { 1 } else { nanos_per_instruction };
        Self { nanos_per_instruction: cost, skipped_nanos: 0 }
    }

    /// Guest time after `instructions` have been executed.
    pub const fn at(&self, instructions: u64) -> GuestTime {
        let busy = instructions.saturating_mul(self.nanos_per_instruction);
        GuestTime(busy.saturating_add(self.skipped_nanos))
    }

    /// How many instructions may run, from `instructions` on, before `target` is reached or passed.
    pub const fn instructions_until(&self, instructions: u64, target: GuestTime) -> u64 {
        let left = target.0.saturating_sub(self.at(instructions).0);
        left.div_ceil(self.nanos_per_instruction)
    }

    /// Lets idle time pass up to `target` without executing anything. Does nothing when `target` is in the past.
    pub const fn skip_to(&mut self, instructions: u64, target: GuestTime) {
        let left = target.0.saturating_sub(self.at(instructions).0);
        self.skipped_nanos = self.skipped_nanos.saturating_add(left);
    }

    /// Idle time skipped so far.
    pub const fn skipped(&self) -> Duration {
        Duration::from_nanos(self.skipped_nanos)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instructions_and_skips_add_up() {
        let mut clock = Clock::new(8);
        assert_eq!(clock.at(125), GuestTime::from_micros(1));
        clock.skip_to(125, GuestTime::from_nanos(1_003));
        assert_eq!(clock.at(125), GuestTime::from_nanos(1_003));
        clock.skip_to(125, GuestTime::ZERO);
        assert_eq!(clock.at(126), GuestTime::from_nanos(1_011));
    }

    #[test]
    fn budget_reaches_the_target_and_not_less() {
        let clock = Clock::new(8);
        assert_eq!(clock.instructions_until(0, GuestTime::from_nanos(17)), 3);
        assert_eq!(clock.instructions_until(2, GuestTime::from_nanos(16)), 0);
        assert_eq!(clock.instructions_until(9, GuestTime::from_nanos(16)), 0);
    }

    #[test]
    fn the_far_future_saturates() {
        assert_eq!(GuestTime::MAX + Duration::from_secs(1), GuestTime::MAX);
        assert_eq!(Clock::new(8).at(u64::MAX), GuestTime::MAX);
    }
}

//! Taking vectors apart into lanes and putting them together.

/// A lane's bits.
pub(super) fn lane(vector: u128, size: u32, index: u32) -> u64 {
    (vector >> (size * index)) as u64 & (u64::MAX >> (64 - size))
}

/// A lane as a number.
pub(super) fn number(vector: u128, size: u32, index: u32, signed: bool) -> i128 {
    extend(lane(vector, size, index), size, signed)
}

/// The low `size` bits as a number.
pub(super) fn extend(bits: u64, size: u32, signed: bool) -> i128 {
    let up = 64 - size;
    if signed { ((bits << up) as i64 >> up).into() } else { (bits << up >> up).into() }
}

/// Builds a vector of `count` lanes from numbers, of which the low `size` bits are taken.
pub(super) fn build(count: u32, size: u32, mut of: impl FnMut(u32) -> i128) -> u128 {
    let mask = u128::MAX >> (128 - size);
    (0..count).fold(0, |vector, index| vector | (of(index) as u128 & mask) << (size * index))
}

/// Number of lanes in a vector.
pub(super) fn count(quad: bool, size: u32) -> u32 {
    (if quad { 128 } else { 64 }) / size
}

/// Limits a number to a type's range, noting when that changes it.
pub(super) fn limit(value: i128, size: u32, signed: bool, saturated: &mut bool) -> i128 {
    let (low, high) = if signed { (-(1 << (size - 1)), (1 << (size - 1)) - 1) } else { (0, (1 << size) - 1) };
    *saturated |= value < low || value > high;
    value.clamp(low, high)
}

/// Shifts right (rounding half up when asked) by 0–64 and more.
pub(super) fn shift_right(value: i128, by: u32, round: bool) -> i128 {
    let by = by.min(100);
    let half = if round && by > 0 { 1 << (by - 1) } else { 0 };
    (value + half) >> by
}

/// Product of polynomials over {0, 1}.
pub(super) fn polynomial(x: u64, y: u64) -> i128 {
    (0..8).filter(|n| y >> n & 1 != 0).fold(0, |product, n| product ^ i128::from(x) << n)
}

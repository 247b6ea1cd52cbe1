//! The `card` room.

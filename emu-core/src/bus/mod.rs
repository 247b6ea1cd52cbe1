//! The `bus` room.

//! The `frame` room.

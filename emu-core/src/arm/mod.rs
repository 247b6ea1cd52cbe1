//! The `arm` room.

//! Camera models as data.

//! Checks who may use whom.

//! Floating point and Advanced SIMD instructions.

/// A VFP instruction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum VfpOp {}

/// An Advanced SIMD instruction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NeonOp {}

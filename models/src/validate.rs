//! The rules that types cannot hold. Each fault names the key and the reason.

use crate::camera::Camera;
use crate::error::DataError;

/// Dotted key and reason.
pub(crate) type Fault = (String, String);

/// All faults of a camera; `stem` is the name of its file.
pub(crate) fn camera(_camera: &Camera, _stem: &str) -> Vec<Fault> {
    Vec::new()
}

/// Faults of names that two cameras share.
pub(crate) fn names_are_unique(_cameras: &[Camera]) -> Vec<DataError> {
    Vec::new()
}

//! The emulated camera: a machine is a value. No threads, no network, no wall clock, no randomness, no global state.

pub mod arm;
pub mod bare;
pub mod bus;
pub mod card;
pub mod clock;
pub mod device;
pub mod frame;
pub mod machine;
pub mod memory;

//! The darkroom command.
fn main() {}

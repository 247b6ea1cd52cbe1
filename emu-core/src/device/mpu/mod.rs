//! The MPU: the small processor that owns buttons, mode dial, lens and the power switch (reference: mpu.md).
//!
//! There is no model of that processor: recorded replies are played back to recorded requests ([`book`]). The link to it is
//! a request line, a status line and a serial port of 16-bit units, paced by two interrupts ([`link`]).

mod book;
mod buttons;
mod link;

pub use buttons::{KeyAction, KeyError};
pub use link::{CONTROL, Mpu, MpuWiring, REQUEST, REQUEST_STATUS, SERIAL, STATUS};

//! The guest's processor: ARM946E-S, Cortex-R4 and Cortex-A9.

mod cpu;
mod fault;
mod model;
mod psr;
mod registers;
mod system;

pub use cpu::{Cpu, CpuState, Exit, Vectors};
pub use fault::{FaultKind, FaultRecord};
pub use model::{Core, Fidelity};
pub use psr::{Mode, Psr};
pub use registers::Registers;
pub use system::{BusFault, Cp15Event, IoAccess, System, Tcm, Width};

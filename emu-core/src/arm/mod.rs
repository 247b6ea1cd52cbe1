//! The guest's processor: ARM946E-S, Cortex-R4 and Cortex-A9.

mod blocks;
mod cp15;
mod cpu;
mod decode;
mod disasm;
mod engine;
mod fault;
mod float;
mod insn;
#[cfg(target_arch = "x86_64")]
mod jit;
#[cfg(not(target_arch = "x86_64"))]
#[path = "jit_absent.rs"]
mod jit;
mod jit_options;
mod model;
pub mod neon;
mod operand;
mod psr;
pub mod random;
mod registers;
mod run;
mod simd;
mod system;
mod tlb;
pub mod vectors;

pub use cpu::{Cpu, CpuState, Exit, Vectors};
pub use decode::Decoder;
pub use disasm::disassemble;
pub use fault::{FaultKind, FaultRecord};
pub use insn::*;
pub use jit::{ArenaError, CodeMemory};
pub use jit_options::{JitOptions, JitStats};
pub use model::{Core, Engine, Fidelity};
pub use psr::{Mode, Psr};
pub use registers::Registers;
pub use simd::{FloatReg, Simd, VfpArith, VfpOp, VfpUnary};
pub use system::{BusFault, Cp15Event, IoAccess, System, Tcm, Width};

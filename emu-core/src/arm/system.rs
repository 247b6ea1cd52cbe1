//! What the CPU needs from the machine around it.

use crate::memory::{AddressSpace, GuestAddr};

/// Size of a device access.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Width {
    /// One byte.
    Byte,
    /// Two bytes.
    Half,
    /// Four bytes.
    Word,
}

impl Width {
    /// Size in bytes.
    #[must_use]
    pub fn bytes(self) -> u32 {
        match self {
            Self::Byte => 1,
            Self::Half => 2,
            Self::Word => 4,
        }
    }
}

/// One access of the CPU that plain memory cannot answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct IoAccess {
    /// Physical address, aligned to the width: the CPU splits unaligned accesses.
    pub addr: GuestAddr,
    /// Size of the access.
    pub size: Width,
    /// Address of the instruction that makes it.
    pub pc: GuestAddr,
    /// Instructions the CPU had executed before this one.
    pub instruction: u64,
}

/// The bus answered with an error: the core takes an external abort.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct BusFault;

/// Which tightly coupled memory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tcm {
    /// Instruction TCM (ARM946E-S), ATCM (Cortex-R4).
    Instruction,
    /// Data TCM (ARM946E-S), BTCM (Cortex-R4).
    Data,
}

/// Something the guest did through the system control coprocessor that concerns the machine.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cp15Event {
    /// A TCM region register or its enable bit was written. The value is the register's.
    TcmRegion {
        /// Which memory.
        tcm: Tcm,
        /// Region register: base in bits 31–12, size code in bits 5–1 (512 << code bytes).
        value: u32,
        /// The enable bit of the control register.
        enabled: bool,
    },
    /// A cache lockdown register was written (reference: boot-and-memory.md §1.3).
    CacheLockdown {
        /// True for the instruction cache.
        instruction: bool,
        /// The value written.
        value: u32,
    },
    /// A word was written into a cache line through the debug registers: the "cache hack" by which Magic Lantern
    /// patches ROM code (reference: boot-and-memory.md §1.3).
    CacheDebugWrite {
        /// True for the instruction cache.
        instruction: bool,
        /// Address that the tag and index registers name.
        addr: GuestAddr,
        /// The word.
        value: u32,
    },
    /// The whole instruction cache was flushed.
    InstructionCacheFlush,
}

/// The machine as its CPU sees it.
///
/// Plain memory is reached directly through [`memory`](Self::memory); everything else comes as a call. After a call
/// of `io_read`, `io_write`, `rom_write` or `cp15` the CPU asks [`attention`](Self::attention).
pub trait System {
    /// The physical address space.
    fn memory(&self) -> &AddressSpace;

    /// The physical address space, for stores.
    fn memory_mut(&mut self) -> &mut AddressSpace;

    /// Reads a device register. The value is in the low bits.
    ///
    /// # Errors
    /// [`BusFault`] when nothing answers: the guest gets a data abort.
    fn io_read(&mut self, access: IoAccess) -> Result<u32, BusFault>;

    /// Writes a device register.
    ///
    /// # Errors
    /// [`BusFault`] when nothing answers: the guest gets a data abort.
    fn io_write(&mut self, access: IoAccess, value: u32) -> Result<(), BusFault>;

    /// A store to ROM.
    ///
    /// # Errors
    /// [`BusFault`] when the machine refuses it: the guest gets a data abort.
    fn rom_write(&mut self, access: IoAccess, value: u32) -> Result<(), BusFault>;

    /// True when the machine wants control back, for instance because an access changed the interrupt lines or the
    /// next event's time: [`Cpu::run`](super::Cpu::run) then returns at the next instruction boundary.
    fn attention(&self) -> bool;

    /// Tells of a system control operation.
    fn cp15(&mut self, event: Cp15Event);
}

//! Where things lie in the memory of a random program.

/// RAM at 0: vectors and handlers, code, data, stacks, translation tables.
pub(super) const RAM_SIZE: u32 = 0x8000;
/// The same RAM again, as cameras show it uncached.
pub(super) const ALIAS: u32 = 0x4000_0000;
/// Two pages that the guest can point at other pages of RAM.
pub(super) const WINDOW: u32 = 0x5000_0000;
pub(super) const WINDOW_PAGES: u32 = 2;
/// The device's page.
pub(super) const DEVICE: u32 = 0xC012_3000;
/// Storage that is only read: first-level tables.
pub(super) const TABLE_ROM: u32 = 0xF800_0000;
pub(super) const TABLE_ROM_SIZE: u32 = 0x4000;
/// High vectors; stores there change it, as the flash of cameras in the emulator.
pub(super) const VECTOR_ROM: u32 = 0xFFFF_0000;
pub(super) const VECTOR_ROM_SIZE: u32 = 0x1000;

/// Exception handlers: eight slots of this many bytes.
pub(super) const HANDLERS: u32 = 0x40;
pub(super) const HANDLER_SIZE: u32 = 0x60;
/// First page of code; a program ends before `CODE_END`.
pub(super) const CODE: u32 = 0x1000;
pub(super) const CODE_END: u32 = 0x3000;
/// The middle of the three pages of data that follow the code.
pub(super) const DATA_MIDDLE: u32 = 0x4800;
/// Stacks grow down from here, one for every mode.
pub(super) const STACKS: u32 = 0x7000;
pub(super) const STACK_SIZE: u32 = 0x200;
/// Second-level tables, then the short first-level table.
pub(super) const SECOND_LEVEL: u32 = 0x7000;
pub(super) const FIRST_LEVEL: u32 = 0x7C00;

/// Registers of the device, as offsets in its page.
pub(super) mod register {
    /// Prints a byte.
    pub(in super::super) const PRINT: u32 = 0x400;
    /// Reads another value every time.
    pub(in super::super) const COUNTER: u32 = 0x404;
    /// A write makes the machine ask for control.
    pub(in super::super) const ATTENTION: u32 = 0x408;
    /// Levels of the interrupt lines: bit 0 IRQ, bit 1 FIQ.
    pub(in super::super) const LINES: u32 = 0x40C;
    /// Answers nothing: the bus reports a fault.
    pub(in super::super) const FAULT: u32 = 0x410;
    /// Where the next DMA word goes.
    pub(in super::super) const DMA_ADDRESS: u32 = 0x414;
    /// A word for DMA, stored at once.
    pub(in super::super) const DMA_DATA: u32 = 0x418;
    /// Chooses what the window shows.
    pub(in super::super) const WINDOW: u32 = 0x41C;
}

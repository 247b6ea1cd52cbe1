use super::console::Console;
use crate::arm::{BusFault, Cp15Event, IoAccess, System};
use crate::memory::{AddressSpace, GuestAddr};

/// The page with Magic Lantern's print registers (reference: peripherals.md §11).
pub(super) const CONSOLE_PAGE: GuestAddr = GuestAddr(0xC012_3000);
const PRINT_CHAR: u32 = 0xC012_3400;
const PRINT_NUMBER: u32 = 0xC012_340C;

/// RAM and the print registers: all that stands around the core.
#[derive(Clone, Default)]
pub(super) struct BareBoard {
    pub(super) space: AddressSpace,
    pub(super) console: Console,
}

impl BareBoard {
    pub(super) fn with_memory(&self, space: AddressSpace) -> Self {
        Self { space, console: self.console.clone() }
    }
}

impl System for BareBoard {
    fn memory(&self) -> &AddressSpace {
        &self.space
    }

    fn memory_mut(&mut self) -> &mut AddressSpace {
        &mut self.space
    }

    fn io_read(&mut self, access: IoAccess) -> Result<u32, BusFault> {
        match access.addr.0 {
            PRINT_CHAR | PRINT_NUMBER => Ok(0),
            _ => Err(BusFault),
        }
    }

    fn io_write(&mut self, access: IoAccess, value: u32) -> Result<(), BusFault> {
        match access.addr.0 {
            PRINT_CHAR => self.console.push(value as u8),
            PRINT_NUMBER => {
                format!("0x{value:X} ({}) ", value as i32).bytes().for_each(|byte| self.console.push(byte));
            }
            _ => return Err(BusFault),
        }
        Ok(())
    }

    fn rom_write(&mut self, _access: IoAccess, _value: u32) -> Result<(), BusFault> {
        Err(BusFault)
    }

    fn attention(&self) -> bool {
        self.console.is_full()
    }

    /// There are no caches, and no tightly coupled memory apart from RAM.
    fn cp15(&mut self, _event: Cp15Event) {}
}

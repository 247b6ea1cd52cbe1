//! The machine as its CPU sees it: memory, device windows, ROM writes, and system control operations.

use super::cache_hack::CachePatches;
use super::devices::Devices;
use super::map::GuestMap;
use crate::arm::{self, BusFault, Cp15Event, IoAccess, System, Tcm};
use crate::bus::{
    Access, Board, DeviceContext, DeviceId, Direction, Dma, DmaAddr, Hit, Port, Read, UnknownAccesses, Width,
    WindowTable, Write,
};
use crate::clock::{Clock, GuestTime};
use crate::memory::{AddressSpace, GuestAddr};

/// The flash chip's answer when its base is written with this byte (reference: boot-and-memory.md §3.1).
#[derive(Clone, Copy, Debug)]
pub(super) struct FlashId {
    pub(super) base: GuestAddr,
    pub(super) word: u32,
}

/// The byte that asks for the flash id.
const ASK_FLASH_ID: u32 = 6;

/// Everything around the CPU.
pub(super) struct Mainboard {
    pub(super) space: AddressSpace,
    pub(super) devices: Devices,
    pub(super) board: Board,
    pub(super) clock: Clock,
    pub(super) unknown: UnknownAccesses,
    pub(super) patches: CachePatches,
    pub(super) windows: WindowTable,
    pub(super) map: GuestMap,
    pub(super) flash_id: Option<FlashId>,
}

/// DMA by devices: what is not memory reads as zero and takes nothing.
impl Dma for AddressSpace {
    fn dma_read(&mut self, from: DmaAddr, into: &mut [u8]) {
        // The fault's address is of no use to a bus master: the hardware gives it nothing to see.
        let _ = AddressSpace::dma_read(self, GuestAddr(from.0), into);
    }

    fn dma_write(&mut self, to: DmaAddr, bytes: &[u8]) {
        let _ = AddressSpace::dma_write(self, GuestAddr(to.0), bytes);
    }
}

impl Mainboard {
    /// A copy of everything but the memory, for which `space` stands in.
    pub(super) fn with_memory(&self, space: AddressSpace) -> Self {
        Self {
            space,
            devices: self.devices.clone(),
            board: self.board.clone(),
            clock: self.clock,
            unknown: self.unknown.clone(),
            patches: self.patches.clone(),
            windows: self.windows.clone(),
            map: self.map.clone(),
            flash_id: self.flash_id,
        }
    }

    /// Lets a device work in a context at the instant `now`.
    pub(super) fn with_device<T>(
        &mut self,
        now: GuestTime,
        id: DeviceId,
        work: impl FnOnce(&mut dyn crate::bus::Device, &mut DeviceContext<'_>) -> T,
    ) -> Option<T> {
        let mut ctx = DeviceContext::new(now, id, &mut self.board, &mut self.space);
        self.devices.get(id).map(|device| work(device, &mut ctx))
    }

    fn read_window(&mut self, hit: Hit, access: IoAccess) -> Read {
        let now = self.clock.at(access.instruction);
        let at = bus_access(hit.port, hit.offset, access.size);
        self.with_device(now, hit.device, |device, ctx| device.read(ctx, at)).unwrap_or(Read::Unknown)
    }

    fn write_window(&mut self, hit: Hit, access: IoAccess, value: u32) -> Write {
        let now = self.clock.at(access.instruction);
        let at = bus_access(hit.port, hit.offset, access.size);
        self.with_device(now, hit.device, |device, ctx| device.write(ctx, at, value))
            .unwrap_or(Write::Unknown)
    }

    fn asks_flash_id(&self, access: IoAccess, value: u32) -> Option<FlashId> {
        let asks = access.size == arm::Width::Byte && value & 0xFF == ASK_FLASH_ID;
        self.flash_id.filter(|id| asks && id.base == access.addr)
    }
}

impl System for Mainboard {
    fn memory(&self) -> &AddressSpace {
        &self.space
    }

    fn memory_mut(&mut self) -> &mut AddressSpace {
        &mut self.space
    }

    fn io_read(&mut self, access: IoAccess) -> Result<u32, BusFault> {
        let hit = self.windows.find(access.addr.0);
        let read = hit.map_or(Read::Unknown, |hit| self.read_window(hit, access));
        let value = match read {
            Read::Value(value) => value,
            Read::Unknown => {
                let value = hit.map_or(0, |hit| hit.default_read);
                self.unknown.record(access.addr.0, access.pc.0, Direction::Read, value);
                value
            }
        };
        Ok(width(access.size).truncate(value))
    }

    fn io_write(&mut self, access: IoAccess, value: u32) -> Result<(), BusFault> {
        let value = width(access.size).truncate(value);
        let hit = self.windows.find(access.addr.0);
        let write = hit.map_or(Write::Unknown, |hit| self.write_window(hit, access, value));
        if write == Write::Unknown {
            self.unknown.record(access.addr.0, access.pc.0, Direction::Write, value);
        }
        Ok(())
    }

    fn rom_write(&mut self, access: IoAccess, value: u32) -> Result<(), BusFault> {
        match self.asks_flash_id(access, value) {
            Some(id) => self.space.poke(id.base, &id.word.to_le_bytes()),
            None => {
                let bytes = value.to_le_bytes();
                self.space.poke(access.addr, &bytes[..access.size.bytes() as usize])
            }
        };
        Ok(())
    }

    fn attention(&self) -> bool {
        self.board.attention()
    }

    fn cp15(&mut self, event: Cp15Event) {
        match event {
            Cp15Event::TcmRegion { tcm: Tcm::Data, value, enabled: true } => {
                // A page-aligned base always maps: the error cannot happen.
                let _ = self.map.move_dtcm(&mut self.space, GuestAddr(value));
            }
            Cp15Event::TcmRegion { .. } => {}
            Cp15Event::CacheDebugWrite { addr, value, .. } => {
                self.patches.write(&mut self.space, addr, value);
            }
            Cp15Event::CacheLockdown { value: 0, .. } | Cp15Event::InstructionCacheFlush => {
                self.patches.revert(&mut self.space);
            }
            Cp15Event::CacheLockdown { .. } => {}
        }
    }
}

const fn bus_access(port: Port, offset: u32, size: arm::Width) -> Access {
    Access { port, offset, width: width(size) }
}

const fn width(size: arm::Width) -> Width {
    match size {
        arm::Width::Byte => Width::Byte,
        arm::Width::Half => Width::Half,
        arm::Width::Word => Width::Word,
    }
}

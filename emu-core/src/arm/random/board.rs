//! The machine around a random program: RAM, tables in ROM, and a device that does everything a device may do.

use super::super::system::{BusFault, Cp15Event, IoAccess, System, Tcm};
use super::control;
use super::layout::{
    ALIAS, DEVICE, RAM_SIZE, TABLE_ROM, TABLE_ROM_SIZE, VECTOR_ROM, VECTOR_ROM_SIZE, WINDOW, WINDOW_PAGES,
    register,
};
use crate::memory::{Access, AddressSpace, BlockId, GuestAddr, PAGE_SIZE};

/// Something that the machine saw.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sight {
    /// A device register was read; the answer is `None` for a bus fault.
    Read(IoAccess, Option<u32>),
    /// A device register was written.
    Write(IoAccess, u32),
    /// A store to ROM.
    RomWrite(IoAccess, u32),
    /// A system control operation.
    Control(Cp15Event),
}

/// The device's registers.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Device {
    reads: u32,
    dma_address: u32,
    /// What the window shows: see [`Board::show`].
    window: u32,
    /// Levels asked for and not yet passed on to the core.
    pub(super) lines: Option<u32>,
    attention: bool,
}

/// Memory and device.
pub(super) struct Board {
    pub(super) space: AddressSpace,
    ram: BlockId,
    vectors: BlockId,
    pub(super) device: Device,
    /// What happened so far.
    pub(super) sights: Vec<Sight>,
}

/// Bits of the window register: page of RAM, how it shows.
const PAGE_BITS: u32 = 7;
const AS_ROM: u32 = 1 << 3;
const HIDDEN: u32 = 1 << 4;

impl Board {
    pub(super) fn new() -> Self {
        let mut space = AddressSpace::new();
        let mut block = |size: u32| space.add_block(size.into()).expect("three small blocks fit");
        let (ram, tables, vectors) = (block(RAM_SIZE), block(TABLE_ROM_SIZE), block(VECTOR_ROM_SIZE));
        for (at, size, block, access) in [
            (0, RAM_SIZE, ram, Access::Ram),
            (ALIAS, RAM_SIZE, ram, Access::Ram),
            (TABLE_ROM, TABLE_ROM_SIZE, tables, Access::Rom),
            (VECTOR_ROM, VECTOR_ROM_SIZE, vectors, Access::Rom),
        ] {
            space.map(GuestAddr(at), size.into(), block, 0, access).expect("the layout is in whole pages");
        }
        space.map_device(GuestAddr(DEVICE), PAGE_SIZE.into()).expect("the layout is in whole pages");
        space.poke(GuestAddr(TABLE_ROM), &control::rom_table());
        let mut board = Self { space, ram, vectors, device: Device::default(), sights: Vec::new() };
        board.show(0);
        board
    }

    /// The state before a program: memory as given, everything else as new.
    pub(super) fn renew(&mut self, ram: &[u8], vectors: &[u8]) {
        self.set_contents(ram, vectors);
        self.restore_device(Device::default());
        self.sights.clear();
    }

    /// Sets all RAM and the vectors' ROM from its beginning.
    pub(super) fn set_contents(&mut self, ram: &[u8], vectors: &[u8]) {
        self.space.poke(GuestAddr(0), ram);
        self.space.poke(GuestAddr(VECTOR_ROM), vectors);
    }

    /// All memory that a program can change: RAM, then the vectors' ROM.
    pub(super) fn contents(&self) -> [&[u8]; 2] {
        [self.space.block_bytes(self.ram), self.space.block_bytes(self.vectors)]
    }

    pub(super) fn restore_device(&mut self, device: Device) {
        if self.device.window != device.window {
            self.show(device.window);
        }
        self.device = device;
    }

    /// Points the window at two pages of RAM, as RAM or as ROM, or at nothing.
    fn show(&mut self, value: u32) {
        self.device.window = value;
        let (start, len) = (GuestAddr(WINDOW), u64::from(WINDOW_PAGES * PAGE_SIZE));
        let page = (value & PAGE_BITS).min(RAM_SIZE / PAGE_SIZE - WINDOW_PAGES);
        let access = if value & AS_ROM != 0 { Access::Rom } else { Access::Ram };
        let shown = if value & HIDDEN != 0 {
            self.space.unmap(start, len)
        } else {
            self.space.map(start, len, self.ram, u64::from(page * PAGE_SIZE), access)
        };
        shown.expect("the window is in whole pages of RAM");
    }

    /// Takes the wish for control back.
    pub(super) fn take_attention(&mut self) {
        self.device.attention = false;
    }

    /// A word from another bus master.
    pub(super) fn dma(&mut self, at: u32, value: u32) {
        // A device is not told where its word went.
        let _ = self.space.dma_write(GuestAddr(at), &value.to_le_bytes());
    }

    fn read_register(&mut self, access: IoAccess) -> Option<u32> {
        match access.addr.page_offset() {
            register::FAULT..0x414 => None,
            register::COUNTER..0x408 => {
                self.device.reads += 1;
                Some(self.device.reads.wrapping_mul(0x9E37_79B9) ^ access.instruction as u32)
            }
            offset => Some(offset.wrapping_mul(0x0101_0101)),
        }
    }

    fn write_register(&mut self, access: IoAccess, value: u32) -> Result<(), BusFault> {
        match access.addr.page_offset() {
            register::FAULT => return Err(BusFault),
            register::ATTENTION => self.device.attention = true,
            register::LINES => {
                self.device.lines = Some(value & 3);
                self.device.attention = true;
            }
            register::DMA_ADDRESS => self.device.dma_address = value & (RAM_SIZE - 1),
            register::DMA_DATA => self.dma(self.device.dma_address, value),
            register::WINDOW => self.show(value & 0x1F),
            _ => {}
        }
        Ok(())
    }
}

impl System for Board {
    fn memory(&self) -> &AddressSpace {
        &self.space
    }

    fn memory_mut(&mut self) -> &mut AddressSpace {
        &mut self.space
    }

    fn io_read(&mut self, access: IoAccess) -> Result<u32, BusFault> {
        let answer = self.read_register(access);
        self.sights.push(Sight::Read(access, answer));
        answer.ok_or(BusFault)
    }

    fn io_write(&mut self, access: IoAccess, value: u32) -> Result<(), BusFault> {
        self.sights.push(Sight::Write(access, value));
        self.write_register(access, value)
    }

    /// The vectors' ROM takes what is written; the tables do not.
    fn rom_write(&mut self, access: IoAccess, value: u32) -> Result<(), BusFault> {
        self.sights.push(Sight::RomWrite(access, value));
        if access.addr.0 < VECTOR_ROM {
            return Err(BusFault);
        }
        self.space.poke(access.addr, &value.to_le_bytes()[..access.size.bytes() as usize]);
        Ok(())
    }

    fn attention(&self) -> bool {
        self.device.attention
    }

    fn cp15(&mut self, event: Cp15Event) {
        self.sights.push(Sight::Control(event));
        if let Cp15Event::TcmRegion { tcm: Tcm::Data, value, enabled: true } = event {
            self.show(value >> 12 & PAGE_BITS);
        }
    }
}

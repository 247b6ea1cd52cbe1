//! One storage device with time, events, interrupts and memory around it, seen through the bus only.
#![allow(clippy::unwrap_used, dead_code, unreachable_pub)]

use darkroom_emu_core::bus::{
    Access, Board, Device, DeviceContext, DeviceId, Dma, DmaAddr, EventKey, IrqId, Port, Read, StateHasher,
    Width, Write,
};
use darkroom_emu_core::card::{BlockDevice, Lba, Overlay};
use darkroom_emu_core::clock::GuestTime;

/// A megabyte of memory from address 0.
pub struct Memory(pub Vec<u8>);

impl Dma for Memory {
    fn dma_read(&mut self, from: DmaAddr, into: &mut [u8]) {
        for (at, byte) in into.iter_mut().enumerate() {
            *byte = self.0.get(from.0 as usize + at).copied().unwrap_or(0);
        }
    }

    fn dma_write(&mut self, to: DmaAddr, bytes: &[u8]) {
        for (at, byte) in bytes.iter().enumerate() {
            if let Some(cell) = self.0.get_mut(to.0 as usize + at) {
                *cell = *byte;
            }
        }
    }
}

/// The device on its bench.
pub struct Rig<D> {
    pub device: D,
    pub board: Board,
    pub memory: Memory,
    pub now: GuestTime,
}

const DEVICE: DeviceId = DeviceId(1);

impl<D: Device> Rig<D> {
    pub fn new(device: D) -> Self {
        Self { device, board: Board::default(), memory: Memory(vec![0; 1 << 20]), now: GuestTime::ZERO }
    }

    pub fn try_read(&mut self, port: Port, offset: u32, width: Width) -> Read {
        let mut ctx = DeviceContext::new(self.now, DEVICE, &mut self.board, &mut self.memory);
        self.device.read(&mut ctx, Access { port, offset, width })
    }

    pub fn try_write(&mut self, port: Port, offset: u32, width: Width, value: u32) -> Write {
        let mut ctx = DeviceContext::new(self.now, DEVICE, &mut self.board, &mut self.memory);
        self.device.write(&mut ctx, Access { port, offset, width }, width.truncate(value))
    }

    /// A write whose fate does not matter.
    pub fn poke(&mut self, port: Port, offset: u32, width: Width, value: u32) {
        let _ = self.try_write(port, offset, width, value);
    }

    /// A read whose result does not matter.
    pub fn glance(&mut self, port: Port, offset: u32, width: Width) {
        let _ = self.try_read(port, offset, width);
    }

    pub fn read(&mut self, port: Port, offset: u32) -> u32 {
        match self.try_read(port, offset, Width::Word) {
            Read::Value(value) => value,
            Read::Unknown => panic!("unknown register {offset:#x}"),
        }
    }

    pub fn write(&mut self, port: Port, offset: u32, value: u32) {
        assert_eq!(self.try_write(port, offset, Width::Word, value), Write::Done, "register {offset:#x}");
    }

    /// The next event; false when nothing will happen.
    pub fn step(&mut self) -> bool {
        let Some(event) = self.board.events.pop_due(GuestTime::MAX) else { return false };
        self.now = self.now.max(event.time);
        match event.key {
            EventKey::Irq(irq) => self.board.interrupts.request(irq),
            EventKey::Device(_, token) => {
                let mut ctx = DeviceContext::new(self.now, DEVICE, &mut self.board, &mut self.memory);
                self.device.event(&mut ctx, token);
            }
        }
        true
    }

    /// Let everything happen that is under way; bounded, so that an endless chain of events fails.
    pub fn settle(&mut self) {
        let steps = (0..100_000).take_while(|_| self.step()).count();
        assert!(steps < 100_000, "events never end");
    }

    /// Poll as firmware does: until the bits come or nothing more can happen.
    pub fn wait(&mut self, port: Port, offset: u32, bits: u32) -> bool {
        loop {
            if self.read(port, offset) & bits != 0 {
                return true;
            }
            if !self.step() {
                return false;
            }
        }
    }

    /// Take a request of this interrupt off, as an interrupt handler would.
    pub fn take_irq(&mut self, id: u32) -> bool {
        let irq = IrqId::new(id).unwrap();
        let requested = self.board.interrupts.is_requested(irq);
        if requested {
            self.board.interrupts.set_enabled(irq, true);
            self.board.interrupts.acknowledge();
        }
        requested
    }

    pub fn digest(&self) -> [u8; 32] {
        let mut hasher = StateHasher::default();
        self.device.hash_state(&mut hasher);
        hasher.digest()
    }
}

/// A card whose sector n is filled with n + 1 (below 256), then zeros.
pub fn numbered_card(bytes: u64) -> Overlay {
    let mut card = Overlay::blank(bytes / 512);
    for n in 0..64 {
        card.write_sectors(Lba(n), &[n as u8 + 1; 512]).unwrap();
    }
    card
}

pub fn sector_of(card: &Overlay, lba: u64) -> Vec<u8> {
    use darkroom_emu_core::card::BlockRead;
    let mut sector = vec![0; 512];
    card.read_sectors(Lba(lba), &mut sector).unwrap();
    sector
}

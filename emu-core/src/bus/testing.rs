//! A small machine around one device, for the devices' own tests.

use super::{
    Access, Board, Device, DeviceContext, DeviceId, Dma, DmaAddr, EventKey, IrqId, Port, Read, Width, Write,
};
use crate::clock::GuestTime;

/// Plain memory from address 0; everything beyond reads as zero and takes no writes.
pub(crate) struct FakeMemory(pub(crate) Vec<u8>);

impl Dma for FakeMemory {
    fn dma_read(&mut self, from: DmaAddr, into: &mut [u8]) {
        for (index, byte) in into.iter_mut().enumerate() {
            *byte = self.0.get(from.0 as usize + index).copied().unwrap_or(0);
        }
    }

    fn dma_write(&mut self, to: DmaAddr, bytes: &[u8]) {
        for (index, byte) in bytes.iter().enumerate() {
            if let Some(cell) = self.0.get_mut(to.0 as usize + index) {
                *cell = *byte;
            }
        }
    }
}

/// One device with time, events, interrupts and memory around it.
pub(crate) struct Rig<D> {
    pub(crate) device: D,
    pub(crate) board: Board,
    pub(crate) memory: FakeMemory,
    pub(crate) now: GuestTime,
}

const DEVICE: DeviceId = DeviceId(1);

impl<D: Device> Rig<D> {
    /// The device with 1 MiB of memory at address 0, at power-on.
    pub(crate) fn new(device: D) -> Self {
        Self { device, board: Board::default(), memory: FakeMemory(vec![0; 1 << 20]), now: GuestTime::ZERO }
    }

    pub(crate) fn read(&mut self, port: u8, offset: u32) -> Read {
        let mut ctx = DeviceContext::new(self.now, DEVICE, &mut self.board, &mut self.memory);
        self.device.read(&mut ctx, Access { port: Port(port), offset, width: Width::Word })
    }

    /// The value of a register that must be known.
    pub(crate) fn value(&mut self, port: u8, offset: u32) -> u32 {
        match self.read(port, offset) {
            Read::Value(value) => value,
            Read::Unknown => panic!("unknown register {offset:#x} of port {port}"),
        }
    }

    pub(crate) fn write(&mut self, port: u8, offset: u32, value: u32) -> Write {
        let mut ctx = DeviceContext::new(self.now, DEVICE, &mut self.board, &mut self.memory);
        self.device.write(&mut ctx, Access { port: Port(port), offset, width: Width::Word }, value)
    }

    /// Lets guest time pass to `target`, with every event that comes on the way.
    pub(crate) fn run_to(&mut self, target: GuestTime) {
        while let Some(event) = self.board.events.pop_due(target) {
            self.now = self.now.max(event.time);
            match event.key {
                EventKey::Irq(irq) => self.board.interrupts.request(irq),
                EventKey::Device(_, token) => {
                    let mut ctx = DeviceContext::new(self.now, DEVICE, &mut self.board, &mut self.memory);
                    self.device.event(&mut ctx, token);
                }
            }
        }
        self.now = target;
    }

    /// Whether this interrupt was requested (nothing is enabled in a rig, so requests stay).
    pub(crate) fn raised(&self, id: u32) -> bool {
        IrqId::new(id).is_some_and(|irq| self.board.interrupts.is_requested(irq))
    }
}

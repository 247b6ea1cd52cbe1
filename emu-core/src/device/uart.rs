//! Serial console with its DMA (reference: interrupts-timers-uart.md §4).

use std::collections::VecDeque;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::bus::{
    Access, Device, DeviceContext, DmaAddr, EventToken, IrqId, Port, Read, Source, StateHasher, Write,
};

/// The two windows that show one and the same port.
pub const MAIN: Port = Port(0);
/// Sixteen cells of plain storage.
pub const CELLS: Port = Port(1);
/// The DMA registers.
pub const DMA: Port = Port(2);

const TX: u32 = 0x00;
const RX: u32 = 0x04;
const FLAGS: u32 = 0x08;
const STATUS: u32 = 0x14;
const INTERRUPT_CONTROL: u32 = 0x18;

const RX_READY: u32 = 1;
const TX_READY: u32 = 2;
/// Bit of [`FLAGS`] that always reads 0.
const FLAG_BUSY: u32 = 0x800;
/// Written to [`INTERRUPT_CONTROL`]: transmit interrupt on.
const TX_INTERRUPT_ON: u32 = 0xFFFF_FFC4;

/// The DMA command that stores one received byte.
const DMA_STORE_BYTE: u32 = 0x10023;

/// Ten bits at 115200 baud.
const BYTE_TIME: Duration = Duration::from_micros(87);
/// From a received byte to its interrupt.
const RX_DELAY: Duration = Duration::from_micros(2_560);
/// How long reception is held off after the guest has asked for it.
const HOLD_OFF: Duration = Duration::from_millis(1);
/// Bytes from outside that may wait for the guest.
const MAX_INPUT: usize = 64 << 10;

const NEXT_BYTE: EventToken = EventToken(0);

/// The camera's serial port.
#[derive(Clone, Debug)]
pub struct Uart {
    rx_interrupt: Option<IrqId>,
    tx_interrupt: Option<IrqId>,
    state: State,
}

#[derive(Clone, Debug, Default, Hash, Serialize, Deserialize)]
struct State {
    input: VecDeque<u8>,
    received: u8,
    status: u32,
    flags: u32,
    interrupt_control: u32,
    tx_interrupt_on: bool,
    cells: [u32; 16],
    dma_address: u32,
    dma_count: u32,
    dma_status: u32,
    dma_used: bool,
}

impl Uart {
    /// A port that raises these interrupts when a byte came in and went out.
    pub fn new(rx_interrupt: Option<IrqId>, tx_interrupt: Option<IrqId>) -> Self {
        let state = State { status: TX_READY, ..State::default() };
        Self { rx_interrupt, tx_interrupt, state }
    }

    /// Bytes arrive from outside. Gives how many were taken; the rest found the line full.
    pub fn receive(&mut self, ctx: &mut DeviceContext<'_>, bytes: &[u8]) -> usize {
        let taken = bytes.len().min(MAX_INPUT - self.state.input.len());
        self.state.input.extend(&bytes[..taken]);
        if ctx.scheduled(NEXT_BYTE).is_none() {
            ctx.schedule(NEXT_BYTE, BYTE_TIME);
        }
        taken
    }

    fn transmit(&mut self, ctx: &mut DeviceContext<'_>, value: u32) {
        ctx.print(Source::Uart, value as u8);
        if let Some(irq) = self.tx_interrupt.filter(|_| self.state.tx_interrupt_on) {
            ctx.raise_after(irq, BYTE_TIME);
        }
    }

    fn take_received(&mut self, ctx: &mut DeviceContext<'_>, wait: Duration) {
        self.state.status &= !RX_READY;
        if !self.state.input.is_empty() {
            ctx.schedule(NEXT_BYTE, wait);
        }
    }

    fn write_status(&mut self, ctx: &mut DeviceContext<'_>, value: u32) {
        if value & RX_READY != 0 {
            self.take_received(ctx, HOLD_OFF);
        } else {
            self.state.status = value;
        }
    }

    fn write_interrupt_control(&mut self, value: u32) {
        self.state.interrupt_control = value;
        self.state.tx_interrupt_on = value == TX_INTERRUPT_ON || value & 1 != 0;
    }

    fn write_main(&mut self, ctx: &mut DeviceContext<'_>, offset: u32, value: u32) -> Write {
        match offset {
            TX => self.transmit(ctx, value),
            RX => self.take_received(ctx, BYTE_TIME),
            FLAGS => self.state.flags = value,
            STATUS => self.write_status(ctx, value),
            INTERRUPT_CONTROL => self.write_interrupt_control(value),
            _ => return Write::Unknown,
        }
        Write::Done
    }

    fn peek_main(&self, offset: u32) -> Option<u32> {
        match offset {
            TX => Some(0),
            RX => Some(u32::from(self.state.received)),
            FLAGS => Some(self.state.flags & !FLAG_BUSY),
            STATUS => Some(self.state.status),
            INTERRUPT_CONTROL => Some(self.state.interrupt_control),
            _ => None,
        }
    }

    fn peek_dma(&self, offset: u32) -> Option<u32> {
        match offset {
            0x00 | 0x08 => Some(self.state.dma_address),
            0x04 | 0x0C => Some(self.state.dma_count),
            0x10 => Some(0x20),
            0x14 => Some(self.state.dma_status | (self.state.status & RX_READY) << 2),
            _ => None,
        }
    }

    fn write_dma(&mut self, ctx: &mut DeviceContext<'_>, offset: u32, value: u32) -> Write {
        match offset {
            0x00 | 0x08 => self.state.dma_address = value,
            0x04 | 0x0C => self.state.dma_count = value,
            0x10 if value == DMA_STORE_BYTE => self.store_byte(ctx),
            0x10 => {}
            0x14 => self.state.dma_status = value,
            _ => return Write::Unknown,
        }
        Write::Done
    }

    fn store_byte(&mut self, ctx: &mut DeviceContext<'_>) {
        self.state.dma_count = 0;
        self.state.dma_status = 0x10;
        ctx.dma_write(DmaAddr(self.state.dma_address), &[self.state.received]);
        let first = !std::mem::replace(&mut self.state.dma_used, true);
        if let Some(irq) = self.rx_interrupt.filter(|_| first) {
            ctx.raise(irq);
        }
    }
}

impl Device for Uart {
    fn read(&mut self, ctx: &mut DeviceContext<'_>, access: Access) -> Read {
        let value = self.peek(access);
        if (access.port, access.offset) == (MAIN, RX) {
            self.take_received(ctx, BYTE_TIME);
        }
        value.map_or(Read::Unknown, Read::Value)
    }

    fn write(&mut self, ctx: &mut DeviceContext<'_>, access: Access, value: u32) -> Write {
        match access.port {
            CELLS => {
                self.state.cells[access.offset as usize & 0xF] = value;
                Write::Done
            }
            DMA => self.write_dma(ctx, access.offset & 0x1F, value),
            _ => self.write_main(ctx, access.offset, value),
        }
    }

    fn event(&mut self, ctx: &mut DeviceContext<'_>, _token: EventToken) {
        if self.state.status & RX_READY != 0 {
            return;
        }
        let Some(byte) = self.state.input.pop_front() else { return };
        self.state.received = byte;
        self.state.status |= RX_READY;
        if let Some(irq) = self.rx_interrupt {
            ctx.raise_after(irq, RX_DELAY);
        }
    }

    fn peek(&self, access: Access) -> Option<u32> {
        match access.port {
            CELLS => Some(self.state.cells[access.offset as usize & 0xF]),
            DMA => self.peek_dma(access.offset & 0x1F),
            _ => self.peek_main(access.offset),
        }
    }

    fn hash_state(&self, hasher: &mut StateHasher) {
        std::hash::Hash::hash(&self.state, hasher);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bus::testing::Rig;
    use crate::bus::{DeviceId, Width};
    use crate::clock::GuestTime;

    fn rig() -> Rig<Uart> {
        Rig::new(Uart::new(IrqId::new(0x2E), IrqId::new(0x3A)))
    }

    fn receive(rig: &mut Rig<Uart>, bytes: &[u8]) -> usize {
        let mut ctx = DeviceContext::new(rig.now, DeviceId(1), &mut rig.board, &mut rig.memory);
        rig.device.receive(&mut ctx, bytes)
    }

    #[test]
    fn transmitted_bytes_are_printed() {
        let mut rig = rig();
        for byte in *b"ok\n" {
            rig.write(MAIN.0, TX, u32::from(byte) | 0x100);
        }
        assert_eq!(rig.board.journal.drain()[0].bytes, b"ok\n");
        assert_eq!(rig.value(MAIN.0, STATUS), TX_READY);
    }

    #[test]
    fn the_transmit_interrupt_comes_when_it_is_on() {
        let mut rig = rig();
        rig.write(MAIN.0, TX, 0x41);
        rig.run_to(GuestTime::from_millis(1));
        assert!(!rig.raised(0x3A));
        rig.write(MAIN.0, INTERRUPT_CONTROL, TX_INTERRUPT_ON);
        rig.write(MAIN.0, TX, 0x41);
        rig.run_to(GuestTime::from_millis(2));
        assert!(rig.raised(0x3A));
    }

    #[test]
    fn received_bytes_come_one_by_one() {
        let mut rig = rig();
        assert_eq!(receive(&mut rig, b"ab"), 2);
        rig.run_to(GuestTime::from_millis(5));
        assert!(rig.raised(0x2E));
        assert_eq!(rig.value(MAIN.0, STATUS), RX_READY | TX_READY);
        assert_eq!(rig.value(MAIN.0, RX), u32::from(b'a'));
        assert_eq!(rig.value(MAIN.0, STATUS), TX_READY);
        rig.run_to(GuestTime::from_millis(6));
        assert_eq!(rig.value(MAIN.0, RX), u32::from(b'b'));
        rig.run_to(GuestTime::from_millis(7));
        assert_eq!(rig.value(MAIN.0, STATUS), TX_READY);
    }

    #[test]
    fn input_is_bounded() {
        let mut rig = rig();
        assert_eq!(receive(&mut rig, &vec![0; MAX_INPUT + 10]), MAX_INPUT);
        assert_eq!(receive(&mut rig, b"x"), 0);
    }

    #[test]
    fn dma_stores_the_received_byte() {
        let mut rig = rig();
        receive(&mut rig, b"Q");
        rig.run_to(GuestTime::from_millis(1));
        rig.write(DMA.0, 0x00, 0x1234);
        assert_eq!(rig.value(DMA.0, 0x14), 4);
        rig.write(DMA.0, 0x10, DMA_STORE_BYTE);
        assert_eq!(rig.memory.0[0x1234], b'Q');
        assert_eq!(rig.value(DMA.0, 0x10), 0x20);
    }

    #[test]
    fn a_byte_access_beside_a_register_is_unknown() {
        let mut rig = rig();
        let access = Access { port: MAIN, offset: 0x15, width: Width::Byte };
        let mut ctx = DeviceContext::new(rig.now, DeviceId(1), &mut rig.board, &mut rig.memory);
        assert_eq!(rig.device.read(&mut ctx, access), Read::Unknown);
    }
}

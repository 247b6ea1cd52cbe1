use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{DeviceId, EventToken, InterruptController, IrqId, Journal, Source};
use crate::clock::{EventQueue, GuestTime};

/// Shortest time after which an event can come. It bounds how often a guest can make the host work: one event costs at
/// most as often as one microsecond of guest time.
pub const MIN_EVENT_DELAY: Duration = Duration::from_micros(1);

/// An address as a bus master (a DMA engine) puts it on the bus.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct DmaAddr(pub u32);

impl DmaAddr {
    /// The address `bytes` further on; wraps at 4 GiB as the bus does.
    pub const fn offset(self, bytes: u32) -> Self {
        Self(self.0.wrapping_add(bytes))
    }
}

/// Guest memory as a bus master sees it. Reads of nothing give zeros, writes to nothing vanish
/// (reference: boot-and-memory.md §7).
pub trait Dma {
    /// Fills `into` from guest memory.
    fn dma_read(&mut self, from: DmaAddr, into: &mut [u8]);
    /// Stores `bytes` to guest memory.
    fn dma_write(&mut self, to: DmaAddr, bytes: &[u8]);
}

/// What stands in the machine's event queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum EventKey {
    /// A delayed interrupt request.
    Irq(IrqId),
    /// A device's own event.
    Device(DeviceId, EventToken),
}

/// Something a device wants from the machine around the bus; done before the next instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum MachineRequest {
    /// Switch the camera off.
    PowerDown,
    /// Print the instruction at this address (bit 0: Thumb).
    Disassemble(u32),
    /// Print the call stack.
    CallStack,
}

/// Most requests kept between two instructions; one instruction makes at most a few.
const MAX_REQUESTS: usize = 64;

/// What all devices of a machine share: events, interrupts, output, and requests to the machine.
#[derive(Clone, Debug, Default)]
pub struct Board {
    /// What will happen.
    pub events: EventQueue<EventKey>,
    /// Interrupt requests and the line to the CPU.
    pub interrupts: InterruptController,
    /// Everything printed.
    pub journal: Journal,
    requests: Vec<MachineRequest>,
    attention: bool,
}

impl Board {
    /// A board at power-on that prints to `journal`.
    pub fn new(journal: Journal) -> Self {
        Self { journal, ..Self::default() }
    }

    /// Whether a device did something that the CPU loop must look at; resets the mark.
    pub const fn take_attention(&mut self) -> bool {
        std::mem::replace(&mut self.attention, false)
    }

    /// Whether [`Board::take_attention`] would give true.
    pub const fn attention(&self) -> bool {
        self.attention
    }

    /// Asks the CPU loop to look at the board before the next instruction.
    pub const fn call_attention(&mut self) {
        self.attention = true;
    }

    /// Takes the requests of the devices, oldest first.
    pub fn take_requests(&mut self) -> Vec<MachineRequest> {
        std::mem::take(&mut self.requests)
    }

    fn push_request(&mut self, request: MachineRequest) {
        if self.requests.len() < MAX_REQUESTS {
            self.requests.push(request);
        }
        self.attention = true;
    }
}

/// What a device may do while it handles an access or an event.
pub struct DeviceContext<'a> {
    now: GuestTime,
    device: DeviceId,
    board: &'a mut Board,
    memory: &'a mut dyn Dma,
}

impl<'a> DeviceContext<'a> {
    /// A context for `device` at the instant `now`.
    pub fn new(now: GuestTime, device: DeviceId, board: &'a mut Board, memory: &'a mut dyn Dma) -> Self {
        Self { now, device, board, memory }
    }

    /// Guest time of this access or event.
    pub const fn now(&self) -> GuestTime {
        self.now
    }

    /// Requests an interrupt now. A request for an interrupt that is not enabled waits until it is; requests do not count.
    pub fn raise(&mut self, irq: IrqId) {
        self.board.interrupts.request(irq);
        self.board.attention = true;
    }

    /// Requests an interrupt after `delay`, instead of an earlier delayed request of the same interrupt.
    pub fn raise_after(&mut self, irq: IrqId, delay: Duration) {
        self.board.events.schedule(self.now + delay.max(MIN_EVENT_DELAY), EventKey::Irq(irq));
        self.board.attention = true;
    }

    /// Withdraws a delayed request of `irq` that has not come yet.
    pub fn cancel_raise(&mut self, irq: IrqId) {
        self.board.events.cancel(EventKey::Irq(irq));
    }

    /// Calls [`super::Device::event`] with `token` after `delay`, instead of an earlier plan for the same token.
    pub fn schedule(&mut self, token: EventToken, delay: Duration) {
        let key = EventKey::Device(self.device, token);
        self.board.events.schedule(self.now + delay.max(MIN_EVENT_DELAY), key);
        self.board.attention = true;
    }

    /// Calls off what [`DeviceContext::schedule`] planned for `token`. Tells whether there was something.
    pub fn cancel(&mut self, token: EventToken) -> bool {
        self.board.events.cancel(EventKey::Device(self.device, token))
    }

    /// When the event planned for `token` will come.
    pub fn scheduled(&self, token: EventToken) -> Option<GuestTime> {
        self.board.events.time_of(EventKey::Device(self.device, token))
    }

    /// Reads guest memory as a bus master. Keep `into` small (64 KiB): longer transfers go in scheduled steps.
    pub fn dma_read(&mut self, from: DmaAddr, into: &mut [u8]) {
        self.memory.dma_read(from, into);
    }

    /// Writes guest memory as a bus master. Keep `bytes` small (64 KiB): longer transfers go in scheduled steps.
    pub fn dma_write(&mut self, to: DmaAddr, bytes: &[u8]) {
        self.memory.dma_write(to, bytes);
    }

    /// Sends one byte to the console.
    pub fn print(&mut self, source: Source, byte: u8) {
        self.board.journal.print(self.now, source, byte);
    }

    /// A line of the machine itself, for people: a refused command, a value out of range. No newline at the end.
    pub fn note(&mut self, line: &str) {
        self.board.journal.note(self.now, line);
    }

    /// Asks the machine for something; done before the next instruction.
    pub fn request(&mut self, request: MachineRequest) {
        self.board.push_request(request);
    }

    /// The interrupt controller, for its own register windows.
    pub const fn interrupts(&mut self) -> &mut InterruptController {
        self.board.attention = true;
        &mut self.board.interrupts
    }
}

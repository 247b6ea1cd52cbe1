//! The link's registers and its state machine (reference: mpu.md §2, §3).

use std::collections::VecDeque;
use std::time::Duration;

use darkroom_models::{ButtonTable, SpellTable};
use serde::{Deserialize, Serialize};

use super::book::{Answer, SpellBook, is_mode_group};
use super::buttons::{Controls, KeyAction, KeyError};
use crate::bus::{Access, Device, DeviceContext, IrqId, MachineRequest, Port, Read, StateHasher, Write};

/// Request and status lines in one register.
pub const REQUEST_STATUS: Port = Port(0);
/// The request line alone.
pub const REQUEST: Port = Port(1);
/// The status line alone.
pub const STATUS: Port = Port(2);
/// The control register.
pub const CONTROL: Port = Port(3);
/// The serial port.
pub const SERIAL: Port = Port(4);

/// Written to [`CONTROL`] by the handler of the request interrupt.
const BEGIN: u32 = 0x1C;
/// What [`CONTROL`] reads, and its start-up value.
const CONTROL_IDLE: u32 = 0x0C;

const ACKNOWLEDGE: u32 = 0x04;
const STEP: u32 = 0x10;
const TRANSMIT: u32 = 0x18;
const RECEIVE: u32 = 0x1C;
const RECEIVE_HIGH: u32 = 0x1D;

/// Messages that may wait for the firmware.
const MAX_QUEUE: usize = 255;
/// Longest message from the firmware.
const MAX_REQUEST: usize = 256;

/// Time of one 16-bit unit on the wire.
const UNIT_TIME: Duration = Duration::from_micros(32);
/// From one message to the request for the next.
const MESSAGE_GAP: Duration = Duration::from_micros(256);

/// Interrupts and line of a camera's link.
#[derive(Clone, Copy, Debug)]
pub struct MpuWiring {
    /// Raised when either side asks for a transfer.
    pub request_interrupt: Option<IrqId>,
    /// Raised for each unit.
    pub serial_interrupt: Option<IrqId>,
    /// The request line's bit; set: idle.
    pub request_bit: u32,
    /// Whether movie mode is a position of the dial.
    pub dedicated_movie_mode: bool,
}

/// The MPU and the link to it.
#[derive(Clone, Debug)]
pub struct Mpu {
    wiring: MpuWiring,
    book: SpellBook,
    controls: Controls,
    state: State,
}

/// How far the MPU is with sending.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
enum Sending {
    #[default]
    Idle,
    Busy,
    /// The last unit lies in the receive register.
    LastUnit,
}

#[derive(Clone, Debug, Default, Hash, Serialize, Deserialize)]
struct State {
    sending: Sending,
    /// The message on the wire.
    message: Vec<u8>,
    /// The unit of it in the receive register; none before the first.
    position: Option<usize>,
    queue: VecDeque<Vec<u8>>,
    receiving: bool,
    received: Vec<u8>,
    last_request: u32,
    last_match: usize,
}

impl Mpu {
    /// An MPU that plays back `spells` and has these buttons.
    pub fn new(wiring: MpuWiring, spells: SpellTable, buttons: ButtonTable) -> Self {
        let book = SpellBook::new(spells);
        let controls = Controls::new(buttons, wiring.dedicated_movie_mode, book.mode_group());
        Self { wiring, book, controls, state: State::default() }
    }

    /// A key goes down or up.
    ///
    /// # Errors
    /// [`KeyError`] when the camera has no such key, or the firmware takes no messages.
    pub fn key(
        &mut self,
        ctx: &mut DeviceContext<'_>,
        name: &str,
        action: KeyAction,
    ) -> Result<(), KeyError> {
        let messages = self.controls.key(name, action)?;
        if self.state.queue.len() + messages.len() > MAX_QUEUE {
            return Err(KeyError::QueueFull(name.to_owned()));
        }
        self.send_all(ctx, messages);
        Ok(())
    }

    fn send_all(&mut self, ctx: &mut DeviceContext<'_>, messages: Vec<Vec<u8>>) {
        for message in messages {
            if self.state.queue.len() >= MAX_QUEUE {
                ctx.note("MPU: the firmware takes no messages, one is lost");
                break;
            }
            self.state.queue.push_back(message);
        }
        self.start_sending(ctx);
    }

    fn start_sending(&mut self, ctx: &mut DeviceContext<'_>) {
        if self.state.sending == Sending::Idle && !self.state.queue.is_empty() {
            self.state.sending = Sending::Busy;
            raise(ctx, self.wiring.request_interrupt, UNIT_TIME);
        }
    }

    fn write_request(&mut self, ctx: &mut DeviceContext<'_>, value: u32) {
        let was_idle = self.state.last_request & self.wiring.request_bit != 0;
        let idle = value & self.wiring.request_bit != 0;
        self.state.last_request = value;
        if idle {
            self.end_of_message(ctx);
        } else if was_idle && !self.state.receiving {
            self.state.receiving = true;
            self.state.received.clear();
            if self.state.sending == Sending::Idle {
                raise(ctx, self.wiring.request_interrupt, UNIT_TIME);
            }
        }
    }

    fn end_of_message(&mut self, ctx: &mut DeviceContext<'_>) {
        let size = self.state.received.first().copied().map_or(0, usize::from);
        if self.state.receiving && size != 0 && self.state.received.len() == size {
            self.state.receiving = false;
            let request = std::mem::take(&mut self.state.received);
            self.interpret(ctx, &request);
        }
    }

    fn interpret(&mut self, ctx: &mut DeviceContext<'_>, request: &[u8]) {
        match self.book.answer(request, &mut self.state.last_match) {
            Answer::Unknown => ctx.note(&format!("MPU: unknown request {request:02X?}")),
            Answer::Replies { messages, shutdown } => {
                let current = |message: Vec<u8>| {
                    if is_mode_group(&message) { self.controls.current(message) } else { message }
                };
                let messages = messages.into_iter().map(current).collect();
                self.send_all(ctx, messages);
                if shutdown {
                    ctx.request(MachineRequest::PowerDown);
                }
            }
        }
    }

    /// A read of the status line. After the last unit it tells the MPU that its message was taken.
    fn read_status(&mut self, ctx: &mut DeviceContext<'_>, port: Port) -> u32 {
        if self.state.sending == Sending::LastUnit {
            self.state.sending = Sending::Idle;
        }
        let value = self.status(port);
        self.start_sending(ctx);
        value
    }

    fn status(&self, port: Port) -> u32 {
        let other_bits = if port == REQUEST_STATUS { self.state.last_request & !1 } else { 0 };
        u32::from(self.state.sending != Sending::Idle) | other_bits
    }

    /// The handler of the request interrupt has started.
    fn begin(&mut self, ctx: &mut DeviceContext<'_>) {
        if self.state.sending != Sending::Idle {
            match self.state.queue.pop_front() {
                Some(message) => {
                    self.state.message = message;
                    self.state.position = None;
                    self.state.sending = Sending::Busy;
                    raise(ctx, self.wiring.serial_interrupt, UNIT_TIME);
                }
                None => self.state.sending = Sending::Idle,
            }
        }
        if self.state.receiving {
            raise(ctx, self.wiring.serial_interrupt, UNIT_TIME);
        }
    }

    /// The handler of the serial interrupt has started.
    fn step(&mut self, ctx: &mut DeviceContext<'_>) {
        if self.state.sending != Sending::Idle {
            self.next_unit(ctx);
        }
        let wanted = self.state.received.first().copied().map_or(0, usize::from);
        if self.state.receiving && self.state.received.len() < wanted {
            raise(ctx, self.wiring.serial_interrupt, UNIT_TIME);
        }
    }

    fn next_unit(&mut self, ctx: &mut DeviceContext<'_>) {
        let position = self.state.position.map_or(0, |position| position + 2);
        if position >= self.state.message.len() {
            return;
        }
        self.state.position = Some(position);
        if position + 2 < self.state.message.len() {
            raise(ctx, self.wiring.serial_interrupt, UNIT_TIME);
        } else if self.state.queue.is_empty() {
            self.state.sending = Sending::LastUnit;
        } else {
            raise(ctx, self.wiring.request_interrupt, MESSAGE_GAP);
        }
    }

    /// A unit from the firmware. A zero before the first is the dummy that clocks our own message out.
    fn take_unit(&mut self, value: u32) {
        let dummy = value == 0 && self.state.received.is_empty();
        if self.state.receiving && !dummy && self.state.received.len() + 2 < MAX_REQUEST {
            self.state.received.extend([(value >> 8) as u8, value as u8]);
        }
    }

    /// The unit in the receive register.
    fn unit(&self) -> u32 {
        let at = self.state.position.filter(|_| self.state.sending != Sending::Idle);
        let byte =
            |offset| at.and_then(|at: usize| self.state.message.get(at + offset)).copied().unwrap_or(0);
        u32::from(byte(0)) << 8 | u32::from(byte(1))
    }

    fn peek_serial(&self, offset: u32) -> Option<u32> {
        match offset {
            ACKNOWLEDGE | STEP | TRANSMIT => Some(0),
            RECEIVE => Some(self.unit()),
            RECEIVE_HIGH => Some(self.unit() >> 8),
            0x0C | 0x14 => Some(0),
            _ => None,
        }
    }

    fn write_serial(&mut self, ctx: &mut DeviceContext<'_>, offset: u32, value: u32) -> Write {
        match offset {
            STEP if value == 0 => self.step(ctx),
            TRANSMIT => self.take_unit(value),
            ACKNOWLEDGE | STEP | RECEIVE | 0x0C | 0x14 => {}
            _ => return Write::Unknown,
        }
        Write::Done
    }
}

impl Device for Mpu {
    fn read(&mut self, ctx: &mut DeviceContext<'_>, access: Access) -> Read {
        match access.port {
            REQUEST_STATUS | STATUS => Read::Value(self.read_status(ctx, access.port)),
            _ => self.peek(access).map_or(Read::Unknown, Read::Value),
        }
    }

    fn write(&mut self, ctx: &mut DeviceContext<'_>, access: Access, value: u32) -> Write {
        match access.port {
            REQUEST_STATUS | REQUEST => self.write_request(ctx, value),
            CONTROL if access.offset != 0 => return Write::Unknown,
            CONTROL if value == BEGIN => self.begin(ctx),
            CONTROL => {}
            SERIAL => return self.write_serial(ctx, access.offset, value),
            _ => return Write::Unknown,
        }
        Write::Done
    }

    fn peek(&self, access: Access) -> Option<u32> {
        match access.port {
            REQUEST_STATUS | STATUS => Some(self.status(access.port)),
            CONTROL => Some(CONTROL_IDLE),
            SERIAL => self.peek_serial(access.offset),
            _ => None,
        }
    }

    fn hash_state(&self, hasher: &mut StateHasher) {
        std::hash::Hash::hash(&self.state, hasher);
        self.controls.hash_state(hasher);
    }
}

fn raise(ctx: &mut DeviceContext<'_>, irq: Option<IrqId>, delay: Duration) {
    if let Some(irq) = irq {
        ctx.raise_after(irq, delay);
    }
}

#[cfg(test)]
mod tests;

use serde::Serialize;

use crate::arm::FaultRecord;
use crate::bus::UnknownAccess;
use crate::clock::GuestTime;
use crate::device::card_led::Led;

/// How often an interrupt was delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct InterruptCount {
    /// Its id.
    pub id: u32,
    /// How often.
    pub count: u64,
}

/// What is to be said about a run so far.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Executed instructions.
    pub instructions: u64,
    /// Guest time in nanoseconds since power-on.
    pub guest_time: GuestTime,
    /// Nanoseconds of it in which the CPU only waited.
    pub idle_nanos: u64,
    /// Address of the next instruction.
    pub pc: u32,
    /// The card LED.
    pub led: Led,
    /// The first faults of the guest (at most 16), with registers.
    pub faults: Vec<FaultRecord>,
    /// All faults of the guest.
    pub fault_count: u64,
    /// Accesses to registers that nobody knows.
    pub unknown: Vec<UnknownAccess>,
    /// Such accesses from places beyond the cap of that list.
    pub unknown_beyond: u64,
    /// Delivered interrupts.
    pub interrupts: Vec<InterruptCount>,
    /// Bytes printed.
    pub printed: u64,
    /// Bytes of them that were dropped because nobody drained the console.
    pub dropped: u64,
}

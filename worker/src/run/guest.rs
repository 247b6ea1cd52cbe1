//! What the scenario engine needs of an emulated camera.
//!
//! The engine never sees the machine itself: [`super::machine`] puts one behind this door, tests put a scripted
//! guest there. Everything happens in guest time, so a run does not depend on the host's speed.

use darkroom_emu_core::clock::GuestTime;
use darkroom_emu_core::frame::Frame;
use darkroom_protocol::report::{CardChangeKind, GuestFault, UnknownAccess};
use thiserror::Error;

/// Why [`Guest::run_until`] came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pause {
    /// The time asked for is reached.
    Reached,
    /// The instruction budget is used up.
    Budget,
    /// The guest has switched the camera off.
    PoweredDown,
    /// No core can ever run again: all wait with interrupts masked, or nothing is left that could wake them.
    Halted,
    /// The guest took a fault and the run was asked to stop at faults.
    Fault(Box<GuestFault>),
}

/// State of the card LED.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Led {
    /// Lit.
    On,
    /// Dark.
    Off,
    /// The guest has not touched it yet.
    Never,
}

impl Led {
    /// The word used in [`darkroom_protocol::report::FrameInfo::led`].
    pub fn word(self) -> &'static str {
        match self {
            Self::On => "on",
            Self::Off => "off",
            Self::Never => "never",
        }
    }
}

/// A file that the run added, changed or removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedFile {
    /// Path from the card's root, `/` between parts.
    pub path: String,
    /// What happened.
    pub kind: CardChangeKind,
    /// Size afterwards in bytes, 0 when removed.
    pub size: u64,
}

/// What the run left on the card.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CardState {
    /// Files that differ from before, by path.
    pub changed: Vec<ChangedFile>,
    /// Damage of the file system, one line each.
    pub damage: Vec<String>,
}

/// Something the camera cannot do, in a sentence for people.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct Refused(pub String);

/// An emulated camera with a card in it, powered on.
pub trait Guest {
    /// Guest time now.
    fn now(&self) -> GuestTime;
    /// Instructions executed so far, all cores together.
    fn instructions(&self) -> u64;
    /// Runs until `until`, at most `budget` instructions.
    fn run_until(&mut self, until: GuestTime, budget: u64) -> Pause;
    /// Console bytes printed since the last call, in order.
    fn take_console(&mut self) -> Vec<u8>;
    /// The rest of the console at the end of a run: lines that were never finished.
    fn close_console(&mut self) -> Vec<u8>;
    /// What the screen shows now.
    fn picture(&mut self) -> Frame;
    /// The card LED now.
    fn led(&self) -> Led;
    /// Presses or releases a button, named as in the camera's button table.
    fn key(&mut self, name: &str, down: bool) -> Result<(), Refused>;
    /// Puts bytes into the serial console's input.
    fn type_bytes(&mut self, bytes: &[u8]) -> Result<(), Refused>;
    /// Opens or closes the card door.
    fn card_door(&mut self, open: bool) -> Result<(), Refused>;
    /// Opens or closes the battery door.
    fn battery_door(&mut self, open: bool) -> Result<(), Refused>;
    /// Switches the camera on again, with the card as it is now. Guest time goes on.
    fn power_on(&mut self) -> Result<(), Refused>;
    /// Copies memory as the guest sees it, from outside; returns how many bytes there are.
    fn read_memory(&self, address: u32, into: &mut [u8]) -> usize;
    /// Turns the power switch off, which asks the firmware to shut down.
    fn switch_off(&mut self) -> Result<(), Refused>;
    /// Content of a file on the card as it is now; `None` when there is none. Larger files than `limit` bytes are refused.
    fn card_file(&mut self, path: &str, limit: u64) -> Result<Option<Vec<u8>>, Refused>;
    /// Paths of all files on the card now.
    fn card_paths(&mut self) -> Result<Vec<String>, Refused>;
    /// Files that differ from the card's state at power-on, in the order of their paths.
    fn card_changes(&mut self) -> Result<CardState, Refused>;
    /// Who executes the guest, and why not the one that was wanted.
    fn engine(&self) -> String;
    /// Hash over CPU, memory, devices and clock, in hexadecimal.
    fn state_hash(&mut self) -> String;
    /// The first faults that the guest took.
    fn faults(&self) -> Vec<GuestFault>;
    /// Accesses to registers that no device models, most frequent first.
    fn unknown_accesses(&mut self) -> Vec<UnknownAccess>;
}

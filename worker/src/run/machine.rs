//! The real guest: a machine of the emulator core behind the engine's door.

use std::sync::Arc;
use std::time::Duration;

use darkroom_emu_core::arm::{self, Core, Decoder, FaultKind, FaultRecord, disassemble};
use darkroom_emu_core::bus::{self, Direction};
use darkroom_emu_core::card::{BlockRead, Change, ChangeKind, FatVolume, Overlay, Tree, diff};
use darkroom_emu_core::clock::GuestTime;
use darkroom_emu_core::device::card_led;
use darkroom_emu_core::device::mpu::KeyAction;
use darkroom_emu_core::frame::Frame;
use darkroom_emu_core::machine::{EngineChoice, Machine, MachineConfig, MachineError, Roms, Stop};
use darkroom_emu_core::memory::GuestAddr;
use darkroom_models::{Camera, CardSlot};
use darkroom_protocol::report::{CardChangeKind, GuestFault, UnknownAccess};

use super::console::Consoles;
use super::guest::{CardState, ChangedFile, Guest, Led, Pause, Refused};

/// Unknown registers listed in a report.
const MAX_UNKNOWN: usize = 100;
/// The T bit of a CPSR.
const THUMB: u32 = 1 << 5;
/// The doors in button tables (reference: automation.md §2).
const CARD_DOOR: &str = "c";
const BATTERY_DOOR: &str = "b";

/// A camera with a card, powered on.
pub struct MachineGuest {
    machine: Machine,
    core: Core,
    slot: CardSlot,
    base: Arc<dyn BlockRead>,
    stop_on_fault: bool,
    faults: Vec<GuestFault>,
    consoles: Consoles,
    /// The card's files, read once while nothing can change them.
    tree: Option<Tree>,
    /// What the camera is made of, when it may be switched on again.
    again: Option<(Camera, Roms)>,
    earlier: Earlier,
}

/// What the machine counted before it was switched on again.
#[derive(Default)]
struct Earlier {
    time: Duration,
    instructions: u64,
    /// Faults of this start that are known.
    faults: usize,
    unknown: Vec<bus::UnknownAccess>,
}

impl MachineGuest {
    /// Puts `card` into the slot that the camera starts from and powers it on, its boot flag set.
    ///
    /// # Errors
    /// When the ROM files do not fit the camera.
    pub fn new(
        camera: &Camera,
        roms: Roms,
        card: Arc<dyn BlockRead>,
        stop_on_fault: bool,
        engine: EngineChoice,
    ) -> Result<Self, MachineError> {
        let slot = camera.boot_slot().unwrap_or(CardSlot::Sd);
        let overlay = Overlay::new(Arc::clone(&card));
        let mut config = MachineConfig::new(camera, roms);
        config.engine = engine;
        match slot {
            CardSlot::Cf => config.cf = Some(overlay),
            _ => config.sd = Some(overlay),
        }
        let machine = Machine::new(config)?;
        let core = Core::Arm946es { cache_type: camera.cpu.cache_type };
        Ok(Self {
            machine,
            core,
            slot,
            base: card,
            stop_on_fault,
            faults: Vec::new(),
            consoles: Consoles::default(),
            tree: None,
            again: None,
            earlier: Earlier::default(),
        })
    }

    /// Keeps what it takes to switch the camera on again.
    #[must_use]
    pub fn with_restarts(mut self, camera: Camera, roms: Roms) -> Self {
        self.again = Some((camera, roms));
        self
    }

    /// Guest time as the machine counts it: from its last start.
    fn machine_time(&self, time: GuestTime) -> GuestTime {
        GuestTime::ZERO + time.since(GuestTime::ZERO).saturating_sub(self.earlier.time)
    }

    fn remember_this_start(&mut self) {
        self.earlier.time += self.machine.now().since(GuestTime::ZERO);
        self.earlier.instructions += self.machine.instructions();
        let unknown = self.machine.report().unknown;
        add_unknown(&mut self.earlier.unknown, unknown);
        self.earlier.faults = 0;
    }

    fn card(&self) -> Result<&Overlay, Refused> {
        self.machine.card(self.slot).ok_or_else(|| Refused("there is no card in the slot".to_owned()))
    }

    /// Notes new faults. True when there were any.
    fn note_faults(&mut self) -> bool {
        let known = self.earlier.faults;
        if self.machine.cpu().fault_count() as usize <= known {
            return false;
        }
        let records = self.machine.report().faults;
        let new: Vec<_> = records.iter().skip(known).map(|record| self.describe(record)).collect();
        self.earlier.faults += new.len();
        self.faults.extend(new);
        self.earlier.faults > known
    }

    fn describe(&self, record: &FaultRecord) -> GuestFault {
        let kind = match record.kind {
            FaultKind::Undefined => "undefined instruction",
            FaultKind::PrefetchAbort => "prefetch abort",
            FaultKind::DataAbortRead => "data abort (read)",
            FaultKind::DataAbortWrite => "data abort (write)",
        };
        GuestFault {
            kind: kind.to_owned(),
            pc: record.pc.0,
            address: (record.kind != FaultKind::Undefined).then_some(record.address.0),
            registers: record.regs.to_vec(),
            cpsr: record.cpsr,
            // When it was noticed: at the end of the slice, at most some milliseconds later.
            guest_ns: self.now().as_nanos(),
            instruction: self.instruction_at(record.pc, record.cpsr & THUMB != 0),
        }
    }

    /// The instruction in words, when there is memory to read it from.
    fn instruction_at(&self, pc: GuestAddr, thumb: bool) -> String {
        let mut word = [0; 4];
        let length = if thumb { 2 } else { 4 };
        if self.machine.peek(pc, &mut word[..length]) < length {
            return String::new();
        }
        let decoder = Decoder::new(self.core);
        let word = u32::from_le_bytes(word);
        let half = u16::try_from(word & 0xFFFF).unwrap_or_default();
        let insn = if thumb { decoder.t16(half, 0) } else { decoder.a32(word) };
        disassemble(&insn, pc, thumb)
    }
}

impl Guest for MachineGuest {
    fn now(&self) -> GuestTime {
        self.machine.now() + self.earlier.time
    }

    fn instructions(&self) -> u64 {
        self.earlier.instructions + self.machine.instructions()
    }

    fn run_until(&mut self, until: GuestTime, budget: u64) -> Pause {
        self.tree = None;
        let limit = self.machine.instructions().saturating_add(budget);
        let until = self.machine_time(until);
        let stop = self.machine.run_until(until, limit);
        let faulted = self.note_faults();
        if let Some(first) = self.faults.last().filter(|_| faulted && self.stop_on_fault) {
            return Pause::Fault(Box::new(first.clone()));
        }
        match stop {
            Stop::TimeReached => Pause::Reached,
            Stop::InstructionLimit => Pause::Budget,
            Stop::PoweredDown => Pause::PoweredDown,
            Stop::Halted => Pause::Halted,
            Stop::Fault(record) => Pause::Fault(Box::new(self.describe(&record))),
        }
    }

    fn take_console(&mut self) -> Vec<u8> {
        let printed = self.machine.take_console().chunks;
        self.consoles.take(printed, self.machine.now());
        self.consoles.drain()
    }

    fn close_console(&mut self) -> Vec<u8> {
        self.consoles.close();
        self.consoles.drain()
    }

    fn picture(&mut self) -> Frame {
        self.machine.frame()
    }

    fn led(&self) -> Led {
        match self.machine.led() {
            card_led::Led::Never => Led::Never,
            card_led::Led::Off => Led::Off,
            card_led::Led::On => Led::On,
        }
    }

    fn key(&mut self, name: &str, down: bool) -> Result<(), Refused> {
        let action = if down { KeyAction::Press } else { KeyAction::Release };
        self.machine.key(name, action).map_err(refused)
    }

    fn type_bytes(&mut self, bytes: &[u8]) -> Result<(), Refused> {
        let taken = self.machine.send_uart(bytes);
        if taken == bytes.len() {
            return Ok(());
        }
        Err(Refused(format!("the serial line took {taken} of {} bytes", bytes.len())))
    }

    fn card_door(&mut self, open: bool) -> Result<(), Refused> {
        // The door's button goes down when it opens.
        self.key(CARD_DOOR, open)
    }

    fn battery_door(&mut self, open: bool) -> Result<(), Refused> {
        // Its button goes down when the door opens, and the camera hears of the lost battery when it comes up.
        self.key(BATTERY_DOOR, open)
    }

    fn power_on(&mut self) -> Result<(), Refused> {
        let Some((camera, roms)) = self.again.clone() else {
            return Err(Refused("nothing was kept to switch the camera on again".to_owned()));
        };
        self.remember_this_start();
        self.consoles = Consoles::default();
        self.tree = None;
        self.machine.power_on_again(MachineConfig::new(&camera, roms)).map_err(refused)
    }

    fn read_memory(&self, address: u32, into: &mut [u8]) -> usize {
        self.machine.peek(GuestAddr(address), into)
    }

    fn card_paths(&mut self) -> Result<Vec<String>, Refused> {
        let volume = FatVolume::open(self.card()?).map_err(refused)?;
        Ok(volume.tree().files().map(|file| file.path.clone()).collect())
    }

    fn switch_off(&mut self) -> Result<(), Refused> {
        self.machine.power_switch().map_err(refused)
    }

    fn card_file(&mut self, path: &str, limit: u64) -> Result<Option<Vec<u8>>, Refused> {
        let cached = self.tree.take();
        let volume = FatVolume::open(self.card()?).map_err(refused)?;
        let tree = cached.unwrap_or_else(|| volume.tree());
        let read = match tree.get(path) {
            None => Ok(None),
            Some(file) => volume.read(file, limit).map(Some).map_err(refused),
        };
        self.tree = Some(tree);
        read
    }

    fn card_changes(&mut self) -> Result<CardState, Refused> {
        let found = diff(self.base.as_ref(), self.card()?).map_err(refused)?;
        let files = found.changes.into_iter().filter(|change| !change.file.entry.is_folder);
        Ok(CardState { changed: files.map(changed).collect(), damage: found.problems })
    }

    fn engine(&self) -> String {
        let name = match self.machine.cpu().engine() {
            arm::Engine::Interpreter => "interp",
            arm::Engine::Jit => "jit",
        };
        let refused = self.machine.engine_refused().map(|why| format!(" ({why})"));
        format!("{name}{}", refused.unwrap_or_default())
    }

    fn state_hash(&mut self) -> String {
        hex::encode(self.machine.state_hash())
    }

    fn faults(&self) -> Vec<GuestFault> {
        self.faults.clone()
    }

    fn unknown_accesses(&mut self) -> Vec<UnknownAccess> {
        let mut all = self.earlier.unknown.clone();
        add_unknown(&mut all, self.machine.report().unknown);
        // A stable sort: equally frequent ones stay in the order of their addresses.
        all.sort_by_key(|access| std::cmp::Reverse(access.count));
        let convert = |access: &bus::UnknownAccess| UnknownAccess {
            address: access.addr,
            pc: access.pc,
            direction: if access.direction == Direction::Read { "read" } else { "write" }.to_owned(),
            count: access.count,
        };
        all.iter().take(MAX_UNKNOWN).map(convert).collect()
    }
}

/// Adds accesses of another start of the camera.
fn add_unknown(all: &mut Vec<bus::UnknownAccess>, more: Vec<bus::UnknownAccess>) {
    for access in more {
        let same = |known: &&mut bus::UnknownAccess| {
            (known.addr, known.pc, known.direction) == (access.addr, access.pc, access.direction)
        };
        match all.iter_mut().find(same) {
            Some(known) => known.count += access.count,
            None => all.push(access),
        }
    }
}

fn refused(error: impl std::fmt::Display) -> Refused {
    Refused(error.to_string())
}

fn changed(change: Change) -> ChangedFile {
    let kind = match change.kind {
        ChangeKind::Added => CardChangeKind::Added,
        ChangeKind::Changed => CardChangeKind::Changed,
        ChangeKind::Removed => CardChangeKind::Removed,
    };
    let size = if kind == CardChangeKind::Removed { 0 } else { u64::from(change.file.entry.size) };
    ChangedFile { path: change.file.path, kind, size }
}

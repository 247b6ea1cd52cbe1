use std::hash::Hash;

use darkroom_models::{Camera, CardSlot, Generation};
use serde::Serialize;

use super::config::{MachineConfig, MachineError, Roms};
use super::console::Console;
use super::devices::{Devices, Slot};
use super::map::{GuestMap, RomContents};
use super::report::{InterruptCount, Report};
use super::rom::{self, RomName};
use super::system::{FlashId, Mainboard};
use super::{helpers, placement};
use crate::arm::{ArenaError, Core, Cpu, Decoder, Exit, FaultRecord, Fidelity, Vectors};
use crate::bus::{
    Access, Board, DeviceContext, Journal, MachineRequest, StateHasher, UnknownAccesses, Width,
};
use crate::card::Overlay;
use crate::clock::{Clock, GuestTime};
use crate::device::card_led::Led;
use crate::device::mpu::{KeyAction, KeyError};
use crate::frame::{self, Frame, Panel};
use crate::memory::{AddressSpace, GuestAddr};

/// Guest time of one instruction: 8 ns are 125 million instructions a second. The ARM946E-S of DIGIC 4 runs at about 133 MHz
/// and needs somewhat more than a clock for the average instruction.
const DIGIC4_NANOS_PER_INSTRUCTION: u64 = 8;
/// The same for DIGIC 5, whose clock is not known to us.
const DIGIC5_NANOS_PER_INSTRUCTION: u64 = 8;

/// Faults are looked at when this many instructions have passed, whatever the slices of the run are.
const FAULT_CHECK_PERIOD: u64 = 1 << 16;
/// More faults than this in one period: the guest gets nowhere.
const FAULT_STORM: u64 = FAULT_CHECK_PERIOD / 4;
/// The key that asks for a power-down (reference: mpu.md §7).
const POWER_KEY: &str = "f10";
/// Fault records kept for the report.
const MAX_FAULTS: usize = 16;

/// Why a run returned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Stop {
    /// The guest time asked for has come.
    TimeReached,
    /// The number of instructions asked for has been executed since power-on.
    InstructionLimit,
    /// The camera has switched itself off.
    PoweredDown,
    /// The CPU waits, interrupts are masked, and nothing is planned: nothing can ever happen again.
    Halted,
    /// The guest does nothing but cause exceptions, for instance in the handler of that very exception. The record is one
    /// of them; the report has the first ones.
    Fault(Box<FaultRecord>),
}

/// A camera that runs. It is a value: no threads, no clock of the host, no global state.
pub struct Machine {
    pub(super) cpu: Cpu,
    /// Why the interpreter executes though generated code was wanted.
    pub(super) engine_refused: Option<ArenaError>,
    /// For texts of instructions; the CPU has its own.
    pub(super) decoder: Decoder,
    pub(super) main: Mainboard,
    pub(super) faults: Vec<FaultRecord>,
    /// Number of faults at the last check.
    pub(super) faults_checked: u64,
    /// The CPU waits, and nothing has happened since it began to.
    pub(super) idle: bool,
    pub(super) ended: Option<Stop>,
}

impl Machine {
    /// Puts a camera together; it stands before its first instruction.
    ///
    /// # Errors
    /// [`MachineError`] when a dump or a card does not fit the camera.
    pub fn new(config: MachineConfig<'_>) -> Result<Self, MachineError> {
        let camera = config.camera;
        let (space, map) = memory(camera, &config.roms)?;
        let flash = rom::serial_flash(camera, config.roms.serial_flash)?;
        let board = Board::new(Journal::with_capacity(config.console_capacity));
        let main = Mainboard {
            space,
            devices: Devices::new(camera, flash),
            board,
            clock: Clock::new(nanos_per_instruction(camera.generation)),
            unknown: UnknownAccesses::default(),
            patches: Default::default(),
            windows: placement::windows(camera),
            map,
            flash_id: camera
                .boot
                .flash_id
                .map(|word| FlashId { base: GuestAddr(camera.memory.rom1.start.0), word }),
        };
        let mut cpu = cpu(camera, config.fidelity);
        let engine_refused = config.engine.apply(&mut cpu);
        let mut machine = Self {
            cpu,
            engine_refused,
            decoder: Decoder::new(core(camera)),
            main,
            faults: Vec::new(),
            faults_checked: 0,
            idle: false,
            ended: None,
        };
        machine.insert_cards(camera, config.sd, config.cf)?;
        machine.prepare_roms(camera, config.boot_flag);
        Ok(machine)
    }

    /// Runs until guest time `target`, or until `instruction_limit` instructions have been executed since power-on, or until
    /// something ends the run. May be called again and again: the slices do not change what happens.
    pub fn run_until(&mut self, target: GuestTime, instruction_limit: u64) -> Stop {
        loop {
            self.settle();
            if let Some(stop) = self.ended.clone().or_else(|| self.limit_reached(target, instruction_limit)) {
                return stop;
            }
            if self.idle {
                if let Some(stop) = self.wait(target) {
                    return stop;
                }
            } else {
                self.execute(target, instruction_limit);
            }
        }
    }

    /// Does what is due now: requests of devices, events, the interrupt line.
    fn settle(&mut self) {
        self.answer_requests();
        let now = self.now();
        if self.main.deliver_events(now) {
            self.idle = false;
            self.answer_requests();
        }
        self.main.board.take_attention();
        self.cpu.set_irq(self.main.board.interrupts.line());
    }

    fn limit_reached(&self, target: GuestTime, instruction_limit: u64) -> Option<Stop> {
        if self.now() >= target {
            return Some(Stop::TimeReached);
        }
        (self.cpu.instructions() >= instruction_limit).then_some(Stop::InstructionLimit)
    }

    /// Executes up to the next event, limit, or call for attention.
    fn execute(&mut self, target: GuestTime, instruction_limit: u64) {
        let done = self.cpu.instructions();
        let until = self.main.board.events.next_time().map_or(target, |next| next.min(target));
        let budget = self.main.clock.instructions_until(done, until);
        let to_check = FAULT_CHECK_PERIOD - done % FAULT_CHECK_PERIOD;
        let exit = self.cpu.run(&mut self.main, budget.min(instruction_limit - done).min(to_check));
        self.idle = matches!(exit, Exit::WaitForInterrupt | Exit::SelfBranch);
        if self.cpu.instructions().is_multiple_of(FAULT_CHECK_PERIOD) {
            self.check_faults();
        }
    }

    /// Lets time pass to the next event, without executing anything.
    fn wait(&mut self, target: GuestTime) -> Option<Stop> {
        let done = self.cpu.instructions();
        match self.main.board.events.next_time() {
            None if self.cpu.cpsr().i => return Some(Stop::Halted),
            next => {
                let until = next.map_or(target, |next| next.min(target));
                self.main.clock.skip_to(done, until);
            }
        }
        None
    }

    fn answer_requests(&mut self) {
        for request in self.main.board.take_requests() {
            match request {
                MachineRequest::PowerDown => self.ended = Some(Stop::PoweredDown),
                MachineRequest::Disassemble(addr) => {
                    let line = helpers::disassemble(&self.decoder, &self.main.space, addr);
                    self.note(&line);
                }
                MachineRequest::CallStack => {
                    let lines = helpers::call_stack(&self.cpu, &self.main.space);
                    lines.iter().for_each(|line| self.note(line));
                }
            }
        }
    }

    fn check_faults(&mut self) {
        self.collect_faults();
        let count = self.cpu.fault_count();
        let new = count - std::mem::replace(&mut self.faults_checked, count);
        if let Some(record) = self.faults.last().filter(|_| new > FAULT_STORM) {
            self.ended = Some(Stop::Fault(Box::new(record.clone())));
        }
    }

    /// Keeps the first faults of the run.
    fn collect_faults(&mut self) {
        let room = MAX_FAULTS - self.faults.len();
        self.faults.extend(self.cpu.take_faults().into_iter().take(room));
    }

    fn note(&mut self, line: &str) {
        let now = self.now();
        self.main.board.journal.note(now, line);
    }

    /// Guest time now.
    pub fn now(&self) -> GuestTime {
        self.main.clock.at(self.cpu.instructions())
    }

    /// Instructions executed since power-on.
    pub fn instructions(&self) -> u64 {
        self.cpu.instructions()
    }

    /// The processor, to look at.
    pub const fn cpu(&self) -> &Cpu {
        &self.cpu
    }

    /// Why the interpreter executes although generated code was wanted; `None` when all is as chosen.
    pub const fn engine_refused(&self) -> Option<ArenaError> {
        self.engine_refused
    }

    /// Reads guest memory as a debugger does, without any effect on devices. Gives the number of bytes read.
    pub fn peek(&self, addr: GuestAddr, into: &mut [u8]) -> usize {
        self.main.space.peek(addr, into)
    }

    /// Shows a device register as a debugger does, without any effect. `None`: no device has anything to show there.
    pub fn peek_register(&mut self, addr: GuestAddr) -> Option<u32> {
        let hit = self.main.windows.find(addr.0)?;
        let access = Access { port: hit.port, offset: hit.offset, width: Width::Word };
        self.main.devices.get(hit.device)?.peek(access)
    }

    /// Takes everything printed since the last call.
    pub fn take_console(&mut self) -> Console {
        let journal = &mut self.main.board.journal;
        Console { chunks: journal.drain(), dropped: journal.dropped() }
    }

    /// Sends bytes to the guest's serial port. Gives how many were taken: the line holds 64 KiB.
    pub fn send_uart(&mut self, bytes: &[u8]) -> usize {
        let now = self.now();
        let main = &mut self.main;
        let mut ctx = DeviceContext::new(now, Slot::Uart.id(), &mut main.board, &mut main.space);
        main.devices.uart.receive(&mut ctx, bytes)
    }

    /// A key of the camera's button table goes down or up: a key name (`m`, `up`, `f10`) or an event name (`BGMT_MENU`).
    ///
    /// # Errors
    /// [`KeyError`] when the camera has no such key, or its firmware takes no messages.
    pub fn key(&mut self, name: &str, action: KeyAction) -> Result<(), KeyError> {
        let now = self.now();
        let main = &mut self.main;
        let mut ctx = DeviceContext::new(now, Slot::Mpu.id(), &mut main.board, &mut main.space);
        main.devices.mpu.key(&mut ctx, name, action)
    }

    /// Turns the power switch off: the firmware is asked to shut down.
    ///
    /// # Errors
    /// As [`Machine::key`].
    pub fn power_switch(&mut self) -> Result<(), KeyError> {
        self.key(POWER_KEY, KeyAction::Press)?;
        self.key(POWER_KEY, KeyAction::Release)
    }

    /// The card LED.
    pub const fn led(&self) -> Led {
        self.main.devices.card_led.led()
    }

    /// The card in a slot: its content as the guest has left it.
    pub fn card(&self, slot: CardSlot) -> Option<&Overlay> {
        self.main.devices.card(slot)
    }

    /// Takes the card out of a slot. What is on its way to it fails, as with a real card.
    pub fn eject_card(&mut self, slot: CardSlot) -> Option<Overlay> {
        self.main.devices.eject_card(slot)
    }

    /// What the panel shows now. The card LED is not in it: see [`Machine::led`].
    pub fn frame(&self) -> Frame {
        let display = &self.main.devices.display;
        let spec = display.spec();
        let panel = Panel {
            width: spec.width,
            height: spec.height,
            default_osd: spec.default_osd.0,
            image_pitch: spec.image_pitch,
            image_rows: spec.image_rows,
        };
        frame::draw(display.planes(), &panel, &self.main.space)
    }

    /// What is to be said about the run so far.
    pub fn report(&mut self) -> Report {
        self.collect_faults();
        let board = &self.main.board;
        Report {
            instructions: self.cpu.instructions(),
            guest_time: self.now(),
            idle_nanos: self.main.clock.skipped().as_nanos() as u64,
            pc: self.cpu.pc().0,
            led: self.led(),
            faults: self.faults.clone(),
            fault_count: self.cpu.fault_count(),
            unknown: self.main.unknown.iter().collect(),
            unknown_beyond: self.main.unknown.beyond(),
            interrupts: board
                .interrupts
                .taken()
                .map(|(irq, count)| InterruptCount { id: irq.get(), count })
                .collect(),
            printed: board.journal.printed(),
            dropped: board.journal.dropped(),
        }
    }

    /// BLAKE3 of the whole state: CPU, memory, devices, planned events, clock. Equal for equal inputs, whatever the slices.
    pub fn state_hash(&mut self) -> [u8; 32] {
        let mut hasher = StateHasher::default();
        self.cpu.hash_into(hasher.blake3());
        self.main.space.hash_into(hasher.blake3());
        self.main.devices.hash_state(&mut hasher);
        self.main.board.events.hash(&mut hasher);
        self.main.board.interrupts.hash_state(&mut hasher);
        self.main.patches.hash(&mut hasher);
        self.main.clock.hash(&mut hasher);
        hasher.digest()
    }

    fn insert_cards(
        &mut self,
        camera: &Camera,
        sd: Option<Overlay>,
        cf: Option<Overlay>,
    ) -> Result<(), MachineError> {
        for (slot, card) in [(CardSlot::Sd, sd), (CardSlot::Cf, cf)] {
            let Some(card) = card else { continue };
            if !camera.has_slot(slot) {
                return Err(MachineError::NoSuchSlot { camera: camera.id.to_string(), slot });
            }
            self.main.devices.insert_card(slot, card);
        }
        Ok(())
    }

    /// Sets the boot flag and the words that the camera's data wants changed.
    fn prepare_roms(&mut self, camera: &Camera, boot_flag: bool) {
        for patch in camera.boot.patches.values() {
            self.main.space.poke(GuestAddr(patch.address.0), &patch.value.to_le_bytes());
        }
        let flag = if boot_flag { u32::MAX } else { 0 };
        self.main.space.poke(GuestAddr(camera.boot.boot_flag().0), &flag.to_le_bytes());
    }
}

fn memory(camera: &Camera, roms: &Roms) -> Result<(AddressSpace, GuestMap), MachineError> {
    let id = camera.id.as_str();
    let name = |file| RomName { camera: id, file };
    let rom0 = rom::check(name("ROM0.BIN"), camera.memory.rom0.map(|rom| rom.size), roms.rom0.as_deref())?;
    let rom1 = rom::check(name("ROM1.BIN"), Some(camera.memory.rom1.size), roms.rom1.as_deref())?;
    let contents = RomContents { rom0, rom1: rom1.unwrap_or_default() };
    let mut space = AddressSpace::new();
    match GuestMap::build(&mut space, &camera.memory, &contents) {
        Ok(map) => Ok((space, map)),
        Err(source) => Err(MachineError::Map { camera: id.to_owned(), source }),
    }
}

const fn core(camera: &Camera) -> Core {
    Core::Arm946es { cache_type: camera.cpu.cache_type }
}

fn cpu(camera: &Camera, fidelity: Fidelity) -> Cpu {
    let mut cpu = Cpu::new(core(camera));
    let vectors = if camera.cpu.high_vectors { Vectors::High } else { Vectors::Low };
    cpu.set_fidelity(fidelity);
    cpu.reset(GuestAddr(camera.start_pc.0), vectors);
    cpu
}

const fn nanos_per_instruction(generation: Generation) -> u64 {
    match generation {
        Generation::Digic5 => DIGIC5_NANOS_PER_INSTRUCTION,
        _ => DIGIC4_NANOS_PER_INSTRUCTION,
    }
}

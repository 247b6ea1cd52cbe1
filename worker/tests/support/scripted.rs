//! A guest that follows a timetable, and a sink that keeps everything.

use std::collections::BTreeMap;
use std::io;
use std::time::Duration;

use darkroom_emu_core::clock::GuestTime;
use darkroom_emu_core::frame::{Frame, encode_png};
use darkroom_protocol::Digest;
use darkroom_protocol::report::{CardChangeKind, FrameInfo, GuestFault, RunReport, UnknownAccess};
use darkroom_protocol::scenario::Scenario;
use darkroom_protocol::worker::Event;
use darkroom_worker::run::guest::{CardState, ChangedFile, Guest, Led, Pause, Refused};
use darkroom_worker::run::{References, RunSink, play_scenario};

/// What the guest does at some instant.
#[derive(Debug, Clone)]
pub(crate) enum Act {
    Print(String),
    Show(u8),
    WriteFile(&'static str, Vec<u8>),
    PowerDown,
    Halt,
    Crash,
}

/// A guest that executes one instruction per microsecond between its first and its last act, and idles otherwise.
#[derive(Debug, Default)]
pub(crate) struct Scripted {
    acts: Vec<(GuestTime, Act)>,
    done: usize,
    now: GuestTime,
    instructions: u64,
    console: Vec<u8>,
    level: u8,
    pub(crate) files: BTreeMap<String, Vec<u8>>,
    pub(crate) keys: Vec<(String, bool, GuestTime)>,
    pub(crate) typed: Vec<u8>,
    /// What stands in memory; zero elsewhere.
    pub(crate) memory: BTreeMap<u32, u8>,
    /// How often it was switched on again.
    pub(crate) starts: u32,
    over: Option<Pause>,
}

impl Scripted {
    pub(crate) fn at(mut self, millis: u64, act: Act) -> Self {
        self.acts.push((GuestTime::from_millis(millis), act));
        self
    }

    pub(crate) fn print(self, millis: u64, text: &str) -> Self {
        self.at(millis, Act::Print(text.to_owned()))
    }

    fn perform(&mut self, act: Act) {
        match act {
            Act::Print(text) => self.console.extend_from_slice(text.as_bytes()),
            Act::Show(level) => self.level = level,
            Act::WriteFile(path, bytes) => drop(self.files.insert(path.to_owned(), bytes)),
            Act::PowerDown => self.over = Some(Pause::PoweredDown),
            Act::Halt => self.over = Some(Pause::Halted),
            Act::Crash => self.over = Some(Pause::Fault(Box::new(fault(self.now)))),
        }
    }
}

pub(crate) fn fault(now: GuestTime) -> GuestFault {
    GuestFault {
        kind: "data abort".to_owned(),
        pc: 0x0080_0120,
        address: Some(0xdead_0000),
        registers: (0..16).collect(),
        cpsr: 0xd3,
        guest_ns: now.as_nanos(),
        instruction: "str r0, [r1]".to_owned(),
    }
}

pub(crate) fn screen(level: u8) -> Frame {
    let mut frame = Frame::black(4, 2);
    (0..8).for_each(|i| frame.set_pixel(i % 4, i / 4, [level; 3]));
    frame
}

impl Guest for Scripted {
    fn now(&self) -> GuestTime {
        self.now
    }

    fn instructions(&self) -> u64 {
        self.instructions
    }

    fn run_until(&mut self, until: GuestTime, budget: u64) -> Pause {
        while self.over.is_none()
            && let Some((when, act)) = self.acts.get(self.done).filter(|(when, _)| *when <= until).cloned()
        {
            let cost = u64::try_from(when.since(self.now).as_micros()).expect("fits");
            if self.instructions + cost > budget + self.instructions {
                self.instructions += budget;
                return Pause::Budget;
            }
            self.instructions += cost + 1;
            self.now = self.now.max(when);
            self.done += 1;
            self.perform(act);
        }
        match &self.over {
            Some(pause) => pause.clone(),
            None => {
                self.now = self.now.max(until);
                Pause::Reached
            }
        }
    }

    fn take_console(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.console)
    }

    fn close_console(&mut self) -> Vec<u8> {
        Vec::new()
    }

    fn picture(&mut self) -> Frame {
        screen(self.level)
    }

    fn led(&self) -> Led {
        Led::Never
    }

    fn key(&mut self, name: &str, down: bool) -> Result<(), Refused> {
        if name != "MENU" {
            return Err(Refused(format!("this camera has no button {name}")));
        }
        self.keys.push((name.to_owned(), down, self.now));
        Ok(())
    }

    fn type_bytes(&mut self, bytes: &[u8]) -> Result<(), Refused> {
        self.typed.extend_from_slice(bytes);
        Ok(())
    }

    fn card_door(&mut self, _open: bool) -> Result<(), Refused> {
        Err(Refused("this camera has no card door switch".to_owned()))
    }

    fn battery_door(&mut self, open: bool) -> Result<(), Refused> {
        self.keys.push(("battery door".to_owned(), open, self.now));
        Ok(())
    }

    fn power_on(&mut self) -> Result<(), Refused> {
        self.over = None;
        self.starts += 1;
        Ok(())
    }

    fn read_memory(&self, address: u32, into: &mut [u8]) -> usize {
        for (index, byte) in (0u32..).zip(into.iter_mut()) {
            *byte = self.memory.get(&address.wrapping_add(index)).copied().unwrap_or_default();
        }
        into.len()
    }

    fn card_paths(&mut self) -> Result<Vec<String>, Refused> {
        Ok(self.files.keys().cloned().collect())
    }

    fn switch_off(&mut self) -> Result<(), Refused> {
        self.over = Some(Pause::PoweredDown);
        Ok(())
    }

    fn card_file(&mut self, path: &str, limit: u64) -> Result<Option<Vec<u8>>, Refused> {
        match self.files.get(path) {
            Some(bytes) if bytes.len() as u64 > limit => Err(Refused("too large".to_owned())),
            other => Ok(other.cloned()),
        }
    }

    fn card_changes(&mut self) -> Result<CardState, Refused> {
        let added = |(path, bytes): (&String, &Vec<u8>)| ChangedFile {
            path: path.clone(),
            kind: CardChangeKind::Added,
            size: bytes.len() as u64,
        };
        Ok(CardState { changed: self.files.iter().map(added).collect(), damage: Vec::new() })
    }

    fn engine(&self) -> String {
        "script".to_owned()
    }

    fn state_hash(&mut self) -> String {
        format!("{}-{}", self.now, self.instructions)
    }

    fn faults(&self) -> Vec<GuestFault> {
        match &self.over {
            Some(Pause::Fault(fault)) => vec![(**fault).clone()],
            _ => Vec::new(),
        }
    }

    fn unknown_accesses(&mut self) -> Vec<UnknownAccess> {
        Vec::new()
    }
}

/// Keeps everything that a run hands out.
#[derive(Debug, Default)]
pub(crate) struct Keeper {
    pub(crate) log: Vec<u8>,
    pub(crate) events: Vec<Event>,
    pub(crate) pictures: BTreeMap<Digest, Frame>,
    pub(crate) files: BTreeMap<Digest, Vec<u8>>,
}

impl RunSink for Keeper {
    fn log(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.log.extend_from_slice(bytes);
        Ok(())
    }

    fn event(&mut self, event: Event) -> io::Result<()> {
        self.events.push(event);
        Ok(())
    }

    fn picture(&mut self, picture: &Frame) -> io::Result<Digest> {
        let digest = Digest::of(&encode_png(picture).map_err(io::Error::other)?);
        self.pictures.insert(digest, picture.clone());
        Ok(digest)
    }

    fn file(&mut self, bytes: &[u8]) -> io::Result<Digest> {
        self.files.insert(Digest::of(bytes), bytes.to_vec());
        Ok(Digest::of(bytes))
    }
}

impl Keeper {
    pub(crate) fn frames(&self) -> Vec<(String, Duration)> {
        let frames = self.events.iter().filter_map(|event| match event {
            Event::Frame(FrameInfo { label, guest_ns, .. }) => {
                Some((label.clone(), Duration::from_nanos(*guest_ns)))
            }
            _ => None,
        });
        frames.collect()
    }
}

/// Plays `text` on `guest`, with the pictures `ten` and `twenty` as references.
pub(crate) fn play(guest: &mut Scripted, text: &str) -> (RunReport, Keeper) {
    let scenario = Scenario::parse("test.toml", text).expect("a valid scenario");
    let mut references = References::new();
    references.add("ten", screen(10));
    references.add("twenty", screen(20));
    references.add_png("broken", b"no PNG at all");
    let mut keeper = Keeper::default();
    let limits = scenario.limits.clone();
    let report =
        play_scenario(guest, &scenario, &limits, &references, &mut keeper).expect("the sink takes all");
    (report, keeper)
}

//! Loss of power in the whole machine: a guest writes files through the open firmware, the machine stops between two instructions,
//! and Debian's `fsck.fat` and our own reader look at the card that is left. Nothing that was closed may be lost.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use darkroom_emu_core::bus::Source;
use darkroom_emu_core::card::{BlockRead, CardBuilder, FatVolume, FileSet, Lba, Overlay};
use darkroom_emu_core::clock::GuestTime;
use darkroom_emu_core::machine::{Machine, MachineConfig, Roms, Stop};
use darkroom_firmware::{open_firmware, stand_in};
use darkroom_models::{CardSlot, Catalog};

const FSCK: &str = "/usr/sbin/fsck.fat";
const CARD_BYTES: u64 = 12 << 20;
/// States of the card that are judged, each of them another one than the one before.
const CUTS: u32 = 400;
/// Instructions from one look at the card to the next: fewer than a write of a sector takes.
const STEP: u64 = 300;
/// The sectors that are looked at, from the volume's first: its tables, its root, and the folder that the files are in.
const LOOKED_AT: usize = 256;

/// What the guest said of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Promise {
    /// All of it is on the card, and no more.
    Closed(usize),
    /// That much of it is on the card.
    AtLeast(usize),
}

/// The files that must be there, by their numbers.
fn promises(said: &str) -> BTreeMap<u32, Promise> {
    let mut files = BTreeMap::new();
    let whole_lines = said.split_inclusive('\n').filter(|line| line.ends_with('\n'));
    for line in whole_lines.filter_map(|line| line.strip_prefix("[writer] ")) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [what, name, bytes] = words[..] else { panic!("{line:?}") };
        let bytes = bytes.parse().expect("a number of bytes");
        let number = name[1..5].parse().expect("a file's number");
        match what {
            "closed" => files.insert(number, Promise::Closed(bytes)),
            "appending" => files.insert(number, Promise::AtLeast(bytes)),
            _ => files.remove(&number),
        };
    }
    files
}

/// What the guest writes: `firmware/stand_in/writer.c`.
fn content(number: u32, bytes: usize) -> Vec<u8> {
    (0..bytes as u32).map(|i| (i * 7 + (i >> 9) + number) as u8).collect()
}

struct Writer {
    machine: Machine,
    slot: CardSlot,
    said: String,
}

impl Writer {
    fn start(name: &str, version: &str) -> Self {
        let camera = Catalog::builtin().get(name).expect("camera");
        let rom = open_firmware(name, Some(version)).expect("the camera has an open firmware");
        let roms = Roms { rom0: rom.rom0, rom1: Some(rom.rom1), serial_flash: rom.serial_flash };
        let program = stand_in(name, version).expect("the camera has a stand-in");
        let mut files = FileSet::autoexec(program.to_vec()).expect("a program");
        for path in ["STANDIN/WRITER", "ML/readme.txt"] {
            files.add_file(path, &b"please"[..]).expect("fits");
        }
        let card = CardBuilder::new().size(CARD_BYTES).build(&files).expect("a card");
        let slot = if camera.has_slot(CardSlot::Cf) { CardSlot::Cf } else { CardSlot::Sd };
        let mut config = MachineConfig::new(camera, roms);
        let place = if slot == CardSlot::Cf { &mut config.cf } else { &mut config.sd };
        *place = Some(card);
        Self { machine: Machine::new(config).expect("a machine"), slot, said: String::new() }
    }

    /// Goes on until that many instructions are executed, whatever the guest is at then.
    fn run_to(&mut self, instructions: u64) {
        let stop = self.machine.run_until(GuestTime::from_millis(600_000), instructions);
        assert!(matches!(stop, Stop::InstructionLimit), "{stop:?}\n{}", self.said);
        self.said.push_str(&self.machine.take_console().text(Source::Uart));
    }

    /// The card as it lies in the slot: what a machine without power leaves.
    fn card(&self) -> &Overlay {
        self.machine.card(self.slot).expect("it was put in")
    }
}

/// A line of `fsck.fat` that announces others, that the boot mark in the boot sector gives rise to, or that a loss of power may
/// leave: clusters that nobody owns, and copies of the table of which one is a sector behind.
const ALLOWED: [&str; 10] = [
    "fsck.fat ",
    "Leaving filesystem unchanged",
    "Reclaiming unconnected clusters",
    "Reclaimed ",
    "FATs differ but appear to be intact",
    "Using first FAT",
    "Free cluster summary",
    "Auto-correcting",
    "Volume label 'EOS_DIGITAL' stored in root directory and label 'EOS_DEVELOP' stored in boot sector",
    "Auto-copying volume label",
];

/// Whether a file may own clusters behind its end: it was open.
fn may_have_tail(path: &str, files: &BTreeMap<u32, Promise>) -> bool {
    let number = path.strip_prefix("/DATA/F").and_then(|rest| rest.get(..4)?.parse().ok());
    number.is_some_and(|number| !matches!(files.get(&number), Some(Promise::Closed(_))))
}

/// What `fsck.fat` finds that a loss of power may not leave.
fn complaint(image: &Path, files: &BTreeMap<u32, Promise>) -> Option<String> {
    let output =
        Command::new(FSCK).arg("-n").arg(image).env("LC_ALL", "C.UTF-8").output().expect("installed");
    let text =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    let mut subject = "";
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let is_tail = line.contains("cluster chain length is > ") || line.starts_with("Truncating file to ");
        if line.starts_with("/DATA") && !line.contains(' ') {
            subject = line;
        } else if !(ALLOWED.iter().any(|start| line.starts_with(start))
            || line.contains(" files, ") && line.ends_with(" clusters")
            || is_tail && may_have_tail(subject, files))
        {
            return Some(format!("{subject}: {line}\n{text}"));
        }
    }
    None
}

/// The volume without the partition table in front of it.
fn write_volume(card: &Overlay, image: &Path) {
    let partition = FatVolume::open(card).expect("a volume").partition();
    let mut bytes = vec![0; partition.sectors as usize * 512];
    card.read_sectors(Lba(partition.start.0), &mut bytes).expect("readable");
    fs::write(image, bytes).expect("room for an image");
}

fn assert_kept(card: &Overlay, number: u32, promise: Promise) {
    let volume = FatVolume::open(card).expect("a volume");
    let path = format!("DATA/F{number:04}.BIN");
    let bytes = volume.get(&path, CARD_BYTES).unwrap_or_else(|error| panic!("{path}: {error}"));
    let (Promise::Closed(least) | Promise::AtLeast(least)) = promise;
    assert!(bytes.len() >= least, "{path}: {} bytes of {promise:?}", bytes.len());
    assert!(
        promise == Promise::AtLeast(least) || bytes.len() == least,
        "{path}: {} bytes, {promise:?}",
        bytes.len()
    );
    assert!(bytes == content(number, bytes.len()), "{path}: other bytes than were written");
}

/// What decides which files are there.
fn head(card: &Overlay) -> Vec<u8> {
    let partition = FatVolume::open(card).expect("a volume").partition();
    let mut bytes = vec![0; LOOKED_AT * 512];
    card.read_sectors(partition.start, &mut bytes).expect("readable");
    bytes
}

impl Writer {
    /// Goes on until the card has changed.
    fn run_to_change(&mut self) {
        let before = head(self.card());
        while head(self.card()) == before {
            self.run_to(self.machine.instructions() + STEP);
        }
    }
}

fn cut_again_and_again(name: &str, version: &str) {
    if !Path::new(FSCK).exists() {
        eprintln!("skipped: needs {FSCK}");
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let image = folder.path().join("card.img");
    let mut writer = Writer::start(name, version);
    let mut amid = 0;
    for cut in 1..=CUTS {
        writer.run_to_change();
        let files = promises(&writer.said);
        write_volume(writer.card(), &image);
        let wrong = complaint(&image, &files);
        assert_eq!(wrong, None, "{name}, cut {cut}, after {files:?}");
        files.iter().for_each(|(number, promise)| assert_kept(writer.card(), *number, *promise));
        amid += u32::from(files.values().any(|promise| matches!(promise, Promise::AtLeast(_))));
    }
    let last = promises(&writer.said).into_keys().max().unwrap_or_default();
    eprintln!("{name}: {CUTS} cuts over {last} files, {amid} of them while a closed file grew");
    assert!(last > 8 && amid > 20, "the cuts came before anything was at stake: {}", writer.said);
}

#[test]
fn a_cut_of_the_power_costs_an_sd_card_nothing_that_was_closed() {
    cut_again_and_again("60D", "111");
}

#[test]
fn a_cut_of_the_power_costs_a_cf_card_nothing_that_was_closed() {
    cut_again_and_again("5D2", "212");
}

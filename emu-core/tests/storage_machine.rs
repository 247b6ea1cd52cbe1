//! Guests that read and write cards of every make on whole cameras, and what they leave behind.
#![allow(clippy::unwrap_used)]

use std::process::Command;

use darkroom_emu_core::bus::Source;
use darkroom_emu_core::card::{
    CardBuilder, ChangeKind, FatKind, FatVolume, FileSet, Overlay, content_hash, diff, write_raw,
};
use darkroom_emu_core::clock::GuestTime;
use darkroom_emu_core::machine::{Machine, MachineConfig, Roms, Stop};
use darkroom_firmware::{OpenRom, open_rom, sample};
use darkroom_models::{CardSlot, Catalog};

const LIMIT: GuestTime = GuestTime::from_millis(60_000);

/// The camera with the `card-check` sample on a card of this make.
fn machine(camera: &str, slot: CardSlot, kind: FatKind, size: u64) -> (Machine, Overlay) {
    let sample = sample("card-check", camera).unwrap();
    let mut files = FileSet::autoexec(sample.autoexec).unwrap();
    sample.files.into_iter().for_each(|file| files.add_file(&file.path, file.data).unwrap());
    let base = CardBuilder::new().kind(kind).size(size).build(&files).unwrap();
    let OpenRom { rom0, rom1, serial_flash, .. } = open_rom(camera).unwrap();
    let camera = Catalog::builtin().get(camera).unwrap();
    let mut config = MachineConfig::new(camera, Roms { rom0, rom1: Some(rom1), serial_flash });
    let card = Some(Overlay::new(base.clone().freeze()));
    match slot {
        CardSlot::Cf => config.cf = card,
        _ => config.sd = card,
    }
    (Machine::new(config).unwrap(), base)
}

/// What fsck.fat says about the volume; nothing when it is not installed.
fn fsck(card: &Overlay) -> Option<String> {
    let mut image = tempfile::NamedTempFile::new().unwrap();
    write_raw(card, image.as_file_mut()).unwrap();
    let start = FatVolume::open(card).unwrap().partition().start.0 * 512;
    let volume = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(volume.path(), &std::fs::read(image.path()).unwrap()[start as usize..]).unwrap();
    match Command::new("fsck.fat").arg("-n").arg(volume.path()).output() {
        Ok(output) => Some(String::from_utf8_lossy(&output.stdout).into_owned()),
        Err(error) => {
            println!("skipped: fsck.fat: {error}");
            None
        }
    }
}

#[test]
fn cards_of_every_make_are_read_and_written() {
    for (camera, slot, kind, size) in [
        ("60D", CardSlot::Sd, FatKind::Fat16, 64 << 20),
        ("60D", CardSlot::Sd, FatKind::Fat32, 64 << 20),
        ("700D", CardSlot::Sd, FatKind::Fat32, 2 << 30),
        ("5D2", CardSlot::Cf, FatKind::Fat16, 512 << 20),
        ("5D3", CardSlot::Cf, FatKind::Fat32, 2 << 30),
    ] {
        let name = format!("{camera} {kind} {size}");
        let (mut machine, base) = machine(camera, slot, kind, size);
        let stop = machine.run_until(LIMIT, u64::MAX);
        let text = machine.take_console().text(Source::Uart);
        assert_eq!(stop, Stop::PoweredDown, "{name}: {text}");
        let card = machine.card(slot).unwrap();
        let changes = diff(&base, card).unwrap();
        assert_eq!(changes.problems, Vec::<String>::new(), "{name}");
        assert!(changes.changes.iter().all(|change| change.kind == ChangeKind::Added), "{name}");
        assert!(!changes.changes.is_empty(), "{name}: {text}");
        FatVolume::open(card).unwrap().check().unwrap_or_else(|error| panic!("{name}: {error}"));
        if size <= 512 << 20 {
            let said = fsck(card).unwrap_or_default();
            for complaint in ["Cluster chain", "Reclaimed", "shared", "differ:", "Bad file"] {
                assert!(!said.contains(complaint), "{name}: {said}");
            }
        }
    }
}

#[test]
fn the_same_run_leaves_the_same_card() {
    let hash = || {
        let (mut machine, _) = machine("600D", CardSlot::Sd, FatKind::Fat16, 64 << 20);
        machine.run_until(LIMIT, u64::MAX);
        content_hash(machine.card(CardSlot::Sd).unwrap()).unwrap()
    };
    assert_eq!(hash(), hash());
}

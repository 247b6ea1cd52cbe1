//! Cards that the open boot ROM cannot start from: it says why, on both consoles, and halts.

use darkroom_emu_core::bus::Source;
use darkroom_emu_core::card::{
    BlockDevice, BlockRead, CardBuilder, FatKind, FatVolume, FileSet, Lba, Overlay, SECTOR,
};
use darkroom_emu_core::clock::GuestTime;
use darkroom_emu_core::machine::{Machine, MachineConfig, Roms, Stop};
use darkroom_firmware::{open_rom, sample};
use darkroom_models::{CardSlot, Catalog};

const LIMIT: GuestTime = GuestTime::from_millis(10_000);
const MIB: u64 = 1 << 20;

fn hello() -> FileSet {
    FileSet::autoexec(sample("hello", "60D").expect("hello").autoexec).expect("a program")
}

/// What the ROM of a camera with this card in its slot prints, after it has come to its end.
fn boot(name: &str, card: Overlay) -> (Stop, String) {
    let camera = Catalog::builtin().get(name).expect("camera");
    let rom = open_rom(name).expect("the open ROM knows every camera");
    let roms = Roms { rom0: rom.rom0, rom1: Some(rom.rom1), serial_flash: rom.serial_flash };
    let mut config = MachineConfig::new(camera, roms);
    if camera.has_slot(CardSlot::Cf) {
        config.cf = Some(card);
    } else {
        config.sd = Some(card);
    }
    let mut machine = Machine::new(config).expect("a machine");
    let stop = machine.run_until(LIMIT, u64::MAX);
    let console = machine.take_console();
    assert_eq!(console.text(Source::Uart), console.text(Source::MlPrint));
    (stop, console.text(Source::Uart))
}

/// SD by 60D, CF by 5D2.
fn refused(card: impl Fn() -> Overlay, reason: &str) {
    for camera in ["60D", "5D2"] {
        let (stop, uart) = boot(camera, card());
        assert_eq!(stop, Stop::Halted, "{camera}: {uart}");
        let end = format!("[ROM] {reason}\n[ROM] stopped: cannot start from the card\n");
        assert!(uart.ends_with(&end), "{camera}: {uart}");
    }
}

#[test]
fn a_blank_card_is_not_formatted() {
    refused(|| Overlay::blank(64 * MIB / SECTOR as u64), "card is not formatted (no FAT volume)");
}

#[test]
fn a_card_without_boot_marks_is_refused() {
    let card = || CardBuilder::new().bootable(false).build(&hello()).expect("a card");
    refused(card, "card has no boot marks (EOS_DEVELOP, BOOTDISK)");
}

#[test]
fn a_program_that_reaches_the_boot_screen_is_too_large() {
    let program = vec![0; 57 * MIB as usize];
    let files = FileSet::autoexec(program).expect("a program");
    refused(|| CardBuilder::new().build(&files).expect("a card"), "AUTOEXEC.BIN is too large");
}

#[test]
fn a_program_whose_first_cluster_is_lost_cannot_be_read() {
    let card = || {
        let mut card = CardBuilder::new().build(&hello()).expect("a card");
        lose_first_cluster(&mut card);
        card
    };
    refused(card, "cannot read AUTOEXEC.BIN");
}

/// Sets the first cluster of the root folder's first file to 0.
fn lose_first_cluster(card: &mut Overlay) {
    let volume = FatVolume::open(card).expect("a volume");
    let root = Lba(volume.partition().start.0 + volume.geometry().root_start);
    let mut sector = [0; SECTOR];
    card.read_sectors(root, &mut sector).expect("the root folder");
    let at = sector.windows(11).position(|name| name == b"AUTOEXECBIN").expect("the program's entry");
    sector[at + 26..at + 28].fill(0);
    card.write_sectors(root, &sector).expect("the root folder");
}

#[test]
fn every_kind_of_volume_boots() {
    for (kind, bytes) in
        [(FatKind::Fat16, 64 * MIB), (FatKind::Fat32, 512 * MIB), (FatKind::Fat32, 4096 * MIB)]
    {
        for camera in ["60D", "5D2"] {
            let card = CardBuilder::new().kind(kind).size(bytes).build(&hello()).expect("a card");
            let (stop, uart) = boot(camera, card);
            assert_eq!(stop, Stop::PoweredDown, "{camera}, {kind:?}: {uart}");
            assert!(uart.contains("wrote ML/LOGS/HELLO.LOG"), "{camera}, {kind:?}: {uart}");
        }
    }
}

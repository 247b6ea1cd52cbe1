//! What every camera's ROM files must be, as the cameras, emulators and ML's start-up code see them.

use darkroom_firmware::{ROM_VERSION, SAMPLES, cameras, open_rom, sample};

/// Word at an address of the ROM1 chip, which is mirrored up to 4 GiB.
fn word(rom1: &[u8], address: u32) -> u32 {
    let at = address as usize & (rom1.len() - 1);
    let mut bytes = [0; 4];
    bytes.copy_from_slice(&rom1[at..at + 4]);
    u32::from_le_bytes(bytes)
}

fn text_is_at(rom1: &[u8], address: u32, text: &str) -> bool {
    let at = address as usize & (rom1.len() - 1);
    rom1[at..].starts_with(text.as_bytes()) && rom1.get(at + text.len()) == Some(&0)
}

/// All display routines that ML's scan of FFFE0000-FFFFFFF0 finds for a string: the targets of a BL directly followed by
/// `ADD R0, PC, #imm` that points at the string (reference: design.md section 4).
fn display_routines(rom1: &[u8], text: &str) -> Vec<u32> {
    let places = (0xFFFE_0000_u32..0xFFFF_FFF0).step_by(4);
    let candidates = places.filter(|&at| word(rom1, at) >> 24 == 0xEB && word(rom1, at + 4) >> 12 == 0xE28F0);
    let matching = candidates.filter(|&at| {
        let add = word(rom1, at + 4);
        let offset = (add & 0xFF).rotate_right((add >> 8 & 0xF) * 2);
        text_is_at(rom1, (at + 12).wrapping_add(offset), text)
    });
    matching.map(|at| at.wrapping_add((word(rom1, at) & 0xFF_FFFF) << 2).wrapping_add(8)).collect()
}

/// True if a chip's content repeats, as a wrongly dumped one does: the reference emulator refuses such files.
fn halves_equal(bytes: &[u8]) -> bool {
    let (low, high) = bytes.split_at(bytes.len() / 2);
    low == high
}

#[test]
fn all_eighteen_cameras_have_rom_files_without_repeats() {
    assert_eq!(cameras().count(), 18);
    for camera in cameras() {
        let rom = open_rom(camera).expect("a listed camera has a ROM");
        assert!(!halves_equal(&rom.rom1), "{camera} ROM1");
        assert!(!rom.rom0.as_deref().is_some_and(halves_equal), "{camera} ROM0");
        assert!(!rom.serial_flash.as_deref().is_some_and(halves_equal), "{camera} serial flash");
        assert_eq!(word(&rom.rom1, 0xF800_0004), 0xFFFF_FFFF, "{camera} boot flag");
        assert_eq!(word(&rom.rom1, 0xFFFF_0000) >> 24, 0xEA, "{camera} reset vector is a branch");
        assert!(text_is_at(&rom.rom1, 0xFFFF_0020, camera), "{camera} name");
    }
    assert_eq!(open_rom("40D"), None);
}

#[test]
fn ml_start_up_finds_the_display_routine() {
    let rom = open_rom("60D").expect("60D has a ROM");
    let strings = ["Other models\n", "File(*.fir) not found\n", "sum check error or code modify\n"];
    let found: Vec<Vec<u32>> = strings.iter().map(|text| display_routines(&rom.rom1, text)).collect();
    assert!(found.iter().all(|routines| routines.len() == 1), "{found:X?}");
    assert!(found[0] == found[1] && found[1] == found[2], "{found:X?}");
    assert!(found[0][0] > 0xFFFF_0000, "{found:X?}");
}

#[test]
fn the_image_adds_up_to_zero_without_the_name() {
    let rom = open_rom("5D2").expect("5D2 has a ROM");
    let end = word(&rom.rom1, 0xFFFF_0030);
    let sum = |from: u32, to: u32| {
        (from..to).step_by(4).fold(0_u32, |sum, at| sum.wrapping_add(word(&rom.rom1, at)))
    };
    assert_eq!(sum(0xFFFF_0000, end + 4).wrapping_sub(sum(0xFFFF_0020, 0xFFFF_0030)), 0);
}

#[test]
fn the_version_is_the_one_the_image_prints() {
    let rom = open_rom("7D").expect("7D has a ROM");
    let banner = format!("Darkroom open boot ROM {ROM_VERSION}");
    assert!(rom.rom1.windows(banner.len()).any(|window| window == banner.as_bytes()));
}

#[test]
fn every_sample_is_there_for_every_camera_and_only_card_check_needs_files() {
    for camera in cameras() {
        for name in SAMPLES {
            let sample = sample(name, camera).expect("listed samples exist");
            assert!(sample.autoexec.len() > 100, "{name}");
            assert_eq!(!sample.files.is_empty(), name == "card-check");
        }
    }
    assert_eq!(sample("hello", "40D"), None);
    assert_eq!(sample("goodbye", "60D"), None);
}

//! The CompactFlash drive and its slot, driven the way firmware does.
#![allow(clippy::unwrap_used)]

mod storage_rig;

use darkroom_emu_core::bus::{IrqId, Port, Read, Width, Write};
use darkroom_emu_core::device::cf::{CfController, CfInterrupts, CfState};
use proptest::prelude::*;
use storage_rig::{Rig, numbered_card, sector_of};

const ATA: Port = CfController::ATA;
const DMA: Port = CfController::DMA;
const DRIVER: u32 = 0x82;
const DMA_IRQ: u32 = 0xE3;
const BSY: u32 = 0x80;
const DRQ: u32 = 0x08;
const ERR: u32 = 0x01;
const CARD: u64 = 64 << 20;

fn empty() -> Rig<CfController> {
    Rig::new(CfController::new(CfInterrupts { driver: IrqId::new(DRIVER), dma: IrqId::new(DMA_IRQ) }))
}

fn with_card() -> Rig<CfController> {
    let mut rig = empty();
    rig.device.insert(numbered_card(CARD));
    rig
}

fn get(rig: &mut Rig<CfController>, index: u32) -> u32 {
    match rig.try_read(ATA, 0x2000 + index, Width::Byte) {
        Read::Value(value) => value & 0xFF,
        Read::Unknown => panic!("task file register {index}"),
    }
}

fn set(rig: &mut Rig<CfController>, index: u32, value: u32) {
    assert_eq!(rig.try_write(ATA, 0x2000 + index, Width::Byte, value), Write::Done);
}

/// Alternate status, when the drive is no longer busy.
fn settled(rig: &mut Rig<CfController>) -> u32 {
    while rig.read(ATA, 0x200E) & BSY != 0 {
        assert!(rig.step(), "busy for ever");
    }
    rig.read(ATA, 0x200E)
}

fn order(rig: &mut Rig<CfController>, opcode: u32, lba: u32, count: u32) {
    set(rig, 6, 0xE0 | lba >> 24);
    set(rig, 2, count & 0xFF);
    set(rig, 3, lba & 0xFF);
    set(rig, 4, lba >> 8 & 0xFF);
    set(rig, 5, lba >> 16 & 0xFF);
    set(rig, 7, opcode);
}

fn take_halves(rig: &mut Rig<CfController>, count: usize) -> Vec<u8> {
    let half = |rig: &mut Rig<CfController>| match rig.try_read(ATA, 0x2000, Width::Half) {
        Read::Value(value) => value as u16,
        Read::Unknown => panic!("data port"),
    };
    (0..count).flat_map(|_| half(rig).to_le_bytes()).collect()
}

fn identify(rig: &mut Rig<CfController>) -> Vec<u16> {
    order(rig, 0xEC, 0, 1);
    assert_eq!(settled(rig) & (DRQ | ERR), DRQ);
    let bytes = take_halves(rig, 256);
    bytes.chunks(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect()
}

#[test]
fn identify_tells_who_and_how_large() {
    let mut rig = with_card();
    let words = identify(&mut rig);
    assert_eq!(words[0], 0x848A);
    assert_eq!(u64::from(words[60]) | u64::from(words[61]) << 16, CARD / 512);
    let text: Vec<u8> = words[27..47].iter().flat_map(|word| word.to_be_bytes()).collect();
    assert_eq!(String::from_utf8(text).unwrap().trim_end(), "DARKROOM CF");
    assert_eq!((words[1], words[3], words[6]), ((CARD / 512 / 1008) as u16, 16, 63));
    assert_eq!(settled(&mut rig), 0x50);
}

#[test]
fn read_sectors_by_pio_in_both_layouts() {
    let mut rig = with_card();
    order(&mut rig, 0x20, 4, 2);
    assert_ne!(rig.read(ATA, 0x200E) & BSY, 0, "the first sector takes time");
    for sector in [5, 6] {
        assert_eq!(settled(&mut rig) & DRQ, DRQ);
        assert_eq!(take_halves(&mut rig, 256), [sector; 512]);
    }
    assert_eq!(settled(&mut rig), 0x50);
    for (index, value) in [(6, 0xE0), (2, 1), (3, 9), (4, 0), (5, 0), (7, 0x20)] {
        rig.try_write(ATA, 0x21F0 + index, Width::Byte, value);
    }
    assert_eq!(settled(&mut rig) & DRQ, DRQ);
    assert_eq!(rig.try_read(ATA, 0x21F0, Width::Half), Read::Value(0x0A0A));
    assert_eq!(rig.try_read(ATA, 0x21F0, Width::Word), Read::Value(0x0A0A_0A0A));
}

#[test]
fn write_sectors_by_pio() {
    let mut rig = with_card();
    order(&mut rig, 0x30, 500, 2);
    for value in [0x1111, 0x2222] {
        assert_eq!(settled(&mut rig) & DRQ, DRQ);
        (0..256).for_each(|_| rig.poke(ATA, 0x2000, Width::Half, value));
    }
    assert_eq!(settled(&mut rig), 0x50);
    let card = rig.device.drive().unwrap().image();
    assert_eq!((sector_of(card, 499)[0], sector_of(card, 502)[0]), (0, 0));
    assert_eq!((sector_of(card, 500), sector_of(card, 501)), (vec![0x11; 512], vec![0x22; 512]));
}

#[test]
fn multiple_transfers_move_blocks() {
    let mut rig = with_card();
    order(&mut rig, 0xC6, 0, 4);
    assert_eq!(settled(&mut rig) & ERR, 0);
    order(&mut rig, 0xC4, 0, 6);
    assert_eq!(settled(&mut rig) & DRQ, DRQ);
    assert_eq!(take_halves(&mut rig, 4 * 256)[3 * 512], 4);
    assert_ne!(rig.read(ATA, 0x200E) & BSY, 0);
    assert_eq!(settled(&mut rig) & DRQ, DRQ);
    assert_eq!(take_halves(&mut rig, 2 * 256)[512], 6);
    assert_eq!(settled(&mut rig), 0x50);
    order(&mut rig, 0xC5, 300, 4);
    (0..1024).for_each(|_| rig.poke(ATA, 0x2000, Width::Half, 0x7777));
    assert_eq!(settled(&mut rig), 0x50);
    assert_eq!(sector_of(rig.device.drive().unwrap().image(), 303), [0x77; 512]);
    order(&mut rig, 0xC6, 0, 3);
    assert_eq!(settled(&mut rig) & ERR, ERR);
}

fn start_dma(rig: &mut Rig<CfController>, address: u32, bytes: u32, start: u32) {
    rig.write(DMA, 0x00, address);
    rig.write(DMA, 0x04, bytes);
    rig.write(DMA, 0x10, start);
}

#[test]
fn read_and_write_by_dma_with_interrupts() {
    let mut rig = with_card();
    rig.write(ATA, 0x8040, 0x1_0000);
    order(&mut rig, 0x20, 10, 20);
    assert_eq!(settled(&mut rig) & DRQ, DRQ);
    start_dma(&mut rig, 0x1000, 20 * 512, 0x39);
    assert_eq!(rig.read(ATA, 0x8104), 0);
    rig.settle();
    assert_eq!((rig.read(ATA, 0x8104), rig.read(DMA, 0x04), rig.read(DMA, 0x14)), (4, 20 * 512, 3));
    assert!(rig.take_irq(DMA_IRQ) && !rig.take_irq(DRIVER));
    let first: Vec<u8> =
        rig.memory.0[0x1000..0x1000 + 20 * 512].chunks(512).map(|sector| sector[9]).collect();
    assert_eq!(first, (11..31).collect::<Vec<u8>>());
    rig.write(ATA, 0x8040, 0x200_0000);
    order(&mut rig, 0x30, 700, 20);
    start_dma(&mut rig, 0x1000, 20 * 512, 0x3D);
    rig.settle();
    assert!(rig.take_irq(DRIVER) && !rig.take_irq(DMA_IRQ));
    assert_eq!(settled(&mut rig), 0x50);
    assert_eq!(sector_of(rig.device.drive().unwrap().image(), 719), [30; 512]);
}

/// The engine may be started before the drive has its first sector, and before the command.
#[test]
fn dma_waits_for_the_drive() {
    let mut rig = with_card();
    start_dma(&mut rig, 0x100, 1024, 0x29);
    rig.settle();
    assert_eq!(rig.read(ATA, 0x8104), 0);
    order(&mut rig, 0x21, 0, 2);
    rig.settle();
    assert_eq!((rig.read(ATA, 0x8104), rig.memory.0[0x100 + 512]), (4, 2));
}

#[test]
fn dma_in_the_wrong_direction_waits_for_ever_without_work() {
    let mut rig = with_card();
    order(&mut rig, 0x20, 0, 1);
    rig.settle();
    start_dma(&mut rig, 0, 512, 0x3D);
    rig.settle();
    assert_eq!(rig.read(ATA, 0x8104), 0);
}

#[test]
fn the_drive_interrupts_only_when_asked() {
    let mut rig = with_card();
    order(&mut rig, 0x20, 0, 1);
    rig.settle();
    rig.write(ATA, 0x8040, 1);
    assert!(!rig.take_irq(DRIVER), "off at power-on");
    take_halves(&mut rig, 256);
    get(&mut rig, 7);
    rig.try_write(ATA, 0x200E, Width::Byte, 0);
    order(&mut rig, 0x20, 0, 1);
    assert!(!rig.take_irq(DRIVER));
    rig.settle();
    assert!(rig.take_irq(DRIVER));
    take_halves(&mut rig, 256);
    rig.write(ATA, 0x8040, 0x1_0001);
    order(&mut rig, 0xE7, 0, 0);
    rig.settle();
    assert!(!rig.take_irq(DRIVER), "only while the mask is exactly 1");
    rig.write(ATA, 0x8048, 0);
    assert!(rig.take_irq(DRIVER), "the line was still up");
    order(&mut rig, 0xE7, 0, 0);
    rig.write(ATA, 0x8040, 0);
    rig.settle();
    get(&mut rig, 7);
    rig.write(ATA, 0x8040, 1);
    assert!(!rig.take_irq(DRIVER), "reading the status took it off");
}

#[test]
fn addresses_by_cylinder_head_sector_mean_the_same_sectors() {
    let mut rig = with_card();
    for (index, value) in [(6, 0xA0), (2, 1), (3, 8), (4, 0), (5, 0), (7, 0x20)] {
        set(&mut rig, index, value);
    }
    settled(&mut rig);
    assert_eq!(take_halves(&mut rig, 1), [8, 8]);
    take_halves(&mut rig, 255);
    // INITIALIZE DEVICE PARAMETERS: 2 heads, 10 sectors. Cylinder 1, head 1, sector 3 is then 20 + 10 + 2.
    for (index, value) in [(6, 0xA1), (2, 10), (7, 0x91)] {
        set(&mut rig, index, value);
    }
    assert_eq!(settled(&mut rig) & ERR, 0);
    for (index, value) in [(6, 0xA1), (2, 1), (3, 3), (4, 1), (5, 0), (7, 0x20)] {
        set(&mut rig, index, value);
    }
    settled(&mut rig);
    assert_eq!(take_halves(&mut rig, 1), [33, 33]);
}

#[test]
fn past_the_end_is_an_error_at_that_sector() {
    let mut rig = with_card();
    let total = (CARD / 512) as u32;
    order(&mut rig, 0x20, total, 1);
    assert_eq!((settled(&mut rig) & (ERR | DRQ), get(&mut rig, 1)), (ERR, 0x10));
    order(&mut rig, 0x20, total - 1, 4);
    settled(&mut rig);
    take_halves(&mut rig, 256);
    assert_eq!((settled(&mut rig) & (ERR | DRQ), get(&mut rig, 1)), (ERR, 0x10));
    assert_eq!((get(&mut rig, 2), get(&mut rig, 3), get(&mut rig, 5)), (3, total & 0xFF, total >> 16 & 0xFF));
    order(&mut rig, 0x03, 0, 0);
    settled(&mut rig);
    order(&mut rig, 0x40, total, 1);
    assert_eq!(settled(&mut rig) & ERR, ERR);
    set(&mut rig, 7, 0x03);
    assert_eq!((settled(&mut rig) & ERR, get(&mut rig, 1)), (0, 0x21));
}

#[test]
fn wide_commands_use_both_halves_of_the_task_file() {
    let mut rig = with_card();
    for (index, value) in
        [(6, 0x40), (2, 0), (2, 1), (3, 0), (4, 0), (5, 0), (3, 7), (4, 0), (5, 0), (7, 0x24)]
    {
        set(&mut rig, index, value);
    }
    settled(&mut rig);
    assert_eq!(take_halves(&mut rig, 1), [8, 8]);
}

#[test]
fn unknown_commands_abort() {
    let mut rig = with_card();
    for opcode in [0x00, 0xC8, 0xB0, 0xFF] {
        order(&mut rig, opcode, 0, 1);
        assert_eq!((settled(&mut rig) & (ERR | DRQ), get(&mut rig, 1)), (ERR, 4), "{opcode:#x}");
    }
    order(&mut rig, 0xE5, 0, 0);
    assert_eq!((settled(&mut rig), get(&mut rig, 2)), (0x50, 0xFF));
    set(&mut rig, 1, 0x42);
    order(&mut rig, 0xEF, 0, 0);
    assert_eq!(settled(&mut rig) & ERR, ERR);
}

#[test]
fn eight_bit_transfers() {
    let mut rig = with_card();
    set(&mut rig, 1, 0x01);
    order(&mut rig, 0xEF, 0, 0);
    assert_eq!(settled(&mut rig) & ERR, 0);
    order(&mut rig, 0xEC, 0, 1);
    settled(&mut rig);
    assert_eq!([get(&mut rig, 0), get(&mut rig, 0)], [0x8A, 0x84]);
}

#[test]
fn a_soft_reset_ends_everything_and_leaves_the_signature() {
    let mut rig = with_card();
    order(&mut rig, 0x20, 0, 5);
    rig.try_write(ATA, 0x200E, Width::Byte, 6);
    assert_eq!(rig.read(ATA, 0x200E), BSY);
    rig.try_write(ATA, 0x200E, Width::Byte, 2);
    rig.settle();
    assert_eq!(rig.read(ATA, 0x200E), 0x50);
    assert_eq!((1..7).map(|n| get(&mut rig, n)).collect::<Vec<_>>(), [1, 1, 1, 0, 0, 0]);
}

#[test]
fn there_is_no_second_drive_and_an_empty_slot_floats() {
    let mut rig = with_card();
    set(&mut rig, 6, 0xF0);
    assert_eq!(get(&mut rig, 7), 0);
    set(&mut rig, 7, 0xEC);
    set(&mut rig, 6, 0xE0);
    assert_eq!(get(&mut rig, 7), 0x50);
    let mut rig = empty();
    assert!(!rig.device.present());
    set(&mut rig, 2, 0x5A);
    assert_eq!((get(&mut rig, 2), get(&mut rig, 7)), (0x7F, 0x7F));
    assert_eq!(rig.try_read(ATA, 0x3000, Width::Word), Read::Unknown);
    assert_eq!(rig.try_write(ATA, 0x8100, Width::Word, 0), Write::Unknown);
}

#[test]
fn the_state_survives_saving_in_the_middle_of_a_transfer() {
    let mut rig = with_card();
    order(&mut rig, 0x20, 0, 9);
    settled(&mut rig);
    start_dma(&mut rig, 0x100, 9 * 512, 0x39);
    rig.step();
    rig.step();
    let saved = serde_json::to_string(&rig.device.state()).unwrap();
    let digest = rig.digest();
    let image = rig.device.drive().unwrap().image().clone();
    rig.device = empty().device;
    assert_ne!(rig.digest(), digest);
    rig.device.restore(serde_json::from_str::<CfState>(&saved).unwrap(), Some(image));
    assert_eq!(rig.digest(), digest);
    rig.settle();
    assert_eq!((rig.read(ATA, 0x8104), rig.memory.0[0x100 + 8 * 512]), (4, 9));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Random register accesses and commands: no panic, no endless chain of events, no growth.
    #[test]
    fn guests_cannot_break_it(accesses in prop::collection::vec(
        (0_u8..12, 0_u32..0x20, prop_oneof![0_u32..0x100, any::<u32>()]), 1..300,
    )) {
        const OPCODES: [u32; 12] = [0x20, 0x24, 0x30, 0x34, 0xC4, 0xC5, 0xC6, 0xEC, 0x87, 0xF8, 0x91, 0x40];
        let mut rig = empty();
        rig.device.insert(numbered_card(8 << 20));
        for (action, offset, value) in accesses {
            match action {
                0..4 => rig.poke(ATA, 0x2000 + offset, Width::Byte, value),
                4 => rig.poke(ATA, 0x8040 + offset, Width::Word, value),
                5 => rig.poke(DMA, offset, Width::Word, value),
                6 => rig.write(DMA, 0x10, [0x3D, 0x39][offset as usize % 2]),
                7 => rig.poke(ATA, 0x2007, Width::Byte, OPCODES[offset as usize % 12]),
                8 => rig.glance(ATA, 0x2000 + offset, Width::Half),
                9 => (0..600).for_each(|_| rig.poke(ATA, 0x2000, Width::Word, value)),
                _ => _ = rig.step(),
            }
        }
        prop_assert!(rig.board.events.len() <= 4);
        rig.write(DMA, 0x04, 0);
        prop_assert!(rig.device.drive().unwrap().image().changed_bytes() <= 8 << 20);
    }
}

//! The serial flash, byte by byte and in bulk.
#![allow(clippy::unwrap_used)]

mod storage_rig;

use std::sync::Arc;

use darkroom_emu_core::bus::{IrqId, Port, Read, Width, Write};
use darkroom_emu_core::device::serial_flash::{FlashSizeError, SerialFlash, SerialFlashState, flash_content};
use proptest::prelude::*;
use storage_rig::{Rig, sector_of};

const SIZE: u32 = 1 << 20;
const IRQ: u32 = 0x17B;
const SELECT_BIT: u32 = 0x10_0000;

/// Byte n holds n plus the number of its 256-byte page.
fn dump() -> Arc<[u8]> {
    (0..SIZE).map(|n| (n + (n >> 8)) as u8).collect::<Vec<_>>().into()
}

fn rig() -> Rig<SerialFlash> {
    let content = flash_content(Some(dump()), SIZE).unwrap();
    Rig::new(SerialFlash::new(content, SELECT_BIT, IrqId::new(IRQ)))
}

fn send(rig: &mut Rig<SerialFlash>, bytes: &[u8]) {
    bytes.iter().for_each(|&byte| rig.write(SerialFlash::SERIAL, 0x18, byte.into()));
}

fn receive(rig: &mut Rig<SerialFlash>, count: usize) -> Vec<u8> {
    (0..count).map(|_| rig.read(SerialFlash::SERIAL, 0x1C) as u8).collect()
}

fn deselect(rig: &mut Rig<SerialFlash>) {
    rig.write(SerialFlash::SELECT, 0, SELECT_BIT);
    rig.write(SerialFlash::SELECT, 0, 0);
}

fn ask(rig: &mut Rig<SerialFlash>, bytes: &[u8], count: usize) -> Vec<u8> {
    deselect(rig);
    send(rig, bytes);
    receive(rig, count)
}

#[test]
fn reads_continue_and_wrap() {
    let mut rig = rig();
    assert_eq!(ask(&mut rig, &[3, 0, 0x12, 0x34], 3), [0x46, 0x47, 0x48]);
    assert_eq!(ask(&mut rig, &[3, 0x0F, 0xFF, 0xFF], 2), [0xFE, 0]);
    assert_eq!(
        ask(&mut rig, &[0x6B, 0, 0x12, 0x34], 3),
        [0, 0x46, 0x47],
        "quad read begins with a stale byte"
    );
    assert_eq!(ask(&mut rig, &[3, 0xFF, 0xFF, 0xFF], 1), [0xFE], "addresses wrap at the chip's size");
}

#[test]
fn identity_and_status() {
    let mut rig = rig();
    assert_eq!(ask(&mut rig, &[0x9F], 3), [0xC2, 0x10, 0x0C]);
    ask(&mut rig, &[6], 0);
    assert_eq!(ask(&mut rig, &[5], 1), [2]);
    ask(&mut rig, &[4], 0);
    assert_eq!(ask(&mut rig, &[5], 1), [0]);
    ask(&mut rig, &[1, 0x9C], 0);
    assert_eq!(ask(&mut rig, &[5], 1), [0x9C]);
}

#[test]
fn writes_replace_and_erases_blank() {
    let mut rig = rig();
    ask(&mut rig, &[2, 0, 0, 5, 0xAA, 0xBB], 0);
    ask(&mut rig, &[7, 0, 0, 8, 1, 2, 3], 0);
    assert_eq!(ask(&mut rig, &[3, 0, 0, 5], 6), [0xAA, 6, 7, 1, 2, 3]);
    ask(&mut rig, &[0x20, 0, 0x10, 7], 0);
    assert_eq!(sector_of(rig.device.chip().content(), 8), [0xFF; 512]);
    assert_ne!(sector_of(rig.device.chip().content(), 7)[511], 0xFF);
    assert_ne!(sector_of(rig.device.chip().content(), 16)[1], 0xFF);
}

#[test]
fn busy_is_seen_for_a_while() {
    let mut rig = rig();
    ask(&mut rig, &[3, 0, 0, 0], 1);
    let polls: Vec<u32> = (0..12).map(|_| rig.read(SerialFlash::SERIAL, 4)).collect();
    assert_eq!(polls, [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0]);
}

#[test]
fn bulk_blocks_come_half_a_byte_late_and_raise() {
    let mut rig = rig();
    ask(&mut rig, &[0x6B, 0, 0x10, 0], 0);
    rig.write(SerialFlash::DMA, 0, 0x100);
    rig.write(SerialFlash::DMA, 4, 0x7F0 * 9 + 1);
    rig.write(SerialFlash::BULK, 0x7C, 10);
    rig.write(SerialFlash::BULK, 0x88, 0x20);
    assert_eq!(rig.read(SerialFlash::BULK, 0x10), 0, "it takes time");
    rig.settle();
    assert_eq!((rig.read(SerialFlash::BULK, 0x10), rig.read(SerialFlash::BULK, 0x80)), (0x20_0001, 10));
    assert!(rig.take_irq(IRQ));
    let flash = dump();
    for block in [0_usize, 1, 9] {
        let (to, from) = (0x100 + block * 0x7F0, 0x1000 + block * 0x800);
        for at in [0, 1, 0x7EF] {
            let expected = flash[from + at] << 4 | flash[from + at + 1] >> 4;
            assert_eq!(rig.memory.0[to + at], expected, "block {block}, byte {at:#x}");
        }
    }
    assert_eq!(rig.memory.0[0x100 + 10 * 0x7F0], 0);
    rig.write(SerialFlash::DMA, 4, 0x7F0);
    rig.write(SerialFlash::BULK, 0x0C, 0x14);
    rig.settle();
    assert!(!rig.take_irq(IRQ), "this way of starting raises nothing");
}

#[test]
fn a_chip_that_is_not_selected_sends_nothing() {
    let mut rig = rig();
    deselect(&mut rig);
    rig.write(SerialFlash::DMA, 4, 16);
    rig.write(SerialFlash::BULK, 0x88, 0x20);
    rig.settle();
    assert_eq!(rig.memory.0[..0x7F0], [0xFF; 0x7F0]);
}

#[test]
fn dumps_must_have_the_size_of_the_chip() {
    let error = flash_content(Some(vec![0; 1000].into()), SIZE).unwrap_err();
    assert_eq!(error, FlashSizeError { found: 1000, wanted: SIZE });
    let blank = flash_content(None, 16 << 20).unwrap();
    assert_eq!(sector_of(&blank, 32767), [0xFF; 512]);
}

#[test]
fn unknown_registers_and_commands_are_reported() {
    let mut rig = rig();
    assert_eq!(rig.try_write(SerialFlash::SERIAL, 0x20, Width::Word, 0), Write::Unknown);
    assert_eq!(rig.try_read(SerialFlash::BULK, 0x200, Width::Word), Read::Unknown);
    assert_eq!(rig.try_read(SerialFlash::DMA, 0x1C, Width::Word), Read::Unknown);
    send(&mut rig, &[0xEE]);
    let notes = rig.board.journal.drain();
    assert_eq!(String::from_utf8(notes[0].bytes.clone()).unwrap(), "serial flash: unknown command EE\n");
}

#[test]
fn the_state_survives_saving() {
    let mut rig = rig();
    ask(&mut rig, &[7, 0, 0, 8, 1, 2, 3], 0);
    ask(&mut rig, &[3, 0, 0, 8], 1);
    let (saved, digest) = (serde_json::to_string(&rig.device.state()).unwrap(), rig.digest());
    let content = rig.device.chip().content().clone();
    let fresh = flash_content(Some(dump()), SIZE).unwrap();
    rig.device = SerialFlash::new(fresh, SELECT_BIT, IrqId::new(IRQ));
    assert_ne!(rig.digest(), digest);
    rig.device.restore(serde_json::from_str::<SerialFlashState>(&saved).unwrap(), content);
    assert_eq!(rig.digest(), digest);
    assert_eq!(receive(&mut rig, 2), [2, 3]);
}

proptest! {
    /// Random accesses: no panic, no endless chain of events, no growth.
    #[test]
    fn guests_cannot_break_it(accesses in prop::collection::vec((0_u8..8, 0_u32..0x100, any::<u32>()), 1..300)) {
        let mut rig = rig();
        for (action, offset, value) in accesses {
            match action {
                0..3 => rig.write(SerialFlash::SERIAL, 0x18, value),
                3 => rig.glance(SerialFlash::SERIAL, offset, Width::Word),
                4 => rig.poke(Port(offset as u8 & 3), offset, Width::Word, value),
                5 => rig.write(SerialFlash::BULK, 0x88, 0x20),
                6 => rig.write(SerialFlash::DMA, 4, value & 0xF_FFFF),
                _ => _ = rig.step(),
            }
        }
        prop_assert!(rig.board.events.len() <= 2);
        prop_assert!(rig.device.chip().content().changed_bytes() <= SIZE.into());
    }
}

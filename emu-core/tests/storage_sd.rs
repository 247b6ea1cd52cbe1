//! The SD card and its controller, driven the way firmware does.
#![allow(clippy::unwrap_used)]

mod storage_rig;

use darkroom_emu_core::bus::{IrqId, Width, Write};
use darkroom_emu_core::device::sd::{SdHost, SdInterrupts, SdState};
use proptest::prelude::*;
use storage_rig::{Rig, numbered_card, sector_of};

const SD: darkroom_emu_core::bus::Port = SdHost::CONTROLLER;
const DMA: darkroom_emu_core::bus::Port = SdHost::DMA;
const DRIVER: u32 = 0x172;
const DMA_IRQ: u32 = 0x171;
const DONE: u32 = 1;
const FAILED: u32 = 2;
const DATA: u32 = 0x20_0000;

fn empty() -> Rig<SdHost> {
    Rig::new(SdHost::new(SdInterrupts { driver: IrqId::new(DRIVER), dma: IrqId::new(DMA_IRQ) }))
}

fn with_card(bytes: u64) -> Rig<SdHost> {
    let mut rig = empty();
    rig.device.insert(numbered_card(bytes));
    rig
}

/// Send a command and wait for its answer; gives the status.
fn command(rig: &mut Rig<SdHost>, index: u32, argument: u32, flags: u32) -> u32 {
    rig.write(SD, 0x24, (0x40 | index) << 8 | argument >> 24);
    rig.write(SD, 0x20, argument << 8 | 1);
    rig.write(SD, 0x0C, flags);
    assert!(rig.wait(SD, 0x10, DONE | FAILED));
    rig.read(SD, 0x10)
}

fn short(rig: &mut Rig<SdHost>) -> u32 {
    rig.read(SD, 0x34) >> 8 | rig.read(SD, 0x38) << 24
}

fn ask(rig: &mut Rig<SdHost>, index: u32, argument: u32) -> u32 {
    assert_eq!(command(rig, index, argument, 0x12), DONE, "CMD{index}");
    short(rig)
}

/// Clear what the last command left, then ask for interrupts.
fn enable_interrupts(rig: &mut Rig<SdHost>) {
    rig.write(SD, 0x10, 0);
    rig.write(SD, 0x14, 1);
}

/// From power-on to the transfer state; gives OCR and address.
fn start(rig: &mut Rig<SdHost>) -> (u32, u32) {
    assert_eq!(command(rig, 0, 0, 0x11), DONE);
    assert_eq!(ask(rig, 8, 0x1AA), 0x1AA);
    ask(rig, 55, 0);
    let ocr = ask(rig, 41, 0x40FF_8000);
    assert_eq!(command(rig, 2, 0, 0x02), DONE);
    let address = ask(rig, 3, 0) & 0xFFFF_0000;
    assert_eq!(command(rig, 9, address, 0x02), DONE);
    ask(rig, 7, address);
    ask(rig, 55, address);
    ask(rig, 6, 2);
    ask(rig, 16, 512);
    (ocr, address)
}

fn order_dma(rig: &mut Rig<SdHost>, address: u32, bytes: u32) {
    rig.write(DMA, 0x00, address);
    rig.write(DMA, 0x04, bytes);
    rig.write(DMA, 0x10, 1);
    rig.write(SD, 0x7C, bytes / 512);
}

#[test]
fn a_small_card_is_byte_addressed_a_large_one_not() {
    let mut small = with_card(64 << 20);
    let (ocr, address) = start(&mut small);
    assert_eq!((ocr, address), (0x80FF_FF00, 0x4567_0000));
    let mut large = with_card(4 << 30);
    assert_eq!(start(&mut large).0, 0xC0FF_FF00);
}

#[test]
fn the_state_in_the_status_is_the_one_before_the_command() {
    let mut rig = with_card(64 << 20);
    let (_, address) = start(&mut rig);
    assert_eq!(ask(&mut rig, 13, address), 0x0000_0900);
    assert_eq!(command(&mut rig, 7, 0, 0x12), FAILED);
    assert_eq!(ask(&mut rig, 13, address), 0x0000_0700);
    assert_eq!(ask(&mut rig, 7, address) >> 9 & 15, 3);
}

#[test]
fn an_sdhc_card_waits_for_a_host_that_knows_sdhc() {
    let mut rig = with_card(4 << 30);
    command(&mut rig, 0, 0, 0x11);
    ask(&mut rig, 55, 0);
    assert_eq!(ask(&mut rig, 41, 0x00FF_8000), 0x00FF_FF00);
    ask(&mut rig, 55, 0);
    assert_eq!(ask(&mut rig, 41, 0), 0x00FF_FF00);
    ask(&mut rig, 55, 0);
    assert_eq!(ask(&mut rig, 41, 0x40FF_8000), 0xC0FF_FF00);
}

#[test]
fn cid_and_csd_come_as_long_answers() {
    let mut rig = with_card(64 << 20);
    let (_, address) = start(&mut rig);
    command(&mut rig, 7, 0, 0x11);
    assert_eq!(command(&mut rig, 10, address, 0x02), DONE);
    let words: Vec<u32> = [0x40, 0x3C, 0x38, 0x34].iter().map(|&at| rig.read(SD, at)).collect();
    assert_eq!(words[0], u32::from_be_bytes(*b"\x44DKD"));
    assert_eq!(words[1], u32::from_be_bytes(*b"ROOM"));
    assert_eq!(command(&mut rig, 9, address, 0x02), DONE);
    assert_eq!(rig.read(SD, 0x40) >> 30, 0);
}

#[test]
fn read_one_sector_by_pio() {
    let mut rig = with_card(64 << 20);
    start(&mut rig);
    rig.write(SD, 0x08, 0);
    rig.write(SD, 0x68, 512);
    rig.write(SD, 0x7C, 1);
    enable_interrupts(&mut rig);
    assert_eq!(command(&mut rig, 17, 5 * 512, 0x14), DONE);
    assert!(rig.wait(SD, 0x10, DATA));
    assert!(!rig.take_irq(DRIVER), "the interrupt comes after the last word");
    let words: Vec<u32> = (0..128).map(|_| rig.read(SD, 0x6C)).collect();
    assert_eq!(words, [0x0606_0606; 128]);
    assert!(rig.take_irq(DRIVER) && !rig.take_irq(DMA_IRQ));
    assert_eq!((rig.read(SD, 0x80), rig.read(SD, 0x6C)), (1, 0));
}

/// Firmware written against hardware that is always fast enough.
#[test]
fn the_fifo_holds_the_bus_until_data_is_there() {
    let mut rig = with_card(64 << 20);
    start(&mut rig);
    rig.write(SD, 0x08, 0);
    rig.write(SD, 0x7C, 1);
    rig.write(SD, 0x24, 0x40 << 8 | 17 << 8);
    rig.write(SD, 0x20, 512 << 8);
    rig.write(SD, 0x0C, 0x14);
    assert_eq!(rig.read(SD, 0x6C), 0x0202_0202);
}

#[test]
fn read_many_sectors_by_dma_with_interrupts() {
    let mut rig = with_card(4 << 30);
    let (_, address) = start(&mut rig);
    order_dma(&mut rig, 0x1000, 20 * 512);
    enable_interrupts(&mut rig);
    assert_eq!(command(&mut rig, 18, 3, 0x14), DONE);
    assert_eq!(rig.read(SD, 0x10) & DATA, 0, "data takes time");
    assert!(!rig.take_irq(DRIVER), "no interrupt before the data");
    rig.settle();
    assert_eq!(rig.read(SD, 0x10), DATA | DONE);
    assert!(rig.take_irq(DRIVER) && rig.take_irq(DMA_IRQ));
    let sectors: Vec<u8> = rig.memory.0[0x1000..0x1000 + 20 * 512].chunks(512).map(|s| s[511]).collect();
    assert_eq!(sectors, (4..24).collect::<Vec<u8>>());
    assert_eq!(rig.memory.0[0x1000 + 20 * 512], 0);
    assert_eq!(rig.read(SD, 0x80), 20);
    assert_eq!(ask(&mut rig, 12, 0) >> 9 & 15, 5);
    assert_eq!(ask(&mut rig, 13, address) >> 9 & 15, 4);
}

#[test]
fn time_of_a_transfer_follows_its_size() {
    let time = |sectors: u32| {
        let mut rig = with_card(64 << 20);
        start(&mut rig);
        let begin = rig.now;
        order_dma(&mut rig, 0, sectors * 512);
        command(&mut rig, 18, 0, 0x14);
        rig.settle();
        rig.now.since(begin).as_micros()
    };
    assert_eq!(time(1000) - time(500), 500 * 512 / 20);
}

#[test]
fn write_many_sectors_by_dma() {
    for trigger in [(SD, 0x14), (DMA, 0x10)] {
        let mut rig = with_card(64 << 20);
        let (_, address) = start(&mut rig);
        rig.memory.0[0x2000..0x2000 + 40 * 512].fill(0xAB);
        order_dma(&mut rig, 0x2000, 40 * 512);
        assert_eq!(command(&mut rig, 25, 100 * 512, 0x13), DONE);
        rig.settle();
        assert_eq!(rig.read(SD, 0x10), DONE, "a write waits for its start");
        rig.write(trigger.0, trigger.1, 1);
        rig.settle();
        assert_eq!(rig.read(SD, 0x10), DONE | DATA);
        rig.write(SD, 0x14, 1);
        assert!(rig.take_irq(DRIVER) && rig.take_irq(DMA_IRQ));
        ask(&mut rig, 12, 0);
        assert_eq!(ask(&mut rig, 13, address), 0x0900);
        let card = rig.device.card().unwrap().image();
        assert_eq!((sector_of(card, 99)[0], sector_of(card, 100)[0]), (0, 0xAB));
        assert_eq!((sector_of(card, 139)[511], sector_of(card, 140)[0]), (0xAB, 0));
    }
}

#[test]
fn write_two_sectors_by_pio() {
    let mut rig = with_card(64 << 20);
    start(&mut rig);
    rig.write(SD, 0x08, 0);
    rig.write(SD, 0x5C, 512);
    rig.write(SD, 0x7C, 2);
    assert_eq!(command(&mut rig, 25, 7 * 512, 0x13), DONE);
    rig.write(SD, 0x14, 1);
    for word in 0..256 {
        assert_eq!(rig.read(SD, 0x10) & DATA, 0);
        rig.write(SD, 0x6C, word);
    }
    assert!(rig.wait(SD, 0x10, DATA));
    assert!(rig.take_irq(DRIVER));
    ask(&mut rig, 12, 0);
    let card = rig.device.card().unwrap().image();
    assert_eq!(sector_of(card, 7)[4..8], [1, 0, 0, 0]);
    assert_eq!(sector_of(card, 8)[508..], [255, 0, 0, 0]);
    assert_eq!(sector_of(card, 9), [10; 512]);
}

#[test]
fn scr_switch_and_sd_status_come_as_data() {
    let mut rig = with_card(64 << 20);
    let (_, address) = start(&mut rig);
    let mut block = |app: bool, index: u32, argument: u32, bytes: u32| {
        if app {
            ask(&mut rig, 55, address);
        }
        order_dma(&mut rig, 0x100, bytes);
        command(&mut rig, index, argument, 0x14);
        rig.settle();
        assert_eq!(rig.read(SD, 0x10), DONE | DATA);
        rig.memory.0[0x100..0x100 + bytes as usize].to_vec()
    };
    assert_eq!(block(true, 51, 0, 8), [2, 0x25, 0, 0, 0, 0, 0, 0]);
    assert_eq!(block(true, 13, 0, 64)[0], 0x80, "four bits wide");
    assert_eq!(block(false, 6, 0x80FF_FFF1, 64)[16], 1, "high speed");
}

#[test]
fn past_the_end_is_reported() {
    let mut rig = with_card(64 << 20);
    let (_, address) = start(&mut rig);
    let end = 64 << 20;
    assert_eq!(ask(&mut rig, 17, end) & 1 << 31, 1 << 31);
    assert_eq!(ask(&mut rig, 13, address), 0x0900, "reported once");
    assert_eq!(ask(&mut rig, 24, end) & 1 << 31, 1 << 31);
    assert_eq!(ask(&mut rig, 24, 100) & 1 << 30, 1 << 30, "not aligned");
    order_dma(&mut rig, 0, 4 * 512);
    enable_interrupts(&mut rig);
    command(&mut rig, 18, end - 1024, 0x14);
    rig.settle();
    assert_eq!(rig.read(SD, 0x10), DONE | FAILED, "the card ran dry");
    assert!(rig.take_irq(DRIVER));
    assert_eq!(ask(&mut rig, 12, 0) & 1 << 31, 1 << 31);
}

#[test]
fn erased_sectors_read_as_zeros() {
    let mut rig = with_card(64 << 20);
    let (_, address) = start(&mut rig);
    ask(&mut rig, 32, 3 * 512);
    ask(&mut rig, 33, 20 * 512);
    ask(&mut rig, 38, 0);
    assert_eq!(ask(&mut rig, 13, address), 0x0E00, "programming, not ready");
    assert_eq!(command(&mut rig, 38, 0, 0x12), FAILED);
    rig.settle();
    assert_eq!(ask(&mut rig, 13, address) & 0x1F00, 0x0900);
    let card = rig.device.card().unwrap().image();
    let first: Vec<u8> = (0..25).map(|n| sector_of(card, n)[7]).collect();
    assert_eq!(first[..3], [1, 2, 3]);
    assert_eq!(first[3..21], [0; 18]);
    assert_eq!(first[21..], [22, 23, 24, 25]);
    assert_eq!(ask(&mut rig, 38, 0) & 1 << 28, 1 << 28, "no start, no end");
}

#[test]
fn illegal_commands_get_no_answer_and_are_told_next_time() {
    let mut rig = with_card(64 << 20);
    let (_, address) = start(&mut rig);
    assert_eq!(command(&mut rig, 2, 0, 0x02), FAILED);
    assert_eq!(ask(&mut rig, 13, address), 0x0040_0900);
    assert_eq!(ask(&mut rig, 13, address), 0x0900);
    assert_eq!(command(&mut rig, 13, 0x1234_0000, 0x12), FAILED, "another card's address");
}

#[test]
fn an_empty_slot_answers_with_an_error() {
    let mut rig = empty();
    assert!(!rig.device.present());
    assert_eq!(command(&mut rig, 0, 0, 0x11), DONE, "nobody waits for an answer to CMD0");
    assert_eq!(command(&mut rig, 8, 0x1AA, 0x12), FAILED);
    enable_interrupts(&mut rig);
    assert_eq!(command(&mut rig, 17, 0, 0x14), FAILED);
    assert!(rig.take_irq(DRIVER), "a sleeping driver must hear of it");
}

#[test]
fn pulling_the_card_ends_a_transfer_with_an_error() {
    let mut rig = with_card(64 << 20);
    start(&mut rig);
    order_dma(&mut rig, 0, 100 * 512);
    command(&mut rig, 18, 0, 0x14);
    rig.step();
    let image = rig.device.eject().unwrap();
    rig.settle();
    assert_eq!(rig.read(SD, 0x10) & (FAILED | DATA), FAILED);
    rig.device.insert(image);
    start(&mut rig);
}

#[test]
fn unknown_registers_are_reported() {
    let mut rig = with_card(64 << 20);
    assert_eq!(rig.try_write(SD, 0x44, Width::Word, 1), Write::Unknown);
    assert_eq!(rig.try_write(DMA, 0x1C, Width::Word, 1), Write::Unknown);
    assert_eq!(rig.try_read(SD, 0x200, Width::Word), darkroom_emu_core::bus::Read::Unknown);
}

#[test]
fn the_state_survives_saving_in_the_middle_of_a_transfer() {
    let mut rig = with_card(64 << 20);
    start(&mut rig);
    order_dma(&mut rig, 0x100, 64 * 512);
    command(&mut rig, 18, 0, 0x14);
    rig.step();
    let saved = serde_json::to_string(&rig.device.state()).unwrap();
    let digest = rig.digest();
    let image = rig.device.card().unwrap().image().clone();
    rig.device = SdHost::new(SdInterrupts { driver: IrqId::new(DRIVER), dma: IrqId::new(DMA_IRQ) });
    assert_ne!(rig.digest(), digest);
    rig.device.restore(serde_json::from_str::<SdState>(&saved).unwrap(), Some(image));
    assert_eq!(rig.digest(), digest);
    rig.settle();
    assert_eq!(rig.read(SD, 0x10), DONE | DATA);
    assert_eq!(rig.memory.0[0x100 + 63 * 512], 64);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Random register accesses and commands: no panic, no endless chain of events, no growth.
    #[test]
    fn guests_cannot_break_it(accesses in prop::collection::vec(
        (any::<bool>(), 0_u32..0x100, prop_oneof![Just(0_u32), 0_u32..0x80, any::<u32>()], 0_u8..12), 1..200,
    )) {
        let mut rig = with_card(8 << 20);
        start(&mut rig);
        for (dma, offset, value, action) in accesses {
            let port = if dma { DMA } else { SD };
            match action {
                0..6 => rig.poke(port, offset, Width::Word, value),
                6..8 => rig.glance(port, offset, Width::Word),
                8 => {
                    rig.write(SD, 0x24, (0x40 | offset & 0x3F) << 8);
                    rig.write(SD, 0x20, (value & 0xFFFF) << 8);
                    rig.write(SD, 0x0C, [0x14, 0x13, 0x12, 0x11][offset as usize % 4]);
                }
                _ => _ = rig.step(),
            }
        }
        prop_assert!(rig.board.events.len() <= 4);
        prop_assert!(rig.device.card().unwrap().image().changed_bytes() <= 8 << 20);
    }
}

//! All devices of a camera, by type.

use darkroom_models::{Camera, CardSlot, DeviceKind, Generation, InterruptId};

use crate::bus::{Device, DeviceId, IrqId, Port, StateHasher};
use crate::card::Overlay;
use crate::device::card_led::CardLed;
use crate::device::cf::{CfController, CfInterrupts};
use crate::device::display::Display;
use crate::device::dma::CopyDma;
use crate::device::engine::{AdtgDma, Edmac, GapWidths, HeadTimers, Jpcore, Preprocessor};
use crate::device::gpio::Gpio;
use crate::device::hptimer::HpTimers;
use crate::device::i2c::I2c;
use crate::device::interrupt::InterruptRegisters;
use crate::device::ml_helpers::MlHelpers;
use crate::device::mpu::{Mpu, MpuWiring};
use crate::device::power::Power;
use crate::device::register_block::{self, Layout, RegisterBlock};
use crate::device::rtc::RtcChip;
use crate::device::sd::{SdHost, SdInterrupts};
use crate::device::serial_flash::SerialFlash;
use crate::device::sio::Sio;
use crate::device::timers::{MicrosecondClock, Timers};
use crate::device::uart::Uart;

/// Which field of [`Devices`] is meant. The order is the order of the state hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Slot {
    Interrupts,
    Clock,
    Timers,
    HpTimers,
    Uart,
    Gpio,
    CardLed,
    Power,
    Display,
    CopyDma,
    I2c,
    Sio,
    MlHelpers,
    Mpu,
    Sd,
    Cf,
    SerialFlash,
    AdtgDma,
    Edmac,
    HeadTimers,
    Jpcore,
    Preprocessor,
    /// The first of the plain register blocks; the others follow.
    Blocks,
}

/// The plain register blocks, in the order of their ids after [`Slot::Blocks`].
pub(super) const BLOCKS: [Layout; 9] = [
    register_block::FLASH_CONTROL,
    register_block::BASIC_POWER,
    register_block::BASIC_CLOCK,
    register_block::BASIC_SUSPEND,
    register_block::ADC,
    register_block::ASIF,
    register_block::CARTRIDGE,
    register_block::HELPER_MAILBOX,
    register_block::ENGINE,
];

/// All of them but the blocks, in order.
const SLOTS: [Slot; Slot::Blocks as usize] = [
    Slot::Interrupts,
    Slot::Clock,
    Slot::Timers,
    Slot::HpTimers,
    Slot::Uart,
    Slot::Gpio,
    Slot::CardLed,
    Slot::Power,
    Slot::Display,
    Slot::CopyDma,
    Slot::I2c,
    Slot::Sio,
    Slot::MlHelpers,
    Slot::Mpu,
    Slot::Sd,
    Slot::Cf,
    Slot::SerialFlash,
    Slot::AdtgDma,
    Slot::Edmac,
    Slot::HeadTimers,
    Slot::Jpcore,
    Slot::Preprocessor,
];

impl Slot {
    pub(super) const fn id(self) -> DeviceId {
        DeviceId(self as u8)
    }
}

/// The devices.
#[derive(Clone)]
pub(super) struct Devices {
    interrupts: InterruptRegisters,
    clock: MicrosecondClock,
    timers: Timers,
    hptimers: HpTimers,
    pub(super) uart: Uart,
    gpio: Gpio,
    pub(super) card_led: CardLed,
    power: Power,
    pub(super) display: Display,
    copy_dma: CopyDma,
    i2c: I2c,
    sio: Sio,
    ml_helpers: MlHelpers,
    pub(super) mpu: Mpu,
    sd: SdHost,
    cf: CfController,
    serial_flash: Option<SerialFlash>,
    adtg: AdtgDma,
    edmac: Edmac,
    heads: HeadTimers,
    jpcore: Jpcore,
    preprocessor: Preprocessor,
    blocks: [RegisterBlock; BLOCKS.len()],
}

impl Devices {
    /// The devices of `camera`; `flash` is the content of its serial flash, if it has one.
    pub(super) fn new(camera: &Camera, flash: Option<Overlay>) -> Self {
        let timers = camera.timers;
        let hptimers: Vec<IrqId> = window_interrupts(camera, DeviceKind::Hptimers).collect();
        Self {
            interrupts: InterruptRegisters,
            clock: MicrosecondClock,
            timers: Timers::new(timers.kernel_timer, irq(timers.kernel_interrupt)),
            hptimers: HpTimers::new(&hptimers, irq(timers.hptimer_interrupt)),
            uart: Uart::new(irq(camera.uart.rx_interrupt), irq(camera.uart.tx_interrupt)),
            gpio: Gpio::new(camera.gpio.clone()),
            card_led: CardLed::new(camera.card_led.clone()),
            power: Power::new(camera.image_power),
            display: Display::new(camera.display),
            copy_dma: copy_dma(camera),
            i2c: I2c::default(),
            sio: Sio::new(RtcChip::new(camera.rtc)),
            ml_helpers: MlHelpers,
            mpu: mpu(camera),
            sd: sd(camera),
            cf: cf(camera),
            serial_flash: serial_flash(camera, flash),
            adtg: AdtgDma::new(window_interrupts(camera, DeviceKind::AdtgDma).next()),
            edmac: Edmac::new(gap_widths(camera.generation)),
            heads: heads(camera),
            jpcore: Jpcore::new(window_interrupts(camera, DeviceKind::Jpcore).next()),
            preprocessor: Preprocessor::new(def_interrupt(camera.generation)),
            blocks: BLOCKS.map(RegisterBlock::new),
        }
    }

    /// The device with this id.
    pub(super) fn get(&mut self, id: DeviceId) -> Option<&mut dyn Device> {
        let index = usize::from(id.0);
        match SLOTS.get(index) {
            Some(slot) => self.by_slot(*slot),
            None => self.blocks.get_mut(index - SLOTS.len()).map(|block| block as &mut dyn Device),
        }
    }

    fn by_slot(&mut self, slot: Slot) -> Option<&mut dyn Device> {
        Some(match slot {
            Slot::Interrupts => &mut self.interrupts,
            Slot::Clock => &mut self.clock,
            Slot::Timers => &mut self.timers,
            Slot::HpTimers => &mut self.hptimers,
            Slot::Uart => &mut self.uart,
            Slot::Gpio => &mut self.gpio,
            Slot::CardLed => &mut self.card_led,
            Slot::Power => &mut self.power,
            Slot::Display => &mut self.display,
            Slot::CopyDma => &mut self.copy_dma,
            Slot::I2c => &mut self.i2c,
            Slot::Sio => &mut self.sio,
            Slot::MlHelpers => &mut self.ml_helpers,
            Slot::Mpu => &mut self.mpu,
            Slot::Sd => &mut self.sd,
            Slot::Cf => &mut self.cf,
            Slot::SerialFlash => return self.serial_flash.as_mut().map(|flash| flash as &mut dyn Device),
            Slot::AdtgDma => &mut self.adtg,
            Slot::Edmac => &mut self.edmac,
            Slot::HeadTimers => &mut self.heads,
            Slot::Jpcore => &mut self.jpcore,
            Slot::Preprocessor => &mut self.preprocessor,
            Slot::Blocks => return None,
        })
    }

    /// Feeds the state of all devices into a state hash.
    pub(super) fn hash_state(&mut self, hasher: &mut StateHasher) {
        let ids = (0..SLOTS.len() + BLOCKS.len()).map(|index| DeviceId(index as u8));
        for id in ids {
            if let Some(device) = self.get(id) {
                device.hash_state(hasher);
            }
        }
    }

    /// Puts a card into a slot.
    pub(super) fn insert_card(&mut self, slot: CardSlot, card: Overlay) {
        match slot {
            CardSlot::Cf => self.cf.insert(card),
            _ => self.sd.insert(card),
        }
    }

    /// Takes the card out of a slot.
    pub(super) fn eject_card(&mut self, slot: CardSlot) -> Option<Overlay> {
        match slot {
            CardSlot::Cf => self.cf.eject(),
            _ => self.sd.eject(),
        }
    }

    /// The card in a slot.
    pub(super) fn card(&self, slot: CardSlot) -> Option<&Overlay> {
        match slot {
            CardSlot::Cf => self.cf.drive().map(|drive| drive.image()),
            _ => self.sd.card().map(|card| card.image()),
        }
    }
}

/// The controller's id of an interrupt of the camera's data.
pub(super) fn irq(id: InterruptId) -> Option<IrqId> {
    IrqId::new(u32::from(id.get()))
}

/// The interrupts that the windows of a kind name, in the order of the windows' names.
fn window_interrupts(camera: &Camera, kind: DeviceKind) -> impl Iterator<Item = IrqId> + '_ {
    let windows = camera.windows.values().filter(move |window| window.device == kind);
    windows.flat_map(|window| &window.interrupts).filter_map(|id| irq(*id))
}

/// Calls `set` with port and interrupt of each window of a kind whose instances count from 1.
fn each_channel(camera: &Camera, kind: DeviceKind, mut set: impl FnMut(Port, IrqId)) {
    for window in camera.windows.values().filter(|window| window.device == kind) {
        if let Some(irq) = window.interrupts.first().and_then(|id| irq(*id)) {
            set(super::placement::channel_port(window.instance), irq);
        }
    }
}

fn copy_dma(camera: &Camera) -> CopyDma {
    let mut dma = CopyDma::default();
    each_channel(camera, DeviceKind::Dma, |port, irq| dma.set_interrupt(port, irq));
    dma
}

fn mpu(camera: &Camera) -> Mpu {
    let wiring = MpuWiring {
        request_interrupt: irq(camera.mpu.request_interrupt),
        serial_interrupt: irq(camera.mpu.serial_interrupt),
        request_bit: camera.mpu.request_bitmask,
        dedicated_movie_mode: camera.mpu.dedicated_movie_mode,
    };
    Mpu::new(wiring, camera.spell_table().clone(), camera.button_table().clone())
}

fn sd(camera: &Camera) -> SdHost {
    let interrupts =
        SdInterrupts { driver: irq(camera.sd.driver_interrupt), dma: irq(camera.sd.dma_interrupt) };
    SdHost::new(interrupts)
}

fn cf(camera: &Camera) -> CfController {
    let interrupts = camera.cf.as_ref();
    CfController::new(CfInterrupts {
        driver: interrupts.and_then(|cf| irq(cf.driver_interrupt)),
        dma: interrupts.and_then(|cf| irq(cf.dma_interrupt)),
    })
}

fn serial_flash(camera: &Camera, content: Option<Overlay>) -> Option<SerialFlash> {
    let spec = camera.serial_flash?;
    Some(SerialFlash::new(content?, spec.cs_bitmask, irq(spec.interrupt)))
}

fn heads(camera: &Camera) -> HeadTimers {
    let mut heads = HeadTimers::default();
    each_channel(camera, DeviceKind::Head, |port, irq| heads.set_interrupt(port, irq));
    heads
}

/// What the DEF unit's interrupt register reads (reference: engine.md §4).
const fn def_interrupt(generation: Generation) -> u32 {
    match generation {
        Generation::Digic5 => 0x10,
        _ => 0x20,
    }
}

/// How wide the gaps of an engine DMA channel are (reference: engine.md §2.2).
const fn gap_widths(generation: Generation) -> GapWidths {
    match generation {
        Generation::Digic5 => GapWidths { run: 19, pass: 32 },
        _ => GapWidths { run: 17, pass: 28 },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_stand_at_their_numbers() {
        for (index, slot) in SLOTS.into_iter().enumerate() {
            assert_eq!(usize::from(slot.id().0), index, "{slot:?}");
        }
    }
}

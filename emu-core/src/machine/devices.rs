//! All devices of a camera, by type.

use darkroom_models::{Camera, CardSlot, DeviceKind, Generation, InterruptId};

use crate::bus::{Device, DeviceId, IrqId, Port, StateHasher};
use crate::card::Overlay;
use crate::device::card_led::CardLed;
use crate::device::cf::{CfController, CfInterrupts};
use crate::device::display::Display;
use crate::device::dma::CopyDma;
use crate::device::engine::{AdtgDma, Edmac, HeadTimers, Jpcore, Preprocessor};
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
    AdtgDma,
    Edmac,
    HeadTimers,
    Jpcore,
    Preprocessor,
    /// The first of the plain register blocks; the others follow.
    Blocks,
}

/// The plain register blocks, in the order of their ids after [`Slot::Blocks`].
pub(super) const BLOCKS: [Layout; 10] = [
    register_block::FLASH_CONTROL,
    register_block::BASIC_POWER,
    register_block::BASIC_CLOCK,
    register_block::BASIC_SUSPEND,
    register_block::ADC,
    register_block::ASIF,
    register_block::CARTRIDGE,
    register_block::HELPER_MAILBOX,
    register_block::ENGINE,
    register_block::EDMAC_SWITCH,
];

impl Slot {
    pub(super) const fn id(self) -> DeviceId {
        DeviceId(self as u8)
    }
}

/// The devices.
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
    adtg: AdtgDma,
    edmac: Edmac,
    heads: HeadTimers,
    jpcore: Jpcore,
    preprocessor: Preprocessor,
    blocks: [RegisterBlock; BLOCKS.len()],
}

impl Devices {
    pub(super) fn new(camera: &Camera) -> Self {
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
            adtg: AdtgDma::new(window_interrupts(camera, DeviceKind::AdtgDma).next()),
            edmac: Edmac::default(),
            heads: heads(camera),
            jpcore: Jpcore::new(window_interrupts(camera, DeviceKind::Jpcore).next()),
            preprocessor: Preprocessor::new(def_interrupt(camera.generation)),
            blocks: BLOCKS.map(RegisterBlock::new),
        }
    }

    /// The device with this id.
    pub(super) fn get(&mut self, id: DeviceId) -> Option<&mut dyn Device> {
        let block = id.0.checked_sub(Slot::Blocks as u8);
        if let Some(index) = block {
            return self.blocks.get_mut(usize::from(index)).map(|block| block as &mut dyn Device);
        }
        self.all().into_iter().nth(usize::from(id.0))
    }

    /// Feeds the state of all devices into a state hash.
    pub(super) fn hash_state(&mut self, hasher: &mut StateHasher) {
        self.all().into_iter().for_each(|device| device.hash_state(hasher));
        self.blocks.iter().for_each(|block| block.hash_state(hasher));
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

    /// The devices in the order of [`Slot`], without the plain blocks.
    fn all(&mut self) -> [&mut dyn Device; Slot::Blocks as usize] {
        [
            &mut self.interrupts,
            &mut self.clock,
            &mut self.timers,
            &mut self.hptimers,
            &mut self.uart,
            &mut self.gpio,
            &mut self.card_led,
            &mut self.power,
            &mut self.display,
            &mut self.copy_dma,
            &mut self.i2c,
            &mut self.sio,
            &mut self.ml_helpers,
            &mut self.mpu,
            &mut self.sd,
            &mut self.cf,
            &mut self.adtg,
            &mut self.edmac,
            &mut self.heads,
            &mut self.jpcore,
            &mut self.preprocessor,
        ]
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

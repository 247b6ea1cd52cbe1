//! Which device answers at which address of a camera.

use darkroom_models::{Addr, Camera, DeviceKind, Window as WindowSpec};

use super::devices::Slot;
use crate::bus::{DeviceId, Port, Window, WindowTable};
use crate::device::cf::CfController;
use crate::device::engine::Edmac;
use crate::device::sd::SdHost;
use crate::device::serial_flash::SerialFlash;
use crate::device::{display, interrupt, mpu, power, sio, uart};

/// Read where the serial port knows no register (reference: interrupts-timers-uart.md §4).
const UART_DEFAULT: u32 = 1;

/// All windows of a camera: single registers first, then the windows from the smallest to the largest.
pub(super) fn windows(camera: &Camera) -> WindowTable {
    let registers = single_registers(camera).into_iter();
    let windows = camera.windows_in_match_order().filter_map(|(_, window)| place(camera, window));
    WindowTable::new(&registers.chain(windows).collect::<Vec<_>>())
}

/// Registers of other devices inside the GPIO and power windows, in the order in which the camera decides
/// (reference: boot-and-memory.md §8.5).
fn single_registers(camera: &Camera) -> Vec<Window> {
    let mut registers = mpu_registers(camera);
    registers.extend([
        register(camera.card_led.register, Slot::CardLed, Port(0)),
        register(camera.rtc.cs_register, Slot::Sio, sio::RTC_SELECT),
        register(camera.image_power.detect_register, Slot::Power, power::DETECT),
        register(camera.image_power.config_register, Slot::Power, power::CONFIG),
    ]);
    registers.extend(
        camera.serial_flash.map(|flash| register(flash.cs_register, Slot::SerialFlash, SerialFlash::SELECT)),
    );
    registers
}

fn mpu_registers(camera: &Camera) -> Vec<Window> {
    let mpu = &camera.mpu;
    let control = register(mpu.control_register, Slot::Mpu, mpu::CONTROL);
    if mpu.request_register == mpu.status_register {
        return vec![register(mpu.request_register, Slot::Mpu, mpu::REQUEST_STATUS), control];
    }
    let request = register(mpu.request_register, Slot::Mpu, mpu::REQUEST);
    vec![request, register(mpu.status_register, Slot::Mpu, mpu::STATUS), control]
}

const fn register(addr: Addr, slot: Slot, port: Port) -> Window {
    Window { start: addr.0, end: addr.0.saturating_add(3), device: slot.id(), port, default_read: 0 }
}

fn place(camera: &Camera, spec: &WindowSpec) -> Option<Window> {
    let (device, port) = serial_flash_channel(camera, spec).or_else(|| owner(spec))?;
    let default_read = match spec.device {
        DeviceKind::Uart => UART_DEFAULT,
        DeviceKind::Gpio => camera.gpio.default,
        _ => 0,
    };
    Some(Window { start: spec.start.0, end: spec.end.0, device, port, default_read })
}

/// The serial channel that the flash is wired to belongs to the flash.
fn serial_flash_channel(camera: &Camera, spec: &WindowSpec) -> Option<(DeviceId, Port)> {
    let flash = camera.serial_flash?;
    let wired = spec.device == DeviceKind::Sio && spec.instance == flash.sio_channel;
    wired.then_some((Slot::SerialFlash.id(), SerialFlash::SERIAL))
}

/// Device and port behind a window; `None` for a kind that is not modelled, whose accesses are reported.
fn owner(spec: &WindowSpec) -> Option<(DeviceId, Port)> {
    let (slot, port) = match (spec.device, spec.instance) {
        (DeviceKind::InterruptEngine, _) => (Slot::Interrupts, interrupt::ENGINE),
        (DeviceKind::InterruptBitmap, _) => (Slot::Interrupts, interrupt::BITMAP),
        (DeviceKind::MicrosecondClock, _) => (Slot::Clock, Port(0)),
        (DeviceKind::Timers, _) => (Slot::Timers, Port(0)),
        (DeviceKind::Hptimers, _) => (Slot::HpTimers, Port(0)),
        (DeviceKind::Uart, 2) => (Slot::Uart, uart::CELLS),
        (DeviceKind::Uart, _) => (Slot::Uart, uart::MAIN),
        (DeviceKind::UartDma, _) => (Slot::Uart, uart::DMA),
        (DeviceKind::Gpio, _) => (Slot::Gpio, Port(0)),
        (DeviceKind::PowerControl, _) => (Slot::Power, power::LATCHES),
        (DeviceKind::Display, 0) => (Slot::Display, display::MAIN),
        (DeviceKind::Display, _) => (Slot::Display, display::COPY),
        (DeviceKind::I2c, _) => (Slot::I2c, Port(0)),
        (DeviceKind::Sio, _) => (Slot::Sio, sio::CHANNEL),
        (DeviceKind::MpuSio, _) => (Slot::Mpu, mpu::SERIAL),
        (DeviceKind::Sd, _) => (Slot::Sd, SdHost::CONTROLLER),
        (DeviceKind::SdDma, _) => (Slot::Sd, SdHost::DMA),
        (DeviceKind::CfAta, _) => (Slot::Cf, CfController::ATA),
        (DeviceKind::CfDma, _) => (Slot::Cf, CfController::DMA),
        (DeviceKind::SerialFlash, _) => (Slot::SerialFlash, SerialFlash::BULK),
        (DeviceKind::SerialFlashDma, _) => (Slot::SerialFlash, SerialFlash::DMA),
        (DeviceKind::MlHelpers, _) => (Slot::MlHelpers, Port(0)),
        (DeviceKind::AdtgDma, _) => (Slot::AdtgDma, Port(0)),
        (DeviceKind::Edmac, instance) => (Slot::Edmac, Port(instance as u8)),
        (DeviceKind::EdmacSwitch, _) => (Slot::Edmac, Edmac::SWITCH),
        (DeviceKind::Dma, instance) => (Slot::CopyDma, channel_port(instance)),
        (DeviceKind::Head, instance) => (Slot::HeadTimers, channel_port(instance)),
        (DeviceKind::Jpcore, _) => (Slot::Jpcore, Port(0)),
        (DeviceKind::Preprocessor, _) => (Slot::Preprocessor, Port(0)),
        (kind, instance) => return block_index(kind, instance).map(|index| (block_id(index), Port(0))),
    };
    Some((slot.id(), port))
}

/// Instances that count from 1 have ports that count from 0.
pub(super) const fn channel_port(instance: u16) -> Port {
    Port(instance.saturating_sub(1) as u8)
}

const fn block_id(index: u8) -> DeviceId {
    DeviceId(Slot::Blocks as u8 + index)
}

/// Place in [`super::devices::BLOCKS`].
const fn block_index(kind: DeviceKind, instance: u16) -> Option<u8> {
    match (kind, instance) {
        (DeviceKind::FlashControl, _) => Some(0),
        (DeviceKind::Basic, 0) => Some(1),
        (DeviceKind::Basic, 1) => Some(2),
        (DeviceKind::Basic, _) => Some(3),
        (DeviceKind::Adc, _) => Some(4),
        (DeviceKind::Asif, _) => Some(5),
        (DeviceKind::Cartridge, _) => Some(6),
        (DeviceKind::HelperMailbox, _) => Some(7),
        (DeviceKind::EngineIo, _) => Some(8),
        _ => None,
    }
}

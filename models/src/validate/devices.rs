//! Registers, bits and interrupts of the parts.

use std::collections::BTreeMap;

use super::Check;
use crate::addr::Addr;
use crate::gpio::GpioBehaviour;
use crate::ids::InterruptId;
use crate::windows::DeviceKind;

const COUNTDOWN_TIMERS: u8 = 16;
/// More pixels than any panel has; keeps frames small.
const MAX_SIDE: u32 = 4096;

pub(super) fn check(check: &mut Check<'_>) {
    registers(check);
    bits(check);
    interrupts(check);
    card_led(check);
    display(check);
    voltages(check);
    let timer = check.camera.timers.kernel_timer;
    check.rule(timer < COUNTDOWN_TIMERS, "timers.kernel_timer", format_args!("there is no timer {timer}"));
}

/// Each register in the window of its device, and no two parts on one register.
fn registers(check: &mut Check<'_>) {
    let camera = check.camera;
    let power = [DeviceKind::PowerControl, DeviceKind::Gpio];
    in_window(check, camera.mpu.control_register, &[DeviceKind::MpuRequest], "mpu.control_register");
    in_window(check, camera.image_power.config_register, &power, "image_power.config_register");
    let mut lines = vec![
        ("mpu.request_register", camera.mpu.request_register),
        ("mpu.status_register", camera.mpu.status_register),
        ("card_led.register", camera.card_led.register),
        ("rtc.cs_register", camera.rtc.cs_register),
        ("image_power.detect_register", camera.image_power.detect_register),
    ];
    lines.extend(camera.serial_flash.map(|flash| ("serial_flash.cs_register", flash.cs_register)));
    let mut owners: BTreeMap<Addr, &str> = BTreeMap::new();
    for (key, addr) in lines {
        in_window(check, addr, &[DeviceKind::Gpio], key);
        let first = *owners.entry(addr).or_insert(key);
        let shared = (first, key) == ("mpu.request_register", "mpu.status_register");
        check.rule(first == key || shared, key, format_args!("{addr} is also {first}"));
    }
}

fn in_window(check: &mut Check<'_>, addr: Addr, devices: &[DeviceKind], key: &str) {
    check.aligned(addr, 4, key);
    let owner = check.camera.window_at(addr).map(|(_, window)| window.device);
    let inside = owner.is_some_and(|device| devices.contains(&device));
    check.rule(inside, key, format_args!("{addr} is not in a window of {devices:?}"));
}

fn bits(check: &mut Check<'_>) {
    let camera = check.camera;
    check.power_of_two(camera.mpu.request_bitmask, "mpu.request_bitmask");
    check.power_of_two(camera.image_power.config_bit, "image_power.config_bit");
    check.power_of_two(camera.image_power.detect_bit, "image_power.detect_bit");
    if let Some(flash) = camera.serial_flash {
        check.power_of_two(flash.cs_bitmask, "serial_flash.cs_bitmask");
        check.power_of_two(flash.size, "serial_flash.size");
    }
}

/// The firmware tells parts apart by interrupt number, so no two share one.
fn interrupts(check: &mut Check<'_>) {
    let camera = check.camera;
    let mut used = vec![
        ("timers.kernel_interrupt", camera.timers.kernel_interrupt),
        ("timers.hptimer_interrupt", camera.timers.hptimer_interrupt),
        ("uart.rx_interrupt", camera.uart.rx_interrupt),
        ("uart.tx_interrupt", camera.uart.tx_interrupt),
        ("mpu.request_interrupt", camera.mpu.request_interrupt),
        ("mpu.serial_interrupt", camera.mpu.serial_interrupt),
        ("sd.driver_interrupt", camera.sd.driver_interrupt),
        ("sd.dma_interrupt", camera.sd.dma_interrupt),
        ("image_power.interrupt", camera.image_power.interrupt),
        ("display.interrupt", camera.display.interrupt),
    ];
    if let Some(cf) = camera.cf {
        used.push(("cf.driver_interrupt", cf.driver_interrupt));
        used.push(("cf.dma_interrupt", cf.dma_interrupt));
    }
    used.extend(camera.serial_flash.map(|flash| ("serial_flash.interrupt", flash.interrupt)));
    let mut owners: BTreeMap<InterruptId, &str> = BTreeMap::new();
    for (key, id) in used {
        let first = *owners.entry(id).or_insert(key);
        check.rule(first == key, key, format_args!("{id} is also {first}"));
    }
}

fn card_led(check: &mut Check<'_>) {
    let led = &check.camera.card_led;
    check.rule(!led.on.is_empty(), "card_led.on", "names no value");
    check.rule(!led.off.is_empty(), "card_led.off", "names no value");
    for value in led.off.iter().filter(|value| led.on.contains(value)) {
        check.fault("card_led.off", format_args!("{value:#X} is also in card_led.on"));
    }
}

fn display(check: &mut Check<'_>) {
    let d = check.camera.display;
    for (key, side) in
        [("display.width", d.width), ("display.height", d.height), ("display.image_rows", d.image_rows)]
    {
        let sane = (1..=MAX_SIDE).contains(&side);
        check.rule(sane, key, format_args!("{side} is outside 1 to {MAX_SIDE}"));
    }
    let width = u64::from(d.width);
    let pitches = [
        ("display.pitch_4bit", d.pitch_4bit, width.div_ceil(2)),
        ("display.pitch_8bit", d.pitch_8bit, width),
        ("display.image_pitch", d.image_pitch, 2 * width),
    ];
    for (key, pitch, least) in pitches {
        let sane = (least..=u64::from(4 * MAX_SIDE)).contains(&u64::from(pitch));
        check.rule(sane, key, format_args!("{pitch} bytes do not hold a line of {width} pixels"));
    }
}

fn voltages(check: &mut Check<'_>) {
    let gpio = &check.camera.gpio;
    let reader = gpio.registers.iter().find(|(_, line)| **line == GpioBehaviour::VoltageReading);
    if let Some((offset, _)) = reader {
        let known = !gpio.voltages.is_empty();
        check.rule(known, format_args!("gpio.registers.{offset}"), "gpio.voltages has no readings");
    }
    for (index, voltage) in gpio.voltages.iter().enumerate() {
        let again = gpio.voltages[..index].iter().any(|v| (v.a, v.b) == (voltage.a, voltage.b));
        check.rule(
            !again,
            "gpio.voltages",
            format_args!("two readings for {:#X}, {:#X}", voltage.a, voltage.b),
        );
    }
}

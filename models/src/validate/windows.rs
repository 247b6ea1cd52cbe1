//! MMIO windows: shape, nesting, and that the devices a camera needs are there.

use std::collections::BTreeMap;

use super::Check;
use crate::camera::CardSlot;
use crate::windows::{DeviceKind, Window};

/// Devices without which no camera starts.
const NEEDED: [DeviceKind; 9] = [
    DeviceKind::Basic,
    DeviceKind::Display,
    DeviceKind::Gpio,
    DeviceKind::InterruptEngine,
    DeviceKind::MicrosecondClock,
    DeviceKind::MpuRequest,
    DeviceKind::MpuSio,
    DeviceKind::Timers,
    DeviceKind::Uart,
];
/// Offsets of port lines have 16 bits.
const GPIO_BYTES: u64 = 0x1_0000;

pub(super) fn check(check: &mut Check<'_>) {
    let windows = &check.camera.windows;
    for (name, window) in windows {
        shape(check, name, window);
    }
    for (index, (name, window)) in windows.iter().enumerate() {
        for (other_name, other) in windows.iter().take(index) {
            nesting(check, name, window, other_name, other);
        }
    }
    instances(check);
    for device in NEEDED {
        needed(check, device, "every camera");
    }
    cards(check);
    serial_flash(check);
    gpio(check);
}

fn shape(check: &mut Check<'_>, name: &str, window: &Window) {
    let key = |field: &str| format!("windows.{name}.{field}");
    check.rule(window.start <= window.end, key("end"), "lies before start");
    check.aligned(window.start, 4, key("start"));
    let whole = window.end.0 % 4 == 3;
    check.rule(whole, key("end"), format_args!("{} is not the last byte of a word", window.end));
    let mmio = check.camera.memory.mmio;
    for (field, addr) in [("start", window.start), ("end", window.end)] {
        let inside = mmio.contains(addr);
        check.rule(inside, key(field), format_args!("{addr} is outside memory.mmio"));
    }
}

/// Two windows are apart, or one lies wholly in the other.
fn nesting(check: &mut Check<'_>, name: &str, window: &Window, other_name: &str, other: &Window) {
    let sound = !window.overlaps(other) || window.encloses(other) || other.encloses(window);
    check.rule(
        sound,
        format_args!("windows.{name}.start"),
        format_args!("overlaps windows.{other_name}; windows may nest, not cross"),
    );
}

fn instances(check: &mut Check<'_>) {
    let mut seen = BTreeMap::new();
    for (name, window) in &check.camera.windows {
        let first = *seen.entry((window.device, window.instance)).or_insert(name);
        check.rule(
            first == name,
            format_args!("windows.{name}.instance"),
            format_args!("is also the instance of windows.{first}"),
        );
    }
}

fn needed(check: &mut Check<'_>, device: DeviceKind, why: &str) {
    let found = check.camera.windows.values().any(|window| window.device == device);
    check.rule(found, "windows", format_args!("no window of a {device:?} device, which {why} needs"));
}

fn cards(check: &mut Check<'_>) {
    if check.camera.has_slot(CardSlot::Sd) {
        needed(check, DeviceKind::Sd, "an SD slot");
        needed(check, DeviceKind::SdDma, "an SD slot");
    }
    if check.camera.has_slot(CardSlot::Cf) {
        needed(check, DeviceKind::CfAta, "a CF slot");
        needed(check, DeviceKind::CfDma, "a CF slot");
    }
}

fn serial_flash(check: &mut Check<'_>) {
    let bulk = [DeviceKind::SerialFlash, DeviceKind::SerialFlashDma];
    let Some(flash) = check.camera.serial_flash else {
        let stray = check.camera.windows.iter().find(|(_, window)| bulk.contains(&window.device));
        if let Some((name, _)) = stray {
            check.fault(format_args!("windows.{name}.device"), "the camera has no serial_flash");
        }
        return;
    };
    for device in bulk {
        needed(check, device, "a serial flash");
    }
    let on_channel = |w: &Window| w.device == DeviceKind::Sio && w.instance == flash.sio_channel;
    let channel = check.camera.windows.values().any(on_channel);
    check.rule(channel, "serial_flash.sio_channel", "there is no such SIO window");
}

fn gpio(check: &mut Check<'_>) {
    let name = check.camera.gpio.window.as_str();
    let Some(window) = check.camera.gpio_window() else {
        check.fault("gpio.window", format_args!("there is no window {name:?}"));
        return;
    };
    check.rule(
        window.device == DeviceKind::Gpio,
        "gpio.window",
        format_args!("windows.{name} is no GPIO device"),
    );
    let (size, fits) = (window.size(), window.size() <= GPIO_BYTES);
    check.rule(fits, format_args!("windows.{name}.end"), "a GPIO window has at most 0x10000 bytes");
    for offset in check.camera.gpio.registers.keys() {
        let key = format!("gpio.registers.{offset}");
        check.rule(offset.0.is_multiple_of(4), &key, "is not a multiple of 4");
        check.rule(u64::from(offset.0) < size, &key, "lies beyond the GPIO window");
    }
}

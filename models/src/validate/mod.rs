//! The rules that types cannot hold. Each fault names the key and the reason.

mod devices;
mod firmware;
mod identity;
mod memory;
mod windows;

use std::fmt;

use crate::addr::Addr;
use crate::camera::Camera;
use crate::memory::Region;

pub(crate) use identity::names_are_unique;

/// Dotted key and reason.
pub(crate) type Fault = (String, String);

/// All faults of a camera; `stem` is the name of its file.
pub(crate) fn camera(camera: &Camera, stem: &str) -> Vec<Fault> {
    let mut check = Check { camera, faults: Vec::new() };
    identity::check(&mut check, stem);
    memory::check(&mut check);
    windows::check(&mut check);
    devices::check(&mut check);
    firmware::check(&mut check);
    check.faults
}

/// Collects the faults of one camera.
struct Check<'a> {
    camera: &'a Camera,
    faults: Vec<Fault>,
}

impl Check<'_> {
    fn fault(&mut self, key: impl fmt::Display, reason: impl fmt::Display) {
        self.faults.push((key.to_string(), reason.to_string()));
    }

    /// Records a fault unless the rule holds.
    fn rule(&mut self, holds: bool, key: impl fmt::Display, reason: impl fmt::Display) {
        if !holds {
            self.fault(key, reason);
        }
    }

    fn aligned(&mut self, addr: Addr, bytes: u32, key: impl fmt::Display) {
        self.rule(addr.is_aligned(bytes), key, format_args!("{addr} is not a multiple of {bytes:#X}"));
    }

    fn power_of_two(&mut self, value: u32, key: impl fmt::Display) {
        self.rule(value.is_power_of_two(), key, format_args!("{value:#X} is not a power of two"));
    }

    /// A word that the firmware or a tool reads: aligned, and in ROM.
    fn word_in_rom(&mut self, addr: Addr, key: impl fmt::Display + Copy) {
        self.aligned(addr, 4, key);
        let inside = self.rom_regions().any(|rom| rom.contains(addr));
        self.rule(inside, key, format_args!("{addr} is not in ROM"));
    }

    /// Both ROMs with all their mirrors.
    fn rom_regions(&self) -> impl Iterator<Item = Region> + use<> {
        let memory = &self.camera.memory;
        memory.rom0_mirrors().into_iter().chain([memory.rom1_mirrors()])
    }
}

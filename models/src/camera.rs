//! One camera: everything the emulator and the farm know of it.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::addr::Addr;
use crate::buttons::ButtonTable;
use crate::cpu::CpuSpec;
use crate::firmware::Firmware;
use crate::gpio::{Gpio, GpioBehaviour, GpioFunction, GpioOffset};
use crate::ids::{CameraId, FirmwareVersion};
use crate::memory::{MemoryMap, RomFile};
use crate::mpu::SpellTable;
use crate::parts::{
    Boot, CardLed, CfController, Display, ImagePower, Kernel, Mpu, Rtc, SdController, SerialFlash, Timers,
    Uart,
};
use crate::windows::Window;

/// The processor generation; names the file of defaults, `generations/NAME.toml`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Generation {
    /// DIGIC 4, 2008 to 2016.
    Digic4,
    /// DIGIC 5, 2012 to 2013.
    Digic5,
}

impl Generation {
    /// The name in files: `digic4`.
    pub fn as_str(self) -> &'static str {
        match self {
            Generation::Digic4 => "digic4",
            Generation::Digic5 => "digic5",
        }
    }

    /// The number: 4 for DIGIC 4.
    pub fn number(self) -> u32 {
        match self {
            Generation::Digic4 => 4,
            Generation::Digic5 => 5,
        }
    }
}

impl fmt::Display for Generation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Generation::Digic4 => "DIGIC 4",
            Generation::Digic5 => "DIGIC 5",
        })
    }
}

/// How far a camera gets in this emulator; each stage includes the ones before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Stage {
    /// The data is there, nothing runs yet.
    Known,
    /// Boots the open boot ROM and runs a build from the card.
    OpenRom,
    /// Runs the bootloader of a user's ROM up to a build on the card.
    Bootloader,
    /// Starts the kernel of a user's ROM.
    Kernel,
    /// Shows the menus of a user's ROM.
    Menus,
}

impl Stage {
    /// The name in files: `open-rom`.
    pub fn as_str(self) -> &'static str {
        match self {
            Stage::Known => "known",
            Stage::OpenRom => "open-rom",
            Stage::Bootloader => "bootloader",
            Stage::Kernel => "kernel",
            Stage::Menus => "menus",
        }
    }

    /// One line for people.
    pub fn describe(self) -> &'static str {
        match self {
            Stage::Known => "known, does not run yet",
            Stage::OpenRom => "boots the open ROM and runs a build",
            Stage::Bootloader => "runs the bootloader of a user's ROM",
            Stage::Kernel => "starts the kernel of a user's ROM",
            Stage::Menus => "shows the menus of a user's ROM",
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A kind of memory card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[non_exhaustive]
pub enum CardSlot {
    /// CompactFlash, drive `A:` in firmware paths.
    Cf,
    /// SD, drive `B:` in firmware paths.
    Sd,
}

impl CardSlot {
    /// `CF` or `SD`.
    pub fn as_str(self) -> &'static str {
        match self {
            CardSlot::Cf => "CF",
            CardSlot::Sd => "SD",
        }
    }
}

impl fmt::Display for CardSlot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A camera. Loaded and checked by [`crate::Catalog`]; all addresses are physical.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Camera {
    /// Short name, unique ignoring case.
    pub id: CameraId,
    /// Full name, such as `EOS 5D Mark II`.
    pub name: String,
    /// Other names people type.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Year and month of the announcement, `2010-08`; orders the cameras of a generation.
    pub announced: String,
    /// Processor generation.
    pub generation: Generation,
    /// How far the camera gets here.
    pub stage: Stage,
    /// Card slots; the first is used when nothing else is said.
    pub card_slots: Vec<CardSlot>,
    /// Name of the button table: `buttons/NAME.tsv`. See [`Camera::button_table`].
    pub buttons: String,
    /// The first instruction, in ARM state.
    pub start_pc: Addr,
    /// The core.
    pub cpu: CpuSpec,
    /// What lies where.
    pub memory: MemoryMap,
    /// How it starts.
    pub boot: Boot,
    /// What tools read of the running kernel.
    pub kernel: Kernel,
    /// Timers.
    pub timers: Timers,
    /// Serial console.
    pub uart: Uart,
    /// The link to the MPU.
    pub mpu: Mpu,
    /// SD controller.
    pub sd: SdController,
    /// CompactFlash interrupts; absent without a CF slot, and on the 7D, where they are not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cf: Option<CfController>,
    /// Clock chip.
    pub rtc: Rtc,
    /// Card LED.
    pub card_led: CardLed,
    /// Image power.
    pub image_power: ImagePower,
    /// Serial flash, if the model has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serial_flash: Option<SerialFlash>,
    /// Display controller.
    pub display: Display,
    /// Port lines.
    pub gpio: Gpio,
    /// MMIO windows by name; see [`Camera::window_at`] for the rule of nesting.
    pub windows: BTreeMap<String, Window>,
    /// Firmware versions that builds are made for.
    #[serde(default)]
    pub firmware: BTreeMap<FirmwareVersion, Firmware>,
    #[serde(skip)]
    pub(crate) spell_table: Arc<SpellTable>,
    #[serde(skip)]
    pub(crate) button_table: Arc<ButtonTable>,
}

impl Camera {
    /// The dumps a user must bring to run the camera's own firmware, with their exact sizes.
    pub fn rom_files(&self) -> Vec<RomFile> {
        let rom0 = self.memory.rom0.map(|r| RomFile { name: "ROM0.BIN", size: r.size, start: Some(r.start) });
        let rom1 = self.memory.rom1;
        let rom1 = RomFile { name: "ROM1.BIN", size: rom1.size, start: Some(rom1.start) };
        let flash = self.serial_flash.map(|f| RomFile { name: "SFDATA.BIN", size: f.size, start: None });
        rom0.into_iter().chain([rom1]).chain(flash).collect()
    }

    /// The window that owns an address: the smallest of those that hold it.
    pub fn window_at(&self, addr: Addr) -> Option<(&str, &Window)> {
        let holding = self.windows.iter().filter(|(_, window)| window.contains(addr));
        holding.min_by_key(|(_, window)| window.size()).map(|(name, window)| (name.as_str(), window))
    }

    /// All windows such that the first that holds an address owns it: smallest first, then by address.
    pub fn windows_in_match_order(&self) -> impl Iterator<Item = (&str, &Window)> {
        let mut order: Vec<(&str, &Window)> = self.windows.iter().map(|(n, w)| (n.as_str(), w)).collect();
        order.sort_by_key(|(_, window)| (window.size(), window.start));
        order.into_iter()
    }

    /// The window of the port lines.
    pub fn gpio_window(&self) -> Option<&Window> {
        self.windows.get(&self.gpio.window)
    }

    /// Who answers at an offset of the GPIO window (reference: boot-and-memory.md §8.5 for the order).
    pub fn gpio_function(&self, offset: GpioOffset) -> GpioFunction {
        let line = self.gpio.registers.get(&offset).copied();
        let line = GpioFunction::Line(line.unwrap_or(GpioBehaviour::Constant(self.gpio.default)));
        let Some(window) = self.gpio_window() else { return line };
        let addr = Addr(window.start.0 + u32::from(offset.0));
        self.gpio_owners().into_iter().find(|(owned, _)| *owned == addr).map_or(line, |(_, owner)| owner)
    }

    fn gpio_owners(&self) -> Vec<(Addr, GpioFunction)> {
        let mpu = &self.mpu;
        let mut owners = match mpu.request_register == mpu.status_register {
            true => vec![(mpu.request_register, GpioFunction::MpuRequestStatus)],
            false => vec![
                (mpu.request_register, GpioFunction::MpuRequest),
                (mpu.status_register, GpioFunction::MpuStatus),
            ],
        };
        owners.push((self.card_led.register, GpioFunction::CardLed));
        owners.push((self.rtc.cs_register, GpioFunction::RtcSelect));
        owners.extend(self.serial_flash.map(|f| (f.cs_register, GpioFunction::SerialFlashSelect)));
        owners.push((self.image_power.config_register, GpioFunction::ImagePowerConfig));
        owners.push((self.image_power.detect_register, GpioFunction::ImagePowerDetect));
        owners
    }

    /// What the MPU answers.
    pub fn spell_table(&self) -> &SpellTable {
        &self.spell_table
    }

    /// The buttons.
    pub fn button_table(&self) -> &ButtonTable {
        &self.button_table
    }

    /// ML's name for this camera with a firmware version: `60D.111`.
    pub fn platform(&self, version: &FirmwareVersion) -> String {
        format!("{}.{version}", self.id)
    }

    /// ML's platform names of all known firmware versions.
    pub fn platforms(&self) -> Vec<String> {
        self.firmware.keys().map(|version| self.platform(version)).collect()
    }

    /// Whether the camera has such a slot.
    pub fn has_slot(&self, slot: CardSlot) -> bool {
        self.card_slots.contains(&slot)
    }

    /// The slot used when nothing else is said.
    pub fn boot_slot(&self) -> Option<CardSlot> {
        self.card_slots.first().copied()
    }
}

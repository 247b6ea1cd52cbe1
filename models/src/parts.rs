//! The parts of a camera that are told by a few registers and interrupts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::addr::Addr;
use crate::ids::InterruptId;

/// A word of ROM replaced before the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Patch {
    /// Where.
    pub address: Addr,
    /// The new word.
    pub value: u32,
}

/// How the camera starts (reference: boot-and-memory.md §4, §5).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Boot {
    /// Base of the boot flag block; the "boot from card" word is at +4.
    pub flags: Addr,
    /// Where the bootloader enters the main firmware.
    pub firmware_start: Addr,
    /// Words changed in a real ROM before the start, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub patches: BTreeMap<String, Patch>,
    /// The word that the flash chip puts at the ROM base when byte 6 is written there (1300D).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flash_id: Option<u32>,
}

impl Boot {
    /// The word that selects "boot from card": all ones = on, 0 = off.
    pub fn boot_flag(&self) -> Addr {
        Addr(self.flags.0.wrapping_add(4))
    }
}

/// What tools read of the running kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kernel {
    /// The word that points at the running task's record.
    pub current_task: Addr,
    /// Word index (not bytes) of the name pointer in that record: 9 is byte offset 0x24.
    pub task_name_offset: u32,
}

/// Timers (reference: interrupts-timers-uart.md §3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Timers {
    /// Which countdown timer is the kernel's heartbeat.
    pub kernel_timer: u8,
    /// Its interrupt.
    pub kernel_interrupt: InterruptId,
    /// Shared interrupt of high-precision timers 6 to 13.
    pub hptimer_interrupt: InterruptId,
}

/// Serial console.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Uart {
    /// Raised when a byte came in.
    pub rx_interrupt: InterruptId,
    /// Raised when a byte went out.
    pub tx_interrupt: InterruptId,
}

/// The link to the MPU, which owns buttons, lens and settings (reference: mpu.md §2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mpu {
    /// Request register, in the GPIO window.
    pub request_register: Addr,
    /// The request bit: set = idle.
    pub request_bitmask: u32,
    /// Status register, in the GPIO window; often the request register.
    pub status_register: Addr,
    /// Handshake control, in the MPU request window.
    pub control_register: Addr,
    /// Raised when either side asks for a transfer.
    pub request_interrupt: InterruptId,
    /// Raised per 16-bit unit on the serial line.
    pub serial_interrupt: InterruptId,
    /// Name of the message table: `mpu/NAME.tsv`.
    pub spells: String,
    /// Whether movie mode is a position of the mode dial.
    pub dedicated_movie_mode: bool,
}

/// SD host controller (reference: storage.md §2.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SdController {
    /// Raised by commands and transfers.
    pub driver_interrupt: InterruptId,
    /// Raised by DMA.
    pub dma_interrupt: InterruptId,
}

/// CompactFlash controller (reference: storage.md §5.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CfController {
    /// Raised by the drive.
    pub driver_interrupt: InterruptId,
    /// Raised by DMA.
    pub dma_interrupt: InterruptId,
}

/// Card LED (reference: storage.md §9).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CardLed {
    /// The latch, in the GPIO window.
    pub register: Addr,
    /// Written values that light it.
    pub on: Vec<u32>,
    /// Written values that put it out.
    pub off: Vec<u32>,
}

impl CardLed {
    /// What a written value means: lit, dark, or `None` when it is not known.
    pub fn decode(&self, value: u32) -> Option<bool> {
        if self.on.contains(&value) {
            return Some(true);
        }
        self.off.contains(&value).then_some(false)
    }
}

/// Clock chip (reference: peripherals.md §6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rtc {
    /// Chip select, in the GPIO window.
    pub cs_register: Addr,
    /// What the time correction register reads.
    pub time_correct: u8,
    /// What control register 2 reads.
    pub control_2: u8,
    /// Whether the command byte has register and command nibbles swapped.
    #[serde(default)]
    pub nibbles_swapped: bool,
}

/// Image power (reference: boot-and-memory.md §8.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImagePower {
    /// Where power is switched; in the power window.
    pub config_register: Addr,
    /// The switch bit.
    pub config_bit: u32,
    /// Where it is seen; in the GPIO window.
    pub detect_register: Addr,
    /// The bit that follows the switch.
    pub detect_bit: u32,
    /// Raised when power comes on.
    pub interrupt: InterruptId,
}

/// Serial flash with settings and fonts (reference: storage.md §6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SerialFlash {
    /// Size in bytes; also of the dump `SFDATA.BIN`.
    pub size: u32,
    /// Which SIO channel talks to it.
    pub sio_channel: u16,
    /// Chip select, in the GPIO window.
    pub cs_register: Addr,
    /// The chip select bit: set = deselected.
    pub cs_bitmask: u32,
    /// Raised by bulk transfers.
    pub interrupt: InterruptId,
}

/// The display controller (reference: display.md §2, §5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Display {
    /// Pixels per line of the panel.
    pub width: u32,
    /// Lines of the panel.
    pub height: u32,
    /// Bytes per OSD line after a 4-bit palette write.
    pub pitch_4bit: u32,
    /// Bytes per OSD line after an 8-bit palette write.
    pub pitch_8bit: u32,
    /// Bytes per line of the image plane.
    pub image_pitch: u32,
    /// Lines of the image plane.
    pub image_rows: u32,
    /// The OSD address while the register is 0.
    pub default_osd: Addr,
    /// What the status register reads.
    pub status: u32,
    /// Raised at the end of a frame, when asked for.
    pub interrupt: InterruptId,
}

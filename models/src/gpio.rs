//! Port lines: what each offset of the GPIO window reads on a camera (reference: boot-and-memory.md §8.5).

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::addr::parse_hex;
use crate::ids::InterruptId;

/// Byte offset of a register in the GPIO window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct GpioOffset(pub u16);

impl TryFrom<String> for GpioOffset {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let offset = parse_hex(&text).ok().and_then(|number| u16::try_from(number).ok()).map(GpioOffset);
        // One spelling only, so that a camera's entry replaces the generation's.
        let offset = offset.filter(|offset| offset.to_string() == text);
        offset.ok_or_else(|| format!("{text:?} is not an offset written like 0xF48C"))
    }
}

impl From<GpioOffset> for String {
    fn from(offset: GpioOffset) -> String {
        offset.to_string()
    }
}

impl fmt::Display for GpioOffset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "0x{:04X}", self.0)
    }
}

/// What a port register does. Writes are ignored unless the variant says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub enum GpioBehaviour {
    /// Always reads this value.
    Constant(u32),
    /// Reads the last value written; this value before.
    Latch(u32),
    /// Reads 0, 1, 0, 1 …; all toggles of a camera share one state, each read advances it.
    Toggle,
    /// Reads a changing value: the firmware waits until a bit changes. Must still be reproducible.
    Random,
    /// Reads a value; writing another value raises an interrupt.
    RaiseOnWrite {
        /// What it reads.
        read: u32,
        /// The written value that raises.
        value: u32,
        /// What is raised, at once.
        interrupt: InterruptId,
    },
    /// Written: first selector of [`Gpio::voltages`]. Reads 0.
    VoltageSelectA,
    /// Written: second selector of [`Gpio::voltages`]. Reads 0.
    VoltageSelectB,
    /// Reads the entry of [`Gpio::voltages`] that both selectors name and clears them; 0 when none fits.
    VoltageReading,
}

/// A supply voltage as the 100D measures it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Voltage {
    /// First selector.
    pub a: u32,
    /// Second selector.
    pub b: u32,
    /// The value read.
    pub reading: u32,
}

/// The port lines of a camera.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gpio {
    /// Name of the window in [`crate::Camera::windows`].
    pub window: String,
    /// What an offset without an entry reads.
    pub default: u32,
    /// Entries by offset. Registers of other devices in the window come first: see
    /// [`crate::Camera::gpio_function`].
    pub registers: BTreeMap<GpioOffset, GpioBehaviour>,
    /// Readings of the voltage regulation, empty where there is none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub voltages: Vec<Voltage>,
}

/// Who answers at an offset of the GPIO window, in the order the camera decides it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum GpioFunction {
    /// Request and status of the MPU share one register.
    MpuRequestStatus,
    /// MPU request.
    MpuRequest,
    /// MPU status.
    MpuStatus,
    /// Card LED latch.
    CardLed,
    /// Chip select of the clock.
    RtcSelect,
    /// Chip select of the serial flash.
    SerialFlashSelect,
    /// Image power configuration.
    ImagePowerConfig,
    /// Image power detect.
    ImagePowerDetect,
    /// A plain port line.
    Line(GpioBehaviour),
}

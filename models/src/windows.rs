//! MMIO windows: which device answers at which addresses.

use serde::{Deserialize, Serialize};

use crate::addr::Addr;
use crate::ids::InterruptId;

/// The device behind a window (reference: mmio-map.tsv and the pages it names).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum DeviceKind {
    /// Analogue inputs.
    Adc,
    /// DMA of the analogue front end.
    AdtgDma,
    /// Audio serial interface.
    Asif,
    /// Power save, clock enable and suspend registers.
    Basic,
    /// Sensor cartridge registers.
    Cartridge,
    /// CompactFlash ATA task file.
    CfAta,
    /// CompactFlash DMA.
    CfDma,
    /// OSD and image planes, palettes.
    Display,
    /// Memory-to-memory DMA.
    Dma,
    /// Image engine DMA channels.
    Edmac,
    /// Which EDMAC channel feeds which module.
    EdmacSwitch,
    /// All image engine registers without a window of their own.
    EngineIo,
    /// Flash interface.
    FlashControl,
    /// Port lines.
    Gpio,
    /// Sensor head timers.
    Head,
    /// Mailbox to the helper processor (5D3).
    HelperMailbox,
    /// High-precision timers.
    Hptimers,
    /// I2C master.
    I2c,
    /// Interrupt masks as bitmaps.
    InterruptBitmap,
    /// Interrupt controller.
    InterruptEngine,
    /// JPEG and lossless cores.
    Jpcore,
    /// Free-running microsecond clock.
    MicrosecondClock,
    /// Debug helpers used by ML builds: print, disassemble, call stack.
    MlHelpers,
    /// Request line to the MPU.
    MpuRequest,
    /// Serial line to the MPU (SIO3).
    MpuSio,
    /// Power control and image power.
    PowerControl,
    /// Image preprocessor.
    Preprocessor,
    /// SD host controller.
    Sd,
    /// SD DMA.
    SdDma,
    /// Serial flash bulk reads.
    SerialFlash,
    /// Serial flash DMA.
    SerialFlashDma,
    /// Plain serial channel: clock chip, serial flash commands.
    Sio,
    /// Countdown timers.
    Timers,
    /// Serial console.
    Uart,
    /// Serial console DMA.
    UartDma,
}

/// One window. Windows may nest: the innermost that holds an address owns it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// What answers.
    pub device: DeviceKind,
    /// Which one of several of its kind (the parameter of the reference's table).
    pub instance: u16,
    /// First address.
    pub start: Addr,
    /// Last address, inclusive.
    pub end: Addr,
    /// Interrupts that the device raises, where they are fixed; others stand in the device's own section.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub interrupts: Vec<InterruptId>,
}

impl Window {
    /// Size in bytes.
    pub fn size(&self) -> u64 {
        u64::from(self.end.0.saturating_sub(self.start.0)) + 1
    }

    /// Whether the address lies in the window.
    pub fn contains(&self, addr: Addr) -> bool {
        (self.start..=self.end).contains(&addr)
    }

    /// Whether `inner` lies wholly inside and is smaller.
    pub fn encloses(&self, inner: &Window) -> bool {
        self.contains(inner.start) && self.contains(inner.end) && inner.size() < self.size()
    }

    /// Whether the two share an address.
    pub fn overlaps(&self, other: &Window) -> bool {
        self.start <= other.end && other.start <= self.end
    }
}

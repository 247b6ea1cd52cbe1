//! Camera models as data: memory, boot, devices, interrupts, messages and buttons of each camera.
//!
//! A camera is one TOML file over the defaults of its generation; adding a camera takes no Rust.
//! [`Catalog`] loads and checks the files (built in, or from a folder at run time) and hands out [`Camera`]s.
//!
//! ```
//! let camera = darkroom_models::Catalog::builtin().get("60d")?;
//! assert_eq!(camera.memory.rom1.size, 16 << 20);
//! # Ok::<(), darkroom_models::UnknownCamera>(())
//! ```

mod addr;
mod buttons;
mod camera;
mod catalog;
mod cpu;
mod error;
mod files;
mod firmware;
mod gpio;
mod ids;
mod load;
mod locate;
mod memory;
mod mpu;
mod parts;
mod platform;
mod properties;
mod tsv;
mod validate;
mod windows;

pub use addr::Addr;
pub use buttons::{ButtonRow, ButtonTable, Press, Sequence, SwitchCode};
pub use camera::{Camera, CardSlot, Generation, Stage};
pub use catalog::{Catalog, UnknownCamera};
pub use cpu::{CpuCore, CpuSpec};
pub use error::{DataError, LoadError};
pub use firmware::{BootForm, Firmware, MlFacts};
pub use gpio::{Gpio, GpioBehaviour, GpioFunction, GpioOffset, Voltage};
pub use ids::{CameraId, FirmwareVersion, InterruptId};
pub use memory::{MemoryMap, Region, RomFile, RomRegion};
pub use mpu::{MessageByte, MpuReply, Spell, SpellTable};
pub use parts::{
    Boot, CardLed, CfController, Display, ImagePower, Kernel, Mpu, Patch, Rtc, SdController, SerialFlash,
    Timers, Uart,
};
pub use properties::{Property, mpu_property};
pub use windows::{DeviceKind, Window};

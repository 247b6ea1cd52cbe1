//! One file (or folder) per device: registers and their effects. Devices know offsets only; the machine places them.

pub mod card_led;
pub mod cf;
pub mod display;
pub mod dma;
pub mod engine;
pub mod gpio;
pub mod hptimer;
pub mod i2c;
pub mod interrupt;
pub mod ml_helpers;
pub mod mpu;
pub mod power;
pub mod register_block;
pub mod rtc;
pub mod sd;
pub mod serial_flash;
pub mod sio;
pub mod timers;
pub mod uart;

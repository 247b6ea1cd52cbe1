//! The display controller's registers (reference: display.md §2). Drawing is the `frame` room's work.

use std::time::Duration;

use darkroom_models::Display as DisplaySpec;

use crate::bus::{Access, Device, DeviceContext, IrqId, Port, Read, StateHasher, Write};
use crate::frame::{OsdDepth, PaletteEntry, Planes};

/// The controller's own window.
pub const MAIN: Port = Port(0);
/// The copy that 5D3 firmware 1.2.3 writes its palette to.
pub const COPY: Port = Port(1);

/// Written 1 when registers have changed: the next frame takes them. Ours shows them at once.
const UPDATE: u32 = 0x000;
const STATUS: u32 = 0x014;
/// As [`UPDATE`], for the OSD plane.
const UPDATE_OSD: u32 = 0x078;
const PALETTE_4BIT: std::ops::RangeInclusive<u32> = 0x080..=0x0BC;
const PALETTE_8BIT: [std::ops::RangeInclusive<u32>; 2] = [0x400..=0x7FC, 0x800..=0xBFC];

/// From the request to the end-of-frame interrupt.
const FRAME_END: Duration = Duration::from_micros(2_560);

/// The display controller.
#[derive(Clone, Debug)]
pub struct Display {
    spec: DisplaySpec,
    planes: Planes,
}

impl Display {
    /// The controller at power-on: black palettes, no addresses.
    pub fn new(spec: DisplaySpec) -> Self {
        let planes = Planes::new(spec.pitch_8bit);
        Self { spec, planes }
    }

    /// What the picture is made from now.
    pub const fn planes(&self) -> &Planes {
        &self.planes
    }

    /// The panel.
    pub const fn spec(&self) -> &DisplaySpec {
        &self.spec
    }

    fn set_palette_4bit(&mut self, offset: u32, value: u32) {
        self.planes.palette_4bit[(offset - PALETTE_4BIT.start()) as usize / 4 % 16] = PaletteEntry(value);
        self.planes.depth = OsdDepth::Four;
        self.planes.osd_pitch = self.spec.pitch_4bit;
    }

    /// Both banks are one table.
    fn set_palette_8bit(&mut self, offset: u32, value: u32) {
        self.planes.palette_8bit[(offset - 0x400) as usize / 4 % 256] = PaletteEntry(value);
        self.planes.depth = OsdDepth::Eight;
        self.planes.osd_pitch = self.spec.pitch_8bit;
    }

    fn request_frame_end(&self, ctx: &mut DeviceContext<'_>, value: u32) -> Write {
        match value {
            0 => Write::Done,
            0x4 | 0x14 => {
                if let Some(irq) = IrqId::new(u32::from(self.spec.interrupt.get())) {
                    ctx.raise_after(irq, FRAME_END);
                }
                Write::Done
            }
            _ => Write::Unknown,
        }
    }

    fn write_main(&mut self, ctx: &mut DeviceContext<'_>, offset: u32, value: u32) -> Write {
        match offset {
            STATUS | UPDATE | UPDATE_OSD => {}
            0x01C | 0x31C => return self.request_frame_end(ctx, value),
            0x0D0 | 0x0D4 | 0x350 | 0x354 => self.planes.osd = value,
            0x0E0 | 0x0E4 => self.planes.image = value,
            offset if PALETTE_4BIT.contains(&offset) => self.set_palette_4bit(offset, value),
            _ => return Write::Unknown,
        }
        Write::Done
    }
}

impl Device for Display {
    fn read(&mut self, _ctx: &mut DeviceContext<'_>, access: Access) -> Read {
        self.peek(access).map_or(Read::Unknown, Read::Value)
    }

    fn write(&mut self, ctx: &mut DeviceContext<'_>, access: Access, value: u32) -> Write {
        if is_palette_8bit(access.offset) {
            self.set_palette_8bit(access.offset, value);
            return Write::Done;
        }
        match access.port {
            COPY => Write::Unknown,
            _ => self.write_main(ctx, access.offset, value),
        }
    }

    fn peek(&self, access: Access) -> Option<u32> {
        match (access.port, access.offset) {
            (MAIN, STATUS) => Some(self.spec.status),
            (MAIN, 0x0D0 | 0x0D4 | 0x350 | 0x354) => Some(self.planes.osd),
            (MAIN, 0x0E0 | 0x0E4) => Some(self.planes.image),
            (MAIN, UPDATE | UPDATE_OSD | 0x01C | 0x31C) => Some(0),
            (MAIN, offset) if PALETTE_4BIT.contains(&offset) => Some(0),
            (_, offset) if is_palette_8bit(offset) => Some(0),
            _ => None,
        }
    }

    fn hash_state(&self, hasher: &mut StateHasher) {
        std::hash::Hash::hash(&self.planes, hasher);
    }
}

fn is_palette_8bit(offset: u32) -> bool {
    PALETTE_8BIT.iter().any(|bank| bank.contains(&offset))
}

#[cfg(test)]
mod tests {
    use darkroom_models::Catalog;

    use super::*;
    use crate::bus::testing::Rig;
    use crate::clock::GuestTime;

    fn rig() -> Rig<Display> {
        let camera = Catalog::builtin().get("60D").expect("camera");
        Rig::new(Display::new(camera.display))
    }

    #[test]
    fn the_palette_written_last_decides_the_depth() {
        let mut rig = rig();
        rig.write(MAIN.0, 0x084, 0x1122_3344);
        let planes = rig.device.planes();
        assert_eq!((planes.depth, planes.osd_pitch), (OsdDepth::Four, 360));
        assert_eq!(planes.palette_4bit[1], PaletteEntry(0x1122_3344));
        rig.write(COPY.0, 0x804, 5);
        let planes = rig.device.planes();
        assert_eq!((planes.depth, planes.osd_pitch), (OsdDepth::Eight, 960));
        assert_eq!(planes.palette_8bit[1], PaletteEntry(5));
    }

    #[test]
    fn both_names_of_an_address_are_one_register() {
        let mut rig = rig();
        rig.write(MAIN.0, 0x0D4, 0x4800_0000);
        assert_eq!(rig.value(MAIN.0, 0x0D0), 0x4800_0000);
        assert_eq!(rig.write(COPY.0, 0x0D0, 1), Write::Unknown);
        assert_eq!(rig.value(MAIN.0, 0x014), 0x10);
    }

    #[test]
    fn the_end_of_a_frame_is_one_interrupt() {
        let mut rig = rig();
        rig.write(MAIN.0, 0x01C, 0);
        assert_eq!(rig.write(MAIN.0, 0x01C, 7), Write::Unknown);
        rig.write(MAIN.0, 0x01C, 0x14);
        rig.run_to(GuestTime::from_micros(2_560));
        assert!(rig.raised(0x68));
        assert!(rig.board.events.is_empty());
    }
}

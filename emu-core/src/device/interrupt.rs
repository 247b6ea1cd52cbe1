//! Register windows of the interrupt controller (reference: interrupts-timers-uart.md §2). Its state lives in
//! [`InterruptController`](crate::bus::InterruptController), because every device raises interrupts.

use crate::bus::{Access, Device, DeviceContext, IrqId, Port, Read, StateHasher, Write};

/// The engine's registers: cause, enable, reset.
pub const ENGINE: Port = Port(0);
/// The bitmap registers: sets of ids to enable or disable.
pub const BITMAP: Port = Port(1);

/// Cause as a plain id.
const CAUSE: u32 = 0x000;
/// Cause as id × 4: an offset into a table of handlers.
const CAUSE_TIMES_4: u32 = 0x004;
const ENABLE: u32 = 0x010;
const RESET: u32 = 0x200;

/// Low nibble of a bitmap register that enables, and of one that disables.
const SET: u32 = 0x8;
const CLEAR: u32 = 0xC;

/// The interrupt controller's registers.
#[derive(Clone, Debug, Default)]
pub struct InterruptRegisters;

impl Device for InterruptRegisters {
    fn read(&mut self, ctx: &mut DeviceContext<'_>, access: Access) -> Read {
        match (access.port, access.offset) {
            (ENGINE, CAUSE) => Read::Value(acknowledge(ctx)),
            (ENGINE, CAUSE_TIMES_4) => Read::Value(acknowledge(ctx) << 2),
            (ENGINE, ENABLE | RESET) => Read::Value(0),
            (BITMAP, offset) if matches!(offset & 0xF, SET | CLEAR) => Read::Value(0),
            _ => Read::Unknown,
        }
    }

    fn write(&mut self, ctx: &mut DeviceContext<'_>, access: Access, value: u32) -> Write {
        match (access.port, access.offset) {
            (ENGINE, CAUSE | CAUSE_TIMES_4) => {}
            (ENGINE, ENABLE) => enable(ctx, value),
            (ENGINE, RESET) => reset(ctx, value),
            (BITMAP, offset) if offset & 0xF == SET => switch(ctx, offset, value, true),
            (BITMAP, offset) if offset & 0xF == CLEAR => switch(ctx, offset, value, false),
            _ => return Write::Unknown,
        }
        Write::Done
    }

    fn hash_state(&self, _hasher: &mut StateHasher) {}
}

fn acknowledge(ctx: &mut DeviceContext<'_>) -> u32 {
    ctx.interrupts().acknowledge().map_or(0, IrqId::get)
}

fn enable(ctx: &mut DeviceContext<'_>, value: u32) {
    if let Some(irq) = IrqId::new(value) {
        ctx.interrupts().set_enabled(irq, true);
    }
}

fn reset(ctx: &mut DeviceContext<'_>, value: u32) {
    if value != 0 {
        ctx.interrupts().acknowledge();
    }
}

/// Bank 0x00 holds ids 0 to 0x1F, bank 0x40 ids 0x20 to 0x3F, and so on.
fn switch(ctx: &mut DeviceContext<'_>, offset: u32, bits: u32, enabled: bool) {
    let first = (offset & 0xF0) >> 1;
    let ids = (0..32).filter(|bit| bits >> bit & 1 == 1).filter_map(|bit| IrqId::new(first + bit));
    ids.for_each(|irq| ctx.interrupts().set_enabled(irq, enabled));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bus::testing::Rig;

    fn irq(id: u32) -> IrqId {
        IrqId::new(id).expect("valid id")
    }

    #[test]
    fn the_cause_register_takes_the_interrupt() {
        let mut rig = Rig::new(InterruptRegisters);
        rig.write(ENGINE.0, ENABLE, 0x0A);
        rig.board.interrupts.request(irq(0x0A));
        assert!(rig.board.interrupts.line());
        assert_eq!(rig.value(ENGINE.0, CAUSE_TIMES_4), 0x28);
        assert!(!rig.board.interrupts.line());
        assert_eq!(rig.value(ENGINE.0, CAUSE), 0);
    }

    #[test]
    fn ids_that_do_not_exist_are_ignored() {
        let mut rig = Rig::new(InterruptRegisters);
        assert_eq!(rig.write(ENGINE.0, ENABLE, 0xFFFF_FFFF), Write::Done);
        assert_eq!(rig.write(ENGINE.0, ENABLE, 0), Write::Done);
        assert_eq!(rig.write(ENGINE.0, 0x20, 1), Write::Unknown);
    }

    #[test]
    fn bitmaps_switch_the_same_flags() {
        let mut rig = Rig::new(InterruptRegisters);
        rig.write(BITMAP.0, 0x48, 1 << 0xE | 1);
        assert!(rig.board.interrupts.is_enabled(irq(0x2E)));
        rig.write(BITMAP.0, 0x4C, 1 << 0xE);
        assert!(!rig.board.interrupts.is_enabled(irq(0x2E)));
        assert!(rig.board.interrupts.is_enabled(irq(0x20)));
        rig.write(BITMAP.0, 0x08, 1);
    }

    #[test]
    fn reset_drops_the_line_and_the_id() {
        let mut rig = Rig::new(InterruptRegisters);
        rig.write(ENGINE.0, ENABLE, 0x33);
        rig.board.interrupts.request(irq(0x33));
        rig.write(ENGINE.0, RESET, 0);
        assert!(rig.board.interrupts.line());
        rig.write(ENGINE.0, RESET, 1);
        assert!(!rig.board.interrupts.line());
        assert_eq!(rig.value(ENGINE.0, CAUSE), 0);
    }
}

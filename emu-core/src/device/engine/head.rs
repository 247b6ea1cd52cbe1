//! Sensor head timers (reference: engine.md §5).

use std::time::Duration;

use crate::bus::{Access, Device, DeviceContext, IrqId, Port, Read, StateHasher, Write};

const ENABLE: u32 = 0x00;
const START: u32 = 0x04;
const TICKS: u32 = 0x08;

/// The value that starts a timer.
const GO: u32 = 0xC;
const PERIOD: Duration = Duration::from_micros(12_800);

/// Four one-shot timers; port n is timer n+1. They have no state besides the planned interrupt.
#[derive(Clone, Debug, Default)]
pub struct HeadTimers {
    interrupts: [Option<IrqId>; 4],
}

impl HeadTimers {
    /// Names the interrupt of the timer behind `port`.
    pub fn set_interrupt(&mut self, port: Port, irq: IrqId) {
        if let Some(slot) = self.interrupts.get_mut(usize::from(port.0)) {
            *slot = Some(irq);
        }
    }
}

impl Device for HeadTimers {
    fn read(&mut self, _ctx: &mut DeviceContext<'_>, access: Access) -> Read {
        match access.offset {
            ENABLE | START | TICKS => Read::Value(0),
            _ => Read::Unknown,
        }
    }

    fn write(&mut self, ctx: &mut DeviceContext<'_>, access: Access, value: u32) -> Write {
        match access.offset {
            START if value == GO => {
                if let Some(Some(irq)) = self.interrupts.get(usize::from(access.port.0)) {
                    ctx.raise_after(*irq, PERIOD);
                }
            }
            ENABLE | START | TICKS => {}
            _ => return Write::Unknown,
        }
        Write::Done
    }

    fn hash_state(&self, _hasher: &mut StateHasher) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bus::testing::Rig;
    use crate::clock::GuestTime;

    #[test]
    fn a_started_timer_fires_once() {
        let mut heads = HeadTimers::default();
        heads.set_interrupt(Port(2), IrqId::new(0xD9).expect("valid"));
        let mut rig = Rig::new(heads);
        rig.write(2, START, GO);
        rig.run_to(GuestTime::from_micros(12_800));
        assert!(rig.raised(0xD9));
        assert!(rig.board.events.is_empty());
    }
}

//! High-precision timers: compare registers over the 20-bit microsecond clock
//! (reference: interrupts-timers-uart.md §3.3).

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::timers::MicrosecondClock;
use crate::bus::{Access, Device, DeviceContext, EventToken, IrqId, Read, StateHasher, Write};
use crate::clock::GuestTime;

const CLOCK_MASK: u32 = 0xF_FFFF;
/// Sign bit of a difference of two clock values.
const CLOCK_SIGN: u32 = 0x8_0000;

const ENABLE: u32 = 0x100;
const COMPARE: u32 = 0x104;
const ACTIVE: u32 = 0x200;
const ACKNOWLEDGE: u32 = 0x204;
const TRIGGERED: u32 = 0x300;

/// First of the eight timers that share an interrupt and the [`TRIGGERED`] register.
const FIRST_SHARED: usize = 6;

/// Sixteen compare timers.
#[derive(Clone, Debug)]
pub struct HpTimers {
    interrupts: [Option<IrqId>; 16],
    state: [HpTimer; 16],
}

#[derive(Clone, Copy, Debug, Default, Hash, Serialize, Deserialize)]
struct HpTimer {
    active: u32,
    compare: u32,
    triggered: bool,
}

impl HpTimers {
    /// Timers of which the first few raise `own` interrupts, and numbers 6 to 13 all raise `shared`.
    pub fn new(own: &[IrqId], shared: Option<IrqId>) -> Self {
        let mut interrupts = [None; 16];
        for (slot, irq) in interrupts.iter_mut().take(4).zip(own) {
            *slot = Some(*irq);
        }
        interrupts[FIRST_SHARED..FIRST_SHARED + 8].fill(shared);
        Self { interrupts, state: Default::default() }
    }

    /// A compare value that already lies behind the clock fires at the next microsecond.
    fn set_compare(&mut self, ctx: &mut DeviceContext<'_>, index: usize, value: u32) {
        let clock = MicrosecondClock::value(ctx.now());
        let behind = value.wrapping_sub(clock) & CLOCK_SIGN != 0;
        let wanted = if behind { clock.wrapping_add(1) } else { value };
        self.state[index].compare = wanted & CLOCK_MASK;
        self.arm(ctx, index);
    }

    /// Plans the next time the clock equals the compare value.
    fn arm(&self, ctx: &mut DeviceContext<'_>, index: usize) {
        let timer = self.state[index];
        if timer.active == 0 {
            ctx.cancel(token(index));
            return;
        }
        let micros = ctx.now().as_micros();
        let ahead = timer.compare.wrapping_sub(micros as u32) & CLOCK_MASK;
        let target = GuestTime::from_micros(micros) + Duration::from_micros(u64::from(ahead));
        ctx.schedule(token(index), target.since(ctx.now()));
    }

    /// Bit 2i+4 tells that timer 6+i has fired.
    fn triggered(&self) -> u32 {
        let shared = self.state.iter().skip(FIRST_SHARED).take(8).enumerate();
        shared.map(|(index, timer)| u32::from(timer.triggered) << (2 * index + 4)).sum()
    }
}

impl Device for HpTimers {
    fn read(&mut self, _ctx: &mut DeviceContext<'_>, access: Access) -> Read {
        self.peek(access).map_or(Read::Unknown, Read::Value)
    }

    fn write(&mut self, ctx: &mut DeviceContext<'_>, access: Access, value: u32) -> Write {
        let index = index(access.offset);
        match access.offset & 0xF0F {
            ENABLE | TRIGGERED => {}
            COMPARE => self.set_compare(ctx, index, value),
            ACTIVE => {
                self.state[index].active = value;
                self.arm(ctx, index);
            }
            ACKNOWLEDGE => self.state[index].triggered = false,
            _ => return Write::Unknown,
        }
        Write::Done
    }

    fn event(&mut self, ctx: &mut DeviceContext<'_>, token: EventToken) {
        let index = usize::from(token.0);
        let Some(timer) = self.state.get_mut(index) else { return };
        timer.triggered = true;
        if let Some(irq) = self.interrupts[index] {
            ctx.raise(irq);
        }
        // It stays active: the clock comes round again after 1.048576 s.
        ctx.schedule(token, Duration::from_micros(u64::from(CLOCK_MASK) + 1));
    }

    fn peek(&self, access: Access) -> Option<u32> {
        let timer = &self.state[index(access.offset)];
        match access.offset & 0xF0F {
            ENABLE | ACKNOWLEDGE => Some(0),
            COMPARE => Some(timer.compare),
            ACTIVE => Some(timer.active),
            TRIGGERED => Some(self.triggered()),
            _ => None,
        }
    }

    fn hash_state(&self, hasher: &mut StateHasher) {
        std::hash::Hash::hash(&self.state, hasher);
    }
}

const fn index(offset: u32) -> usize {
    (offset >> 4 & 0xF) as usize
}

const fn token(index: usize) -> EventToken {
    EventToken(index as u16)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bus::testing::Rig;

    fn rig() -> Rig<HpTimers> {
        let own = [0x18, 0x1A, 0x1C, 0x1E].map(|id| IrqId::new(id).expect("valid"));
        Rig::new(HpTimers::new(&own, IrqId::new(0x10)))
    }

    #[test]
    fn fires_when_the_clock_equals_the_compare_value() {
        let mut rig = rig();
        rig.run_to(GuestTime::from_micros(100));
        rig.write(0, 0x104, 350);
        rig.write(0, 0x200, 1);
        rig.run_to(GuestTime::from_nanos(349_999));
        assert!(!rig.raised(0x18));
        rig.run_to(GuestTime::from_micros(350));
        assert!(rig.raised(0x18));
    }

    #[test]
    fn shared_timers_show_who_fired() {
        let mut rig = rig();
        rig.write(0, 0x274, 0);
        rig.write(0, 0x174, 10);
        rig.write(0, 0x270, 1);
        rig.run_to(GuestTime::from_micros(10));
        assert!(rig.raised(0x10));
        assert_eq!(rig.value(0, 0x300), 1 << 6);
        rig.write(0, 0x274, 0);
        assert_eq!(rig.value(0, 0x300), 0);
    }

    #[test]
    fn a_value_behind_the_clock_fires_at_once_and_then_every_round() {
        let mut rig = rig();
        rig.run_to(GuestTime::from_micros(1_000));
        rig.write(0, 0x210, 1);
        rig.write(0, 0x114, 900);
        assert_eq!(rig.value(0, 0x114), 1_001);
        rig.run_to(GuestTime::from_micros(1_001));
        assert!(rig.raised(0x1A));
        assert_eq!(rig.board.events.next_time(), Some(GuestTime::from_micros(1_001 + 0x10_0000)));
        rig.write(0, 0x210, 0);
        assert!(rig.board.events.is_empty());
    }

    #[test]
    fn timers_without_an_interrupt_do_no_harm() {
        let mut rig = rig();
        rig.write(0, 0x144, 5);
        rig.write(0, 0x240, 1);
        rig.run_to(GuestTime::from_micros(6));
        assert!(!rig.board.interrupts.line());
    }
}

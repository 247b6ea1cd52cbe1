//! Countdown timers and the free-running clock (reference: interrupts-timers-uart.md §3.1, §3.2).
//!
//! Both count microseconds, as on the hardware; docs/fidelity.md tells how the reference differs.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::bus::{Access, Device, DeviceContext, EventToken, IrqId, Read, StateHasher, Write};
use crate::clock::GuestTime;

/// The free-running clock shows this many bits.
const CLOCK_MASK: u32 = 0xF_FFFF;

const CONTROL: u32 = 0x00;
const RELOAD: u32 = 0x08;
const VALUE: u32 = 0x0C;
const INTERRUPT_ENABLE: u32 = 0x10;

/// The 20-bit microsecond clock.
#[derive(Clone, Debug, Default)]
pub struct MicrosecondClock;

impl MicrosecondClock {
    /// What it shows at `now`.
    pub const fn value(now: GuestTime) -> u32 {
        now.as_micros() as u32 & CLOCK_MASK
    }
}

impl Device for MicrosecondClock {
    fn read(&mut self, ctx: &mut DeviceContext<'_>, _access: Access) -> Read {
        Read::Value(Self::value(ctx.now()))
    }

    fn write(&mut self, _ctx: &mut DeviceContext<'_>, _access: Access, _value: u32) -> Write {
        Write::Done
    }

    fn hash_state(&self, _hasher: &mut StateHasher) {}
}

/// Sixteen countdown timers; one of them is the kernel's heartbeat and raises an interrupt.
#[derive(Clone, Debug)]
pub struct Timers {
    kernel_timer: usize,
    kernel_interrupt: Option<IrqId>,
    state: [Timer; 16],
}

#[derive(Clone, Copy, Debug, Default, Hash, Serialize, Deserialize)]
struct Timer {
    /// When the value was 0, while it runs.
    zero_at: Option<GuestTime>,
    /// Highest value, in microseconds.
    reload: u32,
}

impl Timer {
    /// Time from one wrap to the next: the value runs from 0 to `reload` inclusive.
    const fn period(&self) -> Duration {
        Duration::from_micros(self.reload as u64 + 1)
    }

    /// Time since the last wrap, while it runs.
    fn elapsed(&self, now: GuestTime) -> Option<Duration> {
        let since = now.since(self.zero_at?).as_nanos() as u64;
        Some(Duration::from_nanos(since % (self.period().as_nanos() as u64)))
    }

    fn value(&self, now: GuestTime) -> u32 {
        self.elapsed(now).map_or(0, |elapsed| elapsed.as_micros() as u32)
    }
}

impl Timers {
    /// Timers of which number `kernel_timer` raises `kernel_interrupt`.
    pub fn new(kernel_timer: u8, kernel_interrupt: Option<IrqId>) -> Self {
        Self { kernel_timer: usize::from(kernel_timer), kernel_interrupt, state: Default::default() }
    }

    fn control(&mut self, ctx: &mut DeviceContext<'_>, index: usize, value: u32) {
        let timer = &mut self.state[index];
        if value & 1 == 0 {
            timer.zero_at = None;
            ctx.cancel(token(index));
        } else if timer.zero_at.is_none() {
            timer.zero_at = Some(ctx.now());
            self.arm(ctx, index);
        }
    }

    /// A timer that runs keeps its value, unless the value lies beyond the new end: then it begins again at 0.
    fn set_reload(&mut self, ctx: &mut DeviceContext<'_>, index: usize, reload: u32) {
        let timer = &mut self.state[index];
        if timer.reload == reload {
            return;
        }
        let elapsed = timer.elapsed(ctx.now());
        timer.reload = reload;
        if let Some(elapsed) = elapsed {
            let kept = if elapsed < timer.period() { elapsed } else { Duration::ZERO };
            timer.zero_at = Some(before(ctx.now(), kept));
            self.arm(ctx, index);
        }
    }

    /// Plans the next wrap of the kernel's timer; the others are computed when they are read.
    fn arm(&self, ctx: &mut DeviceContext<'_>, index: usize) {
        let Some(zero_at) = self.state[index].zero_at else { return };
        if index == self.kernel_timer && self.kernel_interrupt.is_some() {
            let wrap = zero_at + self.state[index].period();
            ctx.schedule(token(index), wrap.since(ctx.now()));
        }
    }
}

impl Device for Timers {
    fn read(&mut self, ctx: &mut DeviceContext<'_>, access: Access) -> Read {
        let timer = &self.state[index(access.offset)];
        match access.offset & 0xFF {
            CONTROL | INTERRUPT_ENABLE => Read::Value(0),
            RELOAD => Read::Value(timer.reload),
            VALUE => Read::Value(timer.value(ctx.now())),
            _ => Read::Unknown,
        }
    }

    fn write(&mut self, ctx: &mut DeviceContext<'_>, access: Access, value: u32) -> Write {
        let index = index(access.offset);
        match access.offset & 0xFF {
            CONTROL => self.control(ctx, index, value),
            RELOAD => self.set_reload(ctx, index, value),
            VALUE | INTERRUPT_ENABLE => {}
            _ => return Write::Unknown,
        }
        Write::Done
    }

    fn event(&mut self, ctx: &mut DeviceContext<'_>, token: EventToken) {
        let index = usize::from(token.0);
        let Some(timer) = self.state.get_mut(index).filter(|timer| timer.zero_at.is_some()) else { return };
        timer.zero_at = Some(ctx.now());
        if let Some(irq) = self.kernel_interrupt {
            ctx.raise(irq);
        }
        self.arm(ctx, index);
    }

    fn peek(&self, access: Access) -> Option<u32> {
        (access.offset & 0xFF == RELOAD).then(|| self.state[index(access.offset)].reload)
    }

    fn hash_state(&self, hasher: &mut StateHasher) {
        std::hash::Hash::hash(&self.state, hasher);
    }
}

const fn index(offset: u32) -> usize {
    (offset >> 8 & 0xF) as usize
}

const fn token(index: usize) -> EventToken {
    EventToken(index as u16)
}

/// The instant `span` before `now`.
const fn before(now: GuestTime, span: Duration) -> GuestTime {
    GuestTime::from_nanos(now.as_nanos().saturating_sub(span.as_nanos() as u64))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bus::testing::Rig;

    fn rig() -> Rig<Timers> {
        Rig::new(Timers::new(2, IrqId::new(0x0A)))
    }

    fn take(rig: &mut Rig<Timers>) -> bool {
        let irq = IrqId::new(0x0A).expect("valid");
        rig.board.interrupts.set_enabled(irq, true);
        rig.board.interrupts.acknowledge().is_some()
    }

    #[test]
    fn the_heartbeat_has_the_real_period() {
        let mut rig = rig();
        rig.write(0, 0x208, 9_999);
        rig.write(0, 0x200, 1);
        rig.run_to(GuestTime::from_nanos(9_999_999));
        assert!(!take(&mut rig));
        for beat in 1..=3 {
            rig.run_to(GuestTime::from_millis(10 * beat));
            assert!(take(&mut rig), "beat {beat}");
        }
        rig.write(0, 0x200, 0);
        rig.run_to(GuestTime::from_millis(100));
        assert!(!take(&mut rig));
    }

    #[test]
    fn the_value_counts_up_and_wraps() {
        let mut rig = rig();
        rig.write(0, 0x108, 99);
        rig.write(0, 0x100, 1);
        rig.run_to(GuestTime::from_micros(42));
        assert_eq!(rig.value(0, 0x10C), 42);
        rig.run_to(GuestTime::from_micros(142));
        assert_eq!(rig.value(0, 0x10C), 42);
        rig.write(0, 0x100, 0);
        assert_eq!(rig.value(0, 0x10C), 0);
        assert!(rig.board.events.is_empty());
    }

    #[test]
    fn a_reload_of_zero_is_bounded_by_the_microsecond() {
        let mut rig = rig();
        rig.write(0, 0x208, 0);
        rig.write(0, 0x200, 1);
        assert_eq!(rig.board.events.len(), 1);
        assert_eq!(rig.board.events.next_time(), Some(GuestTime::from_micros(1)));
        rig.run_to(GuestTime::from_micros(5));
        assert_eq!(rig.board.events.len(), 1);
    }

    #[test]
    fn a_new_reload_keeps_the_value() {
        let mut rig = rig();
        rig.write(0, 0x208, 999);
        rig.write(0, 0x200, 1);
        rig.run_to(GuestTime::from_micros(300));
        rig.write(0, 0x208, 499);
        assert_eq!(rig.value(0, 0x20C), 300);
        rig.run_to(GuestTime::from_micros(499));
        assert!(!take(&mut rig));
        rig.run_to(GuestTime::from_micros(500));
        assert!(take(&mut rig));
    }

    #[test]
    fn the_clock_counts_single_microseconds() {
        let mut rig = Rig::new(MicrosecondClock);
        rig.run_to(GuestTime::from_micros(0x10_0003));
        assert_eq!(rig.value(0, 0), 3);
    }
}

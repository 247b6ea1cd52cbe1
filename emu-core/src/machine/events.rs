//! Delivers what stands in the event queue.

use super::system::Mainboard;
use crate::bus::EventKey;
use crate::clock::GuestTime;

impl Mainboard {
    /// Delivers every event that is due at `now`. Tells whether there was one.
    ///
    /// This ends: an event that plans another puts it at least a microsecond later.
    pub(super) fn deliver_events(&mut self, now: GuestTime) -> bool {
        let mut any = false;
        while let Some(event) = self.board.events.pop_due(now) {
            any = true;
            match event.key {
                EventKey::Irq(irq) => self.board.interrupts.request(irq),
                EventKey::Device(id, token) => {
                    self.with_device(event.time, id, |device, ctx| device.event(ctx, token));
                }
            }
        }
        any
    }
}

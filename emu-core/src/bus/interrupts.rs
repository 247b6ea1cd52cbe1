use serde::{Deserialize, Serialize};

/// Number of interrupt ids.
const IDS: usize = 0x200;

/// An interrupt of the camera's controller: 1 to 0x1FF. Id 0 means "none" and cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct IrqId(u16);

impl IrqId {
    /// The interrupt with this number, if there can be one.
    pub const fn new(id: u32) -> Option<Self> {
        if id == 0 || id >= IDS as u32 {
            return None;
        }
        Some(Self(id as u16))
    }

    /// Its number.
    pub const fn get(self) -> u32 {
        self.0 as u32
    }

    const fn index(self) -> usize {
        self.0 as usize
    }
}

/// A set of interrupt ids.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
struct IrqSet([u64; IDS / 64]);

impl IrqSet {
    fn put(&mut self, irq: IrqId, present: bool) {
        let bit = 1 << (irq.index() % 64);
        let word = &mut self.0[irq.index() / 64];
        *word = if present { *word | bit } else { *word & !bit };
    }

    fn has(&self, irq: IrqId) -> bool {
        self.0[irq.index() / 64] >> (irq.index() % 64) & 1 == 1
    }

    /// The highest id that is in both sets.
    fn highest_common(&self, other: &Self) -> Option<IrqId> {
        let words = self.0.iter().zip(&other.0).enumerate().rev();
        let (index, both) = words.map(|(index, (a, b))| (index, a & b)).find(|(_, both)| *both != 0)?;
        IrqId::new(index as u32 * 64 + 63 - both.leading_zeros())
    }
}

/// The camera's interrupt controller (reference: interrupts-timers-uart.md §1).
///
/// One interrupt at a time is *current* and holds the CPU's line. Delivery disables the id: the firmware writes it to the
/// enable register to get it again. Requests do not count and wait while disabled. The highest waiting id goes first.
#[derive(Clone, Debug, Default)]
pub struct InterruptController {
    state: State,
    taken: Vec<u64>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
struct State {
    enabled: IrqSet,
    requested: IrqSet,
    current: Option<IrqId>,
}

impl InterruptController {
    /// Requests `irq`.
    pub fn request(&mut self, irq: IrqId) {
        self.state.requested.put(irq, true);
        self.deliver();
    }

    /// Enables or disables `irq`. An interrupt that waited for it is delivered at once.
    pub fn set_enabled(&mut self, irq: IrqId, enabled: bool) {
        self.state.enabled.put(irq, enabled);
        self.deliver();
    }

    /// Whether `irq` is enabled.
    pub fn is_enabled(&self, irq: IrqId) -> bool {
        self.state.enabled.has(irq)
    }

    /// Whether `irq` is requested and not delivered yet.
    pub fn is_requested(&self, irq: IrqId) -> bool {
        self.state.requested.has(irq)
    }

    /// The interrupt that holds the line.
    pub const fn current(&self) -> Option<IrqId> {
        self.state.current
    }

    /// Level of the line to the CPU.
    pub const fn line(&self) -> bool {
        self.state.current.is_some()
    }

    /// Takes the current interrupt: drops the line and lets the next waiting one come.
    pub fn acknowledge(&mut self) -> Option<IrqId> {
        let irq = self.state.current.take();
        self.deliver();
        irq
    }

    /// How often each interrupt has been delivered, in ascending order of ids.
    pub fn taken(&self) -> impl Iterator<Item = (IrqId, u64)> + '_ {
        let counts = self.taken.iter().enumerate().filter(|(_, count)| **count > 0);
        counts.filter_map(|(id, count)| Some((IrqId::new(id as u32)?, *count)))
    }

    /// Feeds the state into a state hash.
    pub fn hash_state(&self, hasher: &mut super::StateHasher) {
        std::hash::Hash::hash(&self.state, hasher);
    }

    fn deliver(&mut self) {
        if self.state.current.is_some() {
            return;
        }
        let Some(irq) = self.state.requested.highest_common(&self.state.enabled) else {
            return;
        };
        self.state.requested.put(irq, false);
        self.state.enabled.put(irq, false);
        self.state.current = Some(irq);
        self.count(irq);
    }

    fn count(&mut self, irq: IrqId) {
        self.taken.resize(IDS, 0);
        self.taken[irq.index()] += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn irq(id: u32) -> IrqId {
        IrqId::new(id).expect("valid id")
    }

    #[test]
    fn only_ids_of_the_controller_can_be_made() {
        assert_eq!(IrqId::new(0), None);
        assert_eq!(IrqId::new(0x200), None);
        assert_eq!(irq(0x1FF).get(), 0x1FF);
    }

    #[test]
    fn a_request_waits_until_enabled_and_does_not_count() {
        let mut controller = InterruptController::default();
        controller.request(irq(0x0A));
        controller.request(irq(0x0A));
        assert!(!controller.line());
        controller.set_enabled(irq(0x0A), true);
        assert_eq!(controller.current(), Some(irq(0x0A)));
        assert_eq!(controller.acknowledge(), Some(irq(0x0A)));
        assert!(!controller.line());
        assert!(!controller.is_enabled(irq(0x0A)));
    }

    #[test]
    fn one_at_a_time_and_the_highest_first() {
        let mut controller = InterruptController::default();
        for id in [0x0A, 0x2F, 0x172] {
            controller.set_enabled(irq(id), true);
        }
        for id in [0x0A, 0x172, 0x2F] {
            controller.request(irq(id));
        }
        let order: Vec<u32> = std::iter::from_fn(|| controller.acknowledge()).map(IrqId::get).collect();
        assert_eq!(order, [0x0A, 0x172, 0x2F]);
        assert_eq!(controller.taken().count(), 3);
    }
}

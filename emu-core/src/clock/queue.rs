use std::collections::BTreeMap;

use super::GuestTime;

/// An entry taken from the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pending<K> {
    /// When it was to happen.
    pub time: GuestTime,
    /// What was to happen.
    pub key: K,
}

/// Events in the order (time, sequence number).
///
/// A key stands in the queue at most once: scheduling it again replaces the earlier entry. So the queue never holds more
/// entries than there are keys, whatever the guest does.
#[derive(Clone, Debug, Hash)]
pub struct EventQueue<K: Ord> {
    by_time: BTreeMap<(GuestTime, u64), K>,
    by_key: BTreeMap<K, (GuestTime, u64)>,
    sequence: u64,
}

impl<K: Ord + Copy> Default for EventQueue<K> {
    fn default() -> Self {
        Self { by_time: BTreeMap::new(), by_key: BTreeMap::new(), sequence: 0 }
    }
}

impl<K: Ord + Copy> EventQueue<K> {
    /// Puts `key` at `time`, instead of where it stood before.
    pub fn schedule(&mut self, time: GuestTime, key: K) {
        self.cancel(key);
        let slot = (time, self.sequence);
        self.sequence += 1;
        self.by_time.insert(slot, key);
        self.by_key.insert(key, slot);
    }

    /// Takes `key` out. Tells whether it was there.
    pub fn cancel(&mut self, key: K) -> bool {
        let slot = self.by_key.remove(&key);
        slot.is_some_and(|slot| self.by_time.remove(&slot).is_some())
    }

    /// When `key` will happen.
    pub fn time_of(&self, key: K) -> Option<GuestTime> {
        self.by_key.get(&key).map(|slot| slot.0)
    }

    /// Time of the first entry.
    pub fn next_time(&self) -> Option<GuestTime> {
        self.by_time.first_key_value().map(|(slot, _)| slot.0)
    }

    /// Takes the first entry if it is due at `now`.
    pub fn pop_due(&mut self, now: GuestTime) -> Option<Pending<K>> {
        if self.next_time()? > now {
            return None;
        }
        let ((time, _), key) = self.by_time.pop_first()?;
        self.by_key.remove(&key);
        Some(Pending { time, key })
    }

    /// Number of entries.
    pub fn len(&self) -> usize {
        self.by_time.len()
    }

    /// Whether nothing is scheduled.
    pub fn is_empty(&self) -> bool {
        self.by_time.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drain(queue: &mut EventQueue<u8>) -> Vec<u8> {
        std::iter::from_fn(|| queue.pop_due(GuestTime::MAX)).map(|event| event.key).collect()
    }

    #[test]
    fn order_is_time_then_sequence() {
        let mut queue = EventQueue::default();
        for (micros, key) in [(5, 1), (2, 2), (5, 3), (2, 4)] {
            queue.schedule(GuestTime::from_micros(micros), key);
        }
        assert_eq!(drain(&mut queue), [2, 4, 1, 3]);
    }

    #[test]
    fn a_key_stands_once() {
        let mut queue = EventQueue::default();
        queue.schedule(GuestTime::from_micros(1), 7);
        queue.schedule(GuestTime::from_micros(9), 7);
        assert_eq!(queue.len(), 1);
        assert_eq!(queue.time_of(7), Some(GuestTime::from_micros(9)));
        assert!(queue.cancel(7));
        assert!(!queue.cancel(7));
        assert!(queue.is_empty());
    }

    #[test]
    fn nothing_comes_before_its_time() {
        let mut queue = EventQueue::default();
        queue.schedule(GuestTime::from_nanos(10), 1);
        assert_eq!(queue.pop_due(GuestTime::from_nanos(9)), None);
        let event = queue.pop_due(GuestTime::from_nanos(10)).expect("due");
        assert_eq!((event.time, event.key), (GuestTime::from_nanos(10), 1));
    }
}

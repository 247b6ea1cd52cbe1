use super::{DeviceId, Port};

/// A range of addresses that belongs to one port of a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// First address.
    pub start: u32,
    /// Last address, inclusive.
    pub end: u32,
    /// Whose it is.
    pub device: DeviceId,
    /// Which of the device's windows.
    pub port: Port,
    /// Read where the device knows no register.
    pub default_read: u32,
}

/// A window that an address fell into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Whose it is.
    pub device: DeviceId,
    /// Which of the device's windows.
    pub port: Port,
    /// Offset inside the window.
    pub offset: u32,
    /// Read where the device knows no register.
    pub default_read: u32,
}

/// Which device answers at which address. Where windows overlap, the one given first wins.
#[derive(Clone, Debug, Default)]
pub struct WindowTable {
    /// Disjoint pieces in ascending order: (first, last, window).
    pieces: Vec<(u32, u32, Window)>,
}

impl WindowTable {
    /// Cuts the windows into disjoint pieces, first given first served.
    pub fn new(windows: &[Window]) -> Self {
        let mut table = Self::default();
        for window in windows {
            table.insert(*window);
        }
        table.pieces.sort_unstable_by_key(|piece| piece.0);
        table
    }

    /// The window that answers at `addr`.
    pub fn find(&self, addr: u32) -> Option<Hit> {
        let after = self.pieces.partition_point(|piece| piece.0 <= addr);
        let (_, last, window) = self.pieces[..after].last()?;
        (addr <= *last).then_some(Hit {
            device: window.device,
            port: window.port,
            offset: addr - window.start,
            default_read: window.default_read,
        })
    }

    fn insert(&mut self, window: Window) {
        let mut taken: Vec<(u32, u32)> = self.pieces.iter().map(|piece| (piece.0, piece.1)).collect();
        taken.sort_unstable();
        let mut first = u64::from(window.start);
        let end = u64::from(window.end);
        for (from, to) in taken.into_iter().map(|(from, to)| (u64::from(from), u64::from(to))) {
            if to < first || from > end {
                continue;
            }
            self.push(first, from.saturating_sub(1), from, window);
            first = to + 1;
        }
        self.push(first, end, u64::MAX, window);
    }

    /// Adds the piece `first..=last` unless it is empty (`stop` is where the next taken piece begins).
    fn push(&mut self, first: u64, last: u64, stop: u64, window: Window) {
        if first <= last && first < stop {
            self.pieces.push((first as u32, last as u32, window));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(start: u32, end: u32, device: u8) -> Window {
        Window { start, end, device: DeviceId(device), port: Port(0), default_read: 0 }
    }

    #[test]
    fn the_first_window_wins_and_the_rest_shows_around_it() {
        let table = WindowTable::new(&[window(0x40, 0x43, 1), window(0x50, 0x53, 2), window(0, 0xFF, 3)]);
        let owner = |addr| table.find(addr).map(|hit| (hit.device.0, hit.offset));
        assert_eq!(owner(0x3F), Some((3, 0x3F)));
        assert_eq!(owner(0x42), Some((1, 2)));
        assert_eq!(owner(0x44), Some((3, 0x44)));
        assert_eq!(owner(0x50), Some((2, 0)));
        assert_eq!(owner(0xFF), Some((3, 0xFF)));
        assert_eq!(owner(0x100), None);
    }

    #[test]
    fn a_hidden_window_does_not_show() {
        let table = WindowTable::new(&[window(0, 0xFF, 1), window(0x10, 0x20, 2)]);
        assert_eq!(table.find(0x18).map(|hit| hit.device), Some(DeviceId(1)));
        assert_eq!(table.pieces.len(), 1);
    }

    #[test]
    fn the_whole_address_space_can_be_covered() {
        let table = WindowTable::new(&[window(0, 0, 1), window(0, u32::MAX, 2)]);
        assert_eq!(table.find(0).map(|hit| hit.device), Some(DeviceId(1)));
        assert_eq!(table.find(u32::MAX).map(|hit| hit.device), Some(DeviceId(2)));
    }
}

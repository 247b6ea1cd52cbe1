use std::hash::Hasher;

use serde::{Deserialize, Serialize};

use super::DeviceContext;

/// Which device of a machine: an index given by the machine that built it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct DeviceId(pub u8);

/// Which of a device's windows is meant. A device with one window has port 0 only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Port(pub u8);

/// A device's own name for one kind of event it schedules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct EventToken(pub u16);

/// Size of one access on the bus.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Width {
    /// 8 bits.
    Byte,
    /// 16 bits.
    Half,
    /// 32 bits.
    Word,
}

impl Width {
    /// Number of bytes moved.
    pub const fn bytes(self) -> u32 {
        match self {
            Self::Byte => 1,
            Self::Half => 2,
            Self::Word => 4,
        }
    }

    /// The bits of `value` that such an access carries.
    pub const fn truncate(self, value: u32) -> u32 {
        match self {
            Self::Byte => value & 0xFF,
            Self::Half => value & 0xFFFF,
            Self::Word => value,
        }
    }
}

/// Where inside a device, and how wide, the guest reads or writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Access {
    /// The device's window.
    pub port: Port,
    /// Byte offset inside that window; aligned to `width`.
    pub offset: u32,
    /// Size of the access.
    pub width: Width,
}

/// What a device says to a read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Read {
    /// The register's value; the bus cuts it to the access width.
    Value(u32),
    /// There is no such register that we know of: counted and reported, and the window's default is read.
    Unknown,
}

/// What a device says to a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Write {
    /// The register took the value, or is known to ignore it.
    Done,
    /// There is no such register that we know of: counted and reported.
    Unknown,
}

/// A device behind one or more windows.
///
/// The whole state of a device is one plain struct that derives `Clone`, `Debug`, `Hash`, `Serialize` and `Deserialize`.
/// Reads may have effects, as on the hardware; debuggers and traces use [`Device::peek`], which has none.
/// Nothing a guest writes may panic, allocate without bound, or take host time that is not paid for in guest time: long
/// transfers are cut into steps with [`DeviceContext::schedule`].
pub trait Device {
    /// The guest reads.
    fn read(&mut self, ctx: &mut DeviceContext<'_>, access: Access) -> Read;

    /// The guest writes `value` (already cut to the width).
    fn write(&mut self, ctx: &mut DeviceContext<'_>, access: Access, value: u32) -> Write;

    /// A time set with [`DeviceContext::schedule`] has come; `ctx.now()` is exactly that time.
    fn event(&mut self, _ctx: &mut DeviceContext<'_>, _token: EventToken) {}

    /// What a debugger sees at this place, without any effect. `None`: nothing to show.
    fn peek(&self, _access: Access) -> Option<u32> {
        None
    }

    /// Feeds the whole state into the machine's state hash: `self.state.hash(hasher)`.
    fn hash_state(&self, hasher: &mut StateHasher);
}

/// Takes the state of the machine's parts: a [`std::hash::Hasher`] over BLAKE3 whose result is the same on every host.
#[derive(Clone, Default)]
pub struct StateHasher(blake3::Hasher);

impl StateHasher {
    /// The hash of everything fed so far.
    pub fn digest(&self) -> [u8; 32] {
        *self.0.finalize().as_bytes()
    }

    /// The hasher below, for parts that feed BLAKE3 themselves.
    pub const fn blake3(&mut self) -> &mut blake3::Hasher {
        &mut self.0
    }
}

/// Fixed byte order and a fixed width for `usize`: the default methods follow the host.
impl Hasher for StateHasher {
    fn finish(&self) -> u64 {
        let digest = self.digest();
        digest.iter().take(8).rev().fold(0, |sum, byte| (sum << 8) | u64::from(*byte))
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn write_u16(&mut self, value: u16) {
        self.write(&value.to_le_bytes());
    }

    fn write_u32(&mut self, value: u32) {
        self.write(&value.to_le_bytes());
    }

    fn write_u64(&mut self, value: u64) {
        self.write(&value.to_le_bytes());
    }

    fn write_usize(&mut self, value: usize) {
        self.write_u64(value as u64);
    }
}

#[cfg(test)]
mod tests {
    use std::hash::Hash;

    use super::*;

    #[test]
    fn widths_cut_values() {
        assert_eq!(Width::Byte.truncate(0x1234_5678), 0x78);
        assert_eq!(Width::Half.truncate(0x1234_5678), 0x5678);
        assert_eq!(Width::Word.truncate(0x1234_5678), 0x1234_5678);
    }

    #[test]
    fn the_state_hash_sees_every_field() {
        let digest = |state: (u32, Option<u16>, &[u8])| {
            let mut hasher = StateHasher::default();
            state.hash(&mut hasher);
            hasher.digest()
        };
        let one = digest((1, Some(2), &[3]));
        assert_eq!(one, digest((1, Some(2), &[3])));
        assert_ne!(one, digest((1, Some(2), &[4])));
        assert_ne!(one, digest((1, None, &[3])));
    }
}

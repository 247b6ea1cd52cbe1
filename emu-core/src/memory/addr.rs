//! Addresses as the guest sees them.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Bytes in a page of the guest's address space: the unit of mapping and of write tracking.
pub const PAGE_SIZE: u32 = 4096;

/// An address in the guest's 32-bit address space. Arithmetic wraps, as it does on the core.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct GuestAddr(pub u32);

impl GuestAddr {
    /// This address plus `bytes`, wrapping at 4 GiB.
    #[inline]
    #[must_use]
    pub const fn wrapping_add(self, bytes: u32) -> Self {
        Self(self.0.wrapping_add(bytes))
    }

    /// This address plus `bytes`, or `None` beyond 4 GiB.
    #[must_use]
    pub fn checked_add(self, bytes: u32) -> Option<Self> {
        self.0.checked_add(bytes).map(Self)
    }

    /// Distance in bytes from `base`, or `None` when this address lies below it.
    #[must_use]
    pub fn offset_from(self, base: Self) -> Option<u32> {
        self.0.checked_sub(base.0)
    }

    /// True when this address lies in the `len` bytes that start at `base`.
    #[must_use]
    pub fn is_in(self, base: Self, len: u32) -> bool {
        self.0.wrapping_sub(base.0) < len
    }

    /// The address rounded down to a multiple of `to`, a power of two.
    #[inline]
    #[must_use]
    pub const fn align_down(self, to: u32) -> Self {
        Self(self.0 & !(to - 1))
    }

    /// True when the address is a multiple of `to`, a power of two.
    #[inline]
    #[must_use]
    pub const fn is_aligned(self, to: u32) -> bool {
        self.0 & (to - 1) == 0
    }

    /// Number of the 4 KiB page that holds this address.
    #[inline]
    #[must_use]
    pub const fn page_number(self) -> u32 {
        self.0 / PAGE_SIZE
    }

    /// Offset inside the page.
    #[inline]
    #[must_use]
    pub const fn page_offset(self) -> u32 {
        self.0 % PAGE_SIZE
    }
}

impl fmt::Display for GuestAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "0x{:08X}", self.0)
    }
}

impl fmt::Debug for GuestAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::LowerHex for GuestAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::LowerHex::fmt(&self.0, f)
    }
}

impl fmt::UpperHex for GuestAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::UpperHex::fmt(&self.0, f)
    }
}

impl From<u32> for GuestAddr {
    fn from(address: u32) -> Self {
        Self(address)
    }
}

//! Guest addresses.

use std::fmt;
use std::str::FromStr;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A physical address of the guest. Shown and serialised as `0xC0220134`.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Addr(pub u32);

impl Addr {
    /// The address `bytes` further on, or `None` beyond the end of the address space.
    pub fn checked_add(self, bytes: u32) -> Option<Addr> {
        self.0.checked_add(bytes).map(Addr)
    }

    /// Whether the address is a multiple of `bytes`.
    pub fn is_aligned(self, bytes: u32) -> bool {
        self.0.is_multiple_of(bytes)
    }
}

impl fmt::Display for Addr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "0x{:08X}", self.0)
    }
}

impl fmt::Debug for Addr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl From<u32> for Addr {
    fn from(value: u32) -> Self {
        Addr(value)
    }
}

impl FromStr for Addr {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse_hex(text).map(Addr)
    }
}

/// Parses `0x…` (or plain digits read as hexadecimal) of at most 32 bits.
pub(crate) fn parse_hex(text: &str) -> Result<u32, String> {
    let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(format!("{text:?} is not a hexadecimal number"));
    }
    u32::from_str_radix(digits, 16).map_err(|_| format!("{text:?} does not fit in 32 bits"))
}

impl Serialize for Addr {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Addr {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AddrVisitor)
    }
}

struct AddrVisitor;

impl Visitor<'_> for AddrVisitor {
    type Value = Addr;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a 32-bit address")
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Addr, E> {
        let reason = || E::custom(format_args!("{value:#X} is not a 32-bit address"));
        u32::try_from(value).map(Addr).map_err(|_| reason())
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Addr, E> {
        let reason = || E::custom(format_args!("{value:#X} is not a 32-bit address"));
        u32::try_from(value).map(Addr).map_err(|_| reason())
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Addr, E> {
        value.parse().map_err(E::custom)
    }
}

//! The memory map: what lies where (reference: boot-and-memory.md §2).

use serde::{Deserialize, Serialize};

use crate::addr::Addr;

/// A span of addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Region {
    /// First address.
    pub start: Addr,
    /// Size in bytes, not 0.
    pub size: u32,
}

impl Region {
    /// The last address, or `None` when the region runs over the end of the address space.
    pub fn checked_last(&self) -> Option<Addr> {
        self.start.checked_add(self.size.checked_sub(1)?)
    }

    /// The last address. A validated region never runs over the end of the address space.
    pub fn last(&self) -> Addr {
        Addr(self.start.0.saturating_add(self.size.saturating_sub(1)))
    }

    /// Whether the address lies in the region.
    pub fn contains(&self, addr: Addr) -> bool {
        addr >= self.start && addr.0 - self.start.0 < self.size
    }

    /// Whether the two share an address.
    pub fn overlaps(&self, other: &Region) -> bool {
        self.start <= other.last() && other.start <= self.last()
    }
}

/// Where a ROM chip is seen first, and its size. It repeats upwards to the next region.
pub type RomRegion = Region;

/// The memory of a camera.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MemoryMap {
    /// Main memory from address 0, in bytes. Its first bytes lie hidden under [`Self::atcm`].
    pub ram_size: u32,
    /// The address bit that selects the uncached alias of main memory.
    pub caching_bit: u32,
    /// Tightly coupled memory at 0, on the instruction side.
    pub atcm: Region,
    /// Tightly coupled memory on the data side.
    pub btcm: Region,
    /// Further memories of their own.
    #[serde(default)]
    pub extra_ram: Vec<Region>,
    /// First ROM chip; many models have none, or one the firmware does not need.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rom0: Option<RomRegion>,
    /// Second ROM chip: holds the boot code, repeats up to 0xFFFFFFFF.
    pub rom1: RomRegion,
    /// Where device registers live.
    pub mmio: Region,
}

impl MemoryMap {
    /// Main memory as a region.
    pub fn ram(&self) -> Region {
        Region { start: Addr(0), size: self.ram_size }
    }

    /// The uncached alias of main memory: same bytes, other addresses.
    pub fn uncached_alias(&self) -> Region {
        Region { start: Addr(self.caching_bit), size: self.ram_size }
    }

    /// How far ROM0 repeats: up to the byte before ROM1.
    pub fn rom0_mirrors(&self) -> Option<Region> {
        let rom0 = self.rom0?;
        Some(Region { start: rom0.start, size: self.rom1.start.0.saturating_sub(rom0.start.0) })
    }

    /// How far ROM1 repeats: to the end of the address space.
    pub fn rom1_mirrors(&self) -> Region {
        Region { start: self.rom1.start, size: 0u32.wrapping_sub(self.rom1.start.0) }
    }
}

/// A dump that a user brings along for a camera.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RomFile {
    /// File name: `ROM0.BIN`, `ROM1.BIN` or `SFDATA.BIN`.
    pub name: &'static str,
    /// Exact size in bytes.
    pub size: u32,
    /// Where it is seen; `None` for the serial flash, which is not in the address space.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<Addr>,
}

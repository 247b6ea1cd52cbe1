//! Words that the guest writes into locked cache lines (reference: boot-and-memory.md §1.3).
//!
//! Magic Lantern patches ROM code so. No cache is modelled: the word is put into memory, and put back when the line can
//! no longer be in the cache.

use serde::{Deserialize, Serialize};

use crate::memory::{AddressSpace, GuestAddr};

/// Words that fit into both caches of a DIGIC 5 (16 KiB each); more patches cannot be held by any.
const MAX_PATCHES: usize = 8 << 10;

/// The patches in force.
#[derive(Clone, Debug, Default, Hash, Serialize, Deserialize)]
pub(super) struct CachePatches {
    /// Address and the word that memory held before, oldest first.
    replaced: Vec<(u32, u32)>,
}

impl CachePatches {
    /// A word is written into the line that holds `addr`. Tells whether there was room.
    pub(super) fn write(&mut self, space: &mut AddressSpace, addr: GuestAddr, value: u32) -> bool {
        let Some(old) = space.peek_u32(addr).filter(|old| *old != value) else { return true };
        if self.replaced.len() >= MAX_PATCHES {
            return false;
        }
        self.replaced.push((addr.0, old));
        space.poke(addr, &value.to_le_bytes());
        true
    }

    /// The lines leave the cache: memory shows its own words again.
    pub(super) fn revert(&mut self, space: &mut AddressSpace) {
        for (addr, old) in self.replaced.drain(..).rev() {
            space.poke(GuestAddr(addr), &old.to_le_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::Access;

    fn space() -> AddressSpace {
        let mut space = AddressSpace::new();
        let rom = space.add_block_with(&[1, 0, 0, 0, 2, 0, 0, 0], 4096).expect("room");
        space.map(GuestAddr(0xF800_0000), 4096, rom, 0, Access::Rom).expect("aligned");
        space
    }

    #[test]
    fn patches_are_put_back_newest_first() {
        let (mut space, mut patches) = (space(), CachePatches::default());
        let addr = GuestAddr(0xF800_0004);
        patches.write(&mut space, addr, 7);
        patches.write(&mut space, addr, 8);
        assert_eq!(space.peek_u32(addr), Some(8));
        patches.revert(&mut space);
        assert_eq!(space.peek_u32(addr), Some(2));
    }

    #[test]
    fn patches_are_bounded() {
        let (mut space, mut patches) = (space(), CachePatches::default());
        let addr = GuestAddr(0xF800_0000);
        let taken = (0..10_000).filter(|value| patches.write(&mut space, addr, *value)).count();
        assert!(taken <= MAX_PATCHES + 1 && patches.replaced.len() == MAX_PATCHES);
        assert!(patches.write(&mut space, GuestAddr(0x1000_0000), 1), "an address of nothing is ignored");
    }
}

//! The camera's memory map (reference: boot-and-memory.md §2).

use darkroom_models::{Addr, MemoryMap, Region};

use crate::memory::{Access, AddressSpace, BlockId, GuestAddr, MapError, PAGE_SIZE};

/// One mapping of storage. A later one hides an earlier one.
#[derive(Clone, Copy, Debug)]
struct Mapping {
    start: u64,
    len: u64,
    block: BlockId,
    offset: u64,
    access: Access,
}

/// Where the second ROM chip shows, on cameras that have one.
const ROM0_SPACE: Addr = Addr(0xF000_0000);

/// The address space of a camera, and what is needed to move the data TCM.
#[derive(Clone)]
pub(super) struct GuestMap {
    mappings: Vec<Mapping>,
    mmio: Region,
    dtcm: BlockId,
    dtcm_base: GuestAddr,
}

/// Contents of the two ROM chips.
pub(super) struct RomContents<'a> {
    pub(super) rom0: Option<&'a [u8]>,
    pub(super) rom1: &'a [u8],
}

impl GuestMap {
    /// Builds the map of a camera in `space`. Main memory below the instruction TCM and at the data TCM is hidden.
    pub(super) fn build(
        space: &mut AddressSpace,
        memory: &MemoryMap,
        roms: &RomContents<'_>,
    ) -> Result<Self, MapError> {
        let ram = space.add_block(u64::from(memory.ram_size))?;
        let dtcm = space.add_block(u64::from(memory.btcm.size))?;
        let mut map =
            Self { mappings: Vec::new(), mmio: memory.mmio, dtcm, dtcm_base: GuestAddr(memory.btcm.start.0) };
        map.add_ram(memory.ram(), ram);
        map.add_ram(memory.uncached_alias(), ram);
        for region in &memory.extra_ram {
            let block = space.add_block(u64::from(region.size))?;
            map.add_ram(*region, block);
        }
        map.add_roms(space, memory, roms)?;
        let itcm = space.add_block(u64::from(memory.atcm.size))?;
        map.add_ram(memory.atcm, itcm);
        map.apply(space)?;
        space.map(map.dtcm_base, u64::from(PAGE_SIZE), dtcm, 0, Access::Ram)?;
        Ok(map)
    }

    /// Moves the data TCM, as a write of its region register does; what it hid shows again.
    pub(super) fn move_dtcm(&mut self, space: &mut AddressSpace, base: GuestAddr) -> Result<(), MapError> {
        let base = base.align_down(PAGE_SIZE);
        if base == self.dtcm_base {
            return Ok(());
        }
        self.restore_page(space, self.dtcm_base)?;
        self.dtcm_base = base;
        space.map(base, u64::from(PAGE_SIZE), self.dtcm, 0, Access::Ram)
    }

    fn restore_page(&self, space: &mut AddressSpace, page: GuestAddr) -> Result<(), MapError> {
        let len = u64::from(PAGE_SIZE);
        if page.is_in(GuestAddr(self.mmio.start.0), self.mmio.size) {
            return space.map_device(page, len);
        }
        let at = u64::from(page.0);
        let owner = self
            .mappings
            .iter()
            .rev()
            .find(|mapping| (mapping.start..mapping.start + mapping.len).contains(&at));
        match owner {
            Some(mapping) => {
                space.map(page, len, mapping.block, mapping.offset + at - mapping.start, mapping.access)
            }
            None => space.unmap(page, len),
        }
    }

    fn add_ram(&mut self, region: Region, block: BlockId) {
        let (start, len) = (u64::from(region.start.0), u64::from(region.size));
        self.mappings.push(Mapping { start, len, block, offset: 0, access: Access::Ram });
    }

    fn add_roms(
        &mut self,
        space: &mut AddressSpace,
        memory: &MemoryMap,
        roms: &RomContents<'_>,
    ) -> Result<(), MapError> {
        match (memory.rom0, memory.rom0_mirrors(), roms.rom0) {
            (Some(rom0), Some(mirrors), Some(content)) => {
                let block = space.add_block_with(content, u64::from(rom0.size))?;
                self.add_mirrors(mirrors, rom0.size, block);
            }
            _ => self.add_absent_rom0(space, memory)?,
        }
        let block = space.add_block_with(roms.rom1, u64::from(memory.rom1.size))?;
        self.add_mirrors(memory.rom1_mirrors(), memory.rom1.size, block);
        Ok(())
    }

    /// A camera without a second chip answers its space with zeros, it does not abort: at its first start ML reads 16 MiB from
    /// there on every camera, and cameras live through that.
    fn add_absent_rom0(&mut self, space: &mut AddressSpace, memory: &MemoryMap) -> Result<(), MapError> {
        let block = space.add_block(u64::from(memory.rom1.size))?;
        let space_of_chip = Region { start: ROM0_SPACE, size: memory.rom1.start.0 - ROM0_SPACE.0 };
        self.add_mirrors(space_of_chip, memory.rom1.size, block);
        Ok(())
    }

    /// One storage, repeated over the whole region.
    fn add_mirrors(&mut self, region: Region, size: u32, block: BlockId) {
        let (start, size) = (u64::from(region.start.0), u64::from(size));
        let end = start + u64::from(region.size);
        let mut at = start;
        while size > 0 && at < end {
            let len = size.min(end - at);
            self.mappings.push(Mapping { start: at, len, block, offset: 0, access: Access::Rom });
            at += len;
        }
    }

    fn apply(&self, space: &mut AddressSpace) -> Result<(), MapError> {
        for mapping in &self.mappings {
            let start = GuestAddr(mapping.start as u32);
            space.map(start, mapping.len, mapping.block, mapping.offset, mapping.access)?;
        }
        space.map_device(GuestAddr(self.mmio.start.0), u64::from(self.mmio.size))
    }
}

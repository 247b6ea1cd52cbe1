//! The address space itself, and the CPU's way into it.

use std::ops::Range;

use super::addr::{GuestAddr, PAGE_SIZE};
use super::block::{Block, BlockId, TOUCHED};
use super::page::{Entry, Kind, PageRef};
use super::snapshot::MemorySnapshot;
use super::table::PageTable;

/// Why an access did not go to plain storage. Nothing was changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Miss {
    /// A device window: the machine must carry the access out.
    Device,
    /// A store to ROM: the machine decides (reference: boot-and-memory.md §3.1).
    Rom,
    /// Nothing stands there: the core takes an external abort.
    Unmapped,
}

/// The guest's physical map. See the module's page for how blocks, aliases and page states work.
///
/// Words are little-endian. Addresses need no alignment; an access that crosses into a page of another kind is
/// refused as a whole, with the [`Miss`] of the first page that is not plain storage.
#[derive(Clone)]
pub struct AddressSpace {
    pub(super) table: PageTable,
    pub(super) blocks: Vec<Block>,
    code_epoch: u64,
    marks: u64,
    /// What pages that are marked clean are equal to.
    pub(super) base: Option<MemorySnapshot>,
}

impl Default for AddressSpace {
    fn default() -> Self {
        Self::new()
    }
}

impl AddressSpace {
    /// An empty space: everything is unmapped.
    #[must_use]
    pub fn new() -> Self {
        Self::of(PageTable::new(), Vec::new(), 0)
    }

    /// A space of these parts, from which nothing is decoded.
    pub(super) fn of(table: PageTable, blocks: Vec<Block>, code_epoch: u64) -> Self {
        Self { table, blocks, code_epoch, marks: 0, base: None }
    }

    #[inline]
    pub(super) fn entry(&self, addr: GuestAddr) -> Entry {
        self.table.entry(addr)
    }

    /// Reads a byte.
    ///
    /// # Errors
    /// [`Miss`] when the address is not RAM or ROM.
    #[inline]
    pub fn read_u8(&self, addr: GuestAddr) -> Result<u8, Miss> {
        self.read::<1>(addr).map(u8::from_le_bytes)
    }

    /// Reads a halfword.
    ///
    /// # Errors
    /// [`Miss`] when the address is not RAM or ROM.
    #[inline]
    pub fn read_u16(&self, addr: GuestAddr) -> Result<u16, Miss> {
        self.read(addr).map(u16::from_le_bytes)
    }

    /// Reads a word.
    ///
    /// # Errors
    /// [`Miss`] when the address is not RAM or ROM.
    #[inline]
    pub fn read_u32(&self, addr: GuestAddr) -> Result<u32, Miss> {
        self.read(addr).map(u32::from_le_bytes)
    }

    /// Writes a byte.
    ///
    /// # Errors
    /// [`Miss`] when the address is not RAM.
    #[inline]
    pub fn write_u8(&mut self, addr: GuestAddr, value: u8) -> Result<(), Miss> {
        self.write(addr, [value])
    }

    /// Writes a halfword.
    ///
    /// # Errors
    /// [`Miss`] when the address is not RAM.
    #[inline]
    pub fn write_u16(&mut self, addr: GuestAddr, value: u16) -> Result<(), Miss> {
        self.write(addr, value.to_le_bytes())
    }

    /// Writes a word.
    ///
    /// # Errors
    /// [`Miss`] when the address is not RAM.
    #[inline]
    pub fn write_u32(&mut self, addr: GuestAddr, value: u32) -> Result<(), Miss> {
        self.write(addr, value.to_le_bytes())
    }

    #[inline]
    fn read<const N: usize>(&self, addr: GuestAddr) -> Result<[u8; N], Miss> {
        let entry = self.entry(addr);
        if !entry.is_storage() || addr.page_offset() > PAGE_SIZE - N as u32 {
            return self.read_slow(addr);
        }
        let page = entry.page_ref();
        let at = page.byte_offset() + addr.page_offset() as usize;
        match self.blocks.get(page.block()).and_then(|block| block.bytes.get(at..at + N)) {
            Some(bytes) => Ok(bytes.try_into().expect("the slice has N bytes")),
            None => Err(Miss::Unmapped),
        }
    }

    #[inline]
    fn write<const N: usize>(&mut self, addr: GuestAddr, value: [u8; N]) -> Result<(), Miss> {
        let entry = self.entry(addr);
        if !entry.is_ram() || addr.page_offset() > PAGE_SIZE - N as u32 {
            return self.write_slow(addr, value);
        }
        let page = entry.page_ref();
        let at = page.byte_offset() + addr.page_offset() as usize;
        let Some(block) = self.blocks.get_mut(page.block()) else { return Err(Miss::Unmapped) };
        if block.state.get(page.page()) != Some(&TOUCHED) {
            self.store(entry, addr, &value);
            return Ok(());
        }
        match block.bytes.get_mut(at..at + N) {
            Some(bytes) => bytes.copy_from_slice(&value),
            None => return Err(Miss::Unmapped),
        }
        Ok(())
    }

    #[cold]
    fn read_slow<const N: usize>(&self, addr: GuestAddr) -> Result<[u8; N], Miss> {
        let mut value = [0; N];
        for (i, byte) in (0..).zip(&mut value) {
            *byte = self.byte(addr.wrapping_add(i)).ok_or_else(|| self.read_miss(addr.wrapping_add(i)))?;
        }
        Ok(value)
    }

    #[cold]
    fn write_slow<const N: usize>(&mut self, addr: GuestAddr, value: [u8; N]) -> Result<(), Miss> {
        for i in 0..N as u32 {
            self.check_writable(addr.wrapping_add(i))?;
        }
        for (i, byte) in (0..).zip(value) {
            self.store(self.entry(addr.wrapping_add(i)), addr.wrapping_add(i), &[byte]);
        }
        Ok(())
    }

    pub(super) fn check_writable(&self, addr: GuestAddr) -> Result<(), Miss> {
        match self.entry(addr).kind() {
            Kind::Ram => Ok(()),
            Kind::Rom => Err(Miss::Rom),
            Kind::Device => Err(Miss::Device),
            Kind::Unmapped => Err(Miss::Unmapped),
        }
    }

    pub(super) fn read_miss(&self, addr: GuestAddr) -> Miss {
        if self.entry(addr).kind() == Kind::Device { Miss::Device } else { Miss::Unmapped }
    }

    pub(super) fn byte(&self, addr: GuestAddr) -> Option<u8> {
        let page = self.storage_page(addr)?;
        self.blocks[page.block()].bytes.get(page.byte_offset() + addr.page_offset() as usize).copied()
    }

    /// Stores bytes that stay inside one page of storage, RAM or ROM, and makes code decoded from them stale.
    #[cold]
    pub(super) fn store(&mut self, entry: Entry, addr: GuestAddr, data: &[u8]) {
        let page = entry.page_ref();
        let at = page.byte_offset() + addr.page_offset() as usize;
        if self.blocks[page.block()].store(at, data) {
            self.code_changed();
        }
    }

    pub(super) fn code_changed(&mut self) {
        self.code_epoch += 1;
    }

    pub(super) fn block_size(&self, block: BlockId) -> u64 {
        self.blocks[usize::from(block.0)].bytes.len() as u64
    }

    /// The page of storage behind an address, or `None` for devices and holes.
    #[inline]
    #[must_use]
    pub fn storage_page(&self, addr: GuestAddr) -> Option<PageRef> {
        let entry = self.entry(addr);
        entry.is_storage().then(|| entry.page_ref())
    }

    /// True when the address lies in a device window.
    #[must_use]
    pub fn is_device(&self, addr: GuestAddr) -> bool {
        self.entry(addr).kind() == Kind::Device
    }

    /// Notes that the CPU keeps something decoded from these bytes of the page: code, or words of a translation table.
    /// The next change of a 64-byte line that holds one of them will raise [`code_epoch`](Self::code_epoch) and the
    /// page's [`code_version`](Self::code_version), and everything marked on the page is forgotten then.
    pub fn mark_code(&mut self, page: PageRef, bytes: Range<u32>) {
        let bytes = bytes.start as usize..bytes.end as usize;
        if self.blocks[page.block()].mark_code(page.page(), bytes) {
            self.marks += 1;
        }
    }

    /// Rises whenever [`mark_code`](Self::mark_code) marks lines that were not marked.
    #[inline]
    #[must_use]
    pub fn marks(&self) -> u64 {
        self.marks
    }

    /// How often code on this page became stale.
    #[inline]
    #[must_use]
    pub fn code_version(&self, page: PageRef) -> u32 {
        self.blocks[page.block()].version(page.page())
    }

    /// Rises whenever decoded code anywhere may have become stale, by a store or by a change of the map.
    #[inline]
    #[must_use]
    pub fn code_epoch(&self) -> u64 {
        self.code_epoch
    }

    /// Rises whenever the map changes.
    #[inline]
    #[must_use]
    pub fn map_epoch(&self) -> u64 {
        self.table.epoch()
    }
}

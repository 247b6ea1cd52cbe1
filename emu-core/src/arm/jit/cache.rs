//! Compiled regions: found by address, linked with each other, dropped when their code changes.

use std::collections::HashMap;

use super::arena::{Arena, ArenaError, CodeMemory, Offset};
use super::emit::{self, Emitted, Exit, Target};
use super::entries::Entries;
use super::frame::Thunks;
use super::heat::Heat;
use super::host::HostFeatures;
use super::pages::PageTables;
use super::profile::Profile;
use super::ration::Ration;
use super::region::Region;
use super::sites::Sites;
use super::step::Site;
use super::{JitOptions, JitStats};
use crate::memory::{AddressSpace, LinearRam, PageRef};

/// Where execution can begin.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Key {
    /// Number of the profile.
    profile: usize,
    /// Address with Thumb state in bit 0.
    target: u32,
    /// The page of storage that the address stands for: under translation, not always the same one.
    page: PageRef,
}

impl Key {
    pub(super) fn new(profile: Profile, target: u32, page: PageRef) -> Self {
        Self { profile: profile.index(), target, page }
    }

    /// The table that has it: one for each state of a profile.
    fn table(self) -> usize {
        2 * self.profile + (self.target & 1) as usize
    }
}

#[derive(Clone, Copy)]
struct Found {
    code: *const u8,
    region: usize,
}

struct Compiled {
    keys: Vec<Key>,
    /// Links of others that lead here.
    incoming: Vec<u32>,
}

#[derive(Clone, Copy)]
struct Link {
    jump: Offset,
    unlinked: Offset,
    /// Address with Thumb state in bit 0.
    target: u32,
    region: usize,
}

struct PageCode {
    page: PageRef,
    version: u32,
    regions: Vec<usize>,
}

/// Code of a region, and where it was put.
type Placed = (Offset, Emitted);

/// Generated code and what is known about it.
pub(super) struct Jit {
    options: JitOptions,
    host: HostFeatures,
    arena: Arena,
    pub(super) thunks: Thunks,
    regions: Vec<Option<Compiled>>,
    found: HashMap<Key, Found>,
    /// Made when code is first generated for a profile.
    entries: [Option<Entries>; 2 * Profile::COUNT],
    links: Vec<Link>,
    pages: HashMap<u32, PageCode>,
    /// What the code passes to steps.
    sites: Sites,
    /// Keys of all regions since the last flush.
    keys: usize,
    heat: Heat,
    ration: Ration,
    ram: Option<LinearRam>,
    pages_used: PageTables,
    code_epoch: u64,
    map_epoch: Option<u64>,
    translation: u64,
    stats: JitStats,
}

// SAFETY: the code addresses lead into the arena that this value owns; nothing is tied to a thread.
#[expect(unsafe_code, reason = "holds addresses of its own arena")]
unsafe impl Send for Jit {}
// SAFETY: shared, it only gives figures.
#[expect(unsafe_code, reason = "holds addresses of its own arena")]
unsafe impl Sync for Jit {}

impl Jit {
    /// Gets memory for code.
    ///
    /// # Errors
    /// [`ArenaError`] when the host gives no executable memory.
    pub(super) fn new(options: JitOptions) -> Result<Self, ArenaError> {
        Self::within(CodeMemory::reserve(options.code_bytes)?, options)
    }

    /// Generates into this memory.
    ///
    /// # Errors
    /// [`ArenaError`] when it does not even hold the fixed code.
    pub(super) fn within(memory: CodeMemory, options: JitOptions) -> Result<Self, ArenaError> {
        let mut arena = memory.into_arena();
        let thunks = Thunks::new(&mut arena).ok_or_else(ArenaError::too_small)?;
        Ok(Self {
            options,
            host: HostFeatures::detect(),
            arena,
            thunks,
            regions: Vec::new(),
            found: HashMap::new(),
            entries: [const { None }; 2 * Profile::COUNT],
            links: Vec::new(),
            pages: HashMap::new(),
            sites: Sites::default(),
            keys: 0,
            heat: Heat::default(),
            ration: Ration::default(),
            ram: None,
            pages_used: PageTables::default(),
            code_epoch: 0,
            map_epoch: None,
            translation: 0,
            stats: JitStats::default(),
        })
    }

    pub(super) fn stats(&self) -> JitStats {
        let (bytes_in_use, table_bytes) = (self.arena.used() as u64, self.table_bytes() as u64);
        JitStats { bytes_in_use, table_bytes, ..self.stats }
    }

    /// Memory of the host for what is known about the code. Grows with every region; only a flush gives it back.
    fn table_bytes(&self) -> usize {
        let regions = self.regions.len() * (size_of::<Option<Compiled>>() + 2 * size_of::<usize>());
        let links = self.links.len() * (size_of::<Link>() + size_of::<u32>());
        let keys = self.keys * (2 * size_of::<Key>() + size_of::<Found>());
        self.sites.bytes() + regions + links + keys
    }

    /// The RAM that generated code reaches.
    pub(super) fn ram(&self) -> Option<&LinearRam> {
        self.ram.as_ref()
    }

    /// The tables of pages under translation.
    pub(super) fn pages(&mut self) -> *mut PageTables {
        &raw mut self.pages_used
    }

    /// Throws everything away.
    pub(super) fn flush(&mut self) {
        self.heat.clear();
        if self.regions.is_empty() {
            return;
        }
        self.regions.clear();
        self.found.clear();
        self.entries.iter_mut().flatten().for_each(Entries::clear);
        self.links.clear();
        self.pages.clear();
        self.sites.clear();
        self.keys = 0;
        self.arena.truncate(self.thunks.size);
        self.stats.flushes += 1;
    }

    /// Throws everything away, and what is known about the memory.
    pub(super) fn forget(&mut self) {
        self.flush();
        self.ration.leap();
        self.ram = None;
        self.map_epoch = None;
        self.pages_used.clear();
    }

    /// Follows changes of the memory's map, of code, and of translation since the last call.
    pub(super) fn sync(&mut self, memory: &AddressSpace, translation: u64) {
        if self.map_epoch != Some(memory.map_epoch()) {
            self.flush();
            self.map_epoch = Some(memory.map_epoch());
            self.pages_used.clear();
            self.ram = memory.linear_ram();
        }
        if self.code_epoch != memory.code_epoch() {
            self.code_epoch = memory.code_epoch();
            self.drop_stale(memory);
            self.pages_used.clear();
        }
        self.pages_used.follow_marks(memory.marks());
        if self.translation != translation {
            self.translation = translation;
            self.pages_used.clear();
            let translating = self.entries.iter_mut().enumerate().filter(|(n, _)| n >> 1 & 1 != 0);
            translating.filter_map(|(_, table)| table.as_mut()).for_each(Entries::clear);
        }
    }

    fn drop_stale(&mut self, memory: &AddressSpace) {
        let stale: Vec<u32> = self
            .pages
            .iter()
            .filter(|(_, code)| memory.code_version(code.page) != code.version)
            .map(|(page, _)| *page)
            .collect();
        for page in stale {
            if let Some(code) = self.pages.remove(&page) {
                self.heat.disturb(code.page);
                code.regions.into_iter().for_each(|region| self.drop_region(region));
            }
        }
    }

    fn drop_region(&mut self, region: usize) {
        let Some(compiled) = self.regions.get_mut(region).and_then(Option::take) else { return };
        for key in compiled.keys {
            if self.found.get(&key).is_some_and(|found| found.region == region) {
                self.found.remove(&key);
                self.entries[key.table()].iter_mut().for_each(|table| table.forget(key.target));
            }
        }
        for link in compiled.incoming {
            let Link { jump, unlinked, .. } = self.links[link as usize];
            self.arena.patch(jump, distance(jump, unlinked));
        }
        self.stats.stale += 1;
    }

    /// The code for a key.
    pub(super) fn find(&self, key: Key) -> Option<*const u8> {
        if !self.heat.is_compiled(key.page) {
            return None;
        }
        self.found.get(&key).map(|found| found.code)
    }

    /// Lets indirect branches find the code.
    pub(super) fn enter_in_table(&mut self, key: Key, code: *const u8) {
        self.entries[key.table()].get_or_insert_with(Entries::new).put(key.target, code);
    }

    /// Counts a visit of the interpreter at this instruction count; true when the code there has become hot and may be
    /// compiled.
    pub(super) fn is_hot(&mut self, key: Key, instructions: u64) -> bool {
        if self.heat.is_full() {
            self.flush();
        }
        let threshold = self.options.threshold;
        threshold == 0
            || self.heat.visit(key.page, key.target, threshold) && self.ration.suffices(instructions)
    }

    /// Nothing can be compiled there: lets it become hot anew before anybody tries again.
    pub(super) fn cool(&mut self, key: Key) {
        self.heat.cool(key.page, key.target);
    }

    /// Lets a direct branch lead to the code of this key, which it met, from now on.
    pub(super) fn link(&mut self, number: u32, key: Key) {
        let Some(&Link { jump, target, region, .. }) = self.links.get(number as usize) else { return };
        let Some(found) = self.found.get(&key).copied() else { return };
        // Compiling the target may have thrown everything away: another link has the number then.
        if target != key.target || self.regions.get(region).is_none_or(Option::is_none) {
            return;
        }
        let to = found.code as usize - self.arena.address(Offset(0)) as usize;
        self.arena.patch(jump, distance(jump, Offset(to as u32)));
        if let Some(Some(target)) = self.regions.get_mut(found.region) {
            target.incoming.push(number);
        }
    }

    /// Compiles a region. False when that is not possible; the interpreter executes it then.
    pub(super) fn compile(&mut self, region: &Region, profile: Profile, memory: &mut AddressSpace) -> bool {
        self.ration.spend(emit::most_sites(region));
        for (page, bytes) in region.pages.values() {
            memory.mark_code(*page, bytes.clone());
        }
        // The code is entered at once: it must not store unnoticed into the pages it was made from.
        self.pages_used.follow_marks(memory.marks());
        if self.table_bytes() > self.arena.size() {
            self.flush();
        }
        let emitted = self.emit_with_sites(region, profile).or_else(|| {
            self.flush();
            self.emit_with_sites(region, profile)
        });
        let Some(Ok((at, emitted))) = emitted else {
            self.stats.refused += 1;
            return false;
        };
        self.remember(region, profile, memory, at, &emitted);
        true
    }

    /// `None` when the arena is full.
    fn emit_with_sites(
        &mut self,
        region: &Region,
        profile: Profile,
    ) -> Option<Result<Placed, emit::Unplanned>> {
        let mut sites = self.sites.take(emit::most_sites(region));
        let before = sites.len();
        let emitted = self.emit(region, profile, &mut sites);
        if !matches!(emitted, Some(Ok(_))) {
            sites.truncate(before);
        }
        self.sites.keep(sites);
        emitted
    }

    fn emit(
        &mut self,
        region: &Region,
        profile: Profile,
        sites: &mut Vec<Site>,
    ) -> Option<Result<Placed, emit::Unplanned>> {
        let entries = [0, 1].map(|state| {
            self.entries[2 * profile.index() + state].get_or_insert_with(Entries::new).address()
        });
        let pages = profile
            .translating
            .then(|| [false, true].map(|write| self.pages_used.table(profile.privileged, write).address()));
        let target = Target {
            pages,
            thunks: &self.thunks,
            profile,
            host: self.host,
            ram: self.ram.as_ref(),
            entries,
            first_exit: self.links.len() as u32,
        };
        let emitted = match emit::emit(region, &target, &self.arena, sites) {
            Ok(emitted) => emitted,
            Err(unplanned) => return Some(Err(unplanned)),
        };
        let at = self.arena.append(&emitted.code)?;
        Some(Ok((at, emitted)))
    }

    fn remember(
        &mut self,
        region: &Region,
        profile: Profile,
        memory: &AddressSpace,
        at: Offset,
        emitted: &Emitted,
    ) {
        let id = self.regions.len();
        let thumb = u32::from(region.thumb);
        let mut keys = Vec::with_capacity(emitted.entries.len());
        for (pc, offset) in &emitted.entries {
            let Some((page, _)) = region.page_of(*pc) else { continue };
            let key = Key::new(profile, pc | thumb, page);
            let code = self.arena.address(at).wrapping_add(*offset);
            self.found.entry(key).or_insert(Found { code, region: id });
            keys.push(key);
        }
        self.add_links(region, at, &emitted.exits, id);
        for (page, _) in region.pages.values() {
            let version = memory.code_version(*page);
            let code = PageCode { page: *page, version, regions: Vec::new() };
            self.pages.entry(page.index()).or_insert(code).regions.push(id);
            self.heat.set_compiled(*page);
        }
        self.count(region, emitted);
        self.keys += keys.len();
        self.regions.push(Some(Compiled { keys, incoming: Vec::new() }));
    }

    fn add_links(&mut self, region: &Region, at: Offset, exits: &[Exit], id: usize) {
        let place = |offset: usize| Offset(at.0 + offset as u32);
        let thumb = u32::from(region.thumb);
        for exit in exits {
            self.links.push(Link {
                jump: place(exit.jump),
                unlinked: place(exit.unlinked),
                target: exit.target | thumb,
                region: id,
            });
        }
    }

    fn count(&mut self, region: &Region, emitted: &Emitted) {
        self.stats.regions += 1;
        self.stats.blocks += region.blocks.len() as u64;
        self.stats.instructions += emit::most_sites(region) as u64;
        self.stats.bytes += emitted.code.len() as u64;
    }
}

/// What to write at `jump` to lead it to `to`: distances count from behind the four bytes.
fn distance(jump: Offset, to: Offset) -> i32 {
    to.0.wrapping_sub(jump.0 + 4) as i32
}

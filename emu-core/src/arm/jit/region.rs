//! What is compiled at once: the blocks that are reached from an entry by direct branches, near it.

use std::collections::{BTreeMap, BTreeSet};

use super::super::blocks::{decode_at, ends_block, next_it};
use super::super::decode::Decoder;
use super::super::insn::{Cond, Insn, Op};
use super::flags;
use crate::memory::{AddressSpace, GuestAddr, PAGE_SIZE, PageRef};

/// Most instructions of a region.
const MAX_INSNS: usize = 512;
/// Most instructions of a block: it must fit a run's last stretch.
const MAX_BLOCK: usize = 64;
/// Branches farther than this from the entry leave the region.
const REACH: u32 = 4096;

/// Instructions that are executed one after the other; only the first can be jumped to.
#[derive(Debug)]
pub(super) struct Block {
    pub(super) pc: u32,
    pub(super) insns: Vec<Insn>,
    /// Flags that need not be stored at its end.
    pub(super) dead_after: flags::Mask,
}

impl Block {
    /// Address behind the last instruction.
    pub(super) fn end(&self) -> u32 {
        self.insns.iter().fold(self.pc, |pc, insn| pc.wrapping_add(insn.size.into()))
    }
}

/// Code to be compiled.
#[derive(Debug)]
pub(super) struct Region {
    pub(super) thumb: bool,
    /// In the order of their addresses.
    pub(super) blocks: Vec<Block>,
    /// The pages it lies in by the number of the guest's page, and the bytes of each that were decoded.
    pub(super) pages: BTreeMap<u32, (PageRef, std::ops::Range<u32>)>,
}

/// How code is found.
pub(super) struct Source<'a> {
    pub(super) memory: &'a AddressSpace,
    pub(super) decoder: &'a Decoder,
    pub(super) thumb: bool,
    /// Where a virtual page stands when addresses are translated: then a region stays in one page.
    pub(super) only_page: Option<(u32, PageRef)>,
    /// Instructions before which the guest must stop.
    pub(super) breakpoints: &'a BTreeSet<u32>,
}

impl Source<'_> {
    fn page(&self, pc: u32) -> Option<PageRef> {
        match self.only_page {
            Some((page, place)) => (pc / PAGE_SIZE == page).then_some(place),
            None => self.memory.storage_page(GuestAddr(pc)),
        }
    }

    fn fetch(&self, pc: u32, it: u8) -> Option<Insn> {
        let bytes = self.memory.page(self.page(pc)?);
        let inside = decode_at(self.decoder, bytes, (pc % PAGE_SIZE) as usize, self.thumb, it);
        inside.or_else(|| self.fetch_across(pc, it))
    }

    /// A T32 instruction whose halfwords lie in two pages.
    fn fetch_across(&self, pc: u32, it: u8) -> Option<Insn> {
        let half = |pc: u32| {
            let bytes = self.memory.page(self.page(pc)?);
            let at = (pc % PAGE_SIZE) as usize;
            Some(u16::from_le_bytes([*bytes.get(at)?, *bytes.get(at + 1)?]))
        };
        let (first, second) = (half(pc)?, half(pc.wrapping_add(2))?);
        self.thumb.then(|| self.decoder.t32(u32::from(first) << 16 | u32::from(second), it))
    }
}

/// Where a direct branch goes, when it stays in its state.
pub(super) fn direct_target(insn: &Insn, pc: u32, thumb: bool) -> Option<u32> {
    let ahead = if thumb { 4 } else { 8 };
    let align = if thumb { !1 } else { !3 };
    let target = match insn.op {
        Op::Branch { offset } => pc.wrapping_add(ahead).wrapping_add_signed(offset) & align,
        // In an If-Then block it has a condition as well, which nobody should write: the interpreter does that.
        Op::Cbz { offset, .. } if insn.cond == Cond::Always => {
            pc.wrapping_add(ahead).wrapping_add(offset.into()) & align
        }
        _ => return None,
    };
    // A branch to itself tells the machine that the guest waits: the interpreter does that.
    (target != pc).then_some(target)
}

/// True when the instruction after this one can be reached from it, be it by a return.
fn is_followed(insn: &Insn) -> bool {
    match insn.op {
        Op::Branch { .. } => insn.cond != Cond::Always,
        Op::Undefined { .. } | Op::Rfe { .. } | Op::Bkpt { .. } => false,
        Op::Bx { .. } | Op::TableBranch { .. } => insn.cond != Cond::Always,
        Op::Ldm { list, .. } => list >> 15 == 0 || insn.cond != Cond::Always,
        Op::LoadImm { rt, .. } | Op::LoadReg { rt, .. } => !rt.is_pc() || insn.cond != Cond::Always,
        Op::AluImm { .. } | Op::AluReg { .. } | Op::AluRegShift { .. } => insn.cond != Cond::Always,
        _ => true,
    }
}

/// Decoded instructions by address, and where blocks begin.
struct Survey<'a> {
    source: &'a Source<'a>,
    entry: u32,
    insns: BTreeMap<u32, Insn>,
    leaders: BTreeSet<u32>,
    pages: BTreeMap<u32, (PageRef, std::ops::Range<u32>)>,
}

impl Survey<'_> {
    fn run(&mut self) {
        let mut open = vec![self.entry];
        while let Some(leader) = open.pop() {
            if !self.leaders.insert(leader) || self.insns.contains_key(&leader) {
                continue;
            }
            self.walk(leader, &mut open);
        }
    }

    /// Decodes from a block's beginning to its end; further beginnings go to `open`.
    fn walk(&mut self, leader: u32, open: &mut Vec<u32>) {
        let (mut pc, mut it) = (leader, 0);
        while let Some(insn) = self.next(pc, it) {
            self.note(pc, insn.size);
            self.insns.insert(pc, insn);
            let next = pc.wrapping_add(insn.size.into());
            if ends_block(&insn.op) {
                let target = direct_target(&insn, pc, self.source.thumb);
                let next = is_followed(&insn).then_some(next);
                open.extend(target.into_iter().chain(next).filter(|pc| self.is_near(*pc)));
                return;
            }
            (pc, it) = (next, next_it(&insn));
        }
        if it != 0 {
            self.drop_if_then(pc);
        }
    }

    /// The instruction at `pc`, unless the walk ends there.
    fn next(&mut self, pc: u32, it: u8) -> Option<Insn> {
        if self.insns.contains_key(&pc) {
            self.leaders.insert(pc);
            return None;
        }
        let stops = self.source.breakpoints.contains(&pc);
        if stops || self.insns.len() >= MAX_INSNS {
            return None;
        }
        // Behind the last instruction of the address space comes its beginning: the interpreter leads there.
        let ends = |insn: &Insn| pc.checked_add(insn.size.into()).is_some();
        self.source.fetch(pc, it).filter(|insn| ends(insn) && !self.overlaps(pc, insn.size))
    }

    /// True when an instruction that was found before shares bytes with this one: a jump led into its middle. The region
    /// keeps the one that was found first.
    fn overlaps(&self, pc: u32, size: u8) -> bool {
        let end = pc.saturating_add(size.into());
        let before = self.insns.range(..pc).next_back();
        before.is_some_and(|(at, insn)| at.saturating_add(insn.size.into()) > pc)
            || self.insns.range(pc..end).next().is_some()
    }

    /// The walk ended inside an If-Then block, where no block can begin: takes it out.
    fn drop_if_then(&mut self, end: u32) {
        while let Some((&pc, insn)) = self.insns.range(..end).next_back() {
            let begins = matches!(insn.op, Op::It { .. });
            self.insns.remove(&pc);
            if begins {
                return;
            }
        }
    }

    fn is_near(&self, pc: u32) -> bool {
        pc.wrapping_sub(self.entry).wrapping_add(REACH) < 2 * REACH
    }

    /// Remembers from which bytes an instruction was decoded.
    fn note(&mut self, pc: u32, size: u8) {
        for half in (pc..).step_by(2).take(size as usize / 2) {
            let Some(page) = self.source.page(half) else { continue };
            let (from, end) = (half % PAGE_SIZE, half % PAGE_SIZE + 2);
            let (_, range) = self.pages.entry(half / PAGE_SIZE).or_insert((page, from..end));
            *range = range.start.min(from)..range.end.max(end);
        }
    }

    fn begins_block(&self, pc: u32, before: &Block) -> bool {
        self.leaders.contains(&pc) || before.insns.len() >= MAX_BLOCK
    }

    fn blocks(&self) -> Vec<Block> {
        let mut blocks: Vec<Block> = Vec::new();
        let mut expected = None;
        for (&pc, insn) in &self.insns {
            match blocks.last_mut() {
                Some(block) if expected == Some(pc) && (insn.it != 0 || !self.begins_block(pc, block)) => {
                    block.insns.push(*insn);
                }
                _ => blocks.push(Block { pc, insns: vec![*insn], dead_after: 0 }),
            }
            let next = pc.wrapping_add(insn.size.into());
            expected = (!ends_block(&insn.op)).then_some(next);
        }
        blocks
    }
}

impl Region {
    /// The page of storage that an address of the region lies in.
    pub(super) fn page_of(&self, pc: u32) -> Option<(PageRef, std::ops::Range<u32>)> {
        self.pages.get(&(pc / PAGE_SIZE)).cloned()
    }

    /// The region that begins at `entry`; `None` when there is no whole instruction.
    pub(super) fn survey(source: &Source<'_>, entry: u32) -> Option<Self> {
        let mut survey = Survey {
            source,
            entry,
            insns: BTreeMap::new(),
            leaders: BTreeSet::new(),
            pages: BTreeMap::new(),
        };
        survey.run();
        let mut blocks = survey.blocks();
        link_flags(&mut blocks, source.thumb);
        blocks.iter().any(|block| block.pc == entry).then_some(Self {
            thumb: source.thumb,
            blocks,
            pages: survey.pages,
        })
    }
}

/// Finds for each block the flags that all its successors overwrite.
fn link_flags(blocks: &mut [Block], thumb: bool) {
    let dead: BTreeMap<u32, flags::Mask> =
        blocks.iter().map(|block| (block.pc, flags::dead_at_entry(&block.insns))).collect();
    let dead_at = |pc: u32| dead.get(&pc).copied().unwrap_or(0);
    for block in blocks {
        block.dead_after = successors(block, thumb)
            .map_or(0, |(first, second)| dead_at(first) & second.map_or(flags::ALL, dead_at));
    }
}

/// Where a block continues when both ways are known.
fn successors(block: &Block, thumb: bool) -> Option<(u32, Option<u32>)> {
    let last = block.insns.last()?;
    let next = block.end();
    if !ends_block(&last.op) {
        return Some((next, None));
    }
    let target = direct_target(last, next.wrapping_sub(last.size.into()), thumb)?;
    (next_it(last) == 0).then(|| (target, is_followed(last).then_some(next)))
}

//! Decoded code, kept by the physical place it was fetched from.

use super::decode::{Decoder, advance_it};
use super::engine::Way;
use super::insn::{Insn, Op};
use super::simd::{FPEXC, VfpOp};
use crate::memory::{AddressSpace, PAGE_SIZE, PageRef};

/// Longest run of instructions decoded at once.
const MAX_LEN: usize = 32;
const SLOTS_LOG2: u32 = 13;

/// Where and how a block starts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Place {
    pub(super) page: PageRef,
    pub(super) offset: u32,
    pub(super) thumb: bool,
    pub(super) it: u8,
}

impl Place {
    fn key(self) -> u64 {
        u64::from(self.page.index()) << 21
            | u64::from(self.it) << 13
            | u64::from(self.offset) << 1
            | u64::from(self.thumb)
    }
}

/// An instruction, and how it is executed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ready {
    pub(super) insn: Insn,
    pub(super) way: Way,
}

impl Ready {
    pub(super) fn new(insn: Insn) -> Self {
        Self { insn, way: Way::of(&insn.op) }
    }
}

/// Instructions that follow each other inside one page. The last one may leave the straight path.
#[derive(Clone, Default)]
struct Block {
    key: u64,
    version: u32,
    insns: Vec<Ready>,
}

/// A direct-mapped cache of blocks: bounded, whatever the guest executes.
#[derive(Clone)]
pub(super) struct BlockCache {
    slots: Vec<Option<Box<Block>>>,
}

impl Default for BlockCache {
    fn default() -> Self {
        Self { slots: vec![None; 1 << SLOTS_LOG2] }
    }
}

impl BlockCache {
    pub(super) fn clear(&mut self) {
        self.slots.fill(None);
    }

    /// The block that starts at `place`, decoded now unless it is known and its page is unchanged. An empty block
    /// means that the first instruction crosses into the next page.
    pub(super) fn get(
        &mut self,
        place: Place,
        decoder: &Decoder,
        memory: &mut AddressSpace,
        stop_before: impl Fn(u32) -> bool,
    ) -> &[Ready] {
        let key = place.key();
        let slot = &mut self.slots[(key.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (64 - SLOTS_LOG2)) as usize];
        let version = memory.code_version(place.page);
        let known = slot.as_ref().is_some_and(|block| block.key == key && block.version == version);
        // Code that is executed once comes and goes: what a block leaves behind serves the next one.
        let block = slot.get_or_insert_default();
        if !known {
            (block.key, block.version) = (key, version);
            decode_block(&mut block.insns, place, decoder, memory.page(place.page), stop_before);
            memory.mark_code(place.page, place.offset..end_of(place, &block.insns));
        }
        &block.insns
    }
}

fn decode_block(
    insns: &mut Vec<Ready>,
    place: Place,
    decoder: &Decoder,
    page: &[u8],
    stop_before: impl Fn(u32) -> bool,
) {
    insns.clear();
    let (mut offset, mut it) = (place.offset, place.it);
    while insns.len() < MAX_LEN && offset < PAGE_SIZE {
        if !insns.is_empty() && stop_before(offset) {
            break;
        }
        let Some(insn) = decode_at(decoder, page, offset as usize, place.thumb, it) else { break };
        insns.push(Ready::new(insn));
        offset += u32::from(insn.size);
        it = next_it(&insn);
        if ends_block(&insn.op) {
            break;
        }
    }
}

/// Where the bytes end from which a block was decoded. An instruction that crosses into the next page is known by its
/// first halfword.
fn end_of(place: Place, insns: &[Ready]) -> u32 {
    let bytes: u32 = insns.iter().map(|ready| u32::from(ready.insn.size)).sum();
    place.offset + bytes.max(2)
}

/// The instruction at an offset of a page, or `None` when it does not lie in the page as a whole.
pub(super) fn decode_at(decoder: &Decoder, page: &[u8], offset: usize, thumb: bool, it: u8) -> Option<Insn> {
    if !thumb {
        let word = page.get(offset..offset + 4)?;
        return Some(decoder.a32(u32::from_le_bytes(word.try_into().ok()?)));
    }
    let half = |at: usize| page.get(at..at + 2).map(|half| u16::from_le_bytes([half[0], half[1]]));
    let first = half(offset)?;
    if decoder.thumb_size(first) == 2 {
        return Some(decoder.t16(first, it));
    }
    Some(decoder.t32(u32::from(first) << 16 | u32::from(half(offset + 2)?), it))
}

/// ITSTATE after an instruction that did not branch.
#[inline]
pub(super) fn next_it(insn: &Insn) -> u8 {
    match insn.op {
        Op::It { state } => state,
        _ => advance_it(insn.it),
    }
}

/// True when the next instruction may not be the following one, or may be meant differently.
pub(super) fn ends_block(op: &Op) -> bool {
    match *op {
        Op::AluImm { op, rd, .. } | Op::AluReg { op, rd, .. } | Op::AluRegShift { op, rd, .. } => {
            rd.is_pc() && !op.is_compare()
        }
        Op::LoadImm { rt, .. } | Op::LoadReg { rt, .. } => rt.is_pc(),
        Op::Ldm { list, .. } => list >> 15 != 0,
        Op::Branch { .. }
        | Op::BranchLink { .. }
        | Op::BranchLinkExchange { .. }
        | Op::Bx { .. }
        | Op::Blx { .. }
        | Op::BlSuffix { .. }
        | Op::Cbz { .. }
        | Op::TableBranch { .. }
        | Op::MsrImm { .. }
        | Op::MsrReg { .. }
        | Op::Cps { .. }
        | Op::Rfe { .. }
        | Op::Svc { .. }
        | Op::Bkpt { .. }
        | Op::Smc
        | Op::Undefined { .. }
        | Op::Coprocessor { .. }
        | Op::Mcr { .. }
        | Op::Vfp(VfpOp::Msr { reg: FPEXC, .. }) => true,
        _ => false,
    }
}

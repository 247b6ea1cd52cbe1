//! From decoded instructions to x86-64.
#![allow(clippy::useless_conversion, reason = "dynasm! converts registers and distances that need it not")]

mod alu;
mod arith;
mod branch;
mod condition;
mod float;
mod float_memory;
mod memory;
mod multiple;
mod multiply;
mod neon;
mod shift;

use std::collections::BTreeMap;

use dynasmrt::{DynamicLabel, DynasmApi, DynasmLabelApi, dynasm};

use super::super::blocks::{Ready, ends_block, next_it};
use super::super::insn::{Cond, HintOp, Insn, Op, Reg};
use super::arena::Arena;
use super::flags::{self, HostFlags, Mask};
use super::frame::{Assembler, PC, RDX, Thunks, pinned, slot};
use super::host::HostFeatures;
use super::profile::Profile;
use super::region::{Block, Region};
use super::step::Site;
use crate::memory::{LinearRam, PAGE_SIZE};

/// A direct branch out of the region, to be linked when its target gets compiled.
#[derive(Clone, Copy, Debug)]
pub(super) struct Exit {
    /// Where the four bytes of the jump's distance lie, from the start of the region's code.
    pub(super) jump: usize,
    /// Where the jump leads while it is not linked, likewise.
    pub(super) unlinked: usize,
    pub(super) target: u32,
}

/// What a region became.
pub(super) struct Emitted {
    pub(super) code: Vec<u8>,
    /// Where the blocks begin: guest address and offset in the code.
    pub(super) entries: Vec<(u32, usize)>,
    pub(super) exits: Vec<Exit>,
}

/// What the code is generated for.
pub(super) struct Target<'a> {
    pub(super) thunks: &'a Thunks,
    pub(super) profile: Profile,
    pub(super) host: HostFeatures,
    pub(super) ram: Option<&'a LinearRam>,
    /// Under translation: the tables of pages for loads and for stores.
    pub(super) pages: Option<[*const u8; 2]>,
    /// Tables of entries for indirect branches of this profile, in ARM and in Thumb state.
    pub(super) entries: [*const u8; 2],
    /// Number of the first exit.
    pub(super) first_exit: u32,
}

/// Code could not be generated. The interpreter executes the region.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Unplanned;

type Emit = Result<(), Unplanned>;

/// Code away from the straight path, written after it.
enum Cold {
    /// The budget does not suffice for a block: gives its instructions back and returns.
    Limit { at: DynamicLabel, pc: u32, insns: i32 },
    /// Hands an instruction to the interpreter and goes on.
    Step { at: DynamicLabel, site: usize, back: DynamicLabel },
    /// Hands an instruction to the interpreter's arithmetic and goes on.
    Data { at: DynamicLabel, site: usize, back: DynamicLabel },
    /// Looks closer at a result in `xmm0` that may be a plain zero, because one of the registers at these places is.
    Zero { at: DynamicLabel, double: bool, zeros: Vec<i32>, fine: DynamicLabel, slow: DynamicLabel },
    /// Finds the page of an access, and makes it then; else hands the instruction to the interpreter.
    Refill { at: DynamicLabel, address: u8, write: bool, retry: DynamicLabel, slow: DynamicLabel },
    /// Looks closer at a store to a page whose state does not simply allow it.
    Lines { at: DynamicLabel, offset: u8, bytes: u32, retry: DynamicLabel, slow: DynamicLabel },
    /// Leaves by a link.
    Exit { at: DynamicLabel, target: u32 },
    /// Leaves by an indirect branch; the target is in `eax`. It may have entries in the other state.
    Indirect { at: DynamicLabel, may_change: bool },
}

pub(super) struct Emitter<'a> {
    ops: Assembler,
    target: &'a Target<'a>,
    thumb: bool,
    labels: BTreeMap<u32, DynamicLabel>,
    cold: Vec<Cold>,
    exits: Vec<(Exit, DynamicLabel)>,
    sites: &'a mut Vec<Site>,
    /// There was no room for a site.
    full: bool,
    /// Where the sites stand in memory.
    site_base: *const Site,
    // About the instruction at work.
    pc: u32,
    insn: Insn,
    /// Instructions of the block from this one on.
    left: u32,
    /// Flags that this instruction must store.
    store: Mask,
    /// Somebody looks at its flags.
    wanted: bool,
    /// What r15 reads as.
    pc_read: u32,
    /// What the host's flags hold.
    host_flags: HostFlags,
    /// Flags whose value in memory is right.
    in_memory: Mask,
}

/// Most sites of a region: one per instruction.
pub(super) fn most_sites(region: &Region) -> usize {
    region.blocks.iter().map(|block| block.insns.len()).sum()
}

/// Generates the code of a region. `sites` must have room for [`most_sites`]: it must not move.
pub(super) fn emit(
    region: &Region,
    target: &Target<'_>,
    arena: &Arena,
    sites: &mut Vec<Site>,
) -> Result<Emitted, Unplanned> {
    debug_assert!(sites.capacity() >= most_sites(region));
    let mut ops = Assembler::new(arena.next() as usize);
    let labels = region.blocks.iter().map(|block| (block.pc, ops.new_dynamic_label())).collect();
    let site_base = sites.as_ptr();
    let emitter = Emitter {
        ops,
        target,
        thumb: region.thumb,
        labels,
        cold: Vec::new(),
        exits: Vec::new(),
        sites,
        full: false,
        site_base,
        pc: 0,
        insn: Insn { op: Op::Hint(HintOp::Nop), cond: Cond::Always, size: 4, it: 0 },
        left: 0,
        store: 0,
        wanted: false,
        pc_read: 0,
        host_flags: HostFlags { valid: 0, borrow: false },
        in_memory: flags::ALL,
    };
    emitter.region(region)
}

impl Emitter<'_> {
    fn region(mut self, region: &Region) -> Result<Emitted, Unplanned> {
        let mut entries = Vec::with_capacity(region.blocks.len());
        for (index, block) in region.blocks.iter().enumerate() {
            let next = region.blocks.get(index + 1).map(|next| next.pc);
            entries.push((block.pc, self.ops.offset().0));
            self.block(block, next)?;
        }
        self.cold_code();
        if self.full {
            return Err(Unplanned);
        }
        let exits = self.placed_exits()?;
        let code = self.ops.finalize().map_err(|_| Unplanned)?;
        Ok(Emitted { code, entries, exits })
    }

    /// A block: charges its instructions, then executes them. `next` is the block whose code follows.
    fn block(&mut self, block: &Block, next: Option<u32>) -> Emit {
        let insns = block.insns.len() as i32;
        let label = self.labels.get(&block.pc).copied().ok_or(Unplanned)?;
        let limit = self.ops.new_dynamic_label();
        dynasm!(self.ops ; .arch x64 ; =>label ; sub r15, insns ; jl =>limit);
        self.cold.push(Cold::Limit { at: limit, pc: block.pc, insns });
        self.clobber();
        self.in_memory = flags::ALL;
        self.pc = block.pc;
        for (index, insn) in block.insns.iter().enumerate() {
            self.insn = *insn;
            self.left = (block.insns.len() - index) as u32;
            let demand = flags::demand(&block.insns, index, block.dead_after);
            (self.store, self.wanted) = (demand.store, !demand.is_none());
            self.pc_read = self.pc.wrapping_add(if self.thumb { 4 } else { 8 });
            self.instruction(block, index, next)?;
            self.pc = self.pc.wrapping_add(insn.size.into());
        }
        if block.insns.last().is_none_or(|last| !ends_block(&last.op)) {
            self.go(block.end(), next);
        }
        Ok(())
    }

    fn instruction(&mut self, block: &Block, index: usize, next: Option<u32>) -> Emit {
        let insn = self.insn;
        if ends_block(&insn.op) {
            return self.last(block, index, next);
        }
        let skip = self.skip_unless(insn.cond)?;
        self.body()?;
        self.after(&insn, skip);
        Ok(())
    }

    /// Joins the paths behind a conditional instruction, and keeps book of the flags.
    fn after(&mut self, insn: &Insn, skip: Option<DynamicLabel>) {
        let written = flags::writes(&insn.op);
        if let Some(skip) = skip {
            dynasm!(self.ops ; .arch x64 ; =>skip);
            if !flags::keeps_host_flags(&insn.op) {
                self.clobber();
            }
            self.in_memory &= !(written & !self.store);
        } else {
            self.in_memory = self.in_memory & !written | self.store & written;
            if written != 0 && self.wanted {
                self.host_flags = flags::host_flags(&insn.op);
            } else if !flags::keeps_host_flags(&insn.op) {
                self.clobber();
            }
        }
    }

    fn clobber(&mut self) {
        self.host_flags = HostFlags { valid: 0, borrow: false };
    }

    /// Code of an instruction that does not branch, its condition passed.
    fn body(&mut self) -> Emit {
        match self.insn.op {
            Op::AluImm { op, s, rd, rn, imm, carry } => self.alu_imm(op, s, rd, rn, imm, carry),
            Op::AluReg { op, s, rd, rn, rm, shift, amount } => {
                self.alu_reg((op, s, rd, rn), rm, shift, amount)
            }
            Op::AluRegShift { op, s, rd, rn, rm, shift, rs } => {
                self.alu_reg_shift((op, s, rd, rn), rm, shift, rs)
            }
            Op::It { .. } => Ok(()),
            Op::Hint(hint) if hint != HintOp::Wfi => Ok(()),
            Op::LoadImm { .. } | Op::LoadReg { .. } | Op::StoreImm { .. } | Op::StoreReg { .. } => {
                self.single()
            }
            Op::DualImm { .. } | Op::DualReg { .. } => self.dual(),
            Op::Ldm { .. } | Op::Stm { .. } => self.multiple(),
            Op::BlPrefix { offset } => {
                let value = self.pc_read.wrapping_add_signed(offset);
                self.write_constant(Reg::LR, value);
                Ok(())
            }
            Op::Vfp(op) if self.target.profile.floats => {
                self.vfp(op);
                Ok(())
            }
            Op::Neon(op) if self.target.profile.floats => {
                self.neon(op);
                Ok(())
            }
            _ => self.arithmetic(),
        }
    }

    fn arithmetic(&mut self) -> Emit {
        match self.insn.op {
            Op::Movw { rd, imm } => self.write_constant(rd, imm.into()),
            Op::Movt { rd, imm } => self.move_top(rd, imm),
            Op::Unary { op, rd, rm } => self.unary(op, rd, rm),
            Op::Bfc { rd, lsb, width } => self.insert_field(rd, None, lsb, width),
            Op::Bfi { rd, rn, lsb, width } => self.insert_field(rd, Some(rn), lsb, width),
            Op::Bfx { signed, rd, rn, lsb, width } => self.extract_field(signed, rd, rn, lsb, width),
            Op::Extend { op, rd, rn, rm, rotate } => return self.extend(op, rd, rn, rm, rotate),
            Op::Pkh { tb, rd, rn, rm, amount } => self.pack(tb, rd, rn, rm, amount),
            Op::MulHalf { op, rd, ra, rm, rn, rm_top, rn_top } => {
                self.multiply_half(op, (rd, ra), (rm, rm_top), (rn, rn_top));
            }
            Op::MulTop { op, round, rd, ra, rm, rn } => self.multiply_top(op, round, (rd, ra), rm, rn),
            Op::SatTo { signed, bits: bits @ ..32, rd, rn, shift, amount } => {
                self.saturate_to(signed, bits, rd, rn, shift, amount);
            }
            Op::Usad8 { rd, ra, rm, rn } => self.sum_of_differences(rd, ra, rm, rn),
            Op::Mul { op, s, rd, ra, rm, rn } => self.multiply(op, s, rd, (ra, rm, rn)),
            Op::MulLong { op, s: false, lo, hi, rm, rn } => return self.multiply_long(op, (lo, hi), rm, rn),
            Op::Div { signed, rd, rn, rm } => self.divide(signed, rd, rn, rm),
            _ => self.step(),
        }
        Ok(())
    }

    // Registers.

    /// The host register that holds a guest register's value: its own, or `scratch`, loaded now. Keeps the host's flags.
    fn value(&mut self, reg: Reg, scratch: u8) -> u8 {
        match pinned(reg) {
            Some(host) => host,
            None => {
                self.read(reg, scratch);
                scratch
            }
        }
    }

    /// Copies a guest register's value into a host register. Keeps the host's flags.
    fn read(&mut self, reg: Reg, to: u8) {
        if reg.is_pc() {
            let value = self.pc_read as i32;
            dynasm!(self.ops ; .arch x64 ; mov Rd(to), value);
        } else if let Some(host) = pinned(reg) {
            self.copy(to, host);
        } else {
            dynasm!(self.ops ; .arch x64 ; mov Rd(to), [BYTE rbp + slot(reg)]);
        }
    }

    /// Like [`read`](Self::read); r15 counts as aligned to a word.
    fn read_base(&mut self, reg: Reg, to: u8) {
        if reg.is_pc() {
            let value = (self.pc_read & !3) as i32;
            dynasm!(self.ops ; .arch x64 ; mov Rd(to), value);
        } else {
            self.read(reg, to);
        }
    }

    fn copy(&mut self, to: u8, from: u8) {
        if to != from {
            dynasm!(self.ops ; .arch x64 ; mov Rd(to), Rd(from));
        }
    }

    /// The host register in which a result for `reg` is best made.
    fn result(&self, reg: Reg, scratch: u8) -> u8 {
        pinned(reg).unwrap_or(scratch)
    }

    /// Gives a guest register the value of a host register. Keeps the host's flags.
    fn write(&mut self, reg: Reg, from: u8) {
        match pinned(reg) {
            Some(host) => self.copy(host, from),
            None => dynasm!(self.ops ; .arch x64 ; mov [BYTE rbp + slot(reg)], Rd(from)),
        }
    }

    fn write_constant(&mut self, reg: Reg, value: u32) {
        let value = value as i32;
        match pinned(reg) {
            Some(host) => dynasm!(self.ops ; .arch x64 ; mov Rd(host), value),
            None => dynasm!(self.ops ; .arch x64 ; mov DWORD [BYTE rbp + slot(reg)], value),
        }
    }

    // Ways out.

    fn site(&mut self, leaves: bool) -> usize {
        // Their addresses stand in the code: the vector must not grow.
        if self.sites.len() == self.sites.capacity() {
            self.full = true;
            return 0;
        }
        let it_after = next_it(&self.insn);
        self.sites.push(Site {
            ready: Ready::new(self.insn),
            pc: self.pc,
            left: self.left,
            leaves,
            it_after,
        });
        self.sites.len() - 1
    }

    fn call_step(&mut self, site: usize) {
        let address = self.site_base.wrapping_add(site) as i64;
        let step = self.target.thunks.step as usize;
        dynasm!(self.ops ; .arch x64 ; mov rax, QWORD address ; call extern step);
    }

    /// Hands the instruction to the interpreter.
    fn step(&mut self) {
        let site = self.site(false);
        self.call_step(site);
    }

    /// Has the interpreter's arithmetic carry out an instruction that concerns floating-point registers alone.
    fn data(&mut self) {
        let site = self.site(false);
        self.call_data(site);
    }

    fn call_data(&mut self, site: usize) {
        let address = self.site_base.wrapping_add(site) as i64;
        let data = self.target.thunks.data as usize;
        dynasm!(self.ops ; .arch x64 ; mov rax, QWORD address ; call extern data);
    }

    /// Hands the last instruction of a block to the interpreter, which also finds out where it leads.
    fn step_and_leave(&mut self) {
        let site = self.site(true);
        self.call_step(site);
    }

    /// A place off the straight path that hands the instruction to the interpreter; behind it `back` is reached.
    fn cold_step(&mut self, back: DynamicLabel) -> DynamicLabel {
        let at = self.ops.new_dynamic_label();
        let site = self.site(false);
        self.cold.push(Cold::Step { at, site, back });
        at
    }

    fn cold_code(&mut self) {
        // Leaving a region may add to it.
        while let Some(cold) = self.cold.pop() {
            match cold {
                Cold::Limit { at, pc, insns } => {
                    let limit = self.target.thunks.limit as usize;
                    dynasm!(self.ops
                        ; .arch x64
                        ; =>at
                        ; add r15, insns
                        ; mov DWORD [BYTE rbp + PC], pc as i32
                        ; jmp extern limit
                    );
                }
                Cold::Step { at, site, back } => {
                    dynasm!(self.ops ; .arch x64 ; =>at);
                    self.call_step(site);
                    dynasm!(self.ops ; .arch x64 ; jmp =>back);
                }
                Cold::Data { at, site, back } => {
                    dynasm!(self.ops ; .arch x64 ; =>at);
                    self.call_data(site);
                    dynasm!(self.ops ; .arch x64 ; jmp =>back);
                }
                Cold::Zero { at, double, zeros, fine, slow } => {
                    dynasm!(self.ops ; .arch x64 ; =>at);
                    self.check_zero(double, &zeros, fine, slow);
                }
                Cold::Refill { at, address, write, retry, slow } => {
                    let refill = self.target.thunks.refill as usize;
                    dynasm!(self.ops ; .arch x64 ; =>at);
                    self.copy(RDX, address);
                    dynasm!(self.ops
                        ; .arch x64
                        ; mov eax, i32::from(write)
                        ; call extern refill
                        ; jz =>slow
                        ; jmp =>retry
                    );
                }
                Cold::Lines { at, offset, bytes, retry, slow } => {
                    dynasm!(self.ops ; .arch x64 ; =>at);
                    self.check_lines(offset, bytes, retry, slow);
                }
                Cold::Exit { at, target } => {
                    dynasm!(self.ops ; .arch x64 ; =>at);
                    self.exit(target);
                }
                Cold::Indirect { at, may_change } => {
                    let indirect = self.target.thunks.indirect as usize;
                    let other = self.thumb ^ may_change;
                    let table = self.target.entries[usize::from(other)] as i64;
                    dynasm!(self.ops ; .arch x64 ; =>at ; mov rdx, QWORD table ; jmp extern indirect);
                }
            }
        }
        self.exit_stubs();
    }

    /// A jump out of the region that can be linked.
    fn exit(&mut self, target: u32) {
        // Under translation another page may come to stand at the target's address: it is looked up each time.
        if self.target.profile.translating
            && self.labels.keys().next().is_none_or(|pc| pc ^ target >= PAGE_SIZE)
        {
            let key = (target | u32::from(self.thumb)) as i32;
            dynasm!(self.ops ; .arch x64 ; mov eax, key);
            return self.indirect(false);
        }
        let unlinked = self.ops.new_dynamic_label();
        dynasm!(self.ops ; .arch x64 ; jmp =>unlinked);
        let jump = self.ops.offset().0 - 4;
        self.exits.push((Exit { jump, unlinked: 0, target }, unlinked));
    }

    fn exit_stubs(&mut self) {
        let link = self.target.thunks.link as usize;
        for (index, (exit, label)) in (0..).zip(&self.exits) {
            let number = self.target.first_exit.wrapping_add(index) as i32;
            dynasm!(self.ops
                ; .arch x64
                ; =>*label
                ; mov DWORD [BYTE rbp + PC], exit.target as i32
                ; mov eax, number
                ; jmp extern link
            );
        }
    }

    fn placed_exits(&mut self) -> Result<Vec<Exit>, Unplanned> {
        let labels = self.ops.labels();
        self.exits
            .iter()
            .map(|(exit, label)| {
                let unlinked = labels.resolve_dynamic(*label).map_err(|_| Unplanned)?.0;
                Ok(Exit { unlinked, ..*exit })
            })
            .collect()
    }
}

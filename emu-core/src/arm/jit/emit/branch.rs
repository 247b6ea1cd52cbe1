//! The last instruction of a block.

use dynasmrt::{DynamicLabel, DynasmApi, DynasmLabelApi, dynasm};

use super::super::super::blocks::next_it;
use super::super::super::insn::{Access, AluOp, Cond, Op, Reg};
use super::super::frame::{RAX, RCX, RDX};
use super::super::region::{Block, direct_target};
use super::{Cold, Emit, Emitter};

impl Emitter<'_> {
    /// Carries out the last instruction and goes where it leads. `next` is the block whose code follows.
    pub(super) fn last(&mut self, block: &Block, index: usize, next: Option<u32>) -> Emit {
        let inside_if_then = next_it(&self.insn) != 0;
        if inside_if_then || !self.is_native() {
            self.step_and_leave();
            return Ok(());
        }
        if let Some(target) = direct_target(&self.insn, self.pc, self.thumb) {
            return self.direct(block, target, next);
        }
        let skip = self.skip_unless(self.insn.cond)?;
        self.leave(block, index)?;
        if let Some(skip) = skip {
            dynasm!(self.ops ; .arch x64 ; =>skip);
            self.go(block.end(), next);
        }
        Ok(())
    }

    /// True for branches that generated code carries out itself.
    fn is_native(&self) -> bool {
        match self.insn.op {
            Op::Branch { .. } => direct_target(&self.insn, self.pc, self.thumb).is_some(),
            // In an If-Then block it has a condition, which nobody writes.
            Op::Cbz { .. } => {
                self.insn.cond == Cond::Always && direct_target(&self.insn, self.pc, self.thumb).is_some()
            }
            Op::BranchLink { .. } | Op::BlSuffix { .. } | Op::Bx { .. } | Op::Blx { .. } => true,
            Op::TableBranch { .. } => self.reaches_ram(),
            // Nobody loads r15 from less than a word, or with the rights of user mode.
            Op::LoadImm { access, rn, index, user, .. } | Op::LoadReg { access, rn, index, user, .. } => {
                access == Access::Word && !user && self.reaches_ram() && self.is_plain(rn, index)
            }
            Op::Ldm { user, .. } => !user && self.reaches_ram(),
            Op::AluImm { s, .. } => !s,
            Op::AluReg { op, s, .. } => !s && matches!(op, AluOp::Mov | AluOp::Add),
            _ => false,
        }
    }

    /// B and CBZ: to `target`, or behind the block.
    fn direct(&mut self, block: &Block, target: u32, next: Option<u32>) -> Emit {
        if let Op::Cbz { nonzero, rn, .. } = self.insn.op {
            let x = self.value(rn, RAX);
            dynasm!(self.ops ; .arch x64 ; test Rd(x), Rd(x));
            let to = self.place(target);
            if nonzero {
                dynasm!(self.ops ; .arch x64 ; jnz =>to);
            } else {
                dynasm!(self.ops ; .arch x64 ; jz =>to);
            }
            self.go(block.end(), next);
            return Ok(());
        }
        if self.insn.cond == Cond::Always {
            self.go(target, next);
            return Ok(());
        }
        let holds = self.test(self.insn.cond)?;
        let to = self.place(target);
        self.jump_if(holds, to);
        self.go(block.end(), next);
        Ok(())
    }

    /// The label of a block, or of an exit off the straight path.
    fn place(&mut self, pc: u32) -> DynamicLabel {
        if let Some(label) = self.labels.get(&pc) {
            return *label;
        }
        let at = self.ops.new_dynamic_label();
        self.cold.push(Cold::Exit { at, target: pc });
        at
    }

    /// Goes to a known address.
    pub(super) fn go(&mut self, pc: u32, next: Option<u32>) {
        match self.labels.get(&pc) {
            Some(_) if next == Some(pc) => {}
            Some(label) => dynasm!(self.ops ; .arch x64 ; jmp =>*label),
            None => self.exit(pc),
        }
    }

    /// Calls and branches to computed addresses.
    fn leave(&mut self, block: &Block, index: usize) -> Emit {
        match self.insn.op {
            Op::BranchLink { offset } => {
                let target = self.pc_read.wrapping_add_signed(offset) & self.align();
                self.link(4);
                self.go(target, None);
            }
            Op::BlSuffix { offset, exchange } => self.bl_suffix(block, index, offset, exchange),
            Op::Bx { rm } => {
                self.read(rm, RAX);
                self.exchange();
            }
            Op::Blx { rm } => {
                self.read(rm, RAX);
                self.link(if self.thumb { 2 } else { 4 });
                self.exchange();
            }
            Op::TableBranch { half, rn, rm } => self.table_branch(half, rn, rm),
            Op::LoadImm { .. } | Op::LoadReg { .. } => {
                self.load_target()?;
                self.loaded();
            }
            Op::Ldm { .. } => match self.multiple_target()? {
                true => self.loaded(),
                false => self.step_and_leave(),
            },
            Op::AluImm { op, rn, imm, .. } => self.computed(op, rn, super::alu::Operand::Constant(imm)),
            Op::AluReg { op, rn, rm, shift, amount, .. } => {
                if amount == 0 {
                    self.read(rm, RCX);
                } else {
                    self.shift_constant(rm, shift, amount, false);
                }
                self.computed(op, rn, super::alu::Operand::Host(RCX));
            }
            _ => return Err(super::Unplanned),
        }
        Ok(())
    }

    /// A data instruction that writes r15.
    fn computed(&mut self, op: AluOp, rn: Reg, y: super::alu::Operand) {
        let rn = if op.is_move() { Reg(0) } else { rn };
        if let Op::AluImm { .. } = self.insn.op {
            self.pc_read &= !3;
        }
        // r15 as destination has no host register, so the result is made in eax; its slot in memory holds nothing.
        self.alu(op, false, Reg::PC, rn, y);
        if self.target.profile.v5 || self.thumb { self.same_state() } else { self.exchange() }
    }

    fn align(&self) -> u32 {
        if self.thumb { !1 } else { !3 }
    }

    /// Sets the link register for a call of `size` bytes.
    fn link(&mut self, size: u32) {
        let next = self.pc.wrapping_add(size) | u32::from(self.thumb);
        self.write_constant(Reg::LR, next);
    }

    /// The second half of a Thumb-1 call; the target is known when the first half stands before it.
    fn bl_suffix(&mut self, block: &Block, index: usize, offset: u16, exchange: bool) {
        let prefix = index.checked_sub(1).and_then(|before| block.insns.get(before)).map(|insn| insn.op);
        if let (Some(Op::BlPrefix { offset: high }), false) = (prefix, exchange) {
            let target = self.pc_read.wrapping_sub(2).wrapping_add_signed(high).wrapping_add(offset.into());
            self.link(2);
            return self.go(target & !1, None);
        }
        self.read(Reg::LR, RAX);
        dynasm!(self.ops ; .arch x64 ; add eax, i32::from(offset));
        self.link(2);
        if exchange {
            dynasm!(self.ops ; .arch x64 ; and eax, !3i32);
            self.indirect(true);
        } else {
            self.same_state();
        }
    }

    fn table_branch(&mut self, half: bool, rn: Reg, rm: Reg) {
        let slow = self.cold_leave();
        let index = self.value(rm, RCX);
        self.read(rn, RDX);
        if half {
            dynasm!(self.ops ; .arch x64 ; lea edx, [rdx + Rq(index) * 2]);
            let at = self.check_load(RDX, 2, true, slow);
            self.load_value(Access::Half, at, RAX);
        } else {
            dynasm!(self.ops ; .arch x64 ; add edx, Rd(index));
            let at = self.check_load(RDX, 1, true, slow);
            self.load_value(Access::Byte, at, RAX);
        }
        let base = self.pc_read as i32;
        dynasm!(self.ops ; .arch x64 ; lea eax, [rax + rax + base]);
        self.same_state();
    }

    /// To an address that was loaded.
    fn loaded(&mut self) {
        if self.target.profile.loads_keep_state { self.same_state() } else { self.exchange() }
    }

    /// To the address in `eax`, whose bit 0 chooses the state.
    fn exchange(&mut self) {
        self.indirect(true);
    }

    /// To the address in `eax`, in this state.
    fn same_state(&mut self) {
        let align = self.align() as i32;
        dynasm!(self.ops ; .arch x64 ; and eax, align);
        if self.thumb {
            dynasm!(self.ops ; .arch x64 ; or eax, 1);
        }
        self.indirect(false);
    }

    /// Looks `eax` up in the table of this state's entries: address, and Thumb state in bit 0.
    pub(super) fn indirect(&mut self, may_change: bool) {
        let miss = self.ops.new_dynamic_label();
        self.cold.push(Cold::Indirect { at: miss, may_change });
        let table = self.target.entries[usize::from(self.thumb)] as i64;
        dynasm!(self.ops
            ; .arch x64
            ; mov ecx, eax
            ; and ecx, super::super::entries::INDEX_MASK
            ; mov rdx, QWORD table
            ; lea rdx, [rdx + rcx * 8]
            ; cmp [rdx], eax
            ; jne =>miss
        );
        dynasm!(self.ops ; .arch x64 ; jmp QWORD [rdx + 8]);
    }

    /// A place off the straight path that hands a branch to the interpreter.
    pub(super) fn cold_leave(&mut self) -> DynamicLabel {
        let at = self.ops.new_dynamic_label();
        let site = self.site(true);
        // The interpreter never comes back behind a branch; the label is only for the form.
        self.cold.push(Cold::Step { at, site, back: at });
        at
    }
}

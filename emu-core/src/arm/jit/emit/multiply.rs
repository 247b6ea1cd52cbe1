//! Multiplication and division.

use dynasmrt::{DynasmApi, DynasmLabelApi, dynasm};

use super::super::super::insn::{HalfMulOp, LongMulOp, MulOp, Reg, TopMulOp};
use super::super::frame::{FLAG_Q, RAX, RCX, RDX};
use super::{Emit, Emitter};

impl Emitter<'_> {
    pub(super) fn multiply(&mut self, op: MulOp, s: bool, rd: Reg, (ra, rm, rn): (Reg, Reg, Reg)) {
        if op == MulOp::Mul && !(s && self.wanted) && rd != rn {
            let to = self.result(rd, RAX);
            self.read(rm, to);
            let y = self.value(rn, RCX);
            dynasm!(self.ops ; .arch x64 ; imul Rd(to), Rd(y));
            return self.write(rd, to);
        }
        self.read(rm, RAX);
        let y = self.value(rn, RCX);
        dynasm!(self.ops ; .arch x64 ; imul eax, Rd(y));
        match op {
            MulOp::Mul => {}
            MulOp::Mla => {
                let a = self.value(ra, RCX);
                dynasm!(self.ops ; .arch x64 ; add eax, Rd(a));
            }
            MulOp::Mls => {
                self.read(ra, RCX);
                dynasm!(self.ops ; .arch x64 ; sub ecx, eax ; mov eax, ecx);
            }
        }
        self.write(rd, RAX);
        if s && self.wanted {
            dynasm!(self.ops ; .arch x64 ; test eax, eax);
            self.store_flags();
        }
    }

    pub(super) fn multiply_long(&mut self, op: LongMulOp, (lo, hi): (Reg, Reg), rm: Reg, rn: Reg) -> Emit {
        self.read(rm, RAX);
        self.read(rn, RCX);
        match op {
            LongMulOp::Umull | LongMulOp::Umlal => {}
            LongMulOp::Smull | LongMulOp::Smlal => {
                dynasm!(self.ops ; .arch x64 ; movsxd rax, eax ; movsxd rcx, ecx);
            }
            LongMulOp::Umaal => {
                self.step();
                return Ok(());
            }
        }
        dynasm!(self.ops ; .arch x64 ; imul rax, rcx);
        if matches!(op, LongMulOp::Umlal | LongMulOp::Smlal) {
            self.read(hi, RCX);
            let low = self.value(lo, RDX);
            dynasm!(self.ops
                ; .arch x64
                ; shl rcx, 32
                ; add rax, rcx
                ; mov ecx, Rd(low)
                ; add rax, rcx
            );
        }
        self.write(lo, RAX);
        dynasm!(self.ops ; .arch x64 ; shr rax, 32);
        self.write(hi, RAX);
        Ok(())
    }

    fn half(&mut self, reg: u8, top: bool) {
        if top {
            dynasm!(self.ops ; .arch x64 ; sar Rd(reg), 16);
        } else {
            dynasm!(self.ops ; .arch x64 ; movsx Rd(reg), Rw(reg));
        }
    }

    /// Only the sum can overflow: no product of these reaches 32 bits.
    pub(super) fn multiply_half(
        &mut self,
        op: HalfMulOp,
        (rd, ra): (Reg, Reg),
        (rm, rm_top): (Reg, bool),
        (rn, rn_top): (Reg, bool),
    ) {
        self.read(rm, RCX);
        self.half(RCX, rm_top);
        self.read(rn, RAX);
        if matches!(op, HalfMulOp::Smul | HalfMulOp::Smla) {
            self.half(RAX, rn_top);
            dynasm!(self.ops ; .arch x64 ; imul eax, ecx);
        } else {
            dynasm!(self.ops ; .arch x64 ; movsxd rax, eax ; movsxd rcx, ecx ; imul rax, rcx ; sar rax, 16);
        }
        if matches!(op, HalfMulOp::Smla | HalfMulOp::Smlaw) {
            let added = self.value(ra, RCX);
            dynasm!(self.ops ; .arch x64 ; add eax, Rd(added) ; seto dl ; or [BYTE rbp + FLAG_Q], dl);
        }
        self.write(rd, RAX);
    }

    /// The upper word of a product, with or without an accumulator.
    pub(super) fn multiply_top(&mut self, op: TopMulOp, round: bool, (rd, ra): (Reg, Reg), rm: Reg, rn: Reg) {
        self.read(rm, RAX);
        self.read(rn, RCX);
        dynasm!(self.ops ; .arch x64 ; movsxd rax, eax ; movsxd rcx, ecx ; imul rax, rcx);
        match ra.is_pc() {
            true => dynasm!(self.ops ; .arch x64 ; xor edx, edx),
            false => self.read(ra, RDX),
        }
        dynasm!(self.ops ; .arch x64 ; shl rdx, 32);
        match op {
            TopMulOp::Add => dynasm!(self.ops ; .arch x64 ; add rax, rdx),
            TopMulOp::Sub => dynasm!(self.ops ; .arch x64 ; sub rdx, rax ; mov rax, rdx),
        }
        if round {
            dynasm!(self.ops ; .arch x64 ; mov ecx, 0x8000_0000u32 as i32 ; add rax, rcx);
        }
        dynasm!(self.ops ; .arch x64 ; shr rax, 32);
        self.write(rd, RAX);
    }

    /// Division by zero gives zero; the one quotient that does not fit wraps.
    pub(super) fn divide(&mut self, signed: bool, rd: Reg, rn: Reg, rm: Reg) {
        let done = self.ops.new_dynamic_label();
        self.read(rm, RCX);
        self.read(rn, RAX);
        let divide = self.ops.new_dynamic_label();
        dynasm!(self.ops ; .arch x64 ; test ecx, ecx ; jnz =>divide ; xor eax, eax ; jmp =>done ; =>divide);
        if signed {
            // In 64 bits the quotient always fits.
            dynasm!(self.ops ; .arch x64 ; movsxd rax, eax ; movsxd rcx, ecx ; cqo ; idiv rcx);
        } else {
            dynasm!(self.ops ; .arch x64 ; xor edx, edx ; div ecx);
        }
        dynasm!(self.ops ; .arch x64 ; =>done);
        self.write(rd, RAX);
    }
}

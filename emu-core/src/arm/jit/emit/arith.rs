//! Bit fields, extensions, byte reversal.

use dynasmrt::{DynasmApi, dynasm};

use super::super::super::insn::{ExtendOp, Reg, Shift, UnaryOp};
use super::super::frame::{FLAG_Q, RAX, RCX};
use super::{Emit, Emitter};

/// The low `width` bits, shifted left by `lsb`.
fn field(lsb: u8, width: u8) -> u32 {
    let ones = if width >= 32 { u32::MAX } else { (1 << width) - 1 };
    ones.checked_shl(lsb.into()).unwrap_or(0)
}

impl Emitter<'_> {
    pub(super) fn move_top(&mut self, rd: Reg, imm: u16) {
        let to = self.result(rd, RAX);
        self.read(rd, to);
        let top = (u32::from(imm) << 16) as i32;
        dynasm!(self.ops ; .arch x64 ; movzx Rd(to), Rw(to) ; or Rd(to), top);
        self.write(rd, to);
    }

    pub(super) fn unary(&mut self, op: UnaryOp, rd: Reg, rm: Reg) {
        let to = self.result(rd, RAX);
        match op {
            UnaryOp::Clz => self.count_zeros(to, rm),
            UnaryOp::Rev => {
                self.read(rm, to);
                dynasm!(self.ops ; .arch x64 ; bswap Rd(to));
            }
            UnaryOp::Rev16 => {
                self.read(rm, to);
                dynasm!(self.ops ; .arch x64 ; bswap Rd(to) ; ror Rd(to), 16);
            }
            UnaryOp::Rbit => self.reverse_bits(to, rm),
            UnaryOp::Revsh => {
                self.read(rm, RAX);
                dynasm!(self.ops ; .arch x64 ; rol ax, 8 ; movsx Rd(to), ax);
            }
        }
        self.write(rd, to);
    }

    /// Reverses the bytes, and then in each byte the halves, pairs and bits.
    fn reverse_bits(&mut self, to: u8, rm: Reg) {
        self.read(rm, RAX);
        dynasm!(self.ops ; .arch x64 ; bswap eax);
        for (mask, shift) in [(0x0F0F_0F0F, 4), (0x3333_3333, 2), (0x5555_5555, 1)] {
            dynasm!(self.ops
                ; .arch x64
                ; mov ecx, eax
                ; shr ecx, shift
                ; and ecx, mask
                ; and eax, mask
                ; shl eax, shift
                ; or eax, ecx
            );
        }
        self.copy(to, RAX);
    }

    /// SSAT and USAT. A signed range has `bits` bits with its sign.
    pub(super) fn saturate_to(&mut self, signed: bool, bits: u8, rd: Reg, rn: Reg, shift: Shift, amount: u8) {
        match amount {
            0 => self.read(rn, RCX),
            _ => self.shift_constant(rn, shift, amount, false),
        }
        let (low, high) = match signed {
            true => (-(1i64 << (bits - 1)), (1i64 << (bits - 1)) - 1),
            false => (0, (1i64 << bits) - 1),
        };
        dynasm!(self.ops
            ; .arch x64
            ; mov eax, ecx
            ; mov edx, low as i32
            ; cmp eax, edx
            ; cmovl eax, edx
            ; mov edx, high as i32
            ; cmp eax, edx
            ; cmovg eax, edx
            ; cmp eax, ecx
            ; setne dl
            ; or [BYTE rbp + FLAG_Q], dl
        );
        self.write(rd, RAX);
    }

    pub(super) fn sum_of_differences(&mut self, rd: Reg, ra: Reg, rm: Reg, rn: Reg) {
        let x = self.value(rn, RAX);
        let y = self.value(rm, RCX);
        dynasm!(self.ops ; .arch x64 ; movd xmm0, Rd(x) ; movd xmm1, Rd(y) ; psadbw xmm0, xmm1 ; movd eax, xmm0);
        if !ra.is_pc() {
            let added = self.value(ra, RCX);
            dynasm!(self.ops ; .arch x64 ; add eax, Rd(added));
        }
        self.write(rd, RAX);
    }

    fn count_zeros(&mut self, to: u8, rm: Reg) {
        if self.target.host.lzcnt {
            let from = self.value(rm, RAX);
            dynasm!(self.ops ; .arch x64 ; lzcnt Rd(to), Rd(from));
            return;
        }
        self.read(rm, RAX);
        // 31 minus the highest bit's number; a lower bit is put in so that there always is one.
        dynasm!(self.ops
            ; .arch x64
            ; lea rax, [rax + rax + 1]
            ; bsr rax, rax
            ; mov ecx, 32
            ; sub ecx, eax
        );
        self.copy(to, RCX);
    }

    /// BFC and BFI.
    pub(super) fn insert_field(&mut self, rd: Reg, rn: Option<Reg>, lsb: u8, width: u8) {
        let mask = field(lsb, width);
        if let Some(rn) = rn {
            self.read(rn, RCX);
            dynasm!(self.ops ; .arch x64 ; shl ecx, lsb as i8 ; and ecx, mask as i32);
        }
        let to = self.result(rd, RAX);
        self.read(rd, to);
        dynasm!(self.ops ; .arch x64 ; and Rd(to), !mask as i32);
        if rn.is_some() {
            dynasm!(self.ops ; .arch x64 ; or Rd(to), ecx);
        }
        self.write(rd, to);
    }

    pub(super) fn extract_field(&mut self, signed: bool, rd: Reg, rn: Reg, lsb: u8, width: u8) {
        let to = self.result(rd, RAX);
        self.read(rn, to);
        // A field that reaches beyond bit 31 is UNPREDICTABLE; it ends there.
        let width = width.min(32 - lsb);
        let (up, down) = ((32 - width - lsb) as i8, (32 - width) as i8);
        if up != 0 {
            dynasm!(self.ops ; .arch x64 ; shl Rd(to), up);
        }
        match (signed, down) {
            (_, 0) => {}
            (true, _) => dynasm!(self.ops ; .arch x64 ; sar Rd(to), down),
            (false, _) => dynasm!(self.ops ; .arch x64 ; shr Rd(to), down),
        }
        self.write(rd, to);
    }

    pub(super) fn extend(&mut self, op: ExtendOp, rd: Reg, rn: Reg, rm: Reg, rotate: u8) -> Emit {
        self.read(rm, RCX);
        if rotate != 0 {
            dynasm!(self.ops ; .arch x64 ; ror ecx, rotate as i8);
        }
        match op {
            ExtendOp::Sxtb => dynasm!(self.ops ; .arch x64 ; movsx ecx, cl),
            ExtendOp::Sxth => dynasm!(self.ops ; .arch x64 ; movsx ecx, cx),
            ExtendOp::Uxtb => dynasm!(self.ops ; .arch x64 ; movzx ecx, cl),
            ExtendOp::Uxth => dynasm!(self.ops ; .arch x64 ; movzx ecx, cx),
            ExtendOp::Uxtb16 if rn.is_pc() => dynasm!(self.ops ; .arch x64 ; and ecx, 0x00FF_00FF),
            ExtendOp::Uxtb16 | ExtendOp::Sxtb16 => {
                self.step();
                return Ok(());
            }
        }
        if !rn.is_pc() {
            let x = self.value(rn, RAX);
            dynasm!(self.ops ; .arch x64 ; add ecx, Rd(x));
        }
        self.write(rd, RCX);
        Ok(())
    }

    pub(super) fn pack(&mut self, tb: bool, rd: Reg, rn: Reg, rm: Reg, amount: u8) {
        self.read(rm, RCX);
        self.read(rn, RAX);
        if tb {
            // The low half comes from rm, shifted right; 32 stands as such.
            dynasm!(self.ops ; .arch x64 ; sar ecx, amount.min(31) as i8 ; movzx ecx, cx);
            dynasm!(self.ops ; .arch x64 ; and eax, 0xFFFF_0000u32 as i32);
        } else {
            dynasm!(self.ops ; .arch x64 ; shl ecx, amount as i8 ; and ecx, 0xFFFF_0000u32 as i32);
            dynasm!(self.ops ; .arch x64 ; movzx eax, ax);
        }
        dynasm!(self.ops ; .arch x64 ; or eax, ecx);
        self.write(rd, RAX);
    }
}

//! Shifted operands.

use dynasmrt::{DynasmApi, DynasmLabelApi, dynasm};

use super::super::super::insn::{Reg, Shift};
use super::super::frame::{FLAG_C, RAX, RCX, RDX};
use super::Emitter;

impl Emitter<'_> {
    /// MOVS with a shift by a constant from 1 to 31: x86 gives the same flags.
    pub(super) fn shift_with_flags(&mut self, rd: Reg, rm: Reg, shift: Shift, amount: u8) {
        let to = self.result(rd, RAX);
        self.read(rm, to);
        self.shift_in_place(to, shift, amount);
        self.write(rd, to);
        self.store_flags();
    }

    fn shift_in_place(&mut self, to: u8, shift: Shift, amount: u8) {
        let amount = amount as i8;
        match shift {
            Shift::Lsl => dynasm!(self.ops ; .arch x64 ; shl Rd(to), amount),
            Shift::Lsr => dynasm!(self.ops ; .arch x64 ; shr Rd(to), amount),
            Shift::Asr => dynasm!(self.ops ; .arch x64 ; sar Rd(to), amount),
            Shift::Ror | Shift::Rrx => dynasm!(self.ops ; .arch x64 ; ror Rd(to), amount),
        }
    }

    /// Puts `rm`, shifted by a constant other than zero, into `ecx`; with `carry` the last bit shifted out into the
    /// carry flag.
    pub(super) fn shift_constant(&mut self, rm: Reg, shift: Shift, amount: u8, carry: bool) {
        self.shift_constant_into(RCX, rm, shift, amount, carry);
    }

    /// The same into another host register.
    pub(super) fn shift_constant_into(&mut self, to: u8, rm: Reg, shift: Shift, amount: u8, carry: bool) {
        self.clobber();
        self.read(rm, to);
        if shift == Shift::Rrx {
            return self.rotate_through_carry(to, carry);
        }
        if carry {
            let bit = if shift == Shift::Lsl { 32 - amount } else { (amount - 1) & 31 } as i8;
            dynasm!(self.ops ; .arch x64 ; bt Rd(to), bit ; setb BYTE [BYTE rbp + FLAG_C]);
        }
        match (shift, amount) {
            (Shift::Lsl | Shift::Lsr, 32..) => dynasm!(self.ops ; .arch x64 ; xor Rd(to), Rd(to)),
            (Shift::Asr, 32..) => self.shift_in_place(to, shift, 31),
            _ => self.shift_in_place(to, shift, amount & 31),
        }
    }

    fn rotate_through_carry(&mut self, to: u8, carry: bool) {
        dynasm!(self.ops ; .arch x64 ; mov al, [BYTE rbp + FLAG_C] ; add al, -1 ; rcr Rd(to), 1);
        if carry {
            dynasm!(self.ops ; .arch x64 ; setb BYTE [BYTE rbp + FLAG_C]);
        }
    }

    /// Puts `rm`, shifted by the low byte of `rs`, into `ecx`; with `carry` the last bit shifted out into the carry
    /// flag, unless the amount is zero.
    pub(super) fn shift_by_register(&mut self, rm: Reg, shift: Shift, rs: Reg, carry: bool) {
        self.clobber();
        self.read(rm, RAX);
        let amount = self.value(rs, RCX);
        dynasm!(self.ops ; .arch x64 ; movzx ecx, Rb(amount));
        if shift == Shift::Ror {
            return self.rotate_by_register(carry);
        }
        // In 64 bits no amount up to 63 is special, and the last bit shifted out stays in sight: a left shift has it
        // in bit 32; right shifts start one bit higher and have it in bit 0.
        match shift {
            Shift::Lsl => {}
            Shift::Asr => dynasm!(self.ops ; .arch x64 ; movsxd rax, eax ; add rax, rax),
            _ => dynasm!(self.ops ; .arch x64 ; add rax, rax),
        }
        dynasm!(self.ops ; .arch x64 ; mov edx, 63 ; cmp ecx, edx ; cmova ecx, edx);
        let carry = carry.then(|| {
            dynasm!(self.ops ; .arch x64 ; mov edx, ecx);
            if shift == Shift::Lsl { 32i8 } else { 0i8 }
        });
        self.shift_wide(shift);
        if let Some(bit) = carry {
            let same = self.ops.new_dynamic_label();
            dynasm!(self.ops
                ; .arch x64
                ; test edx, edx
                ; jz =>same
                ; bt rax, bit
                ; setb BYTE [BYTE rbp + FLAG_C]
                ; =>same
            );
        }
        if shift != Shift::Lsl {
            dynasm!(self.ops ; .arch x64 ; shr rax, 1);
        }
        dynasm!(self.ops ; .arch x64 ; mov ecx, eax);
    }

    fn shift_wide(&mut self, shift: Shift) {
        match (shift, self.target.host.bmi2) {
            (Shift::Lsl, true) => dynasm!(self.ops ; .arch x64 ; shlx rax, rax, rcx),
            (Shift::Asr, true) => dynasm!(self.ops ; .arch x64 ; sarx rax, rax, rcx),
            (_, true) => dynasm!(self.ops ; .arch x64 ; shrx rax, rax, rcx),
            (Shift::Lsl, false) => dynasm!(self.ops ; .arch x64 ; shl rax, cl),
            (Shift::Asr, false) => dynasm!(self.ops ; .arch x64 ; sar rax, cl),
            (_, false) => dynasm!(self.ops ; .arch x64 ; shr rax, cl),
        }
    }

    fn rotate_by_register(&mut self, carry: bool) {
        dynasm!(self.ops ; .arch x64 ; ror eax, cl);
        if carry {
            let same = self.ops.new_dynamic_label();
            dynasm!(self.ops
                ; .arch x64
                ; test ecx, ecx
                ; jz =>same
                ; bt eax, 31
                ; setb BYTE [BYTE rbp + FLAG_C]
                ; =>same
            );
        }
        dynasm!(self.ops ; .arch x64 ; mov ecx, eax);
    }

    /// Adds or subtracts a scaled index register: leaves `rn` ± (`rm` shifted) in `edx`.
    pub(super) fn scaled_address(&mut self, base: Reg, rm: Reg, add: bool, shift: Shift, amount: u8) {
        if add && shift == Shift::Lsl && amount <= 3 {
            let index = self.value(rm, RCX);
            self.read_base(base, RDX);
            match amount {
                0 => dynasm!(self.ops ; .arch x64 ; add edx, Rd(index)),
                1 => dynasm!(self.ops ; .arch x64 ; lea edx, [rdx + Rq(index) * 2]),
                2 => dynasm!(self.ops ; .arch x64 ; lea edx, [rdx + Rq(index) * 4]),
                _ => dynasm!(self.ops ; .arch x64 ; lea edx, [rdx + Rq(index) * 8]),
            }
            return;
        }
        if amount == 0 {
            self.read(rm, RCX);
        } else {
            self.shift_constant(rm, shift, amount, false);
        }
        self.read_base(base, RDX);
        if add {
            dynasm!(self.ops ; .arch x64 ; add edx, ecx);
        } else {
            dynasm!(self.ops ; .arch x64 ; sub edx, ecx);
        }
    }
}

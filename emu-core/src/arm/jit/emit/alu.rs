//! Arithmetic and logic.

use dynasmrt::{DynasmApi, dynasm};

use super::super::super::insn::{AluOp, ImmCarry, Reg, Shift};
use super::super::flags::{self, shift_gives_carry};
use super::super::frame::{FLAG_C, RAX, RCX, pinned, slot};
use super::{Emit, Emitter};

/// The second operand: a constant or a host register, which may be `ecx`.
#[derive(Clone, Copy)]
pub(super) enum Operand {
    Constant(u32),
    Host(u8),
    /// A guest register in memory, by its distance from `rbp`.
    Slot(i8),
}

impl Emitter<'_> {
    pub(super) fn alu_imm(
        &mut self,
        op: AluOp,
        s: bool,
        rd: Reg,
        rn: Reg,
        imm: u32,
        carry: ImmCarry,
    ) -> Emit {
        if let (true, ImmCarry::Set(carry)) = (flags::writes(&self.insn.op) & flags::V == 0, carry) {
            self.store_carry(carry);
        }
        // r15 counts as aligned here, and mostly it makes the address of a constant.
        self.pc_read &= !3;
        match (op, s) {
            (AluOp::Add, false) if rn.is_pc() => self.write_constant(rd, self.pc_read.wrapping_add(imm)),
            (AluOp::Sub, false) if rn.is_pc() => self.write_constant(rd, self.pc_read.wrapping_sub(imm)),
            _ => self.alu(op, s, rd, rn, Operand::Constant(imm)),
        }
        Ok(())
    }

    pub(super) fn alu_reg(
        &mut self,
        (op, s, rd, rn): (AluOp, bool, Reg, Reg),
        rm: Reg,
        shift: Shift,
        amount: u8,
    ) -> Emit {
        if op == AluOp::Mov && s && self.wanted && shift_gives_carry(shift, amount) {
            self.shift_with_flags(rd, rm, shift, amount);
            return Ok(());
        }
        if op == AluOp::Mov && amount != 0 && !(s && self.wanted) {
            let to = self.result(rd, RCX);
            self.shift_constant_into(to, rm, shift, amount, false);
            self.write(rd, to);
        } else if op == AluOp::Add && !s && shift == Shift::Lsl && matches!(amount, 1..=3) {
            self.add_scaled(rd, rn, rm, amount);
        } else {
            let operand = self.shifted(rm, shift, amount);
            self.alu(op, s, rd, rn, operand);
        }
        Ok(())
    }

    /// rd = rn + (rm << amount), for amounts that an address can have.
    fn add_scaled(&mut self, rd: Reg, rn: Reg, rm: Reg, amount: u8) {
        let to = self.result(rd, RAX);
        let (x, y) = (self.value(rn, RAX), self.value(rm, RCX));
        match amount {
            1 => dynasm!(self.ops ; .arch x64 ; lea Rd(to), [Rq(x) + Rq(y) * 2]),
            2 => dynasm!(self.ops ; .arch x64 ; lea Rd(to), [Rq(x) + Rq(y) * 4]),
            _ => dynasm!(self.ops ; .arch x64 ; lea Rd(to), [Rq(x) + Rq(y) * 8]),
        }
        self.write(rd, to);
    }

    /// The second operand of a register form. Stores its carry if that is wanted.
    fn shifted(&mut self, rm: Reg, shift: Shift, amount: u8) -> Operand {
        if amount == 0 {
            return match pinned(rm) {
                Some(host) => Operand::Host(host),
                None if rm.is_pc() => Operand::Constant(self.pc_read),
                None => Operand::Slot(slot(rm)),
            };
        }
        let logic = flags::writes(&self.insn.op) & (flags::C | flags::V) == flags::C;
        let carry = logic && self.store & flags::C != 0;
        self.shift_constant(rm, shift, amount, carry);
        Operand::Host(RCX)
    }

    pub(super) fn alu_reg_shift(
        &mut self,
        (op, s, rd, rn): (AluOp, bool, Reg, Reg),
        rm: Reg,
        shift: Shift,
        rs: Reg,
    ) -> Emit {
        let logic = flags::writes(&self.insn.op) & (flags::C | flags::V) == flags::C;
        let carry = logic && self.store & flags::C != 0;
        self.shift_by_register(rm, shift, rs, carry);
        self.alu(op, s, rd, rn, Operand::Host(RCX));
        Ok(())
    }

    /// The operation itself. Leaves the host's flags as [`flags::host_flags`] says, and stores what is wanted of them.
    pub(super) fn alu(&mut self, op: AluOp, s: bool, rd: Reg, rn: Reg, y: Operand) {
        let s = s && self.wanted;
        if op.is_compare() {
            self.compare(op, rn, y);
            return self.store_flags();
        }
        let to = self.alu_result(op, s, rd, rn, y);
        match op {
            AluOp::Mov => self.alu_move(to, y),
            AluOp::Mvn => self.alu_not(to, y),
            AluOp::Rsb | AluOp::Rsc => self.alu_reverse(op, to, rn, y),
            AluOp::Add | AluOp::Sub if !s => self.add_quietly(op, to, rn, y),
            _ => {
                self.carry_in(op);
                self.read(rn, to);
                self.alu_into(op, to, y);
            }
        }
        if s && op.is_move() {
            dynasm!(self.ops ; .arch x64 ; test Rd(to), Rd(to));
        }
        self.write(rd, to);
        if s {
            self.store_flags();
        }
    }

    /// Where the result is made: in its own register unless that would destroy the second operand too early.
    fn alu_result(&self, op: AluOp, s: bool, rd: Reg, rn: Reg, y: Operand) -> u8 {
        let quiet = !s && matches!(op, AluOp::Add | AluOp::Sub);
        let to = self.result(rd, RAX);
        let reversed = matches!(op, AluOp::Rsb | AluOp::Rsc);
        let destroyed = match y {
            Operand::Host(y) => y == to && rd != rn && !op.is_move() && !reversed && !quiet,
            Operand::Constant(_) | Operand::Slot(_) => false,
        };
        if destroyed || reversed && rd == rn { RAX } else { to }
    }

    fn alu_move(&mut self, to: u8, y: Operand) {
        match y {
            Operand::Constant(value) => dynasm!(self.ops ; .arch x64 ; mov Rd(to), value as i32),
            Operand::Host(y) => self.copy(to, y),
            Operand::Slot(y) => dynasm!(self.ops ; .arch x64 ; mov Rd(to), [BYTE rbp + y]),
        }
    }

    fn alu_not(&mut self, to: u8, y: Operand) {
        match y {
            Operand::Constant(value) => dynasm!(self.ops ; .arch x64 ; mov Rd(to), !value as i32),
            Operand::Host(_) | Operand::Slot(_) => {
                self.alu_move(to, y);
                dynasm!(self.ops ; .arch x64 ; not Rd(to));
            }
        }
    }

    /// y − rn. `to` is not rn's register.
    fn alu_reverse(&mut self, op: AluOp, to: u8, rn: Reg, y: Operand) {
        self.carry_in(op);
        // The carry lives in the host's flag from here on: only moves may follow.
        self.alu_move(to, y);
        // `ecx` is free now: a second operand in it was just copied.
        let x = self.value(rn, RCX);
        if op == AluOp::Rsc {
            dynasm!(self.ops ; .arch x64 ; sbb Rd(to), Rd(x));
        } else {
            dynasm!(self.ops ; .arch x64 ; sub Rd(to), Rd(x));
        }
    }

    /// Addition without a trace in the host's flags.
    fn add_quietly(&mut self, op: AluOp, to: u8, rn: Reg, y: Operand) {
        let x = self.value(rn, RAX);
        match (op, y) {
            (AluOp::Add, Operand::Constant(y)) => {
                self.add_distance(to, x, y as i32);
            }
            (AluOp::Add, Operand::Host(y)) => {
                dynasm!(self.ops ; .arch x64 ; lea Rd(to), [Rq(x) + Rq(y)]);
            }
            (_, Operand::Constant(y)) => {
                self.add_distance(to, x, y.wrapping_neg() as i32);
            }
            (AluOp::Add, Operand::Slot(y)) => {
                dynasm!(self.ops ; .arch x64 ; mov ecx, [BYTE rbp + y] ; lea Rd(to), [Rq(x) + rcx]);
            }
            // The second operand's register is the result's: take it from the first by adding its negative.
            (_, Operand::Host(y)) if y == to && x != to => {
                dynasm!(self.ops ; .arch x64 ; neg Rd(to) ; add Rd(to), Rd(x));
            }
            (_, Operand::Host(y)) => {
                self.copy(to, x);
                dynasm!(self.ops ; .arch x64 ; sub Rd(to), Rd(y));
            }
            (_, Operand::Slot(y)) => {
                self.copy(to, x);
                dynasm!(self.ops ; .arch x64 ; sub Rd(to), [BYTE rbp + y]);
            }
        }
    }

    /// Brings the carry into the host's flag, in the sense that the operation's host instruction has.
    fn carry_in(&mut self, op: AluOp) {
        let borrow = match op {
            AluOp::Adc => false,
            AluOp::Sbc | AluOp::Rsc => true,
            _ => return,
        };
        if self.host_flags.valid & flags::C != 0 && self.host_flags.borrow == borrow && op != AluOp::Rsc {
            return;
        }
        if borrow {
            // Below 1: the carry is clear, and a borrow is due.
            dynasm!(self.ops ; .arch x64 ; cmp BYTE [BYTE rbp + FLAG_C], 1);
        } else {
            dynasm!(self.ops ; .arch x64 ; mov al, [BYTE rbp + FLAG_C] ; add al, -1);
        }
    }

    /// to = to op y, for the operations that x86 has in this order.
    fn alu_into(&mut self, op: AluOp, to: u8, y: Operand) {
        match y {
            Operand::Constant(y) => self.alu_into_constant(op, to, y),
            Operand::Host(y) => self.alu_into_host(op, to, y),
            Operand::Slot(y) => self.alu_into_slot(op, to, y),
        }
    }

    fn alu_into_constant(&mut self, op: AluOp, to: u8, y: u32) {
        let (y, inverse) = (y as i32, !y as i32);
        match op {
            AluOp::And => dynasm!(self.ops ; .arch x64 ; and Rd(to), y),
            AluOp::Eor => dynasm!(self.ops ; .arch x64 ; xor Rd(to), y),
            AluOp::Orr => dynasm!(self.ops ; .arch x64 ; or Rd(to), y),
            AluOp::Bic => dynasm!(self.ops ; .arch x64 ; and Rd(to), inverse),
            AluOp::Orn => dynasm!(self.ops ; .arch x64 ; or Rd(to), inverse),
            AluOp::Adc => dynasm!(self.ops ; .arch x64 ; adc Rd(to), y),
            AluOp::Sbc => dynasm!(self.ops ; .arch x64 ; sbb Rd(to), y),
            AluOp::Sub => dynasm!(self.ops ; .arch x64 ; sub Rd(to), y),
            _ => dynasm!(self.ops ; .arch x64 ; add Rd(to), y),
        }
    }

    fn alu_into_host(&mut self, op: AluOp, to: u8, y: u8) {
        match op {
            AluOp::And => dynasm!(self.ops ; .arch x64 ; and Rd(to), Rd(y)),
            AluOp::Eor => dynasm!(self.ops ; .arch x64 ; xor Rd(to), Rd(y)),
            AluOp::Orr => dynasm!(self.ops ; .arch x64 ; or Rd(to), Rd(y)),
            AluOp::Bic if self.target.host.bmi1 => dynasm!(self.ops ; .arch x64 ; andn Rd(to), Rd(y), Rd(to)),
            AluOp::Bic => {
                self.invert_into_ecx(y);
                dynasm!(self.ops ; .arch x64 ; and Rd(to), ecx);
            }
            AluOp::Orn => {
                self.invert_into_ecx(y);
                dynasm!(self.ops ; .arch x64 ; or Rd(to), ecx);
            }
            AluOp::Adc => dynasm!(self.ops ; .arch x64 ; adc Rd(to), Rd(y)),
            AluOp::Sbc => dynasm!(self.ops ; .arch x64 ; sbb Rd(to), Rd(y)),
            AluOp::Sub => dynasm!(self.ops ; .arch x64 ; sub Rd(to), Rd(y)),
            _ => dynasm!(self.ops ; .arch x64 ; add Rd(to), Rd(y)),
        }
    }

    fn alu_into_slot(&mut self, op: AluOp, to: u8, y: i8) {
        match op {
            AluOp::And => dynasm!(self.ops ; .arch x64 ; and Rd(to), [BYTE rbp + y]),
            AluOp::Eor => dynasm!(self.ops ; .arch x64 ; xor Rd(to), [BYTE rbp + y]),
            AluOp::Orr => dynasm!(self.ops ; .arch x64 ; or Rd(to), [BYTE rbp + y]),
            AluOp::Adc => dynasm!(self.ops ; .arch x64 ; adc Rd(to), [BYTE rbp + y]),
            AluOp::Sbc => dynasm!(self.ops ; .arch x64 ; sbb Rd(to), [BYTE rbp + y]),
            AluOp::Sub => dynasm!(self.ops ; .arch x64 ; sub Rd(to), [BYTE rbp + y]),
            AluOp::Bic | AluOp::Orn => {
                dynasm!(self.ops ; .arch x64 ; mov ecx, [BYTE rbp + y]);
                self.alu_into_host(op, to, RCX);
            }
            _ => dynasm!(self.ops ; .arch x64 ; add Rd(to), [BYTE rbp + y]),
        }
    }

    fn invert_into_ecx(&mut self, y: u8) {
        self.copy(RCX, y);
        dynasm!(self.ops ; .arch x64 ; not ecx);
    }

    fn compare(&mut self, op: AluOp, rn: Reg, y: Operand) {
        // These two compute a result that nobody keeps.
        if matches!(op, AluOp::Cmn | AluOp::Teq) {
            self.read(rn, RAX);
            let same = if op == AluOp::Cmn { AluOp::Add } else { AluOp::Eor };
            return self.alu_into(same, RAX, y);
        }
        let x = self.value(rn, RAX);
        match (op, y) {
            (AluOp::Tst, Operand::Constant(y)) => dynasm!(self.ops ; .arch x64 ; test Rd(x), y as i32),
            (AluOp::Tst, Operand::Host(y)) => dynasm!(self.ops ; .arch x64 ; test Rd(x), Rd(y)),
            (AluOp::Tst, Operand::Slot(y)) => dynasm!(self.ops ; .arch x64 ; test [BYTE rbp + y], Rd(x)),
            // The same flags, shorter.
            (_, Operand::Constant(0)) => dynasm!(self.ops ; .arch x64 ; test Rd(x), Rd(x)),
            (_, Operand::Constant(y)) => dynasm!(self.ops ; .arch x64 ; cmp Rd(x), y as i32),
            (_, Operand::Host(y)) => dynasm!(self.ops ; .arch x64 ; cmp Rd(x), Rd(y)),
            (_, Operand::Slot(y)) => dynasm!(self.ops ; .arch x64 ; cmp Rd(x), [BYTE rbp + y]),
        }
    }
}

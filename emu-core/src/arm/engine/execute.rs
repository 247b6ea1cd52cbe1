//! From an operation to the function that carries it out.

use super::super::insn::{Index, Insn, Op};
use super::super::system::System;
use super::block_transfer::Transfer;
use super::load_store::Place;
use super::{Engine, Step, Trap};

impl<S: System> Engine<'_, S> {
    /// Carries out an instruction whose condition has passed. The frequent ones come first; the rest is split off so
    /// that this function stays small in the host's cache.
    #[inline]
    pub(in super::super) fn execute(&mut self, insn: &Insn) -> Step {
        match insn.op {
            Op::AluImm { op, s, rd, rn, imm, carry } => self.alu_imm(op, s, rd, rn, imm, carry),
            Op::AluReg { op, s, rd, rn, rm, shift, amount } => {
                self.alu_reg((op, s, rd, rn), rm, shift, amount)
            }
            Op::LoadImm { access, rt, rn, offset, index, user } => {
                self.load(access, rt, Place { rn, offset: offset as u32, index, user })
            }
            Op::StoreImm { access, rt, rn, offset, index, user } => {
                self.store(access, rt, Place { rn, offset: offset as u32, index, user })
            }
            Op::LoadReg { access, rt, rn, rm, add, shift, amount, index, user } => {
                self.load(access, rt, Place { rn, offset: self.scaled(rm, add, shift, amount), index, user })
            }
            Op::StoreReg { access, rt, rn, rm, add, shift, amount, index, user } => {
                self.store(access, rt, Place { rn, offset: self.scaled(rm, add, shift, amount), index, user })
            }
            Op::Branch { offset } => self.branch(offset),
            Op::BranchLink { offset } => self.branch_link(offset),
            Op::Bx { rm } => self.branch_exchange(self.get(rm)),
            Op::Ldm { rn, list, walk, wback, user } => {
                self.load_multiple(Transfer { rn, list, walk, wback, user })
            }
            Op::Stm { rn, list, walk, wback, user } => {
                self.store_multiple(Transfer { rn, list, walk, wback, user })
            }
            _ => self.execute_rarer(insn),
        }
    }

    fn execute_rarer(&mut self, insn: &Insn) -> Step {
        match insn.op {
            Op::AluRegShift { op, s, rd, rn, rm, shift, rs } => {
                self.alu_reg_shift((op, s, rd, rn), rm, shift, rs)
            }
            Op::Mul { op, s, rd, ra, rm, rn } => self.multiply(op, s, rd, (ra, rm, rn)),
            Op::MulLong { op, s, lo, hi, rm, rn } => self.multiply_long(op, s, (lo, hi), rm, rn),
            Op::Blx { rm } => self.branch_link_register(rm),
            Op::BlPrefix { offset } => self.bl_prefix(offset),
            Op::BlSuffix { offset, exchange } => self.bl_suffix(offset, exchange),
            Op::BranchLinkExchange { offset } => self.branch_link_exchange(offset),
            Op::Cbz { nonzero, rn, offset } => self.compare_branch(nonzero, rn, offset),
            Op::TableBranch { half, rn, rm } => self.table_branch(half, rn, rm),
            Op::DualImm { load, rt, rt2, rn, offset, index } => {
                let place = Place { rn, offset: offset as u32, index, user: false };
                if load { self.load_double(rt, rt2, place) } else { self.store_double(rt, rt2, place) }
            }
            Op::DualReg { load, rt, rt2, rn, rm, add, index } => {
                let offset = if add { self.get(rm) } else { self.get(rm).wrapping_neg() };
                let place = Place { rn, offset, index, user: false };
                if load { self.load_double(rt, rt2, place) } else { self.store_double(rt, rt2, place) }
            }
            Op::Swp { byte, rt, rt2, rn } => self.swap(byte, rt, rt2, rn),
            Op::Ldrex { size, rt, rt2, rn, offset } => self.load_exclusive(size, rt, rt2, rn, offset),
            Op::Strex { size, rd, rt, rt2, rn, offset } => {
                self.store_exclusive(size, rd, (rt, rt2), rn, offset)
            }
            Op::Clrex => self.clear_exclusive(),
            _ => self.execute_arithmetic(insn),
        }
    }

    fn execute_arithmetic(&mut self, insn: &Insn) -> Step {
        match insn.op {
            Op::Movw { rd, imm } => self.move_half(rd, imm, false),
            Op::Movt { rd, imm } => self.move_half(rd, imm, true),
            Op::Unary { op, rd, rm } => self.unary(op, rd, rm),
            Op::Bfc { rd, lsb, width } => self.insert_field(rd, 0, lsb, width),
            Op::Bfi { rd, rn, lsb, width } => self.insert_field(rd, self.get(rn), lsb, width),
            Op::Bfx { signed, rd, rn, lsb, width } => self.extract_field(signed, rd, rn, lsb, width),
            Op::Extend { op, rd, rn, rm, rotate } => self.extend(op, rd, rn, rm, rotate),
            Op::Pkh { tb, rd, rn, rm, amount } => self.pack(tb, rd, rn, rm, amount),
            Op::Sel { rd, rn, rm } => self.select(rd, rn, rm),
            Op::MulHalf { op, rd, ra, rm, rn, rm_top, rn_top } => {
                self.multiply_half(op, (rd, ra), (rm, rm_top), (rn, rn_top))
            }
            Op::MulHalfLong { lo, hi, rm, rn, rm_top, rn_top } => {
                self.multiply_half_long((lo, hi), (rm, rm_top), (rn, rn_top))
            }
            Op::MulDual { op, swap, rd, ra, rm, rn } => self.multiply_dual(op, swap, (rd, ra), rm, rn),
            Op::MulDualLong { op, swap, lo, hi, rm, rn } => {
                self.multiply_dual_long(op, swap, (lo, hi), rm, rn)
            }
            Op::MulTop { op, round, rd, ra, rm, rn } => self.multiply_top(op, round, (rd, ra), rm, rn),
            Op::Div { signed, rd, rn, rm } => self.divide(signed, rd, rn, rm),
            Op::Sat { op, rd, rm, rn } => self.saturating(op, rd, rm, rn),
            Op::SatTo { signed, bits, rd, rn, shift, amount } => {
                self.saturate_to((signed, bits), rd, rn, shift, amount)
            }
            Op::SatTo16 { signed, bits, rd, rn } => self.saturate_to_16(signed, bits, rd, rn),
            Op::Parallel { mode, op, rd, rn, rm } => self.parallel(mode, op, rd, rn, rm),
            Op::Usad8 { rd, ra, rm, rn } => self.sum_of_differences(rd, ra, rm, rn),
            _ => self.execute_system(insn),
        }
    }

    fn execute_system(&mut self, insn: &Insn) -> Step {
        match insn.op {
            // The run loop's block carries the If-Then state.
            Op::It { .. } => Ok(super::Flow::Next),
            Op::Mrs { rd, spsr } => self.mrs(rd, spsr),
            Op::MsrImm { spsr, fields, imm } => self.msr(spsr, fields, imm),
            Op::MsrReg { spsr, fields, rn } => self.msr(spsr, fields, self.get(rn)),
            Op::Cps { enable, flags, mode } => self.change_state(enable, flags, mode),
            Op::Setend { big } => self.set_endian(big),
            Op::Srs { mode, walk, wback } => self.store_return_state(mode, walk, wback),
            Op::Rfe { rn, walk, wback } => self.return_from_exception(rn, walk, wback),
            Op::Svc { imm } => self.supervisor_call(imm),
            Op::Bkpt { .. } => self.breakpoint(),
            Op::Smc if self.is_privileged() => Err(Trap::SecureMonitor),
            Op::Hint(hint) => self.hint(hint),
            Op::Mcr { reg, rt } => self.write_coprocessor(reg, rt),
            Op::Mrc { reg, rt } => self.read_coprocessor(reg, rt),
            Op::Vfp(op) => self.vfp(&op),
            Op::Neon(op) => self.neon(&op),
            _ => Err(Trap::Undefined),
        }
    }

    fn move_half(&mut self, rd: super::Reg, imm: u16, top: bool) -> Step {
        let value = if top { self.get(rd) & 0xFFFF | u32::from(imm) << 16 } else { imm.into() };
        self.set(rd, value);
        Ok(super::Flow::Next)
    }
}

impl Index {
    /// True when the base register changes.
    #[must_use]
    pub fn writes_back(self) -> bool {
        self != Self::Offset
    }
}

//! VFP instructions.

use super::super::float::{Env, F16, F32, F64, Fixed, Format, Rounding};
use super::super::insn::Reg;
use super::super::model::Fidelity;
use super::super::simd::{FPEXC, FPSCR, FloatReg, FloatUnit, VfpArith, VfpOp, VfpUnary};
use super::super::system::System;
use super::{Engine, Flow, Step, Trap};

/// Register numbers of VMRS and VMSR.
const FPSID: u8 = 0;
const MVFR1: u8 = 6;
const MVFR0: u8 = 7;

fn format(double: bool) -> Format {
    if double { F64 } else { F32 }
}

impl<S: System> Engine<'_, S> {
    /// Undefined unless both the access control register and the unit's own enable bit allow it.
    pub(super) fn check_float(&self) -> Result<(), Trap> {
        if self.st.allows_float() { Ok(()) } else { Err(Trap::Undefined) }
    }

    fn float_unit(&self) -> Result<&'static FloatUnit, Trap> {
        FloatUnit::of(self.st.core).ok_or(Trap::Undefined)
    }

    fn float_env(&self) -> Env {
        Env::of(self.st.simd.fpscr)
    }

    pub(super) fn keep_flags(&mut self, env: &Env) {
        self.st.simd.fpscr |= env.flags;
    }

    pub(super) fn vfp(&mut self, op: &VfpOp) -> Step {
        if let VfpOp::Mrs { reg, rt } = *op {
            return self.float_mrs(reg, rt);
        }
        if let VfpOp::Msr { reg, rt } = *op {
            return self.float_msr(reg, rt);
        }
        self.check_float()?;
        match *op {
            VfpOp::Arith { op, double, d, n, m } => self.float_arith(op, double, d, n, m),
            VfpOp::Unary { op, double, d, m } => self.float_unary(op, double, d, m),
            VfpOp::MovImm { double, d, imm } => {
                self.st.simd.set(double, d, format(double).expand_immediate(imm))
            }
            VfpOp::Compare { double, d, m, signalling } => {
                self.float_compare(double, d, self.st.simd.get(double, m), signalling);
            }
            VfpOp::CompareZero { double, d, signalling } => self.float_compare(double, d, 0, signalling),
            VfpOp::Dup { size, quad, d, rt } => self.duplicate(size, quad, d, rt),
            VfpOp::MovCore { .. } | VfpOp::MovCorePair { .. } | VfpOp::MovCoreDouble { .. } => {
                self.float_core(op)
            }
            VfpOp::MovScalar { .. } => self.float_scalar(op),
            VfpOp::LoadStore { load, double, d, rn, offset } => {
                self.float_transfer(load, double, d, rn, offset)?
            }
            VfpOp::Multiple { .. } => self.float_multiple(op)?,
            _ => self.float_convert(op),
        }
        Ok(Flow::Next)
    }

    fn float_arith(&mut self, op: VfpArith, double: bool, d: FloatReg, n: FloatReg, m: FloatReg) {
        let (f, mut env) = (format(double), self.float_env());
        let simd = &self.st.simd;
        let (x, y, sum) = (simd.get(double, n), simd.get(double, m), simd.get(double, d));
        let negate = |value: u64| value ^ f.sign_bit();
        // The accumulating forms round twice.
        let result = match op {
            VfpArith::Add => env.add(f, x, y),
            VfpArith::Sub => env.sub(f, x, y),
            VfpArith::Mul => env.mul(f, x, y),
            VfpArith::Nmul => negate(env.mul(f, x, y)),
            VfpArith::Div => env.div(f, x, y),
            VfpArith::Mla => {
                let product = env.mul(f, x, y);
                env.add(f, sum, product)
            }
            VfpArith::Mls => {
                let product = negate(env.mul(f, x, y));
                env.add(f, sum, product)
            }
            VfpArith::Nmla => {
                let product = negate(env.mul(f, x, y));
                env.add(f, negate(sum), product)
            }
            VfpArith::Nmls => {
                let product = env.mul(f, x, y);
                env.add(f, negate(sum), product)
            }
        };
        self.keep_flags(&env);
        self.st.simd.set(double, d, result);
    }

    fn float_unary(&mut self, op: VfpUnary, double: bool, d: FloatReg, m: FloatReg) {
        let (f, mut env, x) = (format(double), self.float_env(), self.st.simd.get(double, m));
        let result = match op {
            VfpUnary::Mov => x,
            VfpUnary::Abs => x & !f.sign_bit(),
            VfpUnary::Neg => x ^ f.sign_bit(),
            VfpUnary::Sqrt => env.sqrt(f, x),
        };
        self.keep_flags(&env);
        self.st.simd.set(double, d, result);
    }

    fn float_compare(&mut self, double: bool, d: FloatReg, y: u64, signalling: bool) {
        let mut env = self.float_env();
        let nzcv = env.compare(format(double), self.st.simd.get(double, d), y, signalling);
        self.keep_flags(&env);
        self.st.simd.fpscr = self.st.simd.fpscr & 0x0FFF_FFFF | nzcv << 28;
    }

    fn float_convert(&mut self, op: &VfpOp) {
        let mut env = self.float_env();
        let simd = &mut self.st.simd;
        match *op {
            VfpOp::CvtHalf { to_half: true, top, d, m } => {
                let half = env.convert(F32, F16, simd.single(m).into()) as u32;
                let old = simd.single(d);
                simd.set_single(d, if top { old & 0xFFFF | half << 16 } else { old & 0xFFFF_0000 | half });
            }
            VfpOp::CvtHalf { to_half: false, top, d, m } => {
                let half = simd.single(m) >> (if top { 16 } else { 0 }) & 0xFFFF;
                simd.set_single(d, env.convert(F16, F32, half.into()) as u32);
            }
            VfpOp::CvtSize { to_double: true, d, m } => {
                let value = env.convert(F32, F64, simd.single(m).into());
                simd.set_double(d, value);
            }
            VfpOp::CvtSize { to_double: false, d, m } => {
                let value = env.convert(F64, F32, simd.double(m));
                simd.set_single(d, value as u32);
            }
            VfpOp::CvtToInt { double, signed, round, d, m } => {
                env.rounding = if round { env.rounding } else { Rounding::Zero };
                let to = Fixed { bits: 32, signed, fraction: 0 };
                let value = env.round_to_fixed(format(double), simd.get(double, m), to);
                simd.set_single(d, value as u32);
            }
            VfpOp::CvtFromInt { double, signed, d, m } => {
                let word = simd.single(m);
                let value = if signed { i64::from(word as i32) } else { i64::from(word) };
                simd.set(double, d, env.float_of_fixed(format(double), value, 0));
            }
            VfpOp::CvtFixed { double, to_fixed, signed, bits, fraction, d } => {
                let (format, fixed) =
                    (format(double), Fixed { bits: bits.into(), signed, fraction: fraction.into() });
                let old = simd.get(double, d);
                let new = if to_fixed {
                    fixed_of(&mut env, format, old, fixed)
                } else {
                    // The architecture rounds this to nearest, the reference as the control register says.
                    let nearest = self.st.fidelity == Fidelity::Hardware;
                    env.rounding = if nearest { Rounding::Nearest } else { env.rounding };
                    float_of(&mut env, format, old, fixed)
                };
                simd.set(double, d, new);
            }
            _ => {}
        }
        self.keep_flags(&env);
    }

    fn float_core(&mut self, op: &VfpOp) {
        match *op {
            VfpOp::MovCore { to_core: true, s, rt } => self.set(rt, self.st.simd.single(s)),
            VfpOp::MovCore { to_core: false, s, rt } => {
                let value = self.get(rt);
                self.st.simd.set_single(s, value);
            }
            VfpOp::MovCorePair { to_core: true, s, rt, rt2 } => {
                self.set(rt, self.st.simd.single(s));
                self.set(rt2, self.st.simd.single(s + 1));
            }
            VfpOp::MovCorePair { to_core: false, s, rt, rt2 } => {
                let (low, high) = (self.get(rt), self.get(rt2));
                self.st.simd.set_single(s, low);
                self.st.simd.set_single(s + 1, high);
            }
            VfpOp::MovCoreDouble { to_core: true, d, rt, rt2 } => {
                let value = self.st.simd.double(d);
                self.set(rt, value as u32);
                self.set(rt2, (value >> 32) as u32);
            }
            VfpOp::MovCoreDouble { to_core: false, d, rt, rt2 } => {
                let value = u64::from(self.get(rt2)) << 32 | u64::from(self.get(rt));
                self.st.simd.set_double(d, value);
            }
            _ => {}
        }
    }

    fn float_scalar(&mut self, op: &VfpOp) {
        let VfpOp::MovScalar { to_core, signed, size, d, index, rt } = *op else { return };
        let (shift, mask) = (u32::from(size) * u32::from(index), u64::MAX >> (64 - size));
        let old = self.st.simd.double(d);
        if !to_core {
            let value = u64::from(self.get(rt)) & mask;
            self.st.simd.set_double(d, old & !(mask << shift) | value << shift);
            return;
        }
        let value = (old >> shift & mask) as u32;
        let up = 32 - u32::from(size);
        self.set(rt, if signed { ((value << up) as i32 >> up) as u32 } else { value });
    }

    fn duplicate(&mut self, size: u8, quad: bool, d: FloatReg, rt: Reg) {
        let value = u64::from(self.get(rt)) & (u64::MAX >> (64 - size));
        let all = (0..64).step_by(size.into()).fold(0, |all, at| all | value << at);
        self.st.simd.set_double(d, all);
        if quad {
            self.st.simd.set_double(d | 1, all);
        }
    }

    fn float_transfer(
        &mut self,
        load: bool,
        double: bool,
        d: FloatReg,
        rn: Reg,
        offset: i16,
    ) -> Result<(), Trap> {
        let address = self.base(rn).wrapping_add_signed(offset.into());
        let address = self.word_aligned(address, !load)?;
        if load {
            let value = self.read_float(address, double)?;
            self.st.simd.set(double, d, value);
            return Ok(());
        }
        self.write_float(address, double, self.st.simd.get(double, d))
    }

    fn read_float(&mut self, address: u32, double: bool) -> Result<u64, Trap> {
        let privileged = self.is_privileged();
        let first = self.read_word(address, privileged)?;
        if !double {
            return Ok(first.into());
        }
        let second = self.read_word(address.wrapping_add(4), privileged)?;
        let (low, high) = if self.st.regs.psr.e { (second, first) } else { (first, second) };
        Ok(u64::from(high) << 32 | u64::from(low))
    }

    fn write_float(&mut self, address: u32, double: bool, value: u64) -> Result<(), Trap> {
        let privileged = self.is_privileged();
        if !double {
            return self.write_word(address, value as u32, privileged);
        }
        let (low, high) = (value as u32, (value >> 32) as u32);
        let (first, second) = if self.st.regs.psr.e { (high, low) } else { (low, high) };
        self.write_word(address, first, privileged)?;
        self.write_word(address.wrapping_add(4), second, privileged)
    }

    fn float_multiple(&mut self, op: &VfpOp) -> Result<(), Trap> {
        let VfpOp::Multiple { load, double, first, count, extra, rn, down, wback } = *op else {
            return Ok(());
        };
        let step = if double { 8 } else { 4 };
        let bytes = step * u32::from(count) + if extra { 4 } else { 0 };
        let base = self.base(rn);
        let low = if down { base.wrapping_sub(bytes) } else { base };
        let low = self.word_aligned(low, !load)?;
        let mut loaded = [0; 32];
        for (i, reg) in (0u32..).zip(first..first + count) {
            let address = low.wrapping_add(step * i);
            if load {
                loaded[i as usize] = self.read_float(address, double)?;
            } else {
                self.write_float(address, double, self.st.simd.get(double, reg))?;
            }
        }
        if load {
            for (value, reg) in loaded.into_iter().zip(first..first + count) {
                self.st.simd.set(double, reg, value);
            }
        }
        if wback {
            self.set(rn, if down { low } else { base.wrapping_add(bytes) });
        }
        Ok(())
    }

    fn float_mrs(&mut self, reg: u8, rt: Reg) -> Step {
        if reg == FPSCR {
            self.check_float()?;
            let fpscr = self.st.simd.fpscr;
            if rt.is_pc() {
                self.psr().set_nzcv(fpscr >> 28);
            } else {
                self.set(rt, fpscr);
            }
            return Ok(Flow::Next);
        }
        if !self.is_privileged() || !self.st.cp15.allows_float(true) {
            return Err(Trap::Undefined);
        }
        let unit = self.float_unit()?;
        let value = match reg {
            FPSID => unit.identity,
            MVFR0 => unit.features[0],
            MVFR1 => unit.features[1],
            FPEXC => self.st.simd.fpexc,
            _ => return Err(Trap::Undefined),
        };
        self.set(rt, value);
        Ok(Flow::Next)
    }

    fn float_msr(&mut self, reg: u8, rt: Reg) -> Step {
        let value = self.get(rt);
        match reg {
            FPSCR => {
                self.check_float()?;
                self.st.simd.fpscr = value & self.float_unit()?.status_bits;
            }
            _ if !self.is_privileged() || !self.st.cp15.allows_float(true) => return Err(Trap::Undefined),
            FPEXC => self.st.simd.set_fpexc(value),
            FPSID => {}
            _ => return Err(Trap::Undefined),
        }
        Ok(Flow::Next)
    }
}

/// To fixed point, always towards zero; the result fills the register.
fn fixed_of(env: &mut Env, format: Format, value: u64, to: Fixed) -> u64 {
    env.rounding = Rounding::Zero;
    env.round_to_fixed(format, value, to) as u64
}

/// From the low bits of a register.
fn float_of(env: &mut Env, format: Format, value: u64, from: Fixed) -> u64 {
    let up = 64 - from.bits;
    let value = if from.signed { (value << up) as i64 >> up } else { (value << up >> up) as i64 };
    env.float_of_fixed(format, value, from.fraction)
}

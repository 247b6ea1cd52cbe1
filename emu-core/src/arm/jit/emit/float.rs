//! VFP arithmetic.
//!
//! The host computes what the guest's unit computes when both round to nearest and keep denormals; what differs is what
//! they tell about it. So generated code leaves to the interpreter's arithmetic every result that may raise a flag or
//! is no number, and all that may be inexact until the guest's flag for that is up: whether one is exact the host does not
//! say cheaply. Programs raise that flag early and let it be.

use dynasmrt::{DynamicLabel, DynasmApi, DynasmLabelApi, dynasm};

use super::super::super::float::{F32, F64, flag};
use super::super::super::insn::Reg;
use super::super::super::simd::{FPSCR as CONTROL, FloatReg, VfpArith, VfpOp, VfpUnary};
use super::super::frame::{FLAG_C, FLAG_N, FLAG_V, FLAG_Z, FPSCR, RAX, float_slot};
use super::{Cold, Emitter};

/// Rounding mode, flushing, and the vectors of old units.
const MODES: u32 = 0x01F7_0000;
const FLUSH: u32 = 1 << 24;

/// The highest exponent of a number, single and double, counted from the lowest that is out of reach of underflow.
const LAST: [i32; 2] = [0xFC, 0x7FC];

impl Emitter<'_> {
    /// Code of a VFP instruction, which the unit is known to be ready for.
    pub(super) fn vfp(&mut self, op: VfpOp) {
        match op {
            VfpOp::Arith { op, double, d, n, m } => self.float_arith(op, double, d, n, m),
            VfpOp::Unary { op: VfpUnary::Sqrt, double, d, m } => self.square_root(double, d, m),
            VfpOp::Unary { op, double, d, m } => self.float_sign(op, double, d, m),
            VfpOp::MovImm { double, d, imm } => self.float_constant(double, d, imm),
            VfpOp::Compare { double, d, m, .. } => self.float_compare(double, d, Some(m)),
            VfpOp::CompareZero { double, d, .. } => self.float_compare(double, d, None),
            VfpOp::CvtSize { .. } | VfpOp::CvtFromInt { .. } | VfpOp::CvtToInt { .. } => {
                self.float_convert(op);
            }
            VfpOp::CvtHalf { .. } | VfpOp::CvtFixed { .. } => self.data(),
            VfpOp::LoadStore { load, double, d, rn, offset } => {
                self.float_transfer(load, double, d, rn, offset);
            }
            VfpOp::Multiple { .. } => self.float_multiple(op),
            _ => self.float_core(op),
        }
    }

    /// Labels behind the instruction and of the interpreter's arithmetic for it.
    fn float_ways(&mut self) -> (DynamicLabel, DynamicLabel) {
        let (back, at) = (self.ops.new_dynamic_label(), self.ops.new_dynamic_label());
        let site = self.site(false);
        self.cold.push(Cold::Data { at, site, back });
        (back, at)
    }

    /// Goes to `slow` unless the guest's unit rounds as the host does and nobody would notice an inexact result.
    fn check_control(&mut self, slow: DynamicLabel) {
        let (modes, wanted) = ((MODES | flag::INEXACT) as i32, flag::INEXACT as i32);
        dynasm!(self.ops
            ; .arch x64
            ; mov eax, [rbp + FPSCR]
            ; and eax, modes
            ; cmp eax, wanted
            ; jne =>slow
        );
    }

    fn float_arith(&mut self, op: VfpArith, double: bool, d: FloatReg, n: FloatReg, m: FloatReg) {
        let (back, slow) = self.float_ways();
        self.check_control(slow);
        self.load_float(0, double, n);
        let result = match op {
            VfpArith::Add | VfpArith::Sub => {
                self.combine(op, double, 0, m);
                self.check_number(double, 0, slow);
                0
            }
            VfpArith::Div => {
                self.combine(op, double, 0, m);
                self.check_range(double, &[n], slow);
                0
            }
            _ => {
                self.combine(VfpArith::Mul, double, 0, m);
                self.check_range(double, &[n, m], slow);
                self.accumulate(op, double, d, slow)
            }
        };
        if op == VfpArith::Nmul {
            self.negate(double, 0);
        }
        self.store_float(result, double, d);
        dynasm!(self.ops ; .arch x64 ; =>back);
    }

    /// Adds the product in `xmm0` to a register as the operation says. Gives the host register with the sum.
    fn accumulate(&mut self, op: VfpArith, double: bool, d: FloatReg, slow: DynamicLabel) -> u8 {
        let sum = match op {
            VfpArith::Mla => {
                self.combine(VfpArith::Add, double, 0, d);
                0
            }
            // The product less the register, which is their sum with the register negated.
            VfpArith::Nmls => {
                self.combine(VfpArith::Sub, double, 0, d);
                0
            }
            VfpArith::Mls | VfpArith::Nmla => {
                self.load_float(1, double, d);
                if op == VfpArith::Nmla {
                    self.negate(double, 1);
                }
                self.take_away(double);
                1
            }
            _ => return 0,
        };
        self.check_number(double, sum, slow);
        sum
    }

    pub(super) fn load_float(&mut self, to: u8, double: bool, from: FloatReg) {
        let at = float_slot(double, from);
        if double {
            dynasm!(self.ops ; .arch x64 ; movsd Rx(to), [rbp + at]);
        } else {
            dynasm!(self.ops ; .arch x64 ; movss Rx(to), [rbp + at]);
        }
    }

    fn store_float(&mut self, from: u8, double: bool, to: FloatReg) {
        let at = float_slot(double, to);
        if double {
            dynasm!(self.ops ; .arch x64 ; movsd [rbp + at], Rx(from));
        } else {
            dynasm!(self.ops ; .arch x64 ; movss [rbp + at], Rx(from));
        }
    }

    /// A sum, difference, product or quotient of a host register and a guest register.
    fn combine(&mut self, op: VfpArith, double: bool, to: u8, with: FloatReg) {
        let at = float_slot(double, with);
        match (op, double) {
            (VfpArith::Add, false) => dynasm!(self.ops ; .arch x64 ; addss Rx(to), [rbp + at]),
            (VfpArith::Add, true) => dynasm!(self.ops ; .arch x64 ; addsd Rx(to), [rbp + at]),
            (VfpArith::Sub, false) => dynasm!(self.ops ; .arch x64 ; subss Rx(to), [rbp + at]),
            (VfpArith::Sub, true) => dynasm!(self.ops ; .arch x64 ; subsd Rx(to), [rbp + at]),
            (VfpArith::Div, false) => dynasm!(self.ops ; .arch x64 ; divss Rx(to), [rbp + at]),
            (VfpArith::Div, true) => dynasm!(self.ops ; .arch x64 ; divsd Rx(to), [rbp + at]),
            (_, false) => dynasm!(self.ops ; .arch x64 ; mulss Rx(to), [rbp + at]),
            (_, true) => dynasm!(self.ops ; .arch x64 ; mulsd Rx(to), [rbp + at]),
        }
    }

    /// Uses `rax`.
    fn negate(&mut self, double: bool, xmm: u8) {
        if double {
            dynasm!(self.ops ; .arch x64 ; movq rax, Rx(xmm) ; btc rax, 63 ; movq Rx(xmm), rax);
        } else {
            dynasm!(self.ops ; .arch x64 ; movd eax, Rx(xmm) ; btc eax, 31 ; movd Rx(xmm), eax);
        }
    }

    /// `xmm1` less `xmm0`.
    fn take_away(&mut self, double: bool) {
        if double {
            dynasm!(self.ops ; .arch x64 ; subsd xmm1, xmm0);
        } else {
            dynasm!(self.ops ; .arch x64 ; subss xmm1, xmm0);
        }
    }

    /// Goes to `slow` when the value is infinite or no number. Sums need no more: denormal ones are exact. Uses `rax`.
    fn check_number(&mut self, double: bool, xmm: u8, slow: DynamicLabel) {
        if double {
            dynasm!(self.ops
                ; .arch x64
                ; movq rax, Rx(xmm)
                ; shr rax, 52
                ; not eax
                ; test eax, 0x7FF
                ; jz =>slow
            );
        } else {
            dynasm!(self.ops
                ; .arch x64
                ; movd eax, Rx(xmm)
                ; add eax, eax
                ; cmp eax, 0xFF00_0000_u32 as i32
                ; jae =>slow
            );
        }
    }

    /// Goes to `slow` when the value in `xmm0` is infinite, no number, or so small that it may be too small: the guest's
    /// unit finds that before it rounds, the host afterwards. A zero that one of these registers causes is exact. Uses
    /// `rax`.
    fn check_range(&mut self, double: bool, zeros: &[FloatReg], slow: DynamicLabel) {
        let (odd, fine) = (self.ops.new_dynamic_label(), self.ops.new_dynamic_label());
        if double {
            dynasm!(self.ops ; .arch x64 ; movq rax, xmm0 ; shr rax, 52 ; and eax, 0x7FF);
        } else {
            dynasm!(self.ops ; .arch x64 ; movd eax, xmm0 ; shr eax, 23 ; movzx eax, al);
        }
        let last = LAST[usize::from(double)];
        dynasm!(self.ops ; .arch x64 ; sub eax, 2 ; cmp eax, last ; ja =>odd ; =>fine);
        let zeros = zeros.iter().map(|reg| float_slot(double, *reg)).collect();
        self.cold.push(Cold::Zero { at: odd, double, zeros, fine, slow });
    }

    /// Off the straight path: whether the value in `xmm0` is a zero because one of these is.
    pub(super) fn check_zero(&mut self, double: bool, zeros: &[i32], fine: DynamicLabel, slow: DynamicLabel) {
        // Twice the bits: without the sign.
        if double {
            dynasm!(self.ops ; .arch x64 ; movq rax, xmm0 ; add rax, rax ; jnz =>slow);
        } else {
            dynasm!(self.ops ; .arch x64 ; movd eax, xmm0 ; add eax, eax ; jnz =>slow);
        }
        for &at in zeros {
            if double {
                dynasm!(self.ops ; .arch x64 ; mov rax, [rbp + at] ; add rax, rax ; jz =>fine);
            } else {
                dynasm!(self.ops ; .arch x64 ; mov eax, [rbp + at] ; add eax, eax ; jz =>fine);
            }
        }
        dynasm!(self.ops ; .arch x64 ; jmp =>slow);
    }

    fn square_root(&mut self, double: bool, d: FloatReg, m: FloatReg) {
        let (back, slow) = self.float_ways();
        self.check_control(slow);
        let at = float_slot(double, m);
        if double {
            dynasm!(self.ops ; .arch x64 ; sqrtsd xmm0, [rbp + at]);
        } else {
            dynasm!(self.ops ; .arch x64 ; sqrtss xmm0, [rbp + at]);
        }
        self.check_number(double, 0, slow);
        self.store_float(0, double, d);
        dynasm!(self.ops ; .arch x64 ; =>back);
    }

    /// Moves that at most touch the sign: they never look at the value.
    fn float_sign(&mut self, op: VfpUnary, double: bool, d: FloatReg, m: FloatReg) {
        let (from, to) = (float_slot(double, m), float_slot(double, d));
        let bit: i8 = if double { 63 } else { 31 };
        dynasm!(self.ops ; .arch x64 ; mov rax, [rbp + from]);
        match op {
            VfpUnary::Neg => dynasm!(self.ops ; .arch x64 ; btc rax, BYTE bit),
            VfpUnary::Abs => dynasm!(self.ops ; .arch x64 ; btr rax, BYTE bit),
            VfpUnary::Mov | VfpUnary::Sqrt => {}
        }
        if double {
            dynasm!(self.ops ; .arch x64 ; mov [rbp + to], rax);
        } else {
            dynasm!(self.ops ; .arch x64 ; mov [rbp + to], eax);
        }
    }

    fn float_constant(&mut self, double: bool, d: FloatReg, imm: u8) {
        let to = float_slot(double, d);
        if double {
            let value = F64.expand_immediate(imm) as i64;
            dynasm!(self.ops ; .arch x64 ; mov rax, QWORD value ; mov [rbp + to], rax);
        } else {
            let value = F32.expand_immediate(imm) as i32;
            dynasm!(self.ops ; .arch x64 ; mov DWORD [rbp + to], value);
        }
    }

    /// With a register, or with zero. The flags are those of FPSCR; what is no number goes to the interpreter.
    fn float_compare(&mut self, double: bool, d: FloatReg, m: Option<FloatReg>) {
        let (back, slow) = self.float_ways();
        dynasm!(self.ops ; .arch x64 ; test DWORD [rbp + FPSCR], FLUSH as i32 ; jnz =>slow);
        self.load_float(0, double, d);
        match m {
            Some(m) => self.load_float(1, double, m),
            None => dynasm!(self.ops ; .arch x64 ; xorps xmm1, xmm1),
        }
        if double {
            dynasm!(self.ops ; .arch x64 ; ucomisd xmm0, xmm1);
        } else {
            dynasm!(self.ops ; .arch x64 ; ucomiss xmm0, xmm1);
        }
        // Greater is C alone, 2; less is N alone, three times the host's carry more; equal is Z and C.
        dynasm!(self.ops
            ; .arch x64
            ; jp =>slow
            ; setb al
            ; sete cl
            ; movzx eax, al
            ; movzx ecx, cl
            ; lea eax, [rax + rax * 2]
            ; lea eax, [rax + rcx * 2]
            ; lea eax, [rax + rax + 2]
            ; shl eax, 28
            ; mov ecx, [rbp + FPSCR]
            ; and ecx, 0x0FFF_FFFF
            ; or ecx, eax
            ; mov [rbp + FPSCR], ecx
            ; =>back
        );
    }

    /// Moves to and from the core's registers. The rest goes to the interpreter.
    fn float_core(&mut self, op: VfpOp) {
        let single = |s: FloatReg| float_slot(false, s);
        match op {
            VfpOp::MovCore { to_core, s, rt } if !rt.is_pc() => self.move_word(to_core, single(s), rt),
            VfpOp::MovCorePair { to_core, s, rt, rt2 } if !rt.is_pc() && !rt2.is_pc() => {
                self.move_word(to_core, single(s), rt);
                self.move_word(to_core, single(s) + 4, rt2);
            }
            VfpOp::MovCoreDouble { to_core, d, rt, rt2 } if !rt.is_pc() && !rt2.is_pc() => {
                self.move_word(to_core, float_slot(true, d), rt);
                self.move_word(to_core, float_slot(true, d) + 4, rt2);
            }
            VfpOp::MovScalar { to_core, size: 32, d, index, rt, .. } if !rt.is_pc() => {
                self.move_word(to_core, float_slot(true, d) + 4 * i32::from(index), rt);
            }
            VfpOp::Dup { size, quad, d, rt } if !rt.is_pc() => self.duplicate(size, quad, d, rt),
            VfpOp::Mrs { reg: CONTROL, rt } if rt.is_pc() => self.take_flags(),
            VfpOp::Mrs { reg: CONTROL, rt } => self.move_word(true, FPSCR, rt),
            _ => self.step(),
        }
    }

    fn move_word(&mut self, to_core: bool, at: i32, rt: Reg) {
        if to_core {
            let to = self.result(rt, RAX);
            dynasm!(self.ops ; .arch x64 ; mov Rd(to), [rbp + at]);
            self.write(rt, to);
        } else {
            let from = self.value(rt, RAX);
            dynasm!(self.ops ; .arch x64 ; mov [rbp + at], Rd(from));
        }
    }

    /// VDUP of a core register.
    fn duplicate(&mut self, size: u8, quad: bool, d: FloatReg, rt: Reg) {
        self.read(rt, RAX);
        match size {
            8 => dynasm!(self.ops ; .arch x64 ; movzx eax, al ; imul eax, eax, 0x0101_0101),
            16 => dynasm!(self.ops ; .arch x64 ; movzx eax, ax ; imul eax, eax, 0x0001_0001),
            _ => {}
        }
        for word in 0..if quad { 4 } else { 2 } {
            let at = float_slot(true, d) + 4 * word;
            dynasm!(self.ops ; .arch x64 ; mov [rbp + at], eax);
        }
    }

    /// VMRS APSR_nzcv, FPSCR.
    fn take_flags(&mut self) {
        dynasm!(self.ops ; .arch x64 ; mov eax, [rbp + FPSCR]);
        for (bit, flag) in [(31, FLAG_N), (30, FLAG_Z), (29, FLAG_C), (28, FLAG_V)] {
            dynasm!(self.ops ; .arch x64 ; bt eax, BYTE bit ; setc [BYTE rbp + flag]);
        }
    }

    fn float_convert(&mut self, op: VfpOp) {
        match op {
            VfpOp::CvtSize { to_double, d, m } => self.convert_size(to_double, d, m),
            VfpOp::CvtFromInt { double, signed, d, m } => self.convert_integer(double, signed, d, m),
            VfpOp::CvtToInt { double, signed, round, d, m } => {
                self.convert_to_integer((double, signed, round), d, m)
            }
            _ => self.step(),
        }
    }

    fn convert_size(&mut self, to_double: bool, d: FloatReg, m: FloatReg) {
        let (back, slow) = self.float_ways();
        self.check_control(slow);
        self.load_float(1, !to_double, m);
        if to_double {
            dynasm!(self.ops ; .arch x64 ; cvtss2sd xmm0, xmm1);
            self.check_number(true, 0, slow);
        } else {
            dynasm!(self.ops ; .arch x64 ; cvtsd2ss xmm0, xmm1);
            self.check_range(false, &[], slow);
        }
        self.store_float(0, to_double, d);
        dynasm!(self.ops ; .arch x64 ; =>back);
    }

    fn convert_integer(&mut self, double: bool, signed: bool, d: FloatReg, m: FloatReg) {
        // Double precision holds every integer.
        let ways = (!double).then(|| self.float_ways());
        if let Some((_, slow)) = ways {
            self.check_control(slow);
        }
        let from = float_slot(false, m);
        if signed {
            dynasm!(self.ops ; .arch x64 ; movsxd rax, DWORD [rbp + from]);
        } else {
            dynasm!(self.ops ; .arch x64 ; mov eax, [rbp + from]);
        }
        dynasm!(self.ops ; .arch x64 ; xorps xmm0, xmm0);
        if double {
            dynasm!(self.ops ; .arch x64 ; cvtsi2sd xmm0, rax);
        } else {
            dynasm!(self.ops ; .arch x64 ; cvtsi2ss xmm0, rax);
        }
        self.store_float(0, double, d);
        if let Some((back, _)) = ways {
            dynasm!(self.ops ; .arch x64 ; =>back);
        }
    }

    /// By way of 64 bits: what does not fit 32 goes to the interpreter, and so does what is no number.
    fn convert_to_integer(&mut self, (double, signed, round): (bool, bool, bool), d: FloatReg, m: FloatReg) {
        let (back, slow) = self.float_ways();
        self.check_control(slow);
        let (from, to) = (float_slot(double, m), float_slot(false, d));
        match (double, round) {
            (false, false) => dynasm!(self.ops ; .arch x64 ; cvttss2si rax, [rbp + from]),
            (false, true) => dynasm!(self.ops ; .arch x64 ; cvtss2si rax, [rbp + from]),
            (true, false) => dynasm!(self.ops ; .arch x64 ; cvttsd2si rax, [rbp + from]),
            (true, true) => dynasm!(self.ops ; .arch x64 ; cvtsd2si rax, [rbp + from]),
        }
        if signed {
            dynasm!(self.ops ; .arch x64 ; movsxd rcx, eax);
        } else {
            dynasm!(self.ops ; .arch x64 ; mov ecx, eax);
        }
        dynasm!(self.ops ; .arch x64 ; cmp rcx, rax ; jne =>slow ; mov [rbp + to], eax ; =>back);
    }
}

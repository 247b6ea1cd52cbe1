//! Advanced SIMD on integers: what a few instructions of the host do. The rest goes to the interpreter's arithmetic, and what
//! takes structures in memory apart to the interpreter.

use dynasmrt::{DynasmApi, dynasm};

use super::super::super::neon::{ImmOp, LaneThree, Logic, NeonOp, ShiftImm, Structure};
use super::super::super::simd::FloatReg;
use super::super::frame::float_slot;
use super::Emitter;

/// Destination, first and second operand.
type Three = (FloatReg, FloatReg, FloatReg);

impl Emitter<'_> {
    /// Code of an Advanced SIMD instruction, which the unit is known to be ready for.
    pub(super) fn neon(&mut self, op: NeonOp) {
        let done = match op {
            NeonOp::Structures { of: of @ Structure { count: 1, .. }, repeat } => {
                self.structures(of, repeat);
                true
            }
            NeonOp::Structures { .. } | NeonOp::StructureLane { .. } | NeonOp::StructureAll { .. } => {
                self.step();
                true
            }
            NeonOp::Three { op, signed, size, quad, d, n, m } => {
                self.lanes((op, signed, size), quad, (d, n, m))
            }
            NeonOp::Logic { op, quad, d, n, m } => self.logic(op, quad, (d, n, m)),
            NeonOp::Imm { op, quad, d, value } => self.vector_constant(op, quad, d, value),
            NeonOp::Shift { op, signed, size, quad, d, m, amount } => {
                self.vector_shift((op, signed, size), quad, (d, m), amount as i8)
            }
            NeonOp::ShiftLong { signed, size, d, m, amount } => {
                self.lengthen((signed, size), d, m, amount as i8)
            }
            NeonOp::Float { .. }
            | NeonOp::Pair { .. }
            | NeonOp::FloatPair { .. }
            | NeonOp::Long { .. }
            | NeonOp::Wide { .. }
            | NeonOp::Narrow { .. }
            | NeonOp::Scalar { .. }
            | NeonOp::FloatScalar { .. }
            | NeonOp::LongScalar { .. }
            | NeonOp::ShiftNarrow { .. }
            | NeonOp::CvtFixed { .. }
            | NeonOp::CvtHalf { .. }
            | NeonOp::Ext { .. }
            | NeonOp::Table { .. }
            | NeonOp::Dup { .. }
            | NeonOp::Misc { .. }
            | NeonOp::FloatMisc { .. }
            | NeonOp::EstimateInt { .. }
            | NeonOp::PairLong { .. }
            | NeonOp::Permute { .. } => false,
        };
        if !done {
            self.data();
        }
    }

    fn load_vector(&mut self, to: u8, quad: bool, from: FloatReg) {
        let at = float_slot(true, from);
        if quad {
            dynasm!(self.ops ; .arch x64 ; movups Rx(to), [rbp + at]);
        } else {
            dynasm!(self.ops ; .arch x64 ; movq Rx(to), [rbp + at]);
        }
    }

    /// From `xmm0`.
    fn store_vector(&mut self, quad: bool, to: FloatReg) {
        let at = float_slot(true, to);
        if quad {
            dynasm!(self.ops ; .arch x64 ; movups [rbp + at], xmm0);
        } else {
            dynasm!(self.ops ; .arch x64 ; movq [rbp + at], xmm0);
        }
    }

    /// False when the host has nothing like it.
    fn lanes(&mut self, (op, signed, size): (LaneThree, bool, u8), quad: bool, (d, n, m): Three) -> bool {
        let native = match op {
            LaneThree::Add | LaneThree::Sub => true,
            LaneThree::Ceq => size < 64,
            LaneThree::Cgt | LaneThree::Cge => signed && size < 64,
            LaneThree::Mul | LaneThree::Mla | LaneThree::Mls => {
                size == 16 || size == 32 && self.target.host.sse41
            }
            LaneThree::Max | LaneThree::Min => (signed, size) == (true, 16) || (signed, size) == (false, 8),
            _ => false,
        };
        if !native {
            return false;
        }
        self.load_vector(0, quad, n);
        self.load_vector(1, quad, m);
        match op {
            LaneThree::Add => self.add_lanes(size),
            LaneThree::Sub => self.subtract_lanes(size),
            LaneThree::Ceq => self.compare_equal(size),
            LaneThree::Cgt => self.compare_greater(size),
            LaneThree::Cge => {
                // Not less: the other way round.
                dynasm!(self.ops ; .arch x64 ; movaps xmm2, xmm0 ; movaps xmm0, xmm1 ; movaps xmm1, xmm2);
                self.compare_greater(size);
                dynasm!(self.ops ; .arch x64 ; pcmpeqd xmm1, xmm1 ; pxor xmm0, xmm1);
            }
            LaneThree::Max if signed => dynasm!(self.ops ; .arch x64 ; pmaxsw xmm0, xmm1),
            LaneThree::Max => dynasm!(self.ops ; .arch x64 ; pmaxub xmm0, xmm1),
            LaneThree::Min if signed => dynasm!(self.ops ; .arch x64 ; pminsw xmm0, xmm1),
            LaneThree::Min => dynasm!(self.ops ; .arch x64 ; pminub xmm0, xmm1),
            _ => self.multiply_lanes(op, size, quad, d),
        }
        self.store_vector(quad, d);
        true
    }

    fn add_lanes(&mut self, size: u8) {
        match size {
            8 => dynasm!(self.ops ; .arch x64 ; paddb xmm0, xmm1),
            16 => dynasm!(self.ops ; .arch x64 ; paddw xmm0, xmm1),
            32 => dynasm!(self.ops ; .arch x64 ; paddd xmm0, xmm1),
            _ => dynasm!(self.ops ; .arch x64 ; paddq xmm0, xmm1),
        }
    }

    fn subtract_lanes(&mut self, size: u8) {
        match size {
            8 => dynasm!(self.ops ; .arch x64 ; psubb xmm0, xmm1),
            16 => dynasm!(self.ops ; .arch x64 ; psubw xmm0, xmm1),
            32 => dynasm!(self.ops ; .arch x64 ; psubd xmm0, xmm1),
            _ => dynasm!(self.ops ; .arch x64 ; psubq xmm0, xmm1),
        }
    }

    fn compare_equal(&mut self, size: u8) {
        match size {
            8 => dynasm!(self.ops ; .arch x64 ; pcmpeqb xmm0, xmm1),
            16 => dynasm!(self.ops ; .arch x64 ; pcmpeqw xmm0, xmm1),
            _ => dynasm!(self.ops ; .arch x64 ; pcmpeqd xmm0, xmm1),
        }
    }

    fn compare_greater(&mut self, size: u8) {
        match size {
            8 => dynasm!(self.ops ; .arch x64 ; pcmpgtb xmm0, xmm1),
            16 => dynasm!(self.ops ; .arch x64 ; pcmpgtw xmm0, xmm1),
            _ => dynasm!(self.ops ; .arch x64 ; pcmpgtd xmm0, xmm1),
        }
    }

    /// Products, added to the destination or taken from it as the operation says.
    fn multiply_lanes(&mut self, op: LaneThree, size: u8, quad: bool, d: FloatReg) {
        if size == 16 {
            dynasm!(self.ops ; .arch x64 ; pmullw xmm0, xmm1);
        } else {
            dynasm!(self.ops ; .arch x64 ; pmulld xmm0, xmm1);
        }
        if op == LaneThree::Mul {
            return;
        }
        self.load_vector(1, quad, d);
        if op == LaneThree::Mla {
            return self.add_lanes(size);
        }
        dynasm!(self.ops ; .arch x64 ; movaps xmm2, xmm0 ; movaps xmm0, xmm1 ; movaps xmm1, xmm2);
        self.subtract_lanes(size);
    }

    fn logic(&mut self, op: Logic, quad: bool, (d, n, m): Three) -> bool {
        self.load_vector(0, quad, n);
        self.load_vector(1, quad, m);
        match op {
            Logic::And => dynasm!(self.ops ; .arch x64 ; andps xmm0, xmm1),
            Logic::Orr => dynasm!(self.ops ; .arch x64 ; orps xmm0, xmm1),
            Logic::Eor => dynasm!(self.ops ; .arch x64 ; xorps xmm0, xmm1),
            Logic::Bic => dynasm!(self.ops ; .arch x64 ; andnps xmm1, xmm0 ; movaps xmm0, xmm1),
            Logic::Orn => dynasm!(self.ops
                ; .arch x64
                ; pcmpeqd xmm2, xmm2
                ; pxor xmm1, xmm2
                ; por xmm0, xmm1
            ),
            Logic::Bsl | Logic::Bit | Logic::Bif => self.select_bits(op, quad, d),
        }
        self.store_vector(quad, d);
        true
    }

    /// Takes bits of `xmm0` and others as a mask says: y ^ (x ^ y) & mask.
    fn select_bits(&mut self, op: Logic, quad: bool, d: FloatReg) {
        self.load_vector(2, quad, d);
        match op {
            // n where the destination has ones, else m.
            Logic::Bsl => dynasm!(self.ops
                ; .arch x64
                ; xorps xmm0, xmm1
                ; andps xmm0, xmm2
                ; xorps xmm0, xmm1
            ),
            // n where m has ones, else the destination.
            Logic::Bit => dynasm!(self.ops
                ; .arch x64
                ; xorps xmm0, xmm2
                ; andps xmm0, xmm1
                ; xorps xmm0, xmm2
            ),
            // n where m has zeros, else the destination.
            _ => dynasm!(self.ops
                ; .arch x64
                ; xorps xmm0, xmm2
                ; andnps xmm1, xmm0
                ; xorps xmm1, xmm2
                ; movaps xmm0, xmm1
            ),
        }
    }

    fn vector_constant(&mut self, op: ImmOp, quad: bool, d: FloatReg, value: u64) -> bool {
        let value = if matches!(op, ImmOp::Mvn | ImmOp::Bic) { !value } else { value } as i64;
        dynasm!(self.ops ; .arch x64 ; mov rax, QWORD value);
        let registers = if quad { &[0, 8][..] } else { &[0] };
        for offset in registers {
            let at = float_slot(true, d) + offset;
            match op {
                ImmOp::Mov | ImmOp::Mvn => dynasm!(self.ops ; .arch x64 ; mov [rbp + at], rax),
                ImmOp::Orr => dynasm!(self.ops ; .arch x64 ; or [rbp + at], rax),
                ImmOp::Bic => dynasm!(self.ops ; .arch x64 ; and [rbp + at], rax),
            }
        }
        true
    }

    /// False when the host has nothing like it: no lanes of a byte, no signed ones of 64 bits.
    fn vector_shift(
        &mut self,
        (op, signed, size): (ShiftImm, bool, u8),
        quad: bool,
        (d, m): (FloatReg, FloatReg),
        amount: i8,
    ) -> bool {
        let left = op == ShiftImm::Shl;
        let known = left || matches!(op, ShiftImm::Shr | ShiftImm::Sra);
        if !known || size == 8 || !left && signed && size == 64 {
            return false;
        }
        self.load_vector(0, quad, m);
        match (left, signed) {
            (true, _) => self.shift_left(size, amount),
            (false, true) => self.shift_right_signed(size, amount),
            (false, false) => self.shift_right(size, amount),
        }
        if op == ShiftImm::Sra {
            self.load_vector(1, quad, d);
            self.add_lanes(size);
        }
        self.store_vector(quad, d);
        true
    }

    fn shift_left(&mut self, size: u8, amount: i8) {
        match size {
            16 => dynasm!(self.ops ; .arch x64 ; psllw xmm0, BYTE amount),
            32 => dynasm!(self.ops ; .arch x64 ; pslld xmm0, BYTE amount),
            _ => dynasm!(self.ops ; .arch x64 ; psllq xmm0, BYTE amount),
        }
    }

    fn shift_right(&mut self, size: u8, amount: i8) {
        match size {
            16 => dynasm!(self.ops ; .arch x64 ; psrlw xmm0, BYTE amount),
            32 => dynasm!(self.ops ; .arch x64 ; psrld xmm0, BYTE amount),
            _ => dynasm!(self.ops ; .arch x64 ; psrlq xmm0, BYTE amount),
        }
    }

    fn shift_right_signed(&mut self, size: u8, amount: i8) {
        if size == 16 {
            dynasm!(self.ops ; .arch x64 ; psraw xmm0, BYTE amount);
        } else {
            dynasm!(self.ops ; .arch x64 ; psrad xmm0, BYTE amount);
        }
    }

    /// Lanes of double width, shifted left.
    fn lengthen(&mut self, (signed, size): (bool, u8), d: FloatReg, m: FloatReg, amount: i8) -> bool {
        if signed && size == 32 {
            return false;
        }
        self.load_vector(0, false, m);
        // The lower half of a lane is the value; the upper half its copy, shifted away again, or zero.
        if signed {
            dynasm!(self.ops ; .arch x64 ; movaps xmm1, xmm0);
        } else {
            dynasm!(self.ops ; .arch x64 ; xorps xmm1, xmm1);
        }
        match size {
            8 => dynasm!(self.ops ; .arch x64 ; punpcklbw xmm0, xmm1),
            16 => dynasm!(self.ops ; .arch x64 ; punpcklwd xmm0, xmm1),
            _ => dynasm!(self.ops ; .arch x64 ; punpckldq xmm0, xmm1),
        }
        if signed {
            self.shift_right_signed(2 * size, size as i8);
        }
        self.shift_left(2 * size, amount);
        self.store_vector(true, d);
        true
    }
}

//! Exception handlers of random programs: short, and nearly always they come back.

use super::asm::{Asm, Piece, Value};
use super::effects::Class;
use super::isa::Isa;
use super::layout::{DEVICE, HANDLER_SIZE, HANDLERS, STACKS, VECTOR_ROM, register};
use super::pool::Pool;
use super::rng::Rng;

/// The state of handlers, and where an abort leads.
#[derive(Clone, Copy, Debug)]
pub(super) struct Escape {
    /// Exceptions are taken in Thumb state.
    pub(super) thumb: bool,
    /// Where a failed fetch goes on.
    pub(super) pc: u32,
    /// With this status.
    pub(super) cpsr: u32,
}

/// Vectors in the order of their addresses.
const RESET: u32 = 0;
const UNDEFINED: u32 = 1;
const SUPERVISOR: u32 = 2;
const PREFETCH: u32 = 3;
const DATA: u32 = 4;
const IRQ: u32 = 6;
const FIQ: u32 = 7;

/// Writes handlers for one program.
pub(super) struct Handlers<'a> {
    pub(super) isa: Isa,
    pub(super) escape: Escape,
    pub(super) pool: &'a Pool,
    pub(super) rng: &'a mut Rng,
}

impl Handlers<'_> {
    /// Vectors at both places, and the handlers.
    pub(super) fn pieces(mut self) -> Vec<Piece> {
        let mut all = Vec::new();
        for vector in 0..8 {
            all.extend(self.vector(vector));
            let mut asm = self.asm(slot(vector));
            self.handler(vector, &mut asm);
            all.extend(asm.finish());
        }
        all
    }

    fn asm(&self, at: u32) -> Asm {
        Asm::new(at, self.escape.thumb, !self.isa.is_v5())
    }

    fn vector(&self, vector: u32) -> Vec<Piece> {
        let mut low = self.asm(4 * vector);
        let (from, to) = (4 * vector, slot(vector));
        let words = to - from;
        if self.escape.thumb {
            low.t32(0xF000_B800 | (words - 4) >> 1);
        } else {
            low.a32(0xEA00_0000 | (words - 8) >> 2);
        }
        // The high ones load the address from a table behind them.
        let mut high = self.asm(VECTOR_ROM + 4 * vector);
        high.either(0xE59F_F018, 0xF8DF_F01C);
        let mut table = self.asm(VECTOR_ROM + 0x20 + 4 * vector);
        table.data(to | u32::from(self.escape.thumb));
        [low, high, table].into_iter().flat_map(Asm::finish).collect()
    }

    fn handler(&mut self, vector: u32, asm: &mut Asm) {
        match vector {
            UNDEFINED | SUPERVISOR => self.call(vector, asm),
            DATA => self.data_abort(asm),
            IRQ => self.interrupt(asm),
            FIQ => self.fast_interrupt(asm),
            RESET | PREFETCH => self.escape(asm),
            _ => back(asm, 4),
        }
    }

    /// Undefined instructions and supervisor calls go on behind the instruction.
    fn call(&mut self, vector: u32, asm: &mut Asm) {
        let way = self.rng.below(4);
        if way == 0 && !self.isa.is_v5() {
            self.by_stack(vector, asm);
        } else if way == 1 && !asm.thumb {
            asm.a32(0xE92D_400F); // stmdb sp!, {r0-r3, lr}
            self.some_work(asm);
            asm.a32(0xE8FD_800F); // ldmia sp!, {r0-r3, pc}^
        } else {
            if way == 2 {
                self.some_work(asm);
            }
            back(asm, 0);
        }
    }

    /// SRS and RFE.
    fn by_stack(&mut self, vector: u32, asm: &mut Asm) {
        let mode = if vector == UNDEFINED { 0x1B } else { 0x13 };
        asm.either(0xF96D_0500 | mode, 0xE82D_C000 | mode); // srsdb sp!, #mode
        self.some_work(asm);
        asm.either(0xF8BD_0A00, 0xE9BD_C000); // rfeia sp!
    }

    /// A failed load or store is left out. Which length the instruction had is a guess.
    fn data_abort(&mut self, asm: &mut Asm) {
        if self.rng.chance(30) && !self.isa.is_v5() {
            let register = self.rng.below(2); // DFSR, DFAR
            asm.either(0xEE15_DF10 | register << 16, 0xEE15_DF10 | register << 16);
            asm.load_literal(13, STACKS);
        }
        let back_by = if self.isa.is_thumb() { self.rng.pick(&[6, 6, 4]) } else { 4 };
        back(asm, back_by);
    }

    fn interrupt(&mut self, asm: &mut Asm) {
        match self.rng.below(3) {
            0 if !asm.thumb => {
                asm.a32(0xE24E_E004); // sub lr, lr, #4
                asm.a32(0xE92D_500F); // stmdb sp!, {r0-r3, r12, lr}
                self.lower_lines(asm);
                self.some_work(asm);
                asm.a32(0xE8FD_900F); // ldmia sp!, {r0-r3, r12, pc}^
            }
            1 if !self.isa.is_v5() => {
                asm.either(0xE24E_E004, 0xF1AE_0E04);
                asm.either(0xF96D_0512, 0xE82D_C012); // srsdb sp!, #irq
                asm.either(0xF8BD_0A00, 0xE9BD_C000); // rfeia sp!
            }
            _ => back(asm, 4),
        }
    }

    /// r8 to r12 are the handler's own here.
    fn fast_interrupt(&mut self, asm: &mut Asm) {
        asm.either(0xE288_8001, 0xF108_0801); // add r8, r8, #1
        if !asm.thumb && self.rng.chance(50) {
            asm.a32(0xE929_0100); // stmdb r9!, {r8}
        }
        back(asm, 4);
    }

    fn lower_lines(&mut self, asm: &mut Asm) {
        if self.rng.chance(50) {
            asm.load_literal(1, DEVICE + register::LINES);
            asm.a32(0xE3A0_0000); // mov r0, #0
            asm.a32(0xE581_0000); // str r0, [r1]
        }
    }

    /// Instructions that change only registers which a program may lose.
    fn some_work(&mut self, asm: &mut Asm) {
        for _ in 0..self.rng.below(3) {
            if let Some(word) = self.pool.pick(Class::Alu, self.rng) {
                asm.word(word);
            }
        }
    }

    /// Starts the program anew, with the status that it began with.
    fn escape(&mut self, asm: &mut Asm) {
        asm.load_literal(13, self.escape.cpsr);
        asm.either(0xE16F_F00D, 0xF39D_8F00); // msr spsr_fsxc, sp
        asm.load_literal(13, STACKS);
        asm.load_literal(14, Value::Number(self.escape.pc));
        back(asm, 0);
    }
}

/// Where a handler lies.
fn slot(vector: u32) -> u32 {
    HANDLERS + vector * HANDLER_SIZE
}

/// SUBS PC, LR, #by.
fn back(asm: &mut Asm, by: u32) {
    asm.either(0xE25E_F000 | by, 0xF3DE_8F00 | by);
}

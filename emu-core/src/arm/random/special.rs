//! Statements that concern the system: exceptions, modes, coprocessor, devices, code that changes itself.

use super::super::insn::CpReg;
use super::asm::{Piece, PieceKind, Value};
use super::control::{register as cp15, small_page};
use super::effects::Class;
use super::layout::{DEVICE, SECOND_LEVEL, register};
use super::pool::Word;
use super::writer::Writer;

/// Control registers that any value suits, and those of ARMv7 only.
const V5_REGISTERS: [[u8; 4]; 14] = [
    [0, 2, 0, 0],
    [0, 2, 0, 1],
    [0, 3, 0, 0],
    [0, 5, 0, 0],
    [0, 5, 0, 3],
    [0, 6, 3, 0],
    [0, 7, 5, 0],
    [0, 7, 10, 4],
    [0, 9, 0, 0],
    [0, 9, 1, 0],
    [0, 13, 1, 0],
    [3, 15, 0, 0],
    [3, 15, 2, 0],
    [3, 15, 4, 0],
];
const V7_REGISTERS: [[u8; 4]; 14] = [
    [0, 5, 0, 0],
    [0, 5, 0, 1],
    [0, 6, 0, 0],
    [0, 6, 0, 2],
    [0, 7, 5, 0],
    [0, 7, 5, 4],
    [0, 7, 10, 5],
    [0, 7, 14, 1],
    [0, 8, 7, 0],
    [0, 13, 0, 1],
    [0, 13, 0, 2],
    [0, 13, 0, 3],
    [0, 13, 0, 4],
    [0, 7, 4, 0],
];
/// Those that bend the memory system or the vectors.
const BENDING: [[u8; 4]; 9] = [
    [0, 1, 0, 0],
    [0, 1, 0, 2],
    [0, 2, 0, 0],
    [0, 2, 0, 2],
    [0, 3, 0, 0],
    [0, 5, 0, 2],
    [0, 6, 1, 2],
    [0, 9, 1, 1],
    [0, 12, 0, 0],
];

impl Writer<'_> {
    pub(super) fn special(&mut self) {
        match self.rng.below(24) {
            0..4 => self.exception(),
            4..7 => self.change_mode(),
            7..10 => self.control_transfer(),
            10..14 => self.device(),
            14..18 => self.overwrite(),
            18 => self.other_byte_order(),
            19 => self.other_state(),
            20 => self.remap(),
            21 => self.literal_in_the_way(),
            22 => self.junk(),
            _ => self.bend(),
        }
    }

    /// SVC, an undefined instruction, a breakpoint, SMC.
    fn exception(&mut self) {
        let imm = self.rng.below(256);
        let (arm, thumb) = match self.rng.below(8) {
            0..4 => (0xEF00_0000 | imm, 0xDF00 | imm),
            4..7 => (0xE7F0_00F0 | imm << 8, 0xDE00 | imm),
            _ => (0xE120_0070, 0xBE00 | imm),
        };
        if self.asm.thumb { self.asm.t16(thumb) } else { self.asm.a32(arm) }
    }

    fn change_mode(&mut self) {
        let mode = self.rng.pick(&[0x10, 0x11, 0x12, 0x13, 0x17, 0x1B, 0x1F]);
        let masks = self.rng.pick(&[0, 0, 0x40, 0x80]);
        match (self.asm.thumb, self.asm.wide) {
            // cps #mode; cpsie or cpsid if
            (true, true) if self.rng.chance(50) => self.asm.t32(0xF3AF_8100 | mode),
            (true, true) => self.asm.t16(0xB663 | self.rng.below(2) << 4),
            (true, false) => self.of_class(Class::Alu),
            (false, true) if self.rng.chance(50) => self.asm.a32(0xF102_0000 | mode),
            // msr cpsr_c, #
            (false, _) => self.asm.a32(0xE321_F000 | masks | mode),
        }
    }

    fn transfer(&mut self, [opc1, crn, crm, opc2]: [u8; 4], read: bool) {
        if self.asm.thumb && !self.asm.wide {
            return self.of_class(Class::Alu);
        }
        let CpReg { cp, opc1, crn, crm, opc2 } = cp15(opc1, crn, crm, opc2);
        let rt = self.rng.below(4);
        let field = |value: u8, at: u32| u32::from(value) << at;
        let bits = 0xEE00_0010
            | u32::from(read) << 20
            | field(opc1, 21)
            | field(crn, 16)
            | rt << 12
            | field(cp, 8)
            | field(opc2, 5)
            | field(crm, 0);
        self.asm.either(bits, bits);
    }

    fn control_transfer(&mut self) {
        let registers = if self.isa.is_v5() { &V5_REGISTERS } else { &V7_REGISTERS };
        let register = self.rng.pick(registers);
        let read = self.rng.chance(40);
        self.transfer(register, read);
    }

    /// Turns a few bits of a register that matters, or sets it to anything.
    fn bend(&mut self) {
        if self.rng.chance(60) {
            return self.control_transfer();
        }
        let register = self.rng.pick(&BENDING);
        if self.rng.chance(50) {
            self.transfer(register, true);
            self.of_class(Class::Alu);
        }
        self.transfer(register, false);
    }

    /// An access to the device, of any width.
    fn device(&mut self) {
        use register::{ATTENTION, COUNTER, DMA_ADDRESS, DMA_DATA, FAULT, LINES, PRINT, WINDOW};
        const PLACES: [u32; 10] =
            [PRINT, PRINT, PRINT, COUNTER, ATTENTION, LINES, FAULT, DMA_ADDRESS, DMA_DATA, WINDOW];
        let place = self.rng.pick(&PLACES);
        self.asm.load_literal(3, DEVICE + place);
        // ldr, str, ldrb, strb, ldrh, strh of r0 at r3; unaligned ones sometimes.
        let offset = if self.rng.chance(10) { 1 } else { 0 };
        if self.asm.thumb {
            let op = self.rng.pick(&[0x6818, 0x6018, 0x6018, 0x7818, 0x7018, 0x8818, 0x8018]);
            self.asm.t16(op);
        } else {
            let op = self.rng.pick(&[
                0xE593_0000,
                0xE583_0000,
                0xE583_0000,
                0xE5D3_0000,
                0xE5C3_0000,
                0xE1D3_00B0,
                0xE1C3_00B0,
            ]);
            self.asm.a32(op | offset);
        }
    }

    /// Stores an instruction over another one: one that has been, or one that comes at once.
    fn overwrite(&mut self) {
        let ahead = self.slots.is_empty() || self.rng.chance(40);
        let (label, thumb, size) = if ahead {
            (self.asm.label(), self.asm.thumb, if self.asm.thumb { 2 } else { 4 })
        } else {
            self.slots[self.rng.below(self.slots.len() as u32) as usize]
        };
        let Some(word) = self.word_of_size(thumb, size) else { return };
        self.asm.load_literal(1, Value::Place(label));
        self.asm.load_literal(0, in_memory(word, thumb));
        if self.rng.chance(40) {
            self.toggle(size);
        }
        self.store_r0_at_r1(size);
        self.flush_caches();
        if ahead {
            if self.rng.chance(50) {
                self.straight();
            }
            self.asm.bind(label);
            self.slots.push((label, thumb, size));
            self.of_size(size);
        }
    }

    /// Another instruction of that size.
    fn word_of_size(&mut self, thumb: bool, size: u8) -> Option<Word> {
        (0..8).find_map(|_| self.any_word(thumb).filter(|word| word.size == size))
    }

    fn of_size(&mut self, size: u8) {
        let thumb = self.asm.thumb;
        match self.word_of_size(thumb, size) {
            Some(word) => self.asm.word(word),
            None if thumb => self.asm.t16(0x46C0),
            None => self.asm.a32(0xE1A0_0000),
        }
    }

    /// r0 becomes the difference to what is there now: two executions bring two different instructions.
    fn toggle(&mut self, size: u8) {
        match (self.asm.thumb, size) {
            // ldr r2, [r1]; eor r0, r0, r2
            (false, _) => {
                self.asm.a32(0xE591_2000);
                self.asm.a32(0xE020_0002);
            }
            (true, 2) => {
                self.asm.t16(0x880A);
                self.asm.t16(0x4050);
            }
            (true, _) => {
                self.asm.t16(0x680A);
                self.asm.t16(0x4050);
            }
        }
    }

    fn store_r0_at_r1(&mut self, size: u8) {
        match (self.asm.thumb, size) {
            (false, 4) => self.asm.a32(0xE581_0000),
            (false, _) => self.asm.a32(0xE1C1_00B0),
            (true, 4) => self.asm.t16(0x6008),
            (true, _) => self.asm.t16(0x8008),
        }
    }

    /// As a careful program does; the others rely on coherent memory.
    fn flush_caches(&mut self) {
        if self.rng.chance(40) {
            self.transfer([0, 7, 10, 4], false);
            self.transfer([0, 7, 5, 0], false);
        }
    }

    /// SETEND, some accesses, and mostly back.
    fn other_byte_order(&mut self) {
        if self.isa.is_v5() {
            return self.straight();
        }
        self.set_byte_order(true);
        for _ in 0..self.rng.between(1, 4) {
            self.of_class(Class::Memory);
        }
        if self.rng.chance(90) {
            self.set_byte_order(false);
        }
    }

    fn set_byte_order(&mut self, big: bool) {
        let big = u32::from(big);
        if self.asm.thumb { self.asm.t16(0xB650 | big << 3) } else { self.asm.a32(0xF101_0000 | big << 9) }
    }

    /// Goes on in the other state, behind a jump.
    fn other_state(&mut self) {
        let next = self.asm.label();
        self.asm.load_literal(0, Value::Entry(next));
        // bx r0
        if self.asm.thumb {
            self.asm.t16(0x4700)
        } else {
            self.asm.a32(0xE12F_FF10)
        }
        let thumb = !self.asm.thumb;
        self.asm.switch(thumb);
        self.asm.bind(next);
    }

    /// Shows another page of RAM at a virtual page, and uses it.
    fn remap(&mut self) {
        if !self.translates {
            return self.device();
        }
        let page = self.rng.between(8, 31);
        let entry = small_page(page, self.rng);
        self.asm.load_literal(1, SECOND_LEVEL + 4 * page);
        self.asm.load_literal(0, entry);
        self.store_r0_at_r1(4);
        if self.rng.chance(50) {
            self.transfer([0, 8, 7, 0], false);
        }
        self.asm.load_literal(4, page << 12 | 0x800);
        self.of_class(Class::Memory);
    }

    /// Data between instructions, jumped over.
    fn literal_in_the_way(&mut self) {
        let over = self.asm.label();
        self.asm.branch_short(14, over);
        let thumb = self.asm.thumb;
        self.asm.switch(thumb);
        for _ in 0..self.rng.between(1, 3) {
            let bits = self.rng.word();
            self.asm.data(bits);
        }
        self.asm.bind(over);
    }

    /// A jump to one of four places.
    pub(super) fn jump_by_table(&mut self) {
        match (self.asm.thumb, self.asm.wide) {
            (false, _) if self.rng.chance(50) => self.jump_by_addition(),
            (false, _) => self.jump_by_load(),
            (true, true) => self.table_branch(),
            (true, false) => self.other_state(),
        }
    }

    /// and r0, r0, #3; add pc, pc, r0, lsl #2; a place for r15 to stand before; four instructions.
    fn jump_by_addition(&mut self) {
        self.asm.a32(0xE200_0003);
        self.asm.a32(0xE08F_F100);
        (0..5).for_each(|_| self.of_size(4));
    }

    /// and r0, r0, #3; ldr pc, [pc, r0, lsl #2]; nop; four addresses.
    fn jump_by_load(&mut self) {
        self.asm.a32(0xE200_0003);
        self.asm.a32(0xE79F_F100);
        self.asm.a32(0xE1A0_0000);
        let labels = [(); 4].map(|()| self.asm.label());
        labels.iter().for_each(|label| self.asm.data_address(*label));
        for label in labels {
            self.asm.bind(label);
            self.one();
        }
    }

    /// and r0, r0, #3; tbb [pc, r0]; four bytes; four short instructions.
    fn table_branch(&mut self) {
        self.asm.t32(0xF000_0003);
        self.asm.t32(0xE8DF_F000);
        self.asm.t32(0x0302_0504);
        (0..4).for_each(|_| self.of_size(2));
    }
}

/// The bits of an instruction as a little-endian load or store sees them.
fn in_memory(word: Word, thumb: bool) -> u32 {
    let kind = if thumb { PieceKind::Thumb } else { PieceKind::Arm };
    u32::from_le_bytes(Piece { at: 0, bits: word.bits, size: word.size, kind }.bytes())
}

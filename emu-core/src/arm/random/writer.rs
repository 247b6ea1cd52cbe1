//! Writes the code of a program: straight stretches, loops, conditions, calls, in a shape that really executes and
//! comes back to the same code often enough to be compiled.

use super::asm::{Asm, Label, Piece};
use super::effects::Class;
use super::isa::Isa;
use super::pool::{Pool, Word};
use super::rng::Rng;
use super::roles::Roles;
use super::start;

/// What a program is mostly made of: shares of the classes in [`Class::STRAIGHT`].
const PROFILES: [[u32; 13]; 6] = [
    // Arithmetic.
    [55, 15, 15, 12, 2, 0, 0, 0, 0, 0, 1, 0, 0],
    // Memory.
    [25, 3, 3, 48, 14, 4, 0, 1, 0, 1, 1, 0, 0],
    // Some of everything, twice as likely.
    [35, 8, 8, 25, 6, 2, 2, 2, 2, 2, 3, 2, 1],
    [35, 8, 8, 25, 6, 2, 2, 2, 2, 2, 3, 2, 1],
    // Floating point.
    [10, 2, 2, 8, 2, 0, 38, 15, 18, 6, 1, 0, 0],
    // System.
    [30, 4, 4, 22, 5, 3, 1, 1, 1, 1, 14, 12, 2],
];

/// Instructions of both states.
#[derive(Debug)]
pub(super) struct Pools {
    pub(super) arm: Pool,
    pub(super) thumb: Pool,
}

impl Pools {
    pub(super) fn of(&self, thumb: bool) -> &Pool {
        if thumb { &self.thumb } else { &self.arm }
    }
}

/// A function that the program calls.
#[derive(Clone, Copy)]
struct Function {
    entry: Label,
    thumb: bool,
}

/// A program's code in the making.
pub(super) struct Writer<'a> {
    pub(super) isa: Isa,
    pub(super) roles: Roles,
    pub(super) pools: &'a Pools,
    pub(super) rng: &'a mut Rng,
    pub(super) asm: Asm,
    /// There are virtual pages to point at.
    pub(super) translates: bool,
    profile: [u32; 13],
    /// First address of the code.
    pub(super) code: u32,
    main: Label,
    functions: Vec<Function>,
    /// Single instructions that a program may overwrite, with their states and sizes.
    pub(super) slots: Vec<(Label, bool, u8)>,
    loops: usize,
    /// Statements left: nesting shares them.
    room: u32,
}

impl<'a> Writer<'a> {
    pub(super) fn new(isa: Isa, roles: Roles, pools: &'a Pools, code: u32, rng: &'a mut Rng) -> Self {
        let mut asm = Asm::new(code, isa.is_thumb(), !isa.is_v5());
        let main = asm.label();
        asm.bind(main);
        let functions = (0..rng.below(4))
            .map(|_| Function { entry: asm.label(), thumb: isa.is_thumb() != rng.chance(25) })
            .collect();
        let profile = rng.pick(&PROFILES);
        let room = rng.between(12, 40);
        Self {
            isa,
            roles,
            pools,
            rng,
            asm,
            translates: false,
            profile,
            code,
            main,
            functions,
            slots: Vec::new(),
            loops: 0,
            room,
        }
    }

    /// Writes everything.
    pub(super) fn write(mut self) -> Vec<Piece> {
        while self.room > 0 {
            self.statement();
        }
        self.ending();
        for function in std::mem::take(&mut self.functions) {
            self.function(function);
        }
        self.asm.finish()
    }

    /// Nothing but random words: whatever they mean.
    pub(super) fn write_junk(mut self) -> Vec<Piece> {
        for _ in 0..self.rng.between(20, 120) {
            self.junk();
        }
        self.ending();
        self.asm.finish()
    }

    fn statement(&mut self) {
        self.room = self.room.saturating_sub(1);
        match self.rng.below(100) {
            0..46 => self.straight(),
            46..57 => self.repeat(),
            57..65 => self.condition(),
            65..71 => self.call(),
            71..77 => self.aim(),
            77..80 => self.small_index(),
            80..87 => self.guarded(),
            87..90 => self.jump_by_table(),
            _ => self.special(),
        }
    }

    /// Some instructions in a row.
    pub(super) fn straight(&mut self) {
        for _ in 0..self.rng.between(1, 6) {
            self.one();
        }
    }

    /// One instruction of the program's kind.
    pub(super) fn one(&mut self) {
        let class = Class::STRAIGHT[self.rng.weighted(&self.profile)];
        self.of_class(class);
    }

    /// One instruction of a class, or arithmetic where the core has none.
    pub(super) fn of_class(&mut self, class: Class) {
        let pool = self.pools.of(self.asm.thumb);
        let word = pool.pick(class, self.rng).or_else(|| pool.pick(Class::Alu, self.rng));
        let Some(mut word) = word else { return };
        if !self.asm.thumb && word.bits >> 28 == 14 && self.rng.chance(20) {
            word.bits = word.bits & 0x0FFF_FFFF | self.rng.below(14) << 28;
        }
        if self.rng.chance(15) {
            let label = self.asm.label();
            self.asm.bind(label);
            self.slots.push((label, self.asm.thumb, word.size));
        }
        self.asm.word(word);
    }

    /// A word of any meaning.
    pub(super) fn junk(&mut self) {
        let bits = self.rng.word();
        match (self.asm.thumb, self.rng.chance(30)) {
            (false, true) => self.asm.a32(bits),
            (false, false) => self.asm.a32(bits & 0x0FFF_FFFF | 0xE000_0000),
            (true, true) if !self.isa.is_v5() => self.asm.t32(bits | 0xE800_0000),
            (true, _) => self.asm.t16(bits & 0xFFFF),
        }
    }

    /// A loop with a counter of its own, around some statements.
    fn repeat(&mut self) {
        let Some(counter) = self.roles.counters.get(self.loops).copied() else { return self.straight() };
        let most = if self.loops == 0 { 24 } else { 6 };
        let times = self.rng.between(2, most);
        self.set_small(counter, times);
        let top = self.asm.label();
        self.asm.bind(top);
        self.loops += 1;
        self.straight();
        for _ in 0..self.rng.below(3).min(self.room) {
            self.statement();
        }
        self.loops -= 1;
        self.count_down(counter);
        // NE or PL.
        let cond = self.rng.pick(&[1, 1, 1, 5]);
        self.asm.branch(cond, top);
    }

    fn count_down(&mut self, counter: u8) {
        let reg = u32::from(counter);
        match (self.asm.thumb, counter) {
            (false, _) => self.asm.a32(0xE250_0001 | reg << 16 | reg << 12),
            (true, 0..8) => self.asm.t16(0x3801 | reg << 8),
            (true, _) => self.asm.t32(0xF1B0_0001 | reg << 16 | reg << 8),
        }
    }

    /// Sets a register to a number below 256.
    pub(super) fn set_small(&mut self, reg: u8, value: u32) {
        let n = u32::from(reg);
        match (self.asm.thumb, reg) {
            (false, _) => self.asm.a32(0xE3A0_0000 | n << 12 | value),
            (true, 0..8) => self.asm.t16(0x2000 | n << 8 | value),
            (true, _) => self.asm.t32(0xF04F_0000 | n << 8 | value),
        }
    }

    /// Statements that a condition may leave out.
    fn condition(&mut self) {
        let over = self.asm.label();
        if self.asm.thumb && self.asm.wide && self.rng.chance(25) {
            let (nonzero, reg) = (self.rng.chance(50), self.rng.pick(&[0, 1, 2, 3, 6]));
            self.asm.compare_branch(nonzero, reg, over);
        } else if self.rng.chance(40) {
            let cond = self.rng.below(14);
            self.asm.branch_short(cond, over);
        } else {
            let cond = self.rng.below(14);
            self.asm.branch(cond, over);
        }
        self.straight();
        if self.room > 0 && self.rng.chance(50) {
            self.statement();
        }
        self.asm.bind(over);
    }

    fn call(&mut self) {
        if self.functions.is_empty() {
            return self.straight();
        }
        let function = self.functions[self.rng.below(self.functions.len() as u32) as usize];
        if self.rng.chance(20) {
            self.asm.load_literal(0, super::asm::Value::Entry(function.entry));
            // blx r0
            if self.asm.thumb { self.asm.t16(0x4780) } else { self.asm.a32(0xE12F_FF30) }
        } else if function.thumb == self.asm.thumb {
            self.asm.call(function.entry);
        } else {
            self.asm.call_exchange(function.entry);
        }
    }

    /// A function: some instructions, perhaps with registers saved, and one of the ways back.
    fn function(&mut self, function: Function) {
        self.asm.switch(function.thumb);
        self.asm.bind(function.entry);
        let saves = self.rng.chance(50);
        let saved = 1 << self.rng.below(8);
        if saves {
            self.push(saved);
        }
        self.straight();
        if saves { self.pop(saved) } else { self.bx_lr() }
    }

    fn push(&mut self, list: u32) {
        if self.asm.thumb { self.asm.t16(0xB500 | list) } else { self.asm.a32(0xE92D_4000 | list) }
    }

    fn pop(&mut self, list: u32) {
        if self.asm.thumb { self.asm.t16(0xBD00 | list) } else { self.asm.a32(0xE8BD_8000 | list) }
    }

    fn bx_lr(&mut self) {
        let plain = self.rng.chance(20);
        match (self.asm.thumb, plain) {
            (false, false) => self.asm.a32(0xE12F_FF1E),
            (false, true) => self.asm.a32(0xE1A0_F00E),
            (true, false) => self.asm.t16(0x4770),
            (true, true) => self.asm.t16(0x46F7),
        }
    }

    /// Points a register at something.
    pub(super) fn aim(&mut self) {
        let low = self.asm.thumb && !self.asm.wide;
        let Some(reg) = Some(self.rng.pick(self.roles.pointers)).filter(|reg| *reg < 8 || !low) else {
            return;
        };
        if reg != 13 {
            let address = start::pointer(self.translates, self.code, self.rng);
            self.asm.load_literal(reg, address);
        } else if self.rng.chance(20) {
            self.asm.load_literal(13, super::layout::STACKS - 0x100);
        }
    }

    fn small_index(&mut self) {
        let value = start::index(self.rng);
        self.set_small(self.roles.index, value);
    }

    /// An If-Then block; in the other instruction sets a stretch under conditions.
    fn guarded(&mut self) {
        if !(self.asm.thumb && self.asm.wide) {
            return self.straight();
        }
        let count = self.rng.between(1, 4);
        let cond = self.rng.below(14);
        // Each further instruction has the condition or its opposite; a one ends the list.
        let choices = self.rng.below(1 << (count - 1));
        let mask = (choices << 1 | 1) << (4 - count);
        self.asm.t16(0xBF00 | cond << 4 | mask & 15);
        for _ in 0..count {
            self.one();
        }
        if self.rng.chance(10) {
            self.junk();
        }
    }

    /// Most programs start anew until their instructions are used up.
    fn ending(&mut self) {
        match self.rng.below(10) {
            0..8 => self.asm.branch(14, self.main),
            8 => {
                let here = self.asm.label();
                self.asm.bind(here);
                self.asm.branch(14, here);
            }
            _ => self.bx_lr(),
        }
    }

    /// A random instruction of the state at hand, for places that want its bits.
    pub(super) fn any_word(&mut self, thumb: bool) -> Option<Word> {
        let class = Class::STRAIGHT[self.rng.weighted(&self.profile)];
        let pool = self.pools.of(thumb);
        pool.pick(class, self.rng).or_else(|| pool.pick(Class::Alu, self.rng))
    }
}

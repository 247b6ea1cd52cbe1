//! Instructions drawn from the decoder's own tables: every encoding that a core has turns up, and none is forgotten
//! when a row is added.

use super::super::decode::{Decoder, Pattern};
use super::super::insn::Op;
use super::effects::{Class, Effects};
use super::rng::Rng;
use super::roles::Roles;

/// An encoded instruction. A T32 one has its first halfword in the high half.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Word {
    pub(super) bits: u32,
    pub(super) size: u8,
}

/// How often a draw for one encoding may fail before the next one.
const TRIES_PER_WORD: usize = 16;

/// Instructions of one state, by class. Encodings with more free bits have more of them.
#[derive(Debug)]
pub(super) struct Pool {
    by_class: Vec<Vec<Word>>,
}

impl Pool {
    /// Draws for a core in ARM or Thumb state.
    pub(super) fn draw(decoder: &Decoder, thumb: bool, roles: Roles, rng: &mut Rng) -> Self {
        let mut pool = Self { by_class: vec![Vec::new(); Class::STRAIGHT.len()] };
        let mut add = |rows: Vec<Pattern>, form: Form| {
            rows.into_iter().for_each(|row| pool.add_row(&Source { decoder, form, roles }, row, rng));
        };
        if thumb {
            add(decoder.t16_patterns(), Form::T16);
            add(decoder.t32_patterns(), Form::T32);
        } else {
            add(decoder.a32_patterns(), Form::A32);
        }
        pool
    }

    fn add_row(&mut self, source: &Source<'_>, row: Pattern, rng: &mut Rng) {
        let wanted = source.share(row);
        let found = (0..TRIES_PER_WORD * wanted).filter_map(|_| source.try_row(row, rng));
        for (class, word) in found.take(wanted) {
            self.by_class[class as usize].push(word);
        }
    }

    /// One instruction of a class, if the core has any.
    pub(super) fn pick(&self, class: Class, rng: &mut Rng) -> Option<Word> {
        let words = &self.by_class[class as usize];
        (!words.is_empty()).then(|| rng.pick(words))
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    A32,
    T16,
    T32,
}

/// What words are drawn for.
struct Source<'a> {
    decoder: &'a Decoder,
    form: Form,
    roles: Roles,
}

impl Source<'_> {
    /// Words to draw for an encoding: twice as many for every four free bits, few enough that each batch of programs
    /// can draw anew.
    fn share(&self, row: Pattern) -> usize {
        match self.form {
            Form::T16 => 64,
            _ => 8 << (row.mask.count_zeros().min(28) / 4),
        }
    }

    fn try_row(&self, row: Pattern, rng: &mut Rng) -> Option<(Class, Word)> {
        let free = if self.form == Form::T16 { rng.word() & 0xFFFF } else { rng.word() };
        let mut bits = row.value | free & !row.mask;
        let mut op = self.decode(bits)?;
        if self.form != Form::T16 {
            let steered = self.steer(bits, &op, rng);
            // A field that a row fixes stays.
            bits = steered & !row.mask | row.value;
            op = self.decode(bits)?;
        }
        let class = Effects::of(&op).class;
        let size = if self.form == Form::T16 { 2 } else { 4 };
        (class != Class::Flow && self.roles.suit(&op)).then_some((class, Word { bits, size }))
    }

    fn decode(&self, bits: u32) -> Option<Op> {
        let op = match self.form {
            Form::A32 => self.decoder.a32(bits).op,
            Form::T32 => self.decoder.t32(bits, 0).op,
            Form::T16 => self.decoder.t16(bits as u16, 0).op,
        };
        let refused = matches!(op, Op::Undefined { .. })
            // The second halfword of another instruction.
            || self.form == Form::T16 && self.decoder.thumb_size(bits as u16) == 4
            || self.form == Form::T32 && self.decoder.thumb_size((bits >> 16) as u16) == 2;
        (!refused).then_some(op)
    }

    /// Puts registers of the right part into the fields of a memory access, where blind luck would seldom do.
    fn steer(&self, bits: u32, op: &Op, rng: &mut Rng) -> u32 {
        let effects = Effects::of(op);
        let mut bits = bits;
        if effects.base.is_some() {
            let base = u32::from(rng.pick(self.roles.pointers));
            bits = bits & !0x000F_0000 | base << 16;
        }
        if effects.index.is_some() {
            bits = bits & !0xF | u32::from(self.roles.index);
        }
        if matches!(op, Op::Ldm { .. }) {
            bits &= 0xFFFF_0000 | u32::from(self.roles.data);
        }
        bits
    }
}

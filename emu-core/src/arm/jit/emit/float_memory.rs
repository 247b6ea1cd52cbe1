//! Loads and stores of floating-point and vector registers.

use dynasmrt::{DynasmApi, DynasmLabelApi, dynasm};

use super::super::super::insn::Reg;
use super::super::super::neon::Structure;
use super::super::super::simd::{FloatReg, VfpOp};
use super::super::frame::{RAX, RDX, float_slot, pinned, slot};
use super::Emitter;

/// A store to a page that holds code is checked in its first and its last line, so it spans two at most.
const LONGEST_STORE: u32 = 64;

/// How the base register changes.
#[derive(Clone, Copy)]
enum Moved {
    Not,
    By(i32),
    Register(Reg),
}

/// Words of consecutive registers at consecutive addresses.
#[derive(Clone, Copy)]
struct Words {
    load: bool,
    rn: Reg,
    /// Distance of the first word from the base.
    low: i32,
    bytes: u32,
    /// Where the first register lies.
    at: i32,
    moved: Moved,
    /// Required alignment in bytes, if it is more than a word's.
    align: u32,
}

impl Emitter<'_> {
    pub(super) fn float_transfer(&mut self, load: bool, double: bool, d: FloatReg, rn: Reg, offset: i16) {
        if !self.reaches_ram() {
            return self.step();
        }
        let (back, slow) = self.ways();
        let address = self.constant_address(rn, offset.into());
        let at = self.check_words(address, if double { 8 } else { 4 }, !load, slow);
        self.copy_float(load, double, float_slot(double, d), at, 0);
        dynasm!(self.ops ; .arch x64 ; =>back);
    }

    /// One register to or from RAM. Uses `rax`.
    fn copy_float(&mut self, load: bool, double: bool, reg: i32, at: u8, offset: i32) {
        let base = self.ram_base();
        match (load, double) {
            (true, true) => {
                dynasm!(self.ops ; .arch x64 ; mov rax, [Rq(base) + Rq(at) + offset] ; mov [rbp + reg], rax);
            }
            (true, false) => {
                dynasm!(self.ops ; .arch x64 ; mov eax, [Rq(base) + Rq(at) + offset] ; mov [rbp + reg], eax);
            }
            (false, true) => {
                dynasm!(self.ops ; .arch x64 ; mov rax, [rbp + reg] ; mov [Rq(base) + Rq(at) + offset], rax);
            }
            (false, false) => {
                dynasm!(self.ops ; .arch x64 ; mov eax, [rbp + reg] ; mov [Rq(base) + Rq(at) + offset], eax);
            }
        }
    }

    /// VLDM, VSTM, VPUSH, VPOP.
    pub(super) fn float_multiple(&mut self, op: VfpOp) {
        let VfpOp::Multiple { load, double, first, count, extra: false, rn, down, wback } = op else {
            return self.step();
        };
        let bytes = u32::from(count) * if double { 8 } else { 4 };
        let signed = if down { -(bytes as i32) } else { bytes as i32 };
        self.copy_words(Words {
            load,
            rn,
            low: signed.min(0),
            bytes,
            at: float_slot(double, first),
            moved: if wback { Moved::By(signed) } else { Moved::Not },
            align: 4,
        });
    }

    /// VLD1 and VST1 of whole registers copy memory, whatever size their elements have.
    pub(super) fn structures(&mut self, of: Structure, repeat: u8) {
        let bytes = 8 * u32::from(repeat);
        let moved = match of.rm {
            Reg::PC => Moved::Not,
            Reg::SP => Moved::By(bytes as i32),
            rm => Moved::Register(rm),
        };
        self.copy_words(Words {
            load: of.load,
            rn: of.rn,
            low: 0,
            bytes,
            at: float_slot(true, of.d),
            moved,
            align: of.align.into(),
        });
    }

    fn copy_words(&mut self, words: Words) {
        let Words { load, rn, low, bytes, at, align, .. } = words;
        let beyond = at + bytes as i32 > float_slot(true, 31) + 8;
        if !self.reaches_ram() || rn.is_pc() || bytes == 0 || beyond || !load && bytes > LONGEST_STORE {
            return self.step();
        }
        let (back, slow) = self.ways();
        let base = self.value(rn, RDX);
        self.add_distance(RDX, base, low);
        if align > 4 {
            dynasm!(self.ops ; .arch x64 ; test edx, (align - 1) as i32 ; jnz =>slow);
        }
        let place = self.check_words(RDX, bytes, !load, slow);
        for offset in (0..bytes as i32).step_by(8) {
            let double = bytes as i32 - offset >= 8;
            self.copy_float(load, double, at + offset, place, offset);
        }
        self.move_base_by(rn, words.moved);
        dynasm!(self.ops ; .arch x64 ; =>back);
    }

    fn move_base_by(&mut self, rn: Reg, moved: Moved) {
        match (moved, pinned(rn)) {
            (Moved::Not, _) => {}
            (Moved::By(distance), Some(host)) => self.add_distance(host, host, distance),
            (Moved::By(distance), None) => {
                dynasm!(self.ops ; .arch x64 ; add DWORD [BYTE rbp + slot(rn)], distance);
            }
            (Moved::Register(rm), _) => {
                let by = self.value(rm, RAX);
                self.copy(RAX, by);
                let base = self.value(rn, RDX);
                dynasm!(self.ops ; .arch x64 ; add eax, Rd(base));
                self.write(rn, RAX);
            }
        }
    }
}

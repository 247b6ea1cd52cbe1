//! Single and double loads and stores.
//!
//! Plain RAM is reached without a call: the address is compared with the bounds of the RAM, and for a store the state
//! of its page says whether anybody wants to know of it. Everything else goes to the interpreter.

use dynasmrt::{DynamicLabel, DynasmApi, DynasmLabelApi, dynasm};

use super::super::super::insn::{Access, Index, Insn, Op, Reg, Shift};
use super::super::frame::{R14, RAX, RCX, RDX, pinned};
use super::{Cold, Emit, Emitter};
use crate::memory::{LinearRam, PAGE_SIZE};

/// State of a page that was written and holds code.
const TOUCHED_CODE: i8 = 3;
/// Lines of code have 64 bytes.
const LINE_SHIFT: i8 = 6;

/// How the offset of an access is made.
#[derive(Clone, Copy)]
enum Offset {
    Constant(i32),
    Register { rm: Reg, add: bool, shift: Shift, amount: u8 },
}

/// A single or double access, taken apart.
#[derive(Clone, Copy)]
struct Place {
    rn: Reg,
    offset: Offset,
    index: Index,
}

#[derive(Clone, Copy)]
struct Single {
    load: bool,
    access: Access,
    rt: Reg,
    place: Place,
    user: bool,
}

fn single(insn: &Insn) -> Option<Single> {
    let constant = |rn, offset, index| Place { rn, offset: Offset::Constant(offset), index };
    Some(match insn.op {
        Op::LoadImm { access, rt, rn, offset, index, user } => {
            Single { load: true, access, rt, place: constant(rn, offset, index), user }
        }
        Op::StoreImm { access, rt, rn, offset, index, user } => {
            Single { load: false, access, rt, place: constant(rn, offset, index), user }
        }
        Op::LoadReg { access, rt, rn, rm, add, shift, amount, index, user } => {
            let offset = Offset::Register { rm, add, shift, amount };
            Single { load: true, access, rt, place: Place { rn, offset, index }, user }
        }
        Op::StoreReg { access, rt, rn, rm, add, shift, amount, index, user } => {
            let offset = Offset::Register { rm, add, shift, amount };
            Single { load: false, access, rt, place: Place { rn, offset, index }, user }
        }
        _ => return None,
    })
}

fn bytes(access: Access) -> u32 {
    match access {
        Access::Byte | Access::SignedByte => 1,
        Access::Half | Access::SignedHalf => 2,
        Access::Word => 4,
    }
}

impl Emitter<'_> {
    /// True when loads and stores reach RAM directly.
    pub(super) fn reaches_ram(&self) -> bool {
        self.target.pages.is_some() || self.target.ram.is_some()
    }

    pub(super) fn single(&mut self) -> Emit {
        let Some(single) = single(&self.insn) else { return Err(super::Unplanned) };
        let as_user = single.user && self.target.profile.translating;
        if !self.reaches_ram() || !self.is_plain(single.place.rn, single.place.index) || as_user {
            self.step();
        } else if single.load {
            self.load(single);
        } else {
            self.store_single(single);
        }
        Ok(())
    }

    /// False for the forms that nobody writes: r15 as a base that changes, an index rotated through the carry.
    pub(super) fn is_plain(&self, rn: Reg, index: Index) -> bool {
        let rotates = matches!(
            self.insn.op,
            Op::LoadReg { shift: Shift::Rrx, .. } | Op::StoreReg { shift: Shift::Rrx, .. }
        );
        !rotates && (!rn.is_pc() || index == Index::Offset)
    }

    fn load(&mut self, single: Single) {
        let (back, slow) = self.ways();
        let at = self.address(single.place);
        let at = self.check_load(at, bytes(single.access), self.target.profile.aligned_only, slow);
        let Single { rt, place, .. } = single;
        // The base and the index are still needed for the writeback.
        let to = if place.index == Index::Offset { self.result(rt, RAX) } else { RAX };
        self.load_value(single.access, at, to);
        self.write_back(place);
        self.write(rt, to);
        dynasm!(self.ops ; .arch x64 ; =>back);
    }

    /// A load into r15: leaves the value in `eax`, the base written back.
    pub(super) fn load_target(&mut self) -> Result<(), super::Unplanned> {
        let single = single(&self.insn).ok_or(super::Unplanned)?;
        let slow = self.cold_leave();
        let at = self.address(single.place);
        let at = self.check_load(at, 4, true, slow);
        self.load_value(Access::Word, at, RAX);
        self.write_back(single.place);
        Ok(())
    }

    /// From RAM at the offset in `at` into a host register.
    pub(super) fn load_value(&mut self, access: Access, at: u8, to: u8) {
        let base = self.ram_base();
        match access {
            Access::Word => dynasm!(self.ops ; .arch x64 ; mov Rd(to), [Rq(base) + Rq(at)]),
            Access::Byte => dynasm!(self.ops ; .arch x64 ; movzx Rd(to), BYTE [Rq(base) + Rq(at)]),
            Access::Half => dynasm!(self.ops ; .arch x64 ; movzx Rd(to), WORD [Rq(base) + Rq(at)]),
            Access::SignedByte => dynasm!(self.ops ; .arch x64 ; movsx Rd(to), BYTE [Rq(base) + Rq(at)]),
            Access::SignedHalf => dynasm!(self.ops ; .arch x64 ; movsx Rd(to), WORD [Rq(base) + Rq(at)]),
        }
    }

    fn store_single(&mut self, single: Single) {
        let Single { access, rt, place, .. } = single;
        let (back, slow) = self.ways();
        let at = self.address(place);
        let at = self.check_store(at, bytes(access), slow);
        let (value, base) = (self.stored(rt), self.ram_base());
        match access {
            Access::Word => dynasm!(self.ops ; .arch x64 ; mov [Rq(base) + Rq(at)], Rd(value)),
            Access::Half | Access::SignedHalf => {
                dynasm!(self.ops ; .arch x64 ; mov [Rq(base) + Rq(at)], Rw(value))
            }
            Access::Byte | Access::SignedByte => {
                dynasm!(self.ops ; .arch x64 ; mov [Rq(base) + Rq(at)], Rb(value))
            }
        }
        self.write_back(place);
        dynasm!(self.ops ; .arch x64 ; =>back);
    }

    /// The host register with what a store of this register writes; may be `eax`.
    pub(super) fn stored(&mut self, rt: Reg) -> u8 {
        if rt.is_pc() && self.target.profile.v5 && !self.thumb {
            let value = self.pc_read.wrapping_add(4) as i32;
            dynasm!(self.ops ; .arch x64 ; mov eax, value);
            return RAX;
        }
        self.value(rt, RAX)
    }

    /// Labels behind the access and of its slow path.
    pub(super) fn ways(&mut self) -> (DynamicLabel, DynamicLabel) {
        let back = self.ops.new_dynamic_label();
        (back, self.cold_step(back))
    }

    /// The host register with the address: `edx`, or the base's own.
    fn address(&mut self, place: Place) -> u8 {
        let Place { rn, offset, index } = place;
        match (index, offset) {
            (_, Offset::Constant(offset)) if rn.is_pc() => {
                let address = (self.pc_read & !3).wrapping_add_signed(offset) as i32;
                dynasm!(self.ops ; .arch x64 ; mov edx, address);
            }
            (Index::Post, _) | (_, Offset::Constant(0)) => return self.value(rn, RDX),
            (_, Offset::Constant(offset)) => {
                let base = self.value(rn, RDX);
                self.add_distance(RDX, base, offset);
            }
            (_, Offset::Register { rm, add, shift, amount }) => {
                self.scaled_address(rn, rm, add, shift, amount);
            }
        }
        RDX
    }

    /// The same for a base and a constant.
    pub(super) fn constant_address(&mut self, rn: Reg, offset: i32) -> u8 {
        self.address(Place { rn, offset: Offset::Constant(offset), index: Index::Offset })
    }

    /// to = base + distance, the host's flags kept.
    pub(super) fn add_distance(&mut self, to: u8, base: u8, distance: i32) {
        match i8::try_from(distance) {
            Ok(short) => dynasm!(self.ops ; .arch x64 ; lea Rd(to), [BYTE Rq(base) + short]),
            Err(_) => dynasm!(self.ops ; .arch x64 ; lea Rd(to), [Rq(base) + distance]),
        }
    }

    /// Changes the base register as the addressing form says.
    fn write_back(&mut self, place: Place) {
        let Place { rn, offset, index } = place;
        if index == Index::Offset {
            return;
        }
        match offset {
            Offset::Constant(offset) => match pinned(rn) {
                Some(host) => self.add_distance(host, host, offset),
                None => {
                    let slot = super::slot(rn);
                    dynasm!(self.ops ; .arch x64 ; add DWORD [BYTE rbp + slot], offset);
                }
            },
            Offset::Register { rm, add, shift, amount } => {
                self.scaled_address(rn, rm, add, shift, amount);
                self.write(rn, RDX);
            }
        }
    }

    /// What an offset that was checked counts from: the RAM's bytes, or under translation the distance in `rcx`.
    pub(super) fn ram_base(&self) -> u8 {
        if self.target.pages.is_some() { RCX } else { R14 }
    }

    /// Turns an address to load from into an offset in RAM; the register with it may be another one. Goes to `slow`
    /// where there is no RAM.
    pub(super) fn check_load(&mut self, address: u8, bytes: u32, aligned: bool, slow: DynamicLabel) -> u8 {
        if let Some([read, _]) = self.target.pages {
            if bytes > 1 {
                self.check_alignment(address, bytes, slow);
            }
            self.find_page(address, read, false, slow);
            return address;
        }
        self.check(address, bytes, aligned, slow)
    }

    /// The same for an address to store to, which must be aligned.
    fn check_store(&mut self, address: u8, bytes: u32, slow: DynamicLabel) -> u8 {
        if let Some([_, write]) = self.target.pages {
            if bytes > 1 {
                self.check_alignment(address, bytes, slow);
            }
            self.find_page(address, write, true, slow);
            return address;
        }
        let at = self.check(address, bytes, true, slow);
        self.check_page(at, bytes, slow);
        at
    }

    /// Leaves the distance of the host's page in `rcx`. Uses `rax`.
    fn find_page(&mut self, address: u8, table: *const u8, write: bool, slow: DynamicLabel) {
        let (at, retry) = (self.ops.new_dynamic_label(), self.ops.new_dynamic_label());
        let table = table as i64;
        let shift = PAGE_SIZE.trailing_zeros() as i8;
        dynasm!(self.ops
            ; .arch x64
            ; mov ecx, Rd(address)
            ; shr ecx, shift
            ; mov rax, QWORD table
            ; mov rcx, [rax + rcx * 8]
            ; test rcx, rcx
            ; jz =>at
            ; =>retry
        );
        self.cold.push(Cold::Refill { at, address, write, retry, slow });
    }

    fn check(&mut self, address: u8, bytes: u32, aligned: bool, slow: DynamicLabel) -> u8 {
        let Some(ram) = self.target.ram else { return address };
        let at = self.in_ram(address, ram);
        // An aligned access that begins in RAM ends in it.
        let last = if aligned { ram.len } else { ram.len - (bytes - 1) };
        dynasm!(self.ops ; .arch x64 ; cmp Rd(at), last as i32 ; jae =>slow);
        if aligned && bytes > 1 {
            self.check_alignment(at, bytes, slow);
        }
        at
    }

    fn check_alignment(&mut self, at: u8, bytes: u32, slow: DynamicLabel) {
        dynasm!(self.ops ; .arch x64 ; test Rb(at), (bytes - 1) as i8 ; jnz =>slow);
    }

    /// Takes off what lies between an address and its offset in RAM.
    fn in_ram(&mut self, address: u8, ram: &LinearRam) -> u8 {
        if ram.alias == 0 && ram.start == 0 {
            return address;
        }
        self.copy(RDX, address);
        if ram.alias != 0 {
            dynasm!(self.ops ; .arch x64 ; and edx, !ram.alias as i32);
        }
        if ram.start != 0 {
            dynasm!(self.ops ; .arch x64 ; sub edx, ram.start as i32);
        }
        RDX
    }

    /// The same for several words. Under translation, and when they are to be stored, they must lie in one page.
    pub(super) fn check_words(&mut self, address: u8, bytes: u32, store: bool, slow: DynamicLabel) -> u8 {
        if let Some(tables) = self.target.pages {
            self.check_alignment(address, 4, slow);
            self.check_room(address, bytes, slow);
            self.find_page(address, tables[usize::from(store)], store, slow);
            return address;
        }
        let Some(ram) = self.target.ram else { return address };
        let at = self.in_ram(address, ram);
        let last = ram.len.wrapping_sub(bytes) as i32;
        dynasm!(self.ops ; .arch x64 ; cmp Rd(at), last ; ja =>slow);
        self.check_alignment(at, 4, slow);
        if store {
            self.check_room(at, bytes, slow);
            self.check_page(at, bytes, slow);
        }
        at
    }

    /// Goes to `slow` when so many bytes reach beyond the page. Uses `ecx`.
    fn check_room(&mut self, at: u8, bytes: u32, slow: DynamicLabel) {
        if bytes > 4 {
            let room = (PAGE_SIZE - bytes) as i32;
            let mask = (PAGE_SIZE - 1) as i32;
            dynasm!(self.ops ; .arch x64 ; mov ecx, Rd(at) ; and ecx, mask ; cmp ecx, room ; ja =>slow);
        }
    }

    /// Goes to `slow` unless so many bytes of a page may be stored to without telling anybody. Uses `ecx`.
    fn check_page(&mut self, at: u8, bytes: u32, slow: DynamicLabel) {
        let Some(ram) = self.target.ram else { return };
        let (odd, retry) = (self.ops.new_dynamic_label(), self.ops.new_dynamic_label());
        let shift = PAGE_SIZE.trailing_zeros() as i8;
        dynasm!(self.ops ; .arch x64 ; mov ecx, Rd(at) ; shr ecx, shift);
        self.compare_state(ram, 1);
        dynasm!(self.ops ; .arch x64 ; jne =>odd ; =>retry);
        self.cold.push(Cold::Lines { at: odd, offset: at, bytes, retry, slow });
    }

    /// Compares the state of page `ecx` with a number. Uses `rax`.
    fn compare_state(&mut self, ram: &LinearRam, state: i8) {
        let distance = (ram.state as usize).wrapping_sub(ram.bytes as usize) as i64;
        match i32::try_from(distance) {
            Ok(distance) => dynasm!(self.ops ; .arch x64 ; cmp BYTE [r14 + rcx + distance], state),
            Err(_) => {
                let states = ram.state as i64;
                dynasm!(self.ops ; .arch x64 ; mov rax, QWORD states ; cmp BYTE [rax + rcx], state);
            }
        }
    }

    /// A page that holds code may be stored to where its lines hold none. The page is in `ecx`.
    pub(super) fn check_lines(&mut self, offset: u8, bytes: u32, retry: DynamicLabel, slow: DynamicLabel) {
        let Some(ram) = self.target.ram else { return };
        let lines = ram.lines as i64;
        self.compare_state(ram, TOUCHED_CODE);
        // The host takes the bit's number modulo 64, which is the lines of a page.
        dynasm!(self.ops
            ; .arch x64
            ; jne =>slow
            ; mov rax, QWORD lines
            ; mov rax, [rax + rcx * 8]
            ; mov ecx, Rd(offset)
            ; shr ecx, LINE_SHIFT
            ; bt rax, rcx
            ; jc =>slow
        );
        if bytes > 4 {
            let last = (bytes - 1) as i8;
            dynasm!(self.ops
                ; .arch x64
                ; lea ecx, [BYTE Rq(offset) + last]
                ; shr ecx, LINE_SHIFT
                ; bt rax, rcx
                ; jc =>slow
            );
        }
        dynasm!(self.ops ; .arch x64 ; jmp =>retry);
    }

    /// Loads and stores of doublewords.
    pub(super) fn dual(&mut self) -> Emit {
        let (load, rt, rt2, place) = match self.insn.op {
            Op::DualImm { load, rt, rt2, rn, offset, index } => {
                (load, rt, rt2, Place { rn, offset: Offset::Constant(offset), index })
            }
            Op::DualReg { load, rt, rt2, rn, rm, add, index } => {
                let offset = Offset::Register { rm, add, shift: Shift::Lsl, amount: 0 };
                (load, rt, rt2, Place { rn, offset, index })
            }
            _ => return Err(super::Unplanned),
        };
        let constant = matches!(place.offset, Offset::Constant(_));
        let plain = constant || place.index == Index::Offset;
        if !self.reaches_ram() || !plain || place.rn.is_pc() || rt.is_pc() || rt2.is_pc() {
            self.step();
            return Ok(());
        }
        let (back, slow) = self.ways();
        let at = self.address(place);
        let at = self.check_words(at, 8, !load, slow);
        let base = self.ram_base();
        if load {
            dynasm!(self.ops ; .arch x64 ; mov eax, [Rq(base) + Rq(at)] ; mov ecx, [Rq(base) + Rq(at) + 4]);
            self.write_back(place);
            self.write(rt, RAX);
            self.write(rt2, RCX);
        } else {
            let low = self.value(rt, RAX);
            dynasm!(self.ops ; .arch x64 ; mov [Rq(base) + Rq(at)], Rd(low));
            let high = self.value(rt2, RAX);
            dynasm!(self.ops ; .arch x64 ; mov [Rq(base) + Rq(at) + 4], Rd(high));
            self.write_back(place);
        }
        dynasm!(self.ops ; .arch x64 ; =>back);
        Ok(())
    }
}

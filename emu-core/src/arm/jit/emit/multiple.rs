//! LDM and STM.

use dynasmrt::{DynamicLabel, DynasmApi, DynasmLabelApi, dynasm};

use super::super::super::insn::{Op, Reg, Walk};
use super::super::frame::{RAX, RDX};
use super::{Emit, Emitter, Unplanned};

/// A block transfer that needs no banked registers.
#[derive(Clone, Copy)]
struct Transfer {
    rn: Reg,
    list: u16,
    walk: Walk,
    wback: bool,
}

impl Transfer {
    fn bytes(self) -> i32 {
        4 * self.list.count_ones() as i32
    }

    /// Distance of the lowest word from the base.
    fn low(self) -> i32 {
        match self.walk {
            Walk::Ia => 0,
            Walk::Ib => 4,
            Walk::Da => 4 - self.bytes(),
            Walk::Db => -self.bytes(),
        }
    }

    /// What is added to the base in the end.
    fn moved(self) -> i32 {
        match self.walk {
            Walk::Ia | Walk::Ib => self.bytes(),
            Walk::Da | Walk::Db => -self.bytes(),
        }
    }

    fn registers(self) -> impl Iterator<Item = (i8, Reg)> {
        (0..16)
            .filter(move |n| self.list >> n & 1 != 0)
            .map(Reg)
            .enumerate()
            .map(|(i, reg)| (4 * i as i8, reg))
    }
}

impl Emitter<'_> {
    fn plain_transfer(&self) -> Option<(bool, Transfer)> {
        let (load, transfer, user) = match self.insn.op {
            Op::Ldm { rn, list, walk, wback, user } => (true, Transfer { rn, list, walk, wback }, user),
            Op::Stm { rn, list, walk, wback, user } => (false, Transfer { rn, list, walk, wback }, user),
            _ => return None,
        };
        let Transfer { rn, list, wback, .. } = transfer;
        let base_in_list = list >> rn.0 & 1 != 0;
        let odd = user || list == 0 || rn.is_pc() || load && wback && base_in_list;
        (!odd && self.reaches_ram()).then_some((load, transfer))
    }

    pub(super) fn multiple(&mut self) -> Emit {
        let Some((load, transfer)) = self.plain_transfer() else {
            self.step();
            return Ok(());
        };
        let (back, slow) = self.ways();
        self.locate(transfer, !load, slow);
        if load {
            self.load_list(transfer);
        } else {
            self.store_list(transfer);
        }
        dynasm!(self.ops ; .arch x64 ; =>back);
        Ok(())
    }

    /// LDM with r15: leaves the target in `eax`. False when that takes the interpreter.
    pub(super) fn multiple_target(&mut self) -> Result<bool, Unplanned> {
        let Some((true, transfer)) = self.plain_transfer() else { return Ok(false) };
        let slow = self.cold_leave();
        self.locate(transfer, false, slow);
        self.load_list(transfer);
        Ok(true)
    }

    /// The host register with the offset of the lowest word. All words lie in RAM then, and if they are to be stored, in
    /// one page that may be stored to.
    fn locate(&mut self, transfer: Transfer, store: bool, slow: DynamicLabel) -> u8 {
        let base = self.value(transfer.rn, RDX);
        // Not in the base's own register: that may be loaded or moved before the last word.
        self.add_distance(RDX, base, transfer.low());
        self.check_words(RDX, transfer.bytes() as u32, store, slow)
    }

    /// The base is in the list only without writeback; it is loaded like any other, as its value is not needed again.
    fn load_list(&mut self, transfer: Transfer) {
        let base = self.ram_base();
        for (offset, reg) in transfer.registers() {
            let to = if reg.is_pc() { RAX } else { self.result(reg, RAX) };
            dynasm!(self.ops ; .arch x64 ; mov Rd(to), [BYTE Rq(base) + rdx + offset]);
            if !reg.is_pc() {
                self.write(reg, to);
            }
        }
        self.move_base(transfer);
    }

    fn store_list(&mut self, transfer: Transfer) {
        let base = self.ram_base();
        for (offset, reg) in transfer.registers() {
            let value = self.stored(reg);
            dynasm!(self.ops ; .arch x64 ; mov [BYTE Rq(base) + rdx + offset], Rd(value));
        }
        self.move_base(transfer);
    }

    fn move_base(&mut self, transfer: Transfer) {
        if !transfer.wback {
            return;
        }
        let moved = transfer.moved();
        match super::pinned(transfer.rn) {
            Some(host) => self.add_distance(host, host, moved),
            None => {
                let slot = super::slot(transfer.rn);
                dynasm!(self.ops ; .arch x64 ; add DWORD [BYTE rbp + slot], moved);
            }
        }
    }
}

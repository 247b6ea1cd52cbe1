//! The core registers with their banks.

use serde::{Deserialize, Serialize};

use super::psr::{Mode, Psr};

/// r0–r15 of the current mode, the status registers, and the banks of the other modes.
///
/// Between instructions [`pc`](Self::pc) is the address of the next instruction. While one executes, `r[15]` holds
/// what the instruction reads as r15: its address plus 8 in ARM state, plus 4 in Thumb state.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
// Generated code reaches the first three by short distances.
#[repr(C)]
pub struct Registers {
    pub(super) r: [u32; 16],
    pub(super) pc: u32,
    pub(super) psr: Psr,
    /// r8–r12 of the modes that are not in use: FIQ's when another mode runs, the common ones when FIQ runs.
    other_high: [u32; 5],
    /// r13 and r14 by bank; the entry of the current bank is stale.
    stack: [[u32; 2]; BANKS],
    spsr: [u32; BANKS],
}

const BANKS: usize = 7;

fn bank(mode: Mode) -> usize {
    match mode {
        Mode::User | Mode::System => 0,
        Mode::Fiq => 1,
        Mode::Irq => 2,
        Mode::Supervisor => 3,
        Mode::Abort => 4,
        Mode::Undefined => 5,
        Mode::Monitor => 6,
    }
}

impl Default for Registers {
    fn default() -> Self {
        Self {
            r: [0; 16],
            pc: 0,
            psr: Psr::reset(),
            other_high: [0; 5],
            stack: [[0; 2]; BANKS],
            spsr: [0; BANKS],
        }
    }
}

impl Registers {
    /// Register `n` of the current mode; 15 gives the address of the next instruction. Only the low four bits of
    /// `n` count.
    #[must_use]
    pub fn get(&self, n: u8) -> u32 {
        if n & 15 == 15 { self.pc } else { self.r[usize::from(n & 15)] }
    }

    /// Sets register `n` of the current mode; 15 sets the address of the next instruction.
    pub fn set(&mut self, n: u8, value: u32) {
        if n & 15 == 15 {
            self.pc = value;
        } else {
            self.r[usize::from(n & 15)] = value;
        }
    }

    /// The current status register.
    #[must_use]
    pub fn psr(&self) -> Psr {
        self.psr
    }

    /// Sets the whole status register, switching banks when the mode changes.
    pub fn set_psr(&mut self, psr: Psr) {
        self.switch_mode(psr.mode);
        self.psr = psr;
    }

    /// Changes the mode and exchanges the banked registers.
    pub(super) fn switch_mode(&mut self, mode: Mode) {
        let (old, new) = (self.psr.mode, mode);
        if (old == Mode::Fiq) != (new == Mode::Fiq) {
            let (_, high) = self.r.split_at_mut(8);
            high[..5].swap_with_slice(&mut self.other_high);
        }
        if bank(old) != bank(new) {
            self.stack[bank(old)] = [self.r[13], self.r[14]];
            [self.r[13], self.r[14]] = self.stack[bank(new)];
        }
        self.psr.mode = mode;
    }

    /// Register `n` (0–14) as `mode` sees it.
    #[must_use]
    pub fn banked(&self, mode: Mode, n: u8) -> u32 {
        let index = usize::from(n & 15);
        match index {
            8..=12 if (mode == Mode::Fiq) != (self.psr.mode == Mode::Fiq) => self.other_high[index - 8],
            13 | 14 if bank(mode) != bank(self.psr.mode) => self.stack[bank(mode)][index - 13],
            _ => self.get(n),
        }
    }

    /// Sets register `n` (0–14) as `mode` sees it.
    pub fn set_banked(&mut self, mode: Mode, n: u8, value: u32) {
        let index = usize::from(n & 15);
        match index {
            8..=12 if (mode == Mode::Fiq) != (self.psr.mode == Mode::Fiq) => {
                self.other_high[index - 8] = value
            }
            13 | 14 if bank(mode) != bank(self.psr.mode) => self.stack[bank(mode)][index - 13] = value,
            _ => self.set(n, value),
        }
    }

    /// The saved status register of a mode. User and System have none: they read as the current status, the choice
    /// made here for an UNPREDICTABLE access.
    #[must_use]
    pub fn spsr(&self, mode: Mode) -> u32 {
        if mode.has_spsr() { self.spsr[bank(mode)] } else { self.psr.bits() }
    }

    /// Sets the saved status register of a mode; nothing happens in User and System, which have none.
    pub fn set_spsr(&mut self, mode: Mode, value: u32) {
        if mode.has_spsr() {
            self.spsr[bank(mode)] = value;
        }
    }

    pub(super) fn hash_into(&self, hasher: &mut blake3::Hasher) {
        let mut word = |value: u32| {
            hasher.update(&value.to_le_bytes());
        };
        self.r[..15].iter().copied().for_each(&mut word);
        word(self.pc);
        word(self.psr.bits());
        self.other_high.iter().copied().for_each(&mut word);
        for (index, (stack, spsr)) in self.stack.iter().zip(self.spsr).enumerate() {
            let current = index == bank(self.psr.mode);
            stack.iter().for_each(|value| word(if current { 0 } else { *value }));
            word(spsr);
        }
    }
}

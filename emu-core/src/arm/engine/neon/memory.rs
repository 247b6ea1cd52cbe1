//! Loads and stores of structures.

use super::super::super::insn::Reg;
use super::super::super::neon::Structure;
use super::super::super::system::System;
use super::super::{Engine, Flow, Step, Trap};

impl<S: System> Engine<'_, S> {
    fn structure_base(&mut self, of: &Structure) -> Result<u32, Trap> {
        let base = self.get(of.rn);
        self.must_align(base, of.align.into(), !of.load)?;
        Ok(base)
    }

    fn structure_done(&mut self, of: &Structure, base: u32, moved: u32) -> Step {
        match of.rm {
            Reg::PC => {}
            Reg::SP => self.set(of.rn, base.wrapping_add(moved)),
            rm => self.set(of.rn, base.wrapping_add(self.get(rm))),
        }
        Ok(Flow::Next)
    }

    fn read_element(&mut self, address: u32, bytes: u8) -> Result<u64, Trap> {
        let privileged = self.is_privileged();
        Ok(match bytes {
            1 => self.read_byte(address, privileged)?.into(),
            2 => self.read_half(address, privileged)?.into(),
            4 => self.read_word(address, privileged)?.into(),
            _ => {
                let low = self.read_word(address, privileged)?;
                u64::from(self.read_word(address.wrapping_add(4), privileged)?) << 32 | u64::from(low)
            }
        })
    }

    fn write_element(&mut self, address: u32, bytes: u8, value: u64) -> Result<(), Trap> {
        let privileged = self.is_privileged();
        match bytes {
            1 => self.write_byte(address, value as u32, privileged),
            2 => self.write_half(address, value as u32, privileged),
            4 => self.write_word(address, value as u32, privileged),
            _ => {
                self.write_word(address, value as u32, privileged)?;
                self.write_word(address.wrapping_add(4), (value >> 32) as u32, privileged)
            }
        }
    }

    /// Moves one element between memory and a lane of a register copy.
    fn move_element(&mut self, of: &Structure, d: &mut u64, index: u8, address: u32) -> Result<(), Trap> {
        let (shift, mask) =
            (8 * u32::from(of.bytes) * u32::from(index), u64::MAX >> (64 - 8 * u32::from(of.bytes)));
        if of.load {
            let value = self.read_element(address, of.bytes)?;
            *d = *d & !(mask << shift) | value << shift;
            return Ok(());
        }
        self.write_element(address, of.bytes, *d >> shift & mask)
    }

    /// The registers change only when all accesses have succeeded.
    pub(super) fn structures(&mut self, of: Structure, repeat: u8) -> Step {
        let base = self.structure_base(&of)?;
        let mut registers = self.st.simd.d;
        let mut address = base;
        for group in 0..repeat {
            for index in 0..8 / of.bytes {
                for member in 0..of.count {
                    let d = &mut registers[usize::from(of.d + group + member * of.step)];
                    self.move_element(&of, d, index, address)?;
                    address = address.wrapping_add(of.bytes.into());
                }
            }
        }
        self.st.simd.d = registers;
        self.structure_done(&of, base, address.wrapping_sub(base))
    }

    pub(super) fn structure_lane(&mut self, of: Structure, index: u8) -> Step {
        let base = self.structure_base(&of)?;
        let mut registers = self.st.simd.d;
        for member in 0..of.count {
            let address = base.wrapping_add(u32::from(member) * u32::from(of.bytes));
            self.move_element(&of, &mut registers[usize::from(of.d + member * of.step)], index, address)?;
        }
        self.st.simd.d = registers;
        self.structure_done(&of, base, u32::from(of.count) * u32::from(of.bytes))
    }

    pub(super) fn structure_all(&mut self, of: Structure, pair: bool) -> Step {
        let base = self.structure_base(&of)?;
        let mut registers = self.st.simd.d;
        for member in 0..of.count {
            let address = base.wrapping_add(u32::from(member) * u32::from(of.bytes));
            let value = self.read_element(address, of.bytes)?;
            let bits = 8 * usize::from(of.bytes);
            let all = (0..64).step_by(bits).fold(0, |all, at| all | value << at);
            let d = usize::from(of.d + member * of.step);
            registers[d] = all;
            if pair {
                registers[d + 1] = all;
            }
        }
        self.st.simd.d = registers;
        self.structure_done(&of, base, u32::from(of.count) * u32::from(of.bytes))
    }
}

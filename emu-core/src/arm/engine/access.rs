//! The engine's way to memory and devices: alignment, translation, protection, byte order.

use super::super::model::Fidelity;
use super::super::system::{IoAccess, System, Width};
use super::super::tlb::{Mapping, Rights};
use super::{Abort, Engine, Trap};
use crate::memory::{GuestAddr, Miss};

/// Short-descriptor fault status codes (ARM DDI 0406, B3.13.3 and B5.5).
pub(in super::super) mod status {
    pub(in super::super::super) const ALIGNMENT: u8 = 0b00001;
    pub(in super::super::super) const DEBUG: u8 = 0b00010;
    pub(in super::super::super) const EXTERNAL: u8 = 0b01000;
}

/// What an access is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in super::super) enum Intent {
    Read,
    Write,
    Fetch,
}

impl Intent {
    fn right(self) -> u8 {
        match self {
            Self::Read => Rights::USER_READ,
            Self::Write => Rights::USER_WRITE,
            Self::Fetch => Rights::USER_FETCH,
        }
    }
}

fn width(bytes: u32) -> Width {
    match bytes {
        1 => Width::Byte,
        2 => Width::Half,
        _ => Width::Word,
    }
}

/// Reverses the low `bytes` bytes.
fn swap_bytes(value: u32, bytes: u32) -> u32 {
    value.swap_bytes() >> (32 - 8 * bytes)
}

impl<S: System> Engine<'_, S> {
    #[inline(always)]
    pub(super) fn read_word(&mut self, address: u32, privileged: bool) -> Result<u32, Trap> {
        if address & 3 != 0 && self.forces_alignment() {
            let word = self.read::<4>(address & !3, privileged)?;
            return Ok(word.rotate_right(8 * (address & 3)));
        }
        self.read::<4>(address, privileged)
    }

    /// An unaligned halfword load is UNPREDICTABLE on ARMv5; bit 0 of the address is ignored here.
    #[inline(always)]
    pub(super) fn read_half(&mut self, address: u32, privileged: bool) -> Result<u32, Trap> {
        let address = if address & 1 != 0 && self.forces_alignment() { address & !1 } else { address };
        self.read::<2>(address, privileged)
    }

    #[inline(always)]
    pub(super) fn read_byte(&mut self, address: u32, privileged: bool) -> Result<u32, Trap> {
        self.read::<1>(address, privileged)
    }

    #[inline(always)]
    pub(super) fn write_word(&mut self, address: u32, value: u32, privileged: bool) -> Result<(), Trap> {
        let address = if address & 3 != 0 && self.forces_alignment() { address & !3 } else { address };
        self.write::<4>(address, value, privileged)
    }

    #[inline(always)]
    pub(super) fn write_half(&mut self, address: u32, value: u32, privileged: bool) -> Result<(), Trap> {
        let address = if address & 1 != 0 && self.forces_alignment() { address & !1 } else { address };
        self.write::<2>(address, value & 0xFFFF, privileged)
    }

    #[inline(always)]
    pub(super) fn write_byte(&mut self, address: u32, value: u32, privileged: bool) -> Result<(), Trap> {
        self.write::<1>(address, value & 0xFF, privileged)
    }

    /// ARMv5 silicon ignores the low address bits, and rotates what a word load gives.
    #[cold]
    fn forces_alignment(&self) -> bool {
        self.st.core.is_v5() && self.st.fidelity == Fidelity::Hardware
    }

    /// Address of a multiple or doubleword transfer: ARMv5 drops the low bits, ARMv7 takes an alignment fault.
    #[inline]
    pub(super) fn word_aligned(&mut self, address: u32, write: bool) -> Result<u32, Trap> {
        if address & 3 == 0 {
            Ok(address)
        } else if self.st.core.is_v5() {
            Ok(address & !3)
        } else {
            Err(self.data_abort(address, status::ALIGNMENT, 0, write))
        }
    }

    /// Exclusive accesses must be aligned to their size.
    pub(super) fn must_align(&mut self, address: u32, bytes: u32, write: bool) -> Result<(), Trap> {
        if address & (bytes - 1) == 0 {
            return Ok(());
        }
        Err(self.data_abort(address, status::ALIGNMENT, 0, write))
    }

    pub(super) fn data_abort(&mut self, address: u32, status: u8, domain: u8, write: bool) -> Trap {
        self.notes.abort = Abort { address, status, domain, write };
        Trap::DataAbort
    }

    #[inline(always)]
    fn read<const N: u32>(&mut self, va: u32, privileged: bool) -> Result<u32, Trap> {
        if va & (N - 1) != 0 {
            return self.read_unaligned::<N>(va, privileged);
        }
        let at = self.physical(va, Intent::Read, privileged)?;
        let memory = self.sys.memory();
        let read = match N {
            1 => memory.read_u8(at).map(u32::from),
            2 => memory.read_u16(at).map(u32::from),
            _ => memory.read_u32(at),
        };
        let value = match read {
            Ok(value) => value,
            Err(miss) => self.read_missed::<N>(va, at, miss)?,
        };
        Ok(if self.st.regs.psr.e { swap_bytes(value, N) } else { value })
    }

    #[cold]
    fn read_missed<const N: u32>(&mut self, va: u32, at: GuestAddr, miss: Miss) -> Result<u32, Trap> {
        let answer = match miss {
            Miss::Device => {
                let access = self.io_access(at, N);
                self.called();
                self.sys.io_read(access)
            }
            _ => Err(super::super::system::BusFault),
        };
        match answer {
            Ok(value) => Ok(value & (u32::MAX >> (32 - 8 * N))),
            Err(_) => Err(self.data_abort(va, status::EXTERNAL, 0, false)),
        }
    }

    #[inline(always)]
    fn write<const N: u32>(&mut self, va: u32, value: u32, privileged: bool) -> Result<(), Trap> {
        if va & (N - 1) != 0 {
            return self.write_unaligned::<N>(va, value, privileged);
        }
        let at = self.physical(va, Intent::Write, privileged)?;
        let value = if self.st.regs.psr.e { swap_bytes(value, N) } else { value };
        let memory = self.sys.memory_mut();
        let written = match N {
            1 => memory.write_u8(at, value as u8),
            2 => memory.write_u16(at, value as u16),
            _ => memory.write_u32(at, value),
        };
        if memory.code_epoch() != self.notes.epoch {
            self.notes.leave = true;
        }
        written.or_else(|miss| self.write_missed::<N>(va, at, value, miss))
    }

    #[cold]
    fn write_missed<const N: u32>(
        &mut self,
        va: u32,
        at: GuestAddr,
        value: u32,
        miss: Miss,
    ) -> Result<(), Trap> {
        let access = self.io_access(at, N);
        self.called();
        let answer = match miss {
            Miss::Device => self.sys.io_write(access, value),
            Miss::Rom => self.sys.rom_write(access, value),
            Miss::Unmapped => Err(super::super::system::BusFault),
        };
        answer.map_err(|_| self.data_abort(va, status::EXTERNAL, 0, true))
    }

    fn io_access(&self, addr: GuestAddr, bytes: u32) -> IoAccess {
        let instruction = self.st.instructions.saturating_sub(1);
        IoAccess { addr, size: width(bytes), pc: self.current(), instruction }
    }

    /// The machine gets a call: anything may be different afterwards.
    pub(super) fn called(&mut self) {
        self.notes.leave = true;
        self.notes.called = true;
    }

    /// ARMv7 allows unaligned words and halfwords unless the control register forbids them; they are split into
    /// bytes, so that each part may lie in another page or device.
    #[cold]
    fn read_unaligned<const N: u32>(&mut self, va: u32, privileged: bool) -> Result<u32, Trap> {
        self.check_alignment(va, false)?;
        let mut value = 0;
        for i in 0..N {
            let byte = self.read::<1>(va.wrapping_add(i), privileged)?;
            let place = if self.st.regs.psr.e { N - 1 - i } else { i };
            value |= byte << (8 * place);
        }
        Ok(value)
    }

    #[cold]
    fn write_unaligned<const N: u32>(&mut self, va: u32, value: u32, privileged: bool) -> Result<(), Trap> {
        self.check_alignment(va, true)?;
        // Both pages must be allowed before anything is written.
        self.physical(va.wrapping_add(N - 1), Intent::Write, privileged)?;
        for i in 0..N {
            let place = if self.st.regs.psr.e { N - 1 - i } else { i };
            self.write::<1>(va.wrapping_add(i), value >> (8 * place) & 0xFF, privileged)?;
        }
        Ok(())
    }

    fn check_alignment(&mut self, va: u32, write: bool) -> Result<(), Trap> {
        if self.st.cp15.checks_alignment() {
            return Err(self.data_abort(va, status::ALIGNMENT, 0, write));
        }
        Ok(())
    }

    #[inline]
    pub(in super::super) fn physical(
        &mut self,
        va: u32,
        intent: Intent,
        privileged: bool,
    ) -> Result<GuestAddr, Trap> {
        self.place(va, intent, privileged).map(|(physical, _)| physical)
    }

    /// The physical address, and whether translation and rights are the same in the whole page.
    #[inline]
    pub(in super::super) fn place(
        &mut self,
        va: u32,
        intent: Intent,
        privileged: bool,
    ) -> Result<(GuestAddr, bool), Trap> {
        if !self.st.cp15.is_translating() {
            return Ok((GuestAddr(va), true));
        }
        let epoch = self.sys.memory().code_epoch();
        match self.notes.tlb.get(va, intent.right(), privileged, epoch) {
            Some(physical) => Ok((GuestAddr(physical), true)),
            None => self.walk(va, intent, privileged),
        }
    }

    #[cold]
    fn walk(&mut self, va: u32, intent: Intent, privileged: bool) -> Result<(GuestAddr, bool), Trap> {
        let mapping = self.st.cp15.map(va, self.sys.memory_mut());
        let (status, domain) = match mapping {
            Ok(mapping) if mapping.rights.allows(intent.right(), privileged) => {
                self.remember(va, &mapping);
                return Ok((GuestAddr(mapping.physical), mapping.whole_page));
            }
            Ok(mapping) => (mapping.denied, mapping.domain),
            Err(fault) => (fault.status, fault.domain),
        };
        self.notes.abort = Abort { address: va, status, domain, write: intent == Intent::Write };
        Err(if intent == Intent::Fetch { Trap::PrefetchAbort } else { Trap::DataAbort })
    }

    fn remember(&mut self, va: u32, mapping: &Mapping) {
        if mapping.whole_page {
            self.notes.tlb.put(va, mapping);
        }
    }
}

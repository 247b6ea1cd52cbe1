//! Exclusive loads and stores.
//!
//! The monitor remembers address, size and the value loaded; a store succeeds when all three still hold. Another core
//! that wrote the same value in between goes unnoticed, which software cannot tell apart from no write, except by
//! counting failures.

use serde::{Deserialize, Serialize};

use super::super::insn::{ExclusiveSize, Reg};
use super::super::system::System;
use super::{Engine, Flow, Step, Trap};

/// What an exclusive load marked.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(in super::super) struct Monitor {
    pub(in super::super) address: u32,
    pub(in super::super) bytes: u32,
    pub(in super::super) value: u64,
}

fn bytes(size: ExclusiveSize) -> u32 {
    match size {
        ExclusiveSize::Byte => 1,
        ExclusiveSize::Half => 2,
        ExclusiveSize::Word => 4,
        ExclusiveSize::Double => 8,
    }
}

impl<S: System> Engine<'_, S> {
    fn read_sized(&mut self, address: u32, bytes: u32) -> Result<u64, Trap> {
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

    pub(super) fn load_exclusive(
        &mut self,
        size: ExclusiveSize,
        rt: Reg,
        rt2: Reg,
        rn: Reg,
        offset: u16,
    ) -> Step {
        let (address, bytes) = (self.get(rn).wrapping_add(offset.into()), bytes(size));
        self.must_align(address, bytes, false)?;
        let value = self.read_sized(address, bytes)?;
        self.st.monitor = Some(Monitor { address, bytes, value });
        if size == ExclusiveSize::Double {
            self.set(rt2, (value >> 32) as u32);
        }
        self.set(rt, value as u32);
        Ok(Flow::Next)
    }

    pub(super) fn store_exclusive(
        &mut self,
        size: ExclusiveSize,
        rd: Reg,
        (rt, rt2): (Reg, Reg),
        rn: Reg,
        offset: u16,
    ) -> Step {
        let (address, bytes) = (self.get(rn).wrapping_add(offset.into()), bytes(size));
        self.must_align(address, bytes, true)?;
        let (marked, privileged) = (self.st.monitor.take(), self.is_privileged());
        let (low, high) = (self.get(rt), self.get(rt2));
        let held = match marked {
            Some(mark) if mark.address == address && mark.bytes == bytes => {
                self.read_sized(address, bytes)? == mark.value
            }
            _ => false,
        };
        if held {
            match bytes {
                1 => self.write_byte(address, low, privileged)?,
                2 => self.write_half(address, low, privileged)?,
                4 => self.write_word(address, low, privileged)?,
                _ => {
                    self.write_word(address, low, privileged)?;
                    self.write_word(address.wrapping_add(4), high, privileged)?;
                }
            }
        }
        self.set(rd, u32::from(!held));
        Ok(Flow::Next)
    }

    pub(super) fn clear_exclusive(&mut self) -> Step {
        self.st.monitor = None;
        Ok(Flow::Next)
    }
}

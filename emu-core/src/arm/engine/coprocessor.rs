//! Register transfers with the coprocessors: 15 for system control, 14 for debug.

use super::super::cp15::Probe;
use super::super::insn::{CpReg, Reg};
use super::super::system::System;
use super::super::tlb::Rights;
use super::{Engine, Flow, Step, Trap};

/// ISR: the interrupt lines.
const INTERRUPT_STATUS: CpReg = CpReg { cp: 15, opc1: 0, crn: 12, crm: 1, opc2: 0 };

impl<S: System> Engine<'_, S> {
    pub(super) fn read_coprocessor(&mut self, reg: CpReg, rt: Reg) -> Step {
        let privileged = self.is_privileged();
        let value = match reg.cp {
            15 if reg == INTERRUPT_STATUS && !self.st.core.is_v5() && privileged => {
                Some(u32::from(self.st.irq) << 7 | u32::from(self.st.fiq) << 6)
            }
            15 => self.st.cp15.read(reg, privileged),
            14 => self.st.core.debug_register(reg, privileged),
            _ => None,
        };
        let value = value.ok_or(Trap::Undefined)?;
        if rt.is_pc() {
            self.psr().set_nzcv(value >> 28);
        } else {
            self.set(rt, value);
        }
        Ok(Flow::Next)
    }

    pub(super) fn write_coprocessor(&mut self, reg: CpReg, rt: Reg) -> Step {
        let (value, privileged) = (self.get(rt), self.is_privileged());
        if reg.cp == 14 && self.st.core.debug_register(reg, privileged).is_some() {
            return Ok(Flow::Next);
        }
        let effects = if reg.cp == 15 { self.st.cp15.write(reg, value, privileged) } else { None };
        let effects = effects.ok_or(Trap::Undefined)?;
        self.notes.leave = true;
        if effects.flush {
            self.notes.tlb.flush();
        }
        if effects.wait {
            self.wait_for_interrupt();
        }
        if let Some(probe) = effects.probe {
            self.probe(probe);
        }
        for event in effects.events.into_iter().flatten() {
            self.called();
            self.sys.cp15(event);
        }
        Ok(Flow::Next)
    }

    /// Translates an address as an access with these rights would, without making it.
    fn probe(&mut self, probe: Probe) {
        let right = if probe.write { Rights::USER_WRITE } else { Rights::USER_READ };
        let result = match self.st.cp15.map(probe.va, self.sys.memory_mut()) {
            Ok(mapping) if mapping.rights.allows(right, probe.privileged) => Ok(mapping.physical),
            Ok(mapping) => Err(mapping.denied),
            Err(fault) => Err(fault.status),
        };
        self.st.cp15.set_translated(result);
    }
}

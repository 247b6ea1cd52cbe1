//! Switching a camera on again.

use darkroom_models::CardSlot;

use super::config::{EngineChoice, MachineConfig, MachineError};
use super::run::Machine;

impl Machine {
    /// Switches the camera on again: it stands before its first instruction, with the cards as the guest has left them.
    /// Everything else is as `config` says; its cards and its engine are not used. Guest time and counts begin anew.
    ///
    /// # Errors
    /// As [`Machine::new`]; the camera is then as it was, without its cards.
    pub fn power_on_again(&mut self, config: MachineConfig<'_>) -> Result<(), MachineError> {
        let (sd, cf) = (self.eject_card(CardSlot::Sd), self.eject_card(CardSlot::Cf));
        let mut next = Self::new(MachineConfig { sd, cf, engine: EngineChoice::Interpreter, ..config })?;
        next.cpu.take_engine_of(&mut self.cpu);
        next.engine_refused = self.engine_refused;
        *self = next;
        Ok(())
    }
}
